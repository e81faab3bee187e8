"""The lines of a document add up to its total.

Needs a table of lines with one amount that refers to a table with a total (invoice lines and invoices). Up to half a
minor unit a line is rounding and a warning; more is an error where the settings name the total, else a warning. Nothing
is found where no document agrees: then the lines are net and the total is gross, or something else.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.model.column_role import Role
from fingood.model.severity import Severity
from fingood.validation.invariants.base import Example, Look, RuleInvariant
from fingood.validation.invariants.double_entry import difference_text
from fingood.validation.ledger import LedgerTable, column_sql
from fingood.validation.links import links_of
from fingood.validation.rule import NotEvaluated, Rule, Source


def _rules(table: LedgerTable, look: Look) -> Iterator[Rule]:
    amount = table.amount or (table.money[0].name if len(table.money) == 1 else "")
    for link in links_of(table, look, "doc") if amount and not table.legs else ():
        total = link.table.column(Role.TOTAL)
        if not total:
            continue
        if look.too_large(table):
            raise NotEvaluated(f"{table.name} is large; --mode full looks at it")
        held = f"max({column_sql(link.alias, total)})"
        off = f"abs(sum({column_sql('t', amount)}) - {held})"
        sure = Role.TOTAL in link.table.by_settings
        source = Source(
            by=((link.column, column_sql("t", link.column)),),
            joins=(link.join,),
            where=f"{column_sql('t', link.column)} IS NOT NULL",
            value=f"sum({column_sql('t', amount)}) - {held}",
            shows=difference_text("", look.dialect),
            noun="documents",
            void="" if sure else f"{off} >= 0.005",
            void_reason=f"no {total} agrees with its lines, so it is something else",
        )
        for condition, severity, words in (
            (f"{off} >= 0.005 AND {off} <= count(*) * 0.005", Severity.WARNING, "by rounding"),
            (f"{off} > count(*) * 0.005", Severity.ERROR if sure else Severity.WARNING, "by more than rounding"),
        ):
            yield Rule(
                condition=condition,
                severity=severity,
                message=f"{{rows}} have another {total} in {link.table.name} than their lines add up to, {words}",
                effect="What is asked for is not what was itemised.",
                subject=f"{link.table.name}.{total}",
                source=source,
            )


INVARIANT = RuleInvariant(
    id="rounding-drift",
    meaning="the lines of a document add up to its total",
    standard="LedgerSMB's and ERPNext's totals; half a minor unit a line",
    severity=Severity.ERROR,
    rules=_rules,
    examples=(
        Example(
            tables="CREATE TABLE invoices (id bigint PRIMARY KEY, total numeric(12, 2), currency char(3) NOT NULL);"
            "CREATE TABLE invoice_lines (id bigint PRIMARY KEY, invoice_id bigint REFERENCES invoices (id),"
            " amount numeric(12, 2), currency char(3) NOT NULL)",
            good="INSERT INTO invoices VALUES (1, 10, 'EUR'), (2, 3, 'EUR'), (3, 2, 'EUR');"
            "INSERT INTO invoice_lines VALUES (1, 1, 4, 'EUR'), (2, 1, 6, 'EUR'), (3, 2, 3, 'EUR'), (4, 3, 1, 'EUR'),"
            " (5, 3, 1, 'EUR')",
            bad="UPDATE invoices SET total = total + 0.01 WHERE id = 1; UPDATE invoices SET total = 4 WHERE id = 2",
            count=2,
        ),
    ),
)
