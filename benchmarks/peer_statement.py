"""fingood's own rules for the table of peer_rules.py, chosen and put into one statement."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping

from sqlalchemy.engine import Connection

from fingood.settings.values import LedgerMapping
from fingood.validation import INVARIANTS, RuleInvariant, look_over
from fingood.validation.invariants.base import Look
from fingood.validation.rule import Rule
from fingood.validation.statement import Statement, statements_of

MAPPING = (LedgerMapping(table="postings", direction="direction", debit_values=("D",), credit_values=("C",)),)


def statement_of(connection: Connection, wanted: Iterable[Mapping[str, str]]) -> Statement:
    """The statement of the rules that ``check`` and ``says`` name, in their order; each has to be exactly one."""
    known = look_over(connection, mappings=MAPPING)
    look = Look(connection=connection, recognised=known, today=datetime.datetime.now(datetime.UTC).date())
    table = next(table for table in known.tables if table.name.name == "postings")
    chosen: list[Rule] = []
    for one in wanted:
        invariant = INVARIANTS[one["check"]]
        assert isinstance(invariant, RuleInvariant)
        found = [rule for rule in invariant.rules(table, look) if one["says"] in rule.message]
        if len(found) != 1:
            raise SystemExit(f"fingood has {len(found)} rules of {one['check']} that say '{one['says']}'")
        chosen += found
    statements = statements_of(table, chosen)
    if len(statements) != 1:
        raise SystemExit(f"the rules do not fit one statement but {len(statements)}")
    return statements[0]
