"""No e-mail address and no national identity number stands in a free text.

There nobody looks for them: not who answers a request for access, nor who erases, masks or exports. Looked at are texts
named as free ones (note, memo, description, comment, reason); a column that is there for addresses or identity numbers
is none. Found are e-mail addresses, social security numbers (US), national insurance numbers (GB), DNI and NIE (ES),
PESEL (PL) and NIR (FR): by form, and check digits where there are any. A number of another kind may look the same, so a
find is a warning. Values are never shown. Not seen are names, addresses, and numbers of other countries.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from fingood.model.column_role import Role
from fingood.model.severity import Severity
from fingood.validation.invariants.base import Example, Look, RuleInvariant
from fingood.validation.ledger import LedgerTable, column_sql
from fingood.validation.lexicon import words
from fingood.validation.national_ids import SHORTEST, holds_email_sql, holds_national_id_sql
from fingood.validation.roles import length_of, texts_of
from fingood.validation.rule import Rule, Trace
from fingood.validation.sqlite_functions import add_functions

_FREE = frozenset(
    {"description", "memo", "note", "notes", "comment", "comments", "remark", "remarks", "text", "body", "message"}
    | {"messages", "details", "narrative", "purpose", "reason", "content", "remittance", "subject", "freetext"}
    | {"bemerkung", "notiz", "verwendungszweck", "beschreibung", "kommentar"}
)
_OTHER = frozenset({"id", "code", "type", "kind", "hash", "template", "html", "by"})
_KINDS: tuple[tuple[str, str, Callable[[str], str]], ...] = (
    ("fingood_email", "e-mail addresses", holds_email_sql),
    ("fingood_national_id", "what looks like a national identity number", holds_national_id_sql),
)


def _rules(table: LedgerTable, look: Look) -> Iterator[Rule]:
    meant = {name for role in (Role.EMAIL, Role.NATIONAL_ID) for name in table.roles.get(role, ())}
    for column in texts_of(table.shape):
        have = words(column.name)
        if column.name in meant or not have & _FREE or have & _OTHER or (length_of(column) or SHORTEST) < SHORTEST:
            continue
        add_functions(look)
        text = f"CAST({column_sql('t', column.name)} AS text)"
        sqlite = look.dialect == "sqlite"
        for function, what, condition in _KINDS:
            yield Rule(
                condition=f"{function}({text}) = 1" if sqlite else condition(text),
                severity=Severity.WARNING,
                message=f"{{rows}} of {table.name} hold {what} in {column.name}",
                effect="Access, erasure and masking of personal data pass it over; every copy of the text has it.",
                remedy=f"keep them in columns of their own, and take them out of {column.name}",
                subject=f"{table.name}.{column.name}",
                trace=Trace(text=text, pattern="@") if function == "fingood_email" else None,
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
