"""Requests per second of the graph beside a floor of fixed SQL, on PostgreSQL, in one run."""
