// Asks documents through a client's cache: what the network answered, then what the cache gives for the same question.
// Reads { client, url, token, schema, questions } on its standard input; writes [{ network, cache }] on its output.
import { ApolloClient, HttpLink, InMemoryCache, gql as apolloGql } from "@apollo/client";
import { Client, fetchExchange, gql as urqlGql } from "@urql/core";
import { cacheExchange } from "@urql/exchange-graphcache";
import { buildSchema, introspectionFromSchema, isInterfaceType, isObjectType } from "graphql";
import { readFileSync } from "node:fs";

const { client, url, token, schema: text, questions } = JSON.parse(readFileSync(0, "utf-8"));
const schema = buildSchema(text);
const headers = { authorization: `Bearer ${token}` };
const types = Object.values(schema.getTypeMap());

function throughApollo() {
  const possibleTypes = Object.fromEntries(
    types.filter(isInterfaceType).map((type) => [type.name, schema.getPossibleTypes(type).map((one) => one.name)]),
  );
  const apollo = new ApolloClient({
    cache: new InMemoryCache({ possibleTypes }),
    link: new HttpLink({ uri: url, headers }),
  });
  const ask = async ({ query, variables }, fetchPolicy) =>
    (await apollo.query({ query: apolloGql(query), variables, fetchPolicy })).data;
  return {
    network: (question) => ask(question, "network-only"),
    cache: async ({ query, variables }) => apollo.readQuery({ query: apolloGql(query), variables }),
  };
}

function throughUrql() {
  const keyless = types.filter((type) => isObjectType(type) && !("id" in type.getFields()));
  const keys = Object.fromEntries(keyless.map((type) => [type.name, () => null]));
  const urql = new Client({
    url,
    exchanges: [cacheExchange({ schema: introspectionFromSchema(schema), keys }), fetchExchange],
    fetchOptions: { headers },
    preferGetMethod: false,
  });
  const ask = async ({ query, variables }, requestPolicy) => {
    const { data, error } = await urql.query(urqlGql(query), variables, { requestPolicy });
    if (error) throw error;
    return data;
  };
  return {
    network: (question) => ask(question, "network-only"),
    cache: (question) => ask(question, "cache-only"),
  };
}

const { network, cache } = client === "apollo" ? throughApollo() : throughUrql();
const answers = [];
for (const question of questions) answers.push({ network: await network(question) });
for (const [rank, question] of questions.entries()) answers[rank].cache = await cache(question);
process.stdout.write(JSON.stringify(answers));
