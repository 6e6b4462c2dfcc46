"""The contract: types, payloads, connections, and the list of acts."""
