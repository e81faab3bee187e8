"""Entries come after their accounts, and were written in the order of their numbers.

Found are accounts with entries that were written, or booked, more than a day before the account was: by the legs' own
time, else by that of their transaction. Where legs carry their own day of booking, closed-account compares it with the
account's opening. A warning; an error where the settings name the times on both sides.

Where a sequence numbers the entries, each should be written after the one before; transactions that run at once mix
seconds or hours, so a step back of more than a day is found, as a remark: a changed clock, a load of old rows or a
changed time. Nothing is found where more than one row in twenty steps back: there the order means something else.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.model.column_role import Role
from fingood.model.severity import Severity
from fingood.validation.dates import days_earlier_sql
from fingood.validation.increment import growing_key
from fingood.validation.invariants.base import Example, Look, RuleInvariant
from fingood.validation.invariants.sample_ledger import ROWS, tables
from fingood.validation.ledger import LedgerTable, column_sql
from fingood.validation.links import Link, account_of, transaction_of
from fingood.validation.roles import Family, family_of
from fingood.validation.rule import NotEvaluated, Rule, Source

_MANY = 20
"""One row in so many may step back."""


def _rules(table: LedgerTable, look: Look) -> Iterator[Rule]:
    link = account_of(table, look) if table.legs else None
    before = list(_before_account(table, link, look)) if link else []
    back = list(_stepping_back(table, look))
    if (before or back) and look.too_large(table):
        raise NotEvaluated(f"{table.name} is large; --mode full looks at it")
    yield from (*before, *back)


def _before_account(table: LedgerTable, account: Link, look: Look) -> Iterator[Rule]:
    """Legs are brought to one row an account first, so that accounts are joined once and not leg by leg."""
    header = transaction_of(table, look)
    pairs = [(Role.CREATED, Role.CREATED, "written", "was")]
    if not table.date:
        pairs.append((Role.POSTED, Role.OPENED, "booked", "was opened"))
    for entry_role, account_role, done, was in pairs:
        bound = _time(account.table, account_role)
        own = _time(table, entry_role)
        of_header = _time(header.table, entry_role) if header and not own else ""
        if not (bound and (own or of_header)):
            continue
        moment = column_sql("t", own) if own else column_sql("trx", of_header)
        who = column_sql("t", account.column)
        join = f" {header.join}" if header and of_header else ""
        derived = f"SELECT {who}, min({moment}) AS earliest FROM {table.name.sql} t{join} GROUP BY {who}"
        holder = table if own else header.table if header else table
        sure = entry_role in holder.by_settings and account_role in account.table.by_settings
        bounds = f"max({column_sql(account.alias, bound)})"
        yield Rule(
            condition=days_earlier_sql("max(t.earliest)", bounds, 1, look),
            severity=Severity.ERROR if sure else Severity.WARNING,
            message=f"{{rows}} of {table.name} have entries that were {done} before the account {was}"
            f" ({holder.name.name}.{own or of_header}, {account.table.name}.{bound})",
            effect="There was no account to book on: the times were changed, or rows were moved to another account.",
            subject=f"{holder.name}.{own or of_header}",
            source=Source(by=((account.column, who),), joins=(account.join,), derived=derived, noun="accounts"),
        )


def _stepping_back(table: LedgerTable, look: Look) -> Iterator[Rule]:
    written = _time(table, Role.CREATED)
    if not (written and _numbered(table, look) and (table.legs or _heads_transactions(table, look))):
        return
    key, moment = column_sql("t", table.key[0]), column_sql("t", written)
    last = f"lag({moment}) OVER (ORDER BY {key})"
    steps = f"SELECT {key}, {days_earlier_sql(moment, last, 1, look)} AS back FROM {table.name.sql} t"
    derived = (
        f"SELECT t.*, count(CASE WHEN t.back THEN 1 END) OVER () AS backs, count(*) OVER () AS steps FROM ({steps}) t"
    )
    yield Rule(
        condition=f"t.back AND t.backs * {_MANY} <= t.steps",
        severity=Severity.INFO,
        message=f"{{rows}} of {table.name} have a {written} more than a day before that of the row before",
        effect="A report up to a day misses rows that came later and say that they came before.",
        remedy="nothing, where old rows were loaded or sent in late",
        subject=f"{table.name}.{written}",
        source=Source(derived=derived),
    )


def _time(table: LedgerTable, role: Role) -> str:
    name = table.column(role)
    return name if name and family_of(table.shape.columns[name]) is Family.DATE else ""


def _numbered(table: LedgerTable, look: Look) -> bool:
    """Whether the key's values rise as rows come; on SQLite an INTEGER PRIMARY KEY does (its manual, rowid tables)."""
    if look.dialect == "sqlite":
        return len(table.key) == 1 and table.shape.columns[table.key[0]].type.lower() == "integer"
    return bool(growing_key(table))


def _heads_transactions(table: LedgerTable, look: Look) -> bool:
    headers = [transaction_of(legs, look) for legs in look.recognised.tables if legs.legs]
    return any(header is not None and header.table.name == table.name for header in headers)


def _numbered_example(key: str, dialect: str) -> Example:
    rows = ", ".join(f"({number}, 1, 5, 'EUR', '2024-03-{number:02} 10:00:00')" for number in range(1, 22))
    return Example(
        tables="CREATE TABLE accounts (id bigint PRIMARY KEY);"
        f"CREATE TABLE movements (id {key} PRIMARY KEY, account_id bigint REFERENCES accounts (id),"
        " transaction_id bigint, amount numeric(12, 2), currency char(3) NOT NULL, created_at timestamp)",
        good="INSERT INTO accounts VALUES (1);"
        f"INSERT INTO movements (id, account_id, amount, currency, created_at) VALUES {rows};"
        + ("SELECT setval('movements_id_seq', 30);" if dialect == "postgresql" else "")
        + "UPDATE movements SET created_at = '2024-03-08 22:00:00' WHERE id = 9",
        bad="UPDATE movements SET created_at = '2024-02-01 10:00:00' WHERE id = 9",
        count=1,
        dialects=frozenset({dialect}),
    )


INVARIANT = RuleInvariant(
    id="entry-time",
    meaning="entries come after their accounts, and in the order of their numbers",
    standard="TigerBeetle: imported_event_timestamp_must_postdate_debit_account, ..._must_not_regress",
    severity=Severity.ERROR,
    rules=_rules,
    examples=(
        Example(
            tables=tables(
                accounts="created_at timestamp DEFAULT '2024-02-01 09:00:00'",
                entries="created_at timestamp DEFAULT '2024-03-01 10:00:00'",
            ),
            good=ROWS,
            bad="UPDATE accounts SET created_at = '2024-03-03 10:00:00' WHERE id < 3",
            count=2,
        ),
        _numbered_example("integer", "sqlite"),
        _numbered_example("bigserial", "postgresql"),
    ),
)
