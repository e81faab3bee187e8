"""`fingood check --sql` beside squawk and safemigrate-lint, on our examples and on safe statements.

    pip install squawk-cli safemigrate-lint   # anywhere; name the folder of their commands where PATH does not
    python benchmarks/peers.py [--bin FOLDER]

What counts: each check of locks, data loss or compatibility has a bad and a good example; those that Alembic's offline
mode renders whole are written as SQL files. A tool **finds** the hazard if it reports at least one rule on the bad file
that it does not report on the good one. A **false alarm** is a good file, or a file of one safe statement, on which it
reports anything. Every tool runs with its defaults; of ours, findings of warning and above count. Times are of whole
commands, start to end. The examples are ours, which favours us: they hold the hazards that we know. The peers read SQL
alone and were not made for several of them; so does ours with --static. Without it each file runs on a copy of the
database that the examples are about, which takes its time.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from one_revision import EXAMPLES, lay_examples, revision_of

from fingood.checks import CHECKS
from fingood.checks._check import Family
from fingood.model.finding import Direction
from fingood.model.severity import Severity
from fingood.sandbox.server import Server
from fingood.settings import load
from fingood.statements import Recorder
from fingood.statements.grammar import parse_statements

FAMILIES = (Family.LOCK, Family.LOSS, Family.BREAKAGE)
SAFE = (
    "CREATE TABLE customers (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL)",
    "ALTER TABLE customers ADD COLUMN nickname text",
    "ALTER TABLE customers ADD COLUMN active boolean NOT NULL DEFAULT true",
    "ALTER TABLE customers ADD COLUMN seen timestamptz DEFAULT now()",
    "CREATE INDEX CONCURRENTLY IF NOT EXISTS ix_name ON customers (name)",
    "DROP INDEX CONCURRENTLY IF EXISTS ix_name",
    "REINDEX INDEX CONCURRENTLY ix_name",
    "ALTER TABLE customers ADD CONSTRAINT ck CHECK (name <> '') NOT VALID",
    "ALTER TABLE customers VALIDATE CONSTRAINT ck",
    "ALTER TABLE customers ADD CONSTRAINT uq UNIQUE USING INDEX ux_name",
    "ALTER TABLE customers ALTER COLUMN name SET DEFAULT ''",
    "ALTER TABLE customers ALTER COLUMN name SET STATISTICS 500",
    "COMMENT ON TABLE customers IS 'who banks with us'",
    "CREATE SCHEMA reporting",
    "CREATE VIEW reporting.names AS SELECT name FROM customers",
    "CREATE SEQUENCE numbers",
    "CREATE TYPE mood AS ENUM ('calm', 'cross')",
    "ANALYZE customers",
    "SET lock_timeout = '5s'",
    "INSERT INTO currencies (code) VALUES ('CHF')",
)

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


def bank(server: Server) -> str:
    """The URL of a database with the schema that the examples are about."""
    url = server.url(server.create_database("bank"))
    with tempfile.TemporaryDirectory() as root:
        lay_examples(Path(root))
        with Recorder(load(start=Path(root), options={}, environ={}).project) as recorder:
            recorder.upgrade(url, "bank")
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
        "fingood, run": ours("--database-url", bank(server)),
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
            print(f"{name:<24}{_row(tool, folder, checks, safe, many)}", flush=True)
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
    return f"{hits:>8}{good:>16}{alarms:>16}{_seconds(tool, many):>10.2f} s{1000 * _seconds(tool, many[:1]):>7.0f} ms"


def _seconds(tool: Tool, files: list[Path]) -> float:
    begun = time.perf_counter()
    tool(files)
    return time.perf_counter() - begun


if __name__ == "__main__":
    main()
