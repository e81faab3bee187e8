"""What is booked belongs to something that is approved: no posted row hangs on a draft, rejected or void parent.

Needs a table with a state (``status``, ``state``) that refers to a table with a state. Compared are the words in them:
posted, booked, settled, completed and paid below; draft, rejected, void, cancelled and failed above. A warning.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.model.column_role import Role
from fingood.model.severity import Severity
from fingood.validation.invariants.base import Example, Look, RuleInvariant
from fingood.validation.ledger import LedgerTable, column_sql
from fingood.validation.links import links_of
from fingood.validation.roles import Family, family_of
from fingood.validation.rule import Rule

_DONE = "'posted', 'booked', 'settled', 'completed', 'complete', 'paid'"
_UNDONE = "'draft', 'rejected', 'void', 'voided', 'cancelled', 'canceled', 'failed'"


def _rules(table: LedgerTable, look: Look) -> Iterator[Rule]:
    own = table.column(Role.STATUS)
    if not own or _is_number(table, own):
        return
    for number, link in enumerate(links_of(table, look)):
        theirs = link.table.column(Role.STATUS)
        if not theirs or _is_number(link.table, theirs):
            continue
        alias = f"st{number}"
        on = f"{column_sql(alias, link.key)} = {column_sql('t', link.column)}"
        join = f"LEFT JOIN {link.table.name.sql} {alias} ON {on}"
        yield Rule(
            condition=f"{_word('t', own)} IN ({_DONE}) AND {_word(alias, theirs)} IN ({_UNDONE})",
            severity=Severity.WARNING,
            message=f"{{rows}} of {table.name} are done while their row in {link.table.name} is not",
            effect="Something was carried out that nobody approved, or the state was not carried along.",
            subject=f"{table.name}.{own}",
            joins=(join,),
        )


def _word(alias: str, column: str) -> str:
    return f"lower(trim(CAST({column_sql(alias, column)} AS text)))"


def _is_number(table: LedgerTable, name: str) -> bool:
    return family_of(table.shape.columns[name]) is Family.NUMBER


INVARIANT = RuleInvariant(
    id="draft-state",
    meaning="what is booked belongs to something that is approved",
    standard="LedgerSMB's checks of batches and vouchers",
    severity=Severity.WARNING,
    rules=_rules,
    examples=(
        Example(
            tables="CREATE TABLE batches (id bigint PRIMARY KEY, status varchar(10));"
            "CREATE TABLE vouchers (id bigint PRIMARY KEY, batch_id bigint REFERENCES batches (id), status text)",
            good="INSERT INTO batches VALUES (1, 'approved'), (2, 'draft');"
            "INSERT INTO vouchers VALUES (1, 1, 'posted'), (2, 2, 'draft'), (3, 1, 'posted')",
            bad="UPDATE batches SET status = 'Draft' WHERE id = 1",
            count=2,
        ),
    ),
)
