"""`fingood check --sql` beside squawk and safemigrate-lint, on our examples and on safe statements.

    pip install squawk-cli safemigrate-lint   # anywhere; name the folder of their commands where PATH does not
    python benchmarks/peers.py [--bin FOLDER]

What counts: each check of locks, data loss or compatibility has a bad and a good example; those that Alembic's offline
mode renders whole are written as SQL files. A tool **finds** the hazard if it reports at least one rule on the bad file
that it does not report on the good one. A **false alarm** is a good file, or a file of one safe statement, on which it
reports anything. Every tool runs with its defaults; of ours, findings of warning and above count. Times are of whole
commands, start to end. The examples are ours, which favours us: they hold the hazards that we know. The peers read SQL
alone and were not made for several of them; so does ours with --static. Without it each file runs on a copy of the
database that stands where the example begins and whose tables claim a million rows; its time is for all of it.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from one_revision import EXAMPLES, lay_examples, revision_of

from fingood.catalog import connect
from fingood.checks import CHECKS
from fingood.checks._check import Family
from fingood.model.finding import Direction
from fingood.model.severity import Severity
from fingood.rollback.rows import fill_empty_tables
from fingood.rollback.seed import Fill
from fingood.sandbox.server import Server
from fingood.settings import load
from fingood.statements import Recorder
from fingood.statements.grammar import parse_statements

FAMILIES = (Family.LOCK, Family.LOSS, Family.BREAKAGE)
SAFE = (
    "CREATE TABLE clients (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL)",
    "ALTER TABLE members ADD COLUMN nickname text",
    "ALTER TABLE members ADD COLUMN active boolean NOT NULL DEFAULT true",
    "ALTER TABLE members ADD COLUMN seen timestamptz DEFAULT now()",
    "CREATE INDEX CONCURRENTLY IF NOT EXISTS ix_name ON members (name)",
    "DROP INDEX CONCURRENTLY IF EXISTS ix_old",
    "REINDEX INDEX CONCURRENTLY ix_old",
    "ALTER TABLE members ADD CONSTRAINT ck CHECK (name <> '') NOT VALID",
    "ALTER TABLE members VALIDATE CONSTRAINT ck_old",
    "ALTER TABLE members ADD CONSTRAINT uq UNIQUE USING INDEX ux_name",
    "ALTER TABLE members ALTER COLUMN name SET DEFAULT ''",
    "ALTER TABLE members ALTER COLUMN name SET STATISTICS 500",
    "COMMENT ON TABLE members IS 'who banks with us'",
    "CREATE SCHEMA archive",
    "CREATE VIEW reporting.names AS SELECT name FROM members",
    "CREATE SEQUENCE numbers",
    "CREATE TYPE mood AS ENUM ('calm', 'cross')",
    "ANALYZE members",
    "SET lock_timeout = '5s'",
    "INSERT INTO currencies (code) VALUES ('CHF')",
)

CLAIM_ROWS = """
    UPDATE pg_class SET reltuples = 1000000, relpages = 20000
     WHERE relkind IN ('r', 'm') AND relnamespace NOT IN (SELECT oid FROM pg_namespace WHERE nspname ~ '^pg_|^information_')
"""
BESIDE = """
    CREATE TABLE members (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL);
    CREATE INDEX ix_old ON members (name, id);
    CREATE SCHEMA reporting;
    CREATE UNIQUE INDEX ux_name ON members (id, name);
    ALTER TABLE members ADD CONSTRAINT ck_old CHECK (name <> 'nobody') NOT VALID;
    CREATE TABLE currencies (code char(3) PRIMARY KEY);
"""
"""What the safe statements are about."""

RUN = "fingood, run"
"""Each file on a copy of its own, half a second a file: 500 of them would say nothing more."""

Reports = dict[str, frozenset[str]]
"""A file's name → the rules reported on it."""


Tool = Callable[[list[Path]], Reports]


def render_examples(folder: Path) -> tuple[list[str], int]:
    """Writes ID.bad.sql and ID.good.sql; returns the ids, and how many could not be rendered whole."""
    with tempfile.TemporaryDirectory() as root:
        lay_examples(Path(root))
        wanted = sorted(check.id for check in CHECKS.values() if check.family in FAMILIES)
        there = [
            check for check in wanted if all((EXAMPLES / check / f"{kind}.py").is_file() for kind in ("bad", "good"))
        ]
        done = []
        with Recorder(load(start=Path(root), options={}, environ={}).project) as recorder:
            for check in there:
                plans = [
                    recorder.render(revision_of(EXAMPLES / check / f"{kind}.py"), Direction.UPGRADE, "postgresql")
                    for kind in ("bad", "good")
                ]
                if any(plan.unrendered or not plan.statements for plan in plans):
                    continue
                for kind, plan in zip(("bad", "good"), plans, strict=True):
                    text = "".join(f"{one.sql.rstrip().rstrip(';')};\n" for one in plan.statements)
                    (folder / f"{check}.{kind}.sql").write_text(text)
                done.append(check)
    return done, len(there) - len(done)


def ours(*options: str) -> Tool:
    """Our command line on a folder of files."""

    def run(files: list[Path]) -> Reports:
        if not files:
            return {}
        with tempfile.TemporaryDirectory() as root:
            for file in files:
                (Path(root) / file.name).write_text(file.read_text())
            command = [sys.executable, "-m", "fingood", "check", "--sql", ".", "--format", "json", "-q", *options]
            said = subprocess.run(command, capture_output=True, text=True, check=False, cwd=root)
        found: dict[str, set[str]] = {file.name: set() for file in files}
        for finding in _findings(json.loads(said.stdout)):
            if Severity(finding["severity"]) >= Severity.WARNING:
                found[Path(finding["location"]["path"]).name].add(finding["check"])
        return {name: frozenset(rules) for name, rules in found.items()}

    return run


def _findings(report: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for one in report["checks"]:
        yield from one["findings"]
    for child in report.get("children", ()):
        yield from _findings(child)


def on_banks(server: Server) -> Tool:
    """Our command line on a folder of files, each beside a database that stands right below its example."""
    urls = {below: bank(server, below) for below in sorted({_below(path) for path in EXAMPLES.glob("*/*.py")})}

    def run(files: list[Path]) -> Reports:
        found: dict[str, frozenset[str]] = {}
        for below, url in urls.items():
            found |= ours("--database-url", url)([file for file in files if _begins(file) == below])
        return found

    return run


def _begins(file: Path) -> str:
    """The revision that a rendered example stands on; statements of no example stand on the bank."""
    check, kind = file.name.removesuffix(".sql").rpartition(".")[::2]
    path = EXAMPLES / check / f"{kind}.py"
    return _below(path) if check and path.is_file() else "bank"


def _below(path: Path) -> str:
    found = re.search(r'^down_revision = "(\w+)"', path.read_text(), re.MULTILINE)
    return found[1] if found else "bank"


def bank(server: Server, revision: str) -> str:
    """The URL of a database at this revision of the examples. Its tables claim to be large: nothing is judged harmless
    because it is empty."""
    url = server.url(server.create_database())
    with tempfile.TemporaryDirectory() as root:
        lay_examples(Path(root))
        with Recorder(load(start=Path(root), options={}, environ={}).project) as recorder:
            recorder.upgrade(url, revision)
    with connect(url, read_only=False) as connection:
        connection.exec_driver_sql(BESIDE)
        fill_empty_tables(connection, fill=Fill.PLAIN, without=(), version_table="alembic_version")
        connection.exec_driver_sql(CLAIM_ROWS)
        connection.commit()
    return url


def peer(command: list[str], rule: str) -> Tool:
    """A peer's command line that writes a list of findings as JSON, each with ``file`` and the rule's name."""

    def run(files: list[Path]) -> Reports:
        said = subprocess.run([*command, *map(str, files)], capture_output=True, text=True, check=False)
        found: dict[str, set[str]] = {file.name: set() for file in files}
        for one in json.loads(said.stdout or "[]"):
            found[Path(one["file"]).name].add(one[rule])
        return {name: frozenset(rules) for name, rules in found.items()}

    return run


def version(command: str) -> str:
    said = subprocess.run([command, "--version"], capture_output=True, text=True, check=False)
    return said.stdout.strip() if said.returncode == 0 else Path(command).name


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", default=None)
    path = parser.parse_args().bin
    server = Server.start()
    tools: dict[str, Tool] = {
        "fingood --static": ours("--static", "--dialect", "postgresql"),
        RUN: on_banks(server),
    }
    for name, options, rule in (("squawk", ["--reporter", "Json"], "rule_name"), ("safemigrate-lint", [], "rule_id")):
        found = shutil.which(name, path=path)
        if found is None:
            print(f"{name} is not installed: left out", file=sys.stderr)
        else:
            tools[version(found)] = peer([found, *options], rule)
    with tempfile.TemporaryDirectory() as root:
        folder = Path(root)
        checks, left = render_examples(folder)
        safe = [folder / f"safe{number}.sql" for number in range(len(SAFE))]
        for file, sql in zip(safe, SAFE, strict=True):
            parse_statements(sql)
            file.write_text(f"{sql};\n")
        many = [folder / f"many{number}.sql" for number in range(500)]
        for number, file in enumerate(many):
            file.write_text((folder / f"{checks[number % len(checks)]}.bad.sql").read_text())
        print(f"{len(checks)} hazards ({left} more are not rendered offline), {len(SAFE)} safe statements")
        print(f"{'':<24}{'found':>8}{'alarms on good':>16}{'alarms on safe':>16}{'500 files':>12}{'one file':>10}")
        for name, tool in tools.items():
            print(f"{name:<24}{_row(tool, folder, checks, safe, many if name != RUN else [])}", flush=True)
    server.stop()


def _row(
    tool: Callable[[list[Path]], Reports], folder: Path, checks: list[str], safe: list[Path], many: list[Path]
) -> str:
    said = tool([folder / f"{check}.{kind}.sql" for check in checks for kind in ("bad", "good")])
    hits = sum(bool(said[f"{check}.bad.sql"] - said[f"{check}.good.sql"]) for check in checks)
    good = sum(bool(said[f"{check}.good.sql"]) for check in checks)
    alarms = sum(bool(rules) for rules in tool(safe).values())
    missed = [check for check in checks if not said[f"{check}.bad.sql"] - said[f"{check}.good.sql"]]
    print(f"  missed: {', '.join(missed)}", file=sys.stderr)
    print(f"  alarms: {', '.join(f'{n} {sorted(r)}' for n, r in said.items() if r and '.good.' in n)}", file=sys.stderr)
    time_of_many = f"{_seconds(tool, many):>10.2f} s" if many else f"{'-':>12}"
    return f"{hits:>8}{good:>16}{alarms:>16}{time_of_many}{1000 * _seconds(tool, many[:1] or safe[:1]):>7.0f} ms"


def _seconds(tool: Tool, files: list[Path]) -> float:
    begun = time.perf_counter()
    tool(files)
    return time.perf_counter() - begun


if __name__ == "__main__":
    main()
