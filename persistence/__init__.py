"""The register: what is recorded, the rules of a record, and how it is read.

SQLite comes from the `pysqlite3` wheel: the stock library of many systems carries a WAL
corruption bug that was mended in 3.51.3. The swap must come before the first import of
`sqlite3`.
"""

import sys

import pysqlite3

sys.modules["sqlite3"] = pysqlite3
