"""The demonstration: its own identity provider, its own tokens. Never in production."""
