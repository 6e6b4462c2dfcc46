"""What the register knows, as SQL: who holds what, who sees what, and the computed facts of each record."""
