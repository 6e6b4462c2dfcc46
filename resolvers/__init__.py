"""Acts, one small function each; and how a GraphQL selection becomes one question."""
