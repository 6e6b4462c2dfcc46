"""Signing in to the console, and out: OpenID Connect and browser sessions."""
