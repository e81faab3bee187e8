"""Predicted against real times: forty operations on tables from 10 MB to 2 GB.

    python benchmarks/estimates.py [--largest 2000] [--json FILE]

A private server with PostgreSQL's default settings (fsync on) plays the target; its tables are analysed and nothing
else is told to the estimator, which works as in `fingood check`: schema copy, sample, the revision run on it. Then the
same statement is run on the target, commit included, and put back. Printed: both times, the interval, whether the real
time lies inside, and in the end the share that does.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from fingood.catalog import connect, read_statistics
from fingood.estimation import Estimator
from fingood.model.estimate import Estimate
from fingood.model.project import Project
from fingood.model.quantities import seconds_in_words
from fingood.sandbox import open_sandbox
from fingood.sandbox.server import Server
from fingood.settings.values import SandboxSettings
from fingood.statements import Recorder

# The defaults of postgresql.conf where a private server has others.
TARGET = {
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "shared_buffers": "128MB",
    "max_wal_size": "1GB",
}
SIZES = (10, 100, 500, 2000)
ROW_BYTES = 150
ACCOUNTS = 100_000

ENV = """
from alembic import context
from sqlalchemy import create_engine, pool

engine = create_engine(context.config.get_main_option("sqlalchemy.url"), poolclass=pool.NullPool)
with engine.connect() as connection:
    context.configure(connection=connection, transaction_per_migration=True)
    with context.begin_transaction():
        context.run_migrations()
"""
REVISION = """
from alembic import op

revision = "{id}"
down_revision = None


def upgrade():
    {body}


def downgrade():
    pass
"""


@dataclass(frozen=True)
class Operation:
    """``sql`` of a table T; ``undo`` puts the target back; ``kind`` is the class of work; ``before`` sets the stage."""

    name: str
    kind: str
    sql: str
    undo: str = ""
    before: str = ""
    alone: bool = False


OPERATIONS = (
    Operation("set not null", "validation", "ALTER TABLE T ALTER note SET NOT NULL", "ALTER TABLE T ALTER note DROP NOT NULL"),
    Operation("check", "validation", "ALTER TABLE T ADD CONSTRAINT T_ck CHECK (amount > -1000000)", "ALTER TABLE T DROP CONSTRAINT T_ck"),
    Operation("foreign key", "validation", "ALTER TABLE T ADD CONSTRAINT T_fk FOREIGN KEY (account_id) REFERENCES accounts (id)", "ALTER TABLE T DROP CONSTRAINT T_fk"),
    Operation("validate foreign key", "validation", "ALTER TABLE T VALIDATE CONSTRAINT T_fk", "ALTER TABLE T DROP CONSTRAINT T_fk", "ALTER TABLE T ADD CONSTRAINT T_fk FOREIGN KEY (account_id) REFERENCES accounts (id) NOT VALID"),
    Operation("index", "index", "CREATE INDEX T_i ON T (account_id, booked_at)", "DROP INDEX T_i"),
    Operation("index on text", "index", "CREATE INDEX T_i ON T (note)", "DROP INDEX T_i"),
    Operation("unique constraint", "index", "ALTER TABLE T ADD CONSTRAINT T_u UNIQUE (external_ref)", "ALTER TABLE T DROP CONSTRAINT T_u"),
    Operation("index concurrently", "index", "CREATE INDEX CONCURRENTLY T_i ON T (booked_at)", "DROP INDEX T_i", alone=True),
    Operation("int to bigint", "rewrite", "ALTER TABLE T ALTER branch TYPE bigint", "ALTER TABLE T ALTER branch TYPE integer"),
    Operation("numeric scale", "rewrite", "ALTER TABLE T ALTER amount TYPE numeric(20,4)", "ALTER TABLE T ALTER amount TYPE numeric(18,2)"),
    Operation("uuid default", "rewrite", "ALTER TABLE T ADD COLUMN token uuid DEFAULT gen_random_uuid()", "ALTER TABLE T DROP COLUMN token"),
    Operation("update all", "rows", "UPDATE T SET status = 'archived'", "TRUNCATE-AND-FILL"),
    Operation("update some", "rows", "UPDATE T SET note = 'seen' WHERE status = 'pending'", "TRUNCATE-AND-FILL"),
    Operation("constant default", "nothing", "ALTER TABLE T ADD COLUMN kind text NOT NULL DEFAULT 'x'", "ALTER TABLE T DROP COLUMN kind"),
    Operation("wider varchar", "nothing", "ALTER TABLE T ALTER external_ref TYPE varchar(90)", "ALTER TABLE T ALTER external_ref TYPE varchar(60)"),
)  # fmt: skip
PLANNED = {
    10: range(15),
    100: (0, 1, 2, 4, 5, 6, 7, 8, 10, 12),
    500: (0, 2, 3, 4, 6, 8, 9, 12),
    2000: (1, 3, 4, 5, 9, 10, 14),
}


def cases(largest: int) -> Iterator[tuple[int, Operation]]:
    for size, numbers in PLANNED.items():
        if size <= largest:
            yield from ((size, OPERATIONS[number]) for number in numbers)


def fill(connection, table: str, rows: int) -> None:
    connection.exec_driver_sql(f"TRUNCATE {table}")
    connection.exec_driver_sql(
        f"""INSERT INTO {table}
        SELECT n, 1 + (random() * {ACCOUNTS - 1})::int, (random() * 100000)::numeric(18, 2), 'EUR',
               (random() * 90)::int, timestamptz '2024-01-01' + n * interval '1 second', md5(n::text) || 'invoice',
               CASE WHEN random() < 0.1 THEN 'pending' ELSE 'booked' END, 'ref-' || md5((n * 7)::text)
          FROM generate_series(1, {rows}) n""",
        execution_options={"no_parameters": True},
    )


def build(server: Server, largest: int) -> str:
    url = server.url(server.create_database("target"))
    with autocommit(url) as connection:
        connection.exec_driver_sql("CREATE TABLE accounts (id bigint PRIMARY KEY, name text NOT NULL)")
        connection.exec_driver_sql(
            f"INSERT INTO accounts SELECT n, md5(n::text) FROM generate_series(1, {ACCOUNTS}) n",
            execution_options={"no_parameters": True},
        )
        for size in (size for size in SIZES if size <= largest):
            table = f"entries_{size}"
            connection.exec_driver_sql(
                f"""CREATE TABLE {table} (id bigint PRIMARY KEY, account_id bigint NOT NULL, amount numeric(18, 2),
                currency char(3), branch integer, booked_at timestamptz, note text, status text,
                external_ref varchar(60))"""
            )
            fill(connection, table, size * 1_000_000 // ROW_BYTES)
            connection.exec_driver_sql(f"CREATE INDEX {table}_account ON {table} (account_id)")
        connection.exec_driver_sql("VACUUM ANALYZE")
    return url


def autocommit(url: str):
    from fingood.sandbox.driver import autocommit as opened

    return opened(url)


def real(url: str, size: int, operation: Operation) -> float:
    table = f"entries_{size}"
    with autocommit(url) as connection:
        connection.exec_driver_sql("CHECKPOINT")
        started = time.perf_counter()
        connection.exec_driver_sql(on(operation.sql, table), execution_options={"no_parameters": True})
        took = time.perf_counter() - started
        if operation.undo == "TRUNCATE-AND-FILL":
            fill(connection, table, size * 1_000_000 // ROW_BYTES)
        elif operation.undo:
            connection.exec_driver_sql(on(operation.undo, table))
        connection.exec_driver_sql(f"VACUUM ANALYZE {table}")
    return took


def on(sql: str, table: str) -> str:
    import re

    return re.sub(r"\bT(?=\b|_)", table, sql)


def lay(root: Path, largest: int) -> Project:
    versions = root / "migrations" / "versions"
    versions.mkdir(parents=True)
    (root / "alembic.ini").write_text("[alembic]\nscript_location = migrations\n")
    (root / "migrations" / "env.py").write_text(ENV)
    for number, (size, operation) in enumerate(cases(largest)):
        body = f"op.execute({on(operation.sql, f'entries_{size}')!r})"
        if operation.alone:
            body = f"with op.get_context().autocommit_block():\n        {body}"
        (versions / f"op{number:02}.py").write_text(REVISION.format(id=f"op{number:02}", body=body))
    return Project(
        root=root,
        config_file=root / "alembic.ini",
        pyproject=None,
        ini_section="alembic",
        script_location=root / "migrations",
        version_locations=(versions,),
    )


def predict(url: str, project: Project, number: int, sandbox, recorder: Recorder) -> tuple[Estimate, float]:
    started = time.perf_counter()
    with connect(url) as connection:
        statistics = read_statistics(connection)
    below = sandbox.copy_of(url, content="schema")
    spare = below.clone()
    revision = f"op{number:02}"
    plan = recorder.upgrade(below.url, revision)[-1]
    estimate = Estimator(recorder=recorder, url=url, statistics=statistics).estimate(spare, plan)
    spare.drop()
    below.drop()
    return estimate, time.perf_counter() - started


def main() -> int:
    options = argparse.ArgumentParser()
    options.add_argument("--largest", type=int, default=2000)
    options.add_argument("--json")
    chosen = options.parse_args()
    rows = []
    with tempfile.TemporaryDirectory() as folder, Server.start(settings=TARGET) as server:
        print(f"PostgreSQL {server.version}; building tables", flush=True)
        url = build(server, chosen.largest)
        project = lay(Path(folder), chosen.largest)
        with (
            open_sandbox("postgresql", major=server.major, settings=SandboxSettings(), target_url=url) as sandbox,
            Recorder(project) as recorder,
        ):
            print(f"{'operation':22} {'table':>8} {'real':>8} {'likely':>8} {'low':>8} {'high':>8} {'':4} {'cost':>6}")
            for number, (size, operation) in enumerate(cases(chosen.largest)):
                if operation.before:
                    with autocommit(url) as connection:
                        connection.exec_driver_sql(on(operation.before, f"entries_{size}"))
                estimate, cost = predict(url, project, number, sandbox, recorder)
                row = measured(url, size, operation, estimate, cost)
                rows.append(row)
                print(line(row), flush=True)
    summarise(rows)
    if chosen.json:
        Path(chosen.json).write_text(json.dumps(rows, indent=1))
    return 0


def measured(url: str, size: int, operation: Operation, estimate: Estimate, cost: float) -> dict[str, object]:
    took = real(url, size, operation)
    seconds = estimate.seconds
    inside = seconds is not None and seconds.low <= took <= seconds.high
    return {
        "operation": operation.name, "kind": operation.kind, "mb": size, "real": took,
        "likely": seconds.likely if seconds else None, "low": seconds.low if seconds else None,
        "high": seconds.high if seconds else None, "inside": inside, "cost": cost,
        "notes": [one.reason for one in estimate.statements if one.reason] + list(estimate.notes),
    }  # fmt: skip


def line(row: dict[str, object]) -> str:
    if row["likely"] is None:
        return (
            f"{row['operation']:22} {row['mb']:>6}MB {seconds_in_words(row['real']):>8}  not estimated: {row['notes']}"
        )
    times = (seconds_in_words(row[key]) for key in ("real", "likely", "low", "high"))
    shown = " ".join(f"{word:>8}" for word in times)
    return f"{row['operation']:22} {row['mb']:>6}MB {shown} {'' if row['inside'] else 'OUT':4} {row['cost']:5.1f}s"


def summarise(rows: list[dict[str, object]]) -> None:
    inside = sum(bool(row["inside"]) for row in rows)
    print(f"{inside} of {len(rows)} real times inside the interval ({inside / len(rows):.0%})")
    for kind in ("rewrite", "index", "validation", "rows"):
        widths = [row["high"] / row["low"] for row in rows if row["kind"] == kind and row["low"]]
        if widths:
            print(f"{kind}: the interval's ends are at most a factor {max(widths):.1f} apart")


if __name__ == "__main__":
    sys.exit(main())
