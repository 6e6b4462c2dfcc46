"""The engine: a question becomes one SQL statement.

The statement answers with the JSON of the response.
"""
