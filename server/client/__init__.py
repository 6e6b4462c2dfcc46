"""Clients of the graph that the command line offers: payroll files and imports."""
