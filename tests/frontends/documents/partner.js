import { graphql } from "relay-runtime";

export const card = graphql`
  fragment partner_card on Partner
  @refetchable(queryName: "partnerCardQuery") {
    id
    name
    mode
    administeredBy { id name }
    conventionInForce { id status }
    viewerCan { act allowed reason }
  }
`;

export const people = graphql`
  fragment partner_people on Partner
  @refetchable(queryName: "partnerPeopleQuery")
  @argumentDefinitions(first: { type: "Int", defaultValue: 25 }, after: { type: "String" }) {
    affiliations(first: $first, after: $after) @connection(key: "partner_people_affiliations") {
      edges { node { id suspended user { id givenName familyName } } }
    }
  }
`;

export const page = graphql`
  query partnerQuery($id: ID!) {
    node(id: $id) {
      __typename
      ...partner_card @alias(as: "card")
      ...partner_people @alias(as: "people")
    }
  }
`;
