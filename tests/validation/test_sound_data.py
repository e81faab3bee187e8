"""Sound data of well-known shapes has nothing grave found in it: pgbench's tables, and a shop's first months."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from decimal import Decimal
from itertools import count

import pytest
from tests.validation.conftest import Bank

from fingood.catalog import connect
from fingood.errors import FingoodError
from fingood.model.finding import Finding
from fingood.model.report import CheckRun
from fingood.model.severity import Severity
from fingood.sandbox.supplier import choose_binaries
from fingood.statements.compat import dbapi_connection

BY_HAND = """
CREATE TABLE pgbench_branches (bid int PRIMARY KEY, bbalance int, filler char(88));
CREATE TABLE pgbench_tellers (tid int PRIMARY KEY, bid int, tbalance int, filler char(84));
CREATE TABLE pgbench_accounts (aid int PRIMARY KEY, bid int, abalance int, filler char(84));
CREATE TABLE pgbench_history (tid int, bid int, aid int, delta int, mtime timestamp, filler char(22));
INSERT INTO pgbench_branches VALUES (1, 0, NULL), (2, 0, '');
INSERT INTO pgbench_tellers WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20)
  SELECT i, 1 + i % 2, 0, NULL FROM n;
INSERT INTO pgbench_accounts WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000)
  SELECT i, 1 + i % 2, 0, '' FROM n;
INSERT INTO pgbench_history WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1500)
  SELECT 1 + i % 20, 1 + (1 + i % 20) % 2, 1 + i * 7 % 2000, i * 7919 % 10001 - 5000, '2024-01-01 10:00:00', NULL
  FROM n;
UPDATE pgbench_accounts SET abalance =
  coalesce((SELECT sum(delta) FROM pgbench_history h WHERE h.aid = pgbench_accounts.aid), 0);
UPDATE pgbench_tellers SET tbalance =
  coalesce((SELECT sum(delta) FROM pgbench_history h WHERE h.tid = pgbench_tellers.tid), 0);
UPDATE pgbench_branches SET bbalance =
  coalesce((SELECT sum(delta) FROM pgbench_history h WHERE h.bid = pgbench_branches.bid), 0)
"""

JOURNAL = """
2024-01-02 owner pays in: Bank 20000, Capital -20000
2024-01-02 cash for the till: Cash 500, Bank -500
2024-01-03 rent of January: Rent 1200, Bank -1200
2024-01-03 deposit for the shop: Deposits 3600, Bank -3600
2024-01-05 shelves bought: Equipment 4200, Input tax 798, Bank -4998
2024-01-08 goods on credit: Goods 6000, Input tax 1140, Payables -7140
2024-01-10 first sales in cash: Cash 952, Sales -800, Output tax -152
2024-01-12 sale on credit: Receivables 1785, Sales -1500, Output tax -285
2024-01-15 cash brought to the bank: Bank 900, Cash -900
2024-01-17 supplier paid: Payables 7140, Bank -7140
2024-01-18 goods sent back: Payables 357, Goods -300, Input tax -57
2024-01-19 refund of the supplier: Bank 357, Payables -357
2024-01-22 customer pays with two in a hundred off: Bank 1749.30, Discounts 30, Output tax 5.70, Receivables -1785
2024-01-25 insurance of a year: Prepaid 1200, Bank -1200
2024-01-29 telephone: Telephone 49.90, Input tax 9.48, Bank -59.38
2024-01-31 wages of January: Wages 2400, Bank -1815.37, Wage tax -584.63
2024-01-31 insurance of January: Insurance 100, Prepaid -100
2024-01-31 shelves of January: Depreciation 70, Equipment -70
2024-01-31 goods sold: Cost of goods 1380, Goods -1380
2024-02-01 loan taken up: Bank 10000, Loan -10000
2024-02-02 rent of February: Rent 1200, Bank -1200
2024-02-05 taken out by the owner: Drawings 600, Cash -600
2024-02-06 the till was short: Cash differences 0.05, Cash -0.05
2024-02-08 sale by card, with its fee: Bank 1178.10, Card fees 11.90, Sales -1000, Output tax -190
2024-02-12 wage tax paid: Wage tax 584.63, Bank -584.63
2024-02-12 tax of January: Output tax 431.30, Tax receivable 1459.18, Input tax -1890.48
2024-02-15 interest: Interest 41.67, Bank -41.67
2024-02-16 booked wrongly: Telephone 80, Bank -80
2024-02-16 booked wrongly, taken back: Bank 80, Telephone -80
2024-02-16 as it should be: Office 80, Bank -80
2024-02-20 a claim given up: Bad debts 100, Output tax 19, Receivables -119
2024-02-28 loan paid back in part: Loan 1000, Bank -1000
"""


def grave(runs: dict[str, CheckRun], level: Severity) -> list[tuple[str, str]]:
    found: Iterator[Finding] = (finding for run in runs.values() for finding in run.findings)
    return [(one.check, one.message) for one in found if one.severity >= level]


def pgbench() -> str:
    """The program, empty where no PostgreSQL here has it."""
    try:
        return str(choose_binaries(None).tool("pgbench"))
    except FingoodError:
        return shutil.which("pgbench") or ""


@pytest.mark.slow
def test_what_pgbench_makes_is_sound(postgres: Bank) -> None:
    program = pgbench()
    if program:
        with connect(postgres.url) as connection:
            server = dbapi_connection(connection).info
            target = {"PGHOST": server.host, "PGPORT": str(server.port), "PGUSER": server.user}
            target |= {"PGDATABASE": server.dbname, "PGPASSWORD": server.password or ""}
        environment = {**os.environ, **target}
        for options in (["-i", "-q", "--foreign-keys"], ["-t", "100", "-c", "2", "-n"]):
            subprocess.run([program, *options], env=environment, check=True, capture_output=True, timeout=120)
    else:
        postgres.run(BY_HAND)
    assert grave(postgres.validate(), Severity.ERROR) == []


@pytest.mark.parametrize("fixture", ["postgres", "sqlite"])
def test_the_same_tables_written_by_hand_are_sound(request: pytest.FixtureRequest, fixture: str) -> None:
    bank: Bank = request.getfixturevalue(fixture)
    assert grave(bank.run(BY_HAND).validate(), Severity.ERROR) == []


SIGNED = """
CREATE TABLE accounts (id int PRIMARY KEY, name varchar(40) NOT NULL UNIQUE);
CREATE TABLE journal_entries (id int PRIMARY KEY, entry_date date NOT NULL, description text NOT NULL);
CREATE TABLE journal_lines (id int PRIMARY KEY, entry_id int NOT NULL REFERENCES journal_entries (id),
  account_id int NOT NULL REFERENCES accounts (id), amount numeric(12, 2) NOT NULL, currency char(3) NOT NULL)
"""
SIDED = SIGNED.replace(
    "amount numeric(12, 2) NOT NULL, currency char(3) NOT NULL", "debit numeric(12, 2), credit numeric(12, 2)"
)


def booked(*, sided: bool) -> Iterator[str]:
    """The journal as statements: signed amounts with their currency, or debits and credits without one."""
    accounts: dict[str, int] = {}
    lines = count(1)
    for entry, text in enumerate(JOURNAL.strip().splitlines(), 1):
        head, _, legs = text.partition(": ")
        day, _, description = head.partition(" ")
        yield f"INSERT INTO journal_entries VALUES ({entry}, '{day}', '{description}')"
        parts = [leg.rpartition(" ") for leg in legs.split(", ")]
        assert sum(Decimal(amount) for *_, amount in parts) == 0, text
        for account, _, amount in parts:
            if account not in accounts:
                accounts[account] = len(accounts) + 1
                yield f"INSERT INTO accounts VALUES ({accounts[account]}, '{account}')"
            debit, credit = (amount, "NULL") if Decimal(amount) > 0 else ("NULL", str(-Decimal(amount)))
            values = f"{debit}, {credit}" if sided else f"{amount}, 'EUR'"
            yield f"INSERT INTO journal_lines VALUES ({next(lines)}, {entry}, {accounts[account]}, {values})"


@pytest.mark.parametrize("sided", [False, True], ids=["signed", "debit and credit"])
@pytest.mark.parametrize("fixture", ["postgres", "sqlite"])
def test_a_journal_of_thirty_transactions_is_sound(request: pytest.FixtureRequest, fixture: str, sided: bool) -> None:
    bank: Bank = request.getfixturevalue(fixture)
    bank.run((SIDED if sided else SIGNED) + ";" + ";".join(booked(sided=sided)))
    runs = bank.validate()
    assert grave(runs, Severity.WARNING) == []
    assert runs["double-entry"].outcome.value == "passed"
    column = "debit" if sided else "amount"
    bank.run(f"UPDATE journal_lines SET {column} = {column} + 0.01 WHERE id = 1")
    assert [check for check, _ in grave(bank.validate(), Severity.WARNING)] == ["double-entry"]
