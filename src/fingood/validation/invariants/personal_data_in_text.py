"""No e-mail address and no national identity number stands in a free text.

There nobody looks for them: not who answers a request for access, nor who erases, masks or exports. Looked at are texts
named as free ones (note, memo, description, comment, reason); a column that is there for addresses or identity numbers
is none. Found are e-mail addresses, social security numbers (US), national insurance numbers (GB), DNI and NIE (ES),
PESEL (PL) and NIR (FR): by form, and check digits where there are any. A number of another kind may look the same, so a
find is a warning. Values are never shown. Not seen are names, addresses, and numbers of other countries.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from fingood.model.column_role import Role
from fingood.model.severity import Severity
from fingood.validation.invariants.base import Example, Look, RuleInvariant
from fingood.validation.ledger import LedgerTable, text_sql
from fingood.validation.lexicon import words
from fingood.validation.national_ids import (
    NATIONAL_ID,
    RUN,
    RUN_BEFORE_CAPITAL,
    SHORTEST,
    holds_email_sql,
    holds_national_id_sql,
    national_id_gate_sql,
)
from fingood.validation.roles import length_of, texts_of
from fingood.validation.rule import Rule
from fingood.validation.sqlite_functions import add_functions
from fingood.validation.trace import Trace

_FREE = frozenset(
    {"description", "memo", "note", "notes", "comment", "comments", "remark", "remarks", "text", "body", "message"}
    | {"messages", "details", "narrative", "purpose", "reason", "content", "remittance", "subject", "freetext"}
    | {"bemerkung", "notiz", "verwendungszweck", "beschreibung", "kommentar"}
)
_OTHER = frozenset({"id", "code", "type", "kind", "hash", "template", "html", "by"})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kind:
    """``function`` is SQLite's name for it; ``gate`` is empty where the condition is cheap by itself."""

    what: str
    function: str
    condition: Callable[[str], str]
    trace: Callable[[str], Trace]
    gate: Callable[[str], str] = lambda text: ""


_KINDS = (
    _Kind(
        what="e-mail addresses",
        function="fingood_email",
        condition=holds_email_sql,
        trace=lambda text: Trace(text=text, characters="@"),
    ),
    _Kind(
        what="what looks like a national identity number",
        function="fingood_national_id",
        condition=holds_national_id_sql,
        trace=lambda text: Trace(
            text=text, run=RUN, before_capital=RUN_BEFORE_CAPITAL, least=SHORTEST, sought=(NATIONAL_ID,)
        ),
        gate=national_id_gate_sql,
    ),
)


def _rules(table: LedgerTable, look: Look) -> Iterator[Rule]:
    meant = {name for role in (Role.EMAIL, Role.NATIONAL_ID) for name in table.roles.get(role, ())}
    for column in texts_of(table.shape):
        have = words(column.name)
        if column.name in meant or not have & _FREE or have & _OTHER or (length_of(column) or SHORTEST) < SHORTEST:
            continue
        add_functions(look)
        text = text_sql("t", column.name, look.dialect)
        sqlite = look.dialect == "sqlite"
        for kind in _KINDS:
            yield Rule(
                condition=f"{kind.function}({text}) = 1" if sqlite else kind.condition(text),
                severity=Severity.WARNING,
                message=f"{{rows}} of {table.name} hold {kind.what} in {column.name}",
                effect="Access, erasure and masking of personal data pass it over; every copy of the text has it.",
                remedy=f"keep them in columns of their own, and take them out of {column.name}",
                subject=f"{table.name}.{column.name}",
                gate="" if sqlite else kind.gate(text),
                trace=kind.trace(text),
                query="-- run by fingood alone: the function lives in its process" if sqlite else "",
            )


INVARIANT = RuleInvariant(
    id="personal-data-in-text",
    meaning="no e-mail address and no national identity number stands in a free text",
    standard="GDPR, articles 5 (1) (c), 15, 17 and 87; 20 CFR 422.103; RFC 5322, 2606",
    severity=Severity.WARNING,
    rules=_rules,
    texts=True,
    financial=False,
    examples=(
        Example(
            tables="CREATE TABLE tickets (id bigint PRIMARY KEY, note text, email text, ssn text)",
            good="INSERT INTO tickets VALUES (1, 'called on 2024-01-15 @ noon, part 123-456-789', 'a@bank.co', NULL),"
            " (2, 'paid 12345678901 to nobody@example.com, order 12345678A', NULL, '536-90-4399'),"
            " (3, NULL, NULL, NULL)",
            bad="UPDATE tickets SET note = 'write to anna.k@bank.co.uk' WHERE id = 1;"
            "UPDATE tickets SET note = 'her SSN is 536-90-4399.' WHERE id = 2;"
            "UPDATE tickets SET note = 'DNI 12345678Z' WHERE id = 3",
            count=3,
        ),
    ),
)
