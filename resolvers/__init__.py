"""The acts, one small function each, and the reading of a GraphQL selection as one question."""
