"""data migration: fills a column in batches and keeps what was there before

A template of yours: `python migrations/select_template.py` fills in the names in capitals and makes a revision of it.
VALUE and WHERE are SQL; KEY is the table's primary key. The old values stay in a table of their own until the
downgrade has put them back, or until a later revision drops it.
"""

import sqlalchemy as sa
from alembic import op

TABLE = "existing_table"
COLUMN = "existing_column"
KEY = "id"
VALUE = "NULL"
WHERE = ""
SCHEMA = None
BATCH = 1000


def _quote(name):
    return '"' + name.replace('"', '""') + '"'


def _names():
    prefix = f"{_quote(SCHEMA)}." if SCHEMA else ""
    return {
        "table": prefix + _quote(TABLE),
        "before": prefix + _quote(f"{TABLE}_{COLUMN}_before"),
        "column": _quote(COLUMN),
        "key": _quote(KEY),
        "value": VALUE,
        "where": WHERE or f"{_quote(COLUMN)} IS NULL",
    }


def _run(sql, **values):
    return op.get_bind().execute(sa.text(sql.format(**_names())), values)


def upgrade() -> None:
    _run("CREATE TABLE {before} AS SELECT {key}, {column} FROM {table} WHERE 1 = 0")
    last, after = _run("SELECT min({key}) FROM {table} WHERE {where}").scalar(), "{key} >= :last"
    while last is not None:
        # The next batch of keys, then the old values of exactly these rows, then the change.
        page = f"SELECT {{key}} FROM {{table}} WHERE ({{where}}) AND {after} ORDER BY {{key}} LIMIT {BATCH}"
        until = _run(f"SELECT max({{key}}) FROM ({page}) AS page", last=last).scalar()
        if until is None:
            break
        rows = f"({{where}}) AND {after} AND {{key}} <= :until"
        _run(f"INSERT INTO {{before}} SELECT {{key}}, {{column}} FROM {{table}} WHERE {rows}", last=last, until=until)
        _run(f"UPDATE {{table}} SET {{column}} = {{value}} WHERE {rows}", last=last, until=until)
        last, after = until, "{key} > :last"


def downgrade() -> None:
    _run(
        "UPDATE {table} SET {column} = (SELECT b.{column} FROM {before} AS b WHERE b.{key} = {table}.{key})"
        " WHERE {key} IN (SELECT {key} FROM {before})"
    )
    _run("DROP TABLE {before}")
