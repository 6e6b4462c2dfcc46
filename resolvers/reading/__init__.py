"""From the text of a query to its answer: parsed, planned, compiled once, then run with the values of each request."""
