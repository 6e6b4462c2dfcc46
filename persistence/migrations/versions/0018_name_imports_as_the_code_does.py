"""Name the tables of imports as the code does.

`extract` and `extract_line` become `import` and `import_line`, with their indexes, their
constraints and the columns that point at them; `given`, the columns that whoever opens
an import explains, becomes `column_meanings`.
"""

import re

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None
additive = False  # an older process looks for the tables under their former names

FORMER, NAME = "extract", "import"
FORMER_MEANINGS, MEANINGS = "given", "column_meanings"
POINTING = "partner_origin"
"""The table beside them that points at an import."""

CONSTRAINTS = sa.text(
    """SELECT conrelid::regclass::text, conname FROM pg_constraint
       JOIN pg_class ON pg_class.oid = conrelid
       WHERE relname IN :tables AND conname LIKE :word"""
).bindparams(sa.bindparam("tables", expanding=True))
INDEXES = sa.text(
    """SELECT indexname FROM pg_indexes
       WHERE schemaname = current_schema()
         AND tablename IN :tables AND indexname LIKE :word"""
).bindparams(sa.bindparam("tables", expanding=True))
DEFINITIONS = sa.text(
    """SELECT sql FROM sqlite_master
       WHERE type = :type AND tbl_name = :table AND sql IS NOT NULL"""
)


def upgrade() -> None:
    rename = _on_postgresql if _is_postgresql() else _on_sqlite
    rename(FORMER, NAME, {FORMER_MEANINGS: MEANINGS})


def downgrade() -> None:
    rename = _on_postgresql if _is_postgresql() else _on_sqlite
    rename(NAME, FORMER, {MEANINGS: FORMER_MEANINGS})


def _is_postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"


def _on_postgresql(former: str, name: str, columns: dict[str, str]) -> None:
    op.rename_table(former, name)
    op.rename_table(f"{former}_line", f"{name}_line")
    for table in (f"{name}_line", POINTING):
        op.alter_column(table, f"{former}_id", new_column_name=f"{name}_id")
    for old, new in columns.items():
        op.alter_column(name, old, new_column_name=new)
    _rename_constraints_and_indexes(former, name)


def _rename_constraints_and_indexes(former: str, name: str) -> None:
    """The index of a key is renamed with its constraint: indexes come last."""
    connection = op.get_bind()
    values = {
        "tables": [name, f"{name}_line", POINTING],
        "word": f"%{former}%",
    }
    for table, constraint in connection.execute(CONSTRAINTS, values).all():
        new = constraint.replace(former, name)
        op.execute(f'ALTER TABLE {table} RENAME CONSTRAINT "{constraint}" TO "{new}"')
    for (index,) in connection.execute(INDEXES, values).all():
        op.execute(f'ALTER INDEX "{index}" RENAME TO "{index.replace(former, name)}"')


def _on_sqlite(former: str, name: str, columns: dict[str, str]) -> None:
    """SQLite renames no constraint: each table is made again, by its own definition.

    The rows are copied before any table is dropped, so that no row ever points nowhere.
    """
    words = {former: name, **columns}
    tables = (former, f"{former}_line", POINTING)
    indexes = []
    for table in tables:
        indexes += [_renamed(text, words) for text in _definitions("index", table)]
        _copy_table(table, _fresh_name(table, words), words)
    for table in reversed(tables):
        op.drop_table(table)
    op.rename_table(_fresh_name(POINTING, words), POINTING)
    for definition in indexes:
        op.execute(definition)


def _fresh_name(table: str, words: dict[str, str]) -> str:
    return f"fresh_{table}" if table == POINTING else _renamed(table, words)


def _copy_table(table: str, fresh: str, words: dict[str, str]) -> None:
    (definition,) = _definitions("table", table)
    head = re.compile(rf'CREATE TABLE "?{table}"?')
    body = head.sub("", definition, count=1)
    op.execute(f'CREATE TABLE "{fresh}" {_renamed(body, words)}')
    op.execute(f'INSERT INTO "{fresh}" SELECT * FROM "{table}"')  # noqa: S608 our own names


def _definitions(kind: str, table: str) -> list[str]:
    values = {"type": kind, "table": table}
    return list(op.get_bind().scalars(DEFINITIONS, values))


def _renamed(definition: str, words: dict[str, str]) -> str:
    for former, name in words.items():
        definition = definition.replace(former, name)
    return definition
