"""From the text of a query to its answer.

It is parsed, planned and compiled once, then run with the values of each request.
"""
