"""Why somebody may or may not do something, told link by link."""
