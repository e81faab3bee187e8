"""Rules that every one of a million rows breaks: counted exactly, shown by few samples, within little memory.

FINGOOD_TEST_ROWS=5000000 takes five times as many, and as long; the limit of memory stays.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from fingood.catalog import connect
from fingood.validation.statement import SAMPLES

pytestmark = pytest.mark.slow

ROWS = int(os.environ.get("FINGOOD_TEST_ROWS", "1000000"))
MEGABYTES = 200
TABLES = f"""
CREATE TABLE accounts (id bigint PRIMARY KEY, name text);
CREATE TABLE journal_entries (id bigint PRIMARY KEY);
INSERT INTO accounts SELECT n, 'account ' || n FROM generate_series(1, 1000) n;
INSERT INTO journal_entries SELECT n FROM generate_series(1, {ROWS} / 2) n;
CREATE TABLE postings (id bigint, entry_id bigint NOT NULL, account_id bigint NOT NULL, amount numeric(18, 4),
  currency varchar(3) NOT NULL, memo text);
INSERT INTO postings SELECT n, (n + 1) / 2, 1 + n % 1000, 10.005, 'eur', 'a' || chr(7)
  FROM generate_series(1, {ROWS}) n;
ALTER TABLE postings ADD PRIMARY KEY (id), ADD FOREIGN KEY (entry_id) REFERENCES journal_entries,
  ADD FOREIGN KEY (account_id) REFERENCES accounts
"""


@pytest.mark.usefixtures("real_starts")
def test_all_rows_bad_are_counted_within_little_memory(postgres_url: str, tmp_path: Path) -> None:
    with connect(postgres_url, read_only=False) as connection:
        for statement in TABLES.split(";"):
            connection.exec_driver_sql(statement, execution_options={"no_parameters": True})
        connection.commit()
    (tmp_path / "migrations").mkdir()
    (tmp_path / "alembic.ini").write_text("[alembic]\nscript_location = migrations\n")
    (tmp_path / "pyproject.toml").write_text('[[tool.fingood.ledger]]\ntable = "postings"\n')
    began = time.monotonic()
    code, megabytes, answer = run_alone(tmp_path, "validate", "--database-url", postgres_url, "--format", "json")
    print(f"{ROWS:,} rows: {time.monotonic() - began:.1f} s, {megabytes:.0f} MB at most")
    found = {one["check"]: one for check in answer["checks"] for one in check["findings"]}
    assert code == 1
    assert found["currency-code"]["evidence"]["rows"] == str(ROWS)
    assert found["text-broken"]["evidence"]["rows"] == str(ROWS)
    assert found["double-entry"]["evidence"]["rows"] == str(ROWS // 2)
    for finding in (found["currency-code"], found["text-broken"], found["double-entry"]):
        samples = finding["message"].split(": ", 1)[1].split("; ")
        assert 1 < len(samples) <= SAMPLES
        assert finding["message"].endswith("…")
    assert megabytes < MEGABYTES


def run_alone(folder: Path, *arguments: str) -> tuple[int, float, dict[str, list[dict[str, list[dict[str, str]]]]]]:
    """The exit code, the most memory that the process held at once, and its answer; the server's is not counted."""
    out = folder / "answer.json"
    with out.open("w") as file:
        process = subprocess.Popen([sys.executable, "-m", "fingood", *arguments], cwd=folder, stdout=file)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    unit = 1 if sys.platform == "darwin" else 1024
    return process.returncode, usage.ru_maxrss * unit / 2**20, json.loads(out.read_text())
