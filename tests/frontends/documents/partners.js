import { graphql } from "relay-runtime";

export const page = graphql`
  query partnersQuery($on: Date, $search: String) {
    viewer { user { id givenName } may }
    ...partners_list @arguments(on: $on, search: $search)
  }
`;

export const list = graphql`
  fragment partners_list on Query
  @refetchable(queryName: "partnersPaginationQuery")
  @argumentDefinitions(
    first: { type: "Int", defaultValue: 20 }
    after: { type: "String" }
    on: { type: "Date" }
    search: { type: "String" }
  ) {
    partners(first: $first, after: $after, on: $on, search: $search)
    @connection(key: "partners_list_partners", filters: ["on", "search"]) {
      totalCount
      edges { node { id ...partner_card } }
    }
  }
`;
