"""What every server of the tests imports and builds at its start, done once: `tests/servers.py` forks from here."""

from schema.contract import types

types()
