"""What the register knows, as SQL.

It says who holds what, who sees what, and the computed facts of each record.
"""
