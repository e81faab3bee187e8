"""How long `fingood check --sql DIR --static` takes for 500 files, beside the parsing of the same files alone.

python benchmarks/sql_files.py [--files 500] [--runs 5]

Both are whole processes, the interpreter's start included, with the bytecode kept that pip leaves on installing; the
quickest of the runs counts. Between the two lies what the checks cost. The limit for 500 files is 1.5 s.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

FILES = (
    "CREATE TABLE ledger.accounts_{n} (\n    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,\n"
    "    currency char(3) NOT NULL,\n    balance numeric(19, 4) NOT NULL DEFAULT 0\n);\n\n"
    "COMMENT ON TABLE ledger.accounts_{n} IS 'Accounts of branch {n}';\n",
    "-- Settlement currency, first step.\nALTER TABLE ledger.entries ADD COLUMN settlement_{n} char(3);\n\n"
    "UPDATE ledger.entries SET settlement_{n} = currency WHERE settlement_{n} IS NULL;\n\n"
    "ALTER TABLE ledger.entries ALTER COLUMN settlement_{n} SET NOT NULL;\n",
    "CREATE INDEX CONCURRENTLY ix_entries_{n} ON ledger.entries (account_id, booked_at) WHERE amount > {n};\n",
    "BEGIN;\nALTER TABLE ledger.postings ADD CONSTRAINT fk_{n} FOREIGN KEY (account_id)\n"
    "    REFERENCES ledger.accounts (id) NOT VALID;\nCOMMIT;\n\n"
    "ALTER TABLE ledger.postings VALIDATE CONSTRAINT fk_{n};\n",
    "CREATE OR REPLACE VIEW reporting.balances_{n} AS\nSELECT account_id, sum(amount) AS balance\n"
    "FROM ledger.entries\nWHERE branch = {n}\nGROUP BY account_id;\n\n"
    "GRANT SELECT ON reporting.balances_{n} TO reporting;\n",
    "ALTER TABLE ledger.fees ALTER COLUMN amount TYPE numeric(12, 2);\nDROP INDEX ledger.ix_fees_{n};\n",
)
PARSE = """
import sys
from pathlib import Path
from postgast import parse
print(sum(len(parse(path.read_text()).stmts) for path in Path(sys.argv[1]).glob("*.sql")))
"""


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--files", type=int, default=500)
    asked.add_argument("--runs", type=int, default=5)
    options = asked.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for n in range(options.files):
            (folder / f"{n:04d}.sql").write_text(FILES[n % len(FILES)].format(n=n), encoding="utf-8")
        check = [sys.executable, "-m", "fingood", "check", "--sql", ".", "--static", "--quiet"]
        parse = [sys.executable, "-c", PARSE, "."]
        checked = min(_seconds(check, folder) for _ in range(options.runs))
        parsed = min(_seconds(parse, folder) for _ in range(options.runs))
    print(f"{options.files} files, best of {options.runs} runs")
    print(f"fingood check --sql --static   {checked:.2f} s")
    print(f"parsing alone (postgast)       {parsed:.2f} s")


def _seconds(command: list[str], folder: Path) -> float:
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    started = time.perf_counter()
    done = subprocess.run(command, cwd=folder, env=kept, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False)
    seconds = time.perf_counter() - started
    if done.returncode not in (0, 1):
        sys.exit(done.stderr.decode(errors="replace"))
    return seconds


if __name__ == "__main__":
    main()
