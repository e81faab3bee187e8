"""data migration: fills a column in batches, each row exactly once, and keeps what was there before

A template of yours: `python migrations/select_template.py` fills in the names in capitals and makes a revision of it.
VALUE and WHERE are SQL. KEY names unique columns that are never NULL, separated by commas; the primary key where it is
empty. Each batch is committed together with the old values of its rows, in a table of its own: after a crash
`alembic upgrade` goes on where it stopped. The downgrade puts the old values back and drops that table.
"""

import logging
import time

import sqlalchemy as sa
from alembic import op

TABLE = "existing_table"
COLUMN = "existing_column"
KEY = ""
VALUE = "NULL"
WHERE = ""
SCHEMA = None
BATCH = 1000

log = logging.getLogger("alembic.data_migration")


def _quote(name):
    return '"' + name.replace('"', '""') + '"'


class _Rows:
    """The table's rows in key order, and the rows that were changed, with their old values."""

    def __init__(self):
        if op.get_context().as_sql:
            raise RuntimeError("a migration in batches asks the database for its next key: --sql cannot write it down")
        self.on_postgresql = op.get_bind().dialect.name == "postgresql"
        keys = [name.strip() for name in KEY.split(",") if name.strip()]
        keys = keys or sa.inspect(op.get_bind()).get_pk_constraint(TABLE, schema=SCHEMA)["constrained_columns"]
        if not keys:
            raise RuntimeError(f"{TABLE} has no primary key: name unique columns in KEY")
        self.keys = [_quote(name) for name in keys]
        self.prefix = f"{_quote(SCHEMA)}." if SCHEMA else ""
        self.own_name = f"before_{globals()['revision']}"
        table, before, index = _quote(TABLE), _quote(self.own_name), _quote(f"{self.own_name}_key")
        self.names = {
            "table": self.prefix + table,
            "before": self.prefix + before,
            "index": f"{index} ON {self.prefix}{before}" if self.on_postgresql else f"{self.prefix}{index} ON {before}",
            "column": _quote(COLUMN),
            "value": VALUE,
            "where": WHERE or f"{_quote(COLUMN)} IS NULL",
            "keys": ", ".join(self.keys),
            "down": ", ".join(f"{key} DESC" for key in self.keys),
            "last": ", ".join(f":last_{number}" for number in range(len(keys))),
            "until": ", ".join(f":until_{number}" for number in range(len(keys))),
            # Names of their own, so that VALUE can mean the table's columns only.
            "page": ", ".join(f"{key} AS _key_{number}" for number, key in enumerate(self.keys)),
            "page_keys": ", ".join(f"_key_{number}" for number in range(len(keys))),
            "of_page": " AND ".join(f"{self.prefix}{table}.{key} = _key_{n}" for n, key in enumerate(self.keys)),
            "no_key": " OR ".join(f"{key} IS NULL" for key in self.keys),
            "same": " AND ".join(f"_b.{key} = {self.prefix}{table}.{key}" for key in self.keys),
            "gone": " AND ".join(f"{self.prefix}{before}.{key} = _key_{n}" for n, key in enumerate(self.keys)),
        }

    def run(self, sql, last=None, until=None):
        # A colon in a name or in VALUE is no parameter.
        names = {n: text if n in ("last", "until") else text.replace(":", "\\:") for n, text in self.names.items()}
        values = {f"last_{number}": value for number, value in enumerate(last or ())}
        values.update({f"until_{number}": value for number, value in enumerate(until or ())})
        return op.get_bind().execute(sa.text(sql.format(**names)), values)

    def left(self, last):
        """The condition for rows behind ``last`` that were not changed yet."""
        unchanged = "({where}) AND NOT ({no_key}) AND NOT EXISTS (SELECT 1 FROM {before} AS _b WHERE {same})"
        return unchanged + self.behind(last)

    def behind(self, last):
        return " AND ({keys}) > ({last})" if last else ""

    def end_of_batch(self, last):
        page = f"SELECT {{keys}} FROM {{table}} WHERE {self.left(last)} ORDER BY {{keys}} LIMIT {BATCH}"
        return self.run(f"SELECT {{keys}} FROM ({page}) AS _page ORDER BY {{down}} LIMIT 1", last).first()

    def change(self, last, until):
        """One batch: the old values are kept and the rows changed, both or neither."""
        rows = f"{self.left(last)} AND ({{keys}}) <= ({{until}})"
        if self.on_postgresql:
            sql = (
                f"WITH _page AS (SELECT {{page}}, {{column}} AS _old FROM {{table}} WHERE {rows} FOR UPDATE), "
                "_kept AS (INSERT INTO {before} SELECT {page_keys}, _old FROM _page) "
                "UPDATE {table} SET {column} = {value} FROM _page WHERE {of_page}"
            )
            return self.run(sql, last, until).rowcount
        with _OneTransaction():
            newest = self.run("SELECT coalesce(max(rowid), 0) FROM {before}").scalar()
            sql = f"INSERT INTO {{before}} SELECT {{keys}}, {{column}} FROM {{table}} WHERE {rows}"
            kept = self.run(sql, last, until).rowcount
            these = f"EXISTS (SELECT 1 FROM {{before}} AS _b WHERE {{same}} AND _b.rowid > {newest})"
            mine = f"{these} AND ({{keys}}) <= ({{until}}){self.behind(last)}"
            self.run(f"UPDATE {{table}} SET {{column}} = {{value}} WHERE {mine}", last, until)
            return kept

    def put_back(self, until):
        """One batch of the way back: the old values return and are forgotten, both or neither."""
        if self.on_postgresql:
            self.run(
                "WITH _page AS (SELECT {page}, {column} AS _old FROM {before} WHERE ({keys}) <= ({until})), "
                "_gone AS (DELETE FROM {before} USING _page WHERE {gone}) "
                "UPDATE {table} SET {column} = _old FROM _page WHERE {of_page}",
                until=until,
            )
            return
        with _OneTransaction():
            old = "(SELECT _b.{column} FROM {before} AS _b WHERE {same})"
            mine = "EXISTS (SELECT 1 FROM {before} AS _b WHERE {same}) AND ({keys}) <= ({until})"
            self.run(f"UPDATE {{table}} SET {{column}} = {old} WHERE {mine}", until=until)
            self.run("DELETE FROM {before} WHERE ({keys}) <= ({until})", until=until)


class _OneTransaction:
    """SQLite has no statement that writes to two tables; in an autocommit block a transaction is ours to begin."""

    def __enter__(self):
        op.get_bind().exec_driver_sql("BEGIN IMMEDIATE")

    def __exit__(self, kind, *_):
        op.get_bind().exec_driver_sql("ROLLBACK" if kind else "COMMIT")


class _Progress:
    """Says every two seconds how far it is, at what rate, and how long it will take."""

    def __init__(self, done, total):
        self.before, self.done, self.total = done, done, max(total, done)
        self.began = self.said = time.monotonic()
        if done:
            log.info("%s.%s: an earlier run changed %s rows; going on", TABLE, COLUMN, f"{done:,}")

    def step(self, rows, *, end=False):
        self.done += rows
        now = time.monotonic()
        if end or now - self.said >= 2:
            self.said = now
            rate = (self.done - self.before) / max(now - self.began, 0.001)
            left = f", about {max(self.total - self.done, 0) / rate:.0f} s left" if rate and not end else ""
            log.info(
                "%s.%s: %s of %s rows, %.0f a second%s",
                TABLE, COLUMN, f"{self.done:,}", f"{max(self.total, self.done):,}", rate, left,
            )  # fmt: skip


def upgrade() -> None:
    rows = _Rows()
    # IF NOT EXISTS: a run that was cut off between two batches can be started again.
    rows.run("CREATE TABLE IF NOT EXISTS {before} AS SELECT {keys}, {column} FROM {table} WHERE 1 = 0")
    rows.run("CREATE UNIQUE INDEX IF NOT EXISTS {index} ({keys})")
    if rows.run("SELECT 1 FROM {table} WHERE ({where}) AND ({no_key}) LIMIT 1").first():
        raise RuntimeError(f"{TABLE} has rows without a key ({rows.names['keys']}): name other columns in KEY")
    with op.get_context().autocommit_block():
        done = rows.run("SELECT count(*) FROM {before}").scalar()
        progress = _Progress(done, done + rows.run(f"SELECT count(*) FROM {{table}} WHERE {rows.left(None)}").scalar())
        last = rows.run("SELECT {keys} FROM {before} ORDER BY {down} LIMIT 1").first()
        while True:
            until = rows.end_of_batch(last)
            if until is not None:
                progress.step(rows.change(last, until))
            elif last is None:
                break
            # After the last key once more from the first: rows with lower keys may have come meanwhile.
            last = until
        progress.step(0, end=True)


def downgrade() -> None:
    rows = _Rows()
    with op.get_context().autocommit_block():
        while True:
            page = f"SELECT {{keys}} FROM {{before}} ORDER BY {{keys}} LIMIT {BATCH}"
            until = rows.run(f"SELECT {{keys}} FROM ({page}) AS _page ORDER BY {{down}} LIMIT 1").first()
            if until is None:
                break
            rows.put_back(until)
    op.drop_table(rows.own_name, schema=SCHEMA)
