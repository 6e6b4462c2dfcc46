"""The engine: a question becomes one SQL statement, which answers with the JSON of the response."""
