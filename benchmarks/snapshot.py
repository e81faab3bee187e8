"""A snapshot of a schema of 1,000 tables, beside pg_dump's and SQLAlchemy's look at the same one.

    python benchmarks/snapshot.py [--tables 1000]

Each table has a key from a sequence, a foreign key, a check, a unique constraint and an index. Three rounds, one of each
in turn; the best and the worst are printed. pg_dump runs where the sandbox's binaries have it.
"""

from __future__ import annotations

import argparse
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import MetaData

from fingood.catalog import connect, take_snapshot
from fingood.sandbox.server import Server
from fingood.sandbox.supplier import choose_binaries, found_binaries
from fingood.statements.compat import make_engine

ROUNDS = 3
TABLE = """
CREATE TABLE t{number} (
    id bigserial PRIMARY KEY,
    parent bigint REFERENCES t{parent} (id),
    code varchar(12) NOT NULL,
    amount numeric(18, 4) NOT NULL DEFAULT 0,
    booked timestamptz NOT NULL DEFAULT now(),
    note text,
    CONSTRAINT uq_t{number} UNIQUE (code),
    CONSTRAINT ck_t{number} CHECK (amount >= 0)
);
CREATE INDEX ix_t{number} ON t{number} (booked)
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tables", type=int, default=1000)
    options = parser.parse_args()
    with Server.start(choose_binaries()) as server:
        url = server.url(server.create_database())
        lay(url, options.tables)
        print(f"PostgreSQL {server.version}, {options.tables:,} tables")
        ways = {"fingood, take_snapshot": lambda: snapshot(url), "SQLAlchemy, MetaData.reflect": lambda: reflect(url)}
        if tool := dump_tool(server.major):
            ways["pg_dump -s"] = lambda: dump(tool, url)
        else:
            print("pg_dump is not there")
        compare(ways)


def lay(url: str, tables: int) -> None:
    engine = make_engine(url)
    with engine.begin() as connection:
        for number in range(tables):
            sql = TABLE.format(number=number, parent=max(0, number - 1))
            connection.exec_driver_sql(sql, execution_options={"no_parameters": True})
    engine.dispose()


def snapshot(url: str) -> str:
    with connect(url) as connection:
        return f"{len(take_snapshot(connection).objects):,} objects"


def reflect(url: str) -> str:
    engine, found = make_engine(url), MetaData()
    found.reflect(engine)
    engine.dispose()
    return f"{len(found.tables):,} tables"


def dump_tool(major: int) -> Path | None:
    """A pg_dump that this server's version can be read with."""
    tools = (one.tool("pg_dump") for one in found_binaries() if one.major >= major)
    return next((tool for tool in tools if tool.is_file()), None)


def dump(tool: Path, url: str) -> str:
    plain = url.replace("postgresql+psycopg2://", "postgresql://").replace("postgresql+psycopg://", "postgresql://")
    with tempfile.TemporaryFile() as out:
        subprocess.run([tool, "-s", "-d", plain], check=True, stdout=out)
        return f"{out.tell():,} bytes"


def compare(ways: dict[str, Callable[[], str]]) -> None:
    taken: dict[str, list[float]] = {name: [] for name in ways}
    said = {}
    for _ in range(ROUNDS):
        for name, way in ways.items():
            started = time.perf_counter()
            said[name] = way()
            taken[name].append(time.perf_counter() - started)
    for name, seconds in taken.items():
        print(f"{name:<32}{min(seconds):7.2f} s to {max(seconds):.2f} s   {said[name]}")


if __name__ == "__main__":
    main()
