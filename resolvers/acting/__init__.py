"""What an act is: its input, its permission, its transaction, and what it changes."""
