"""The legs of every transaction add up to zero in each currency.

Debits count positive, credits negative; NULL and NaN are left out here and told by their own invariants. The tolerance
is half a minor unit of the currency: less than that is no difference anybody could book.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from fingood.model.finding import Finding
from fingood.model.names import quote_always
from fingood.model.severity import Severity
from fingood.validation.currencies import case_sql
from fingood.validation.invariants.base import Judged, Look, SetInvariant, currency_sql, graded
from fingood.validation.ledger import Certainty, LedgerTable, column_sql, literal
from fingood.validation.lexicon import CREDIT_VALUES, DEBIT_VALUES, words
from fingood.validation.query import CannotRead, join_sql, masked, read

_TOLERANCES = {0: "0.5", 2: "0.005", 3: "0.0005", 4: "0.00005"}


@dataclass(frozen=True, slots=True)
class Sides:
    """Which values of the direction column mean debit and credit; both empty where amounts carry their own sign."""

    debit: tuple[str, ...] = ()
    credit: tuple[str, ...] = ()


class Unclear(Exception):
    """The direction column's values do not say which side is which."""


def _judge(look: Look) -> Judged:
    judged = Judged()
    for table in look.recognised.tables:
        if not table.legs:
            continue
        if look.large is not None and (table.rows is None or table.rows > look.large):
            judged.skipped.append(f"{table.name} is large; --mode full looks at it")
            continue
        try:
            _judge_table(look, table, judged)
            judged.looked += 1
        except Unclear as error:
            judged.skipped.append(f"{table.name}: {error}")
        except CannotRead as error:
            judged.errored.append(f"{table.name}: {error}")
    return judged


def _judge_table(look: Look, table: LedgerTable, judged: Judged) -> None:
    sides = _sides(look, table) if table.direction and not table.debit else Sides()
    sql = balance_sql(table, sides, look.dialect)
    rows = read(look.connection, sql)
    if not rows:
        return
    bad, groups, legs = int(rows[0]["bad"]), int(rows[0]["groups"]), int(rows[0]["legs"])
    if legs == 1 and table.certainty is not Certainty.MAPPED:
        raise Unclear("no transaction has more than one leg, so this is not double entry")
    samples = [f"{masked(row['tx'])}: {_plain(row['difference'])} {row['currency'] or ''}".strip() for row in rows]
    judged.findings.append(
        Finding(
            check=INVARIANT.id,
            severity=graded(table, Severity.CRITICAL),
            confidence=table.certainty.confidence,
            message=f"{bad:,} of {groups:,} sums by {table.transaction} and currency in {table.name} are not zero: "
            + ", ".join(samples),
            effect="Money appears or disappears: the trial balance cannot be zero.",
            remedy=_remedy(table, [str(row["tx"]) for row in rows]),
            subject=str(table.name),
            evidence={"transactions off": str(bad), "sums looked at": str(groups), "query": " ".join(sql.split())},
        )
    )


def _plain(difference: str) -> str:
    """A sum without its trailing zeros and, where the database adds in floating point, without its noise."""
    return f"{round(Decimal(difference), 6).normalize():f}"


def _remedy(table: LedgerTable, transactions: list[str]) -> str:
    shown = [literal(tx) for tx in transactions if masked(tx) == tx]
    where = f"{quote_always(table.transaction)} IN ({', '.join(shown)})" if shown else "..."
    show = f"SELECT * FROM {table.name.sql} WHERE {where};"
    if table.certainty is Certainty.GUESSED:
        return f'{show}\n-- not double entry? then [[tool.fingood.ledger]] table = "{table.name}" double_entry = false'
    return show


def signed_sql(table: LedgerTable, sides: Sides) -> str:
    """The amount of a leg with its sign."""
    if table.debit and table.credit:
        return f"coalesce({column_sql('t', table.debit)}, 0) - coalesce({column_sql('t', table.credit)}, 0)"
    amount = column_sql("t", table.amount)
    if not sides.debit:
        return amount
    side = f"lower(trim(CAST({column_sql('t', table.direction)} AS text)))"
    debit, credit = (", ".join(map(literal, values)) for values in (sides.debit, sides.credit))
    return f"CASE WHEN {side} IN ({debit}) THEN {amount} WHEN {side} IN ({credit}) THEN -{amount} END"


def balance_sql(table: LedgerTable, sides: Sides, dialect: str) -> str:
    """Up to five transactions that do not balance, with how many there are in all."""
    currency = currency_sql(table, table.currency)
    signed = signed_sql(table, sides)
    tolerance = case_sql("currency", {} if table.minor else _TOLERANCES, "0.5" if table.minor else "0.000001")
    if table.minor or not currency:
        tolerance = "0.5" if table.minor else "0.000001"
    finite = f"CAST({signed} AS text) NOT IN ('NaN', 'Infinity', '-Infinity')" if dialect != "sqlite" else "1"
    return f"""
WITH sums AS (
  SELECT {column_sql("t", table.transaction)} AS tx, {currency or "NULL"} AS currency,
         sum({signed}) AS difference, count(*) AS legs
    FROM {join_sql(table, joined=table.account_link is not None)}
   WHERE {finite} AND {column_sql("t", table.transaction)} IS NOT NULL
   GROUP BY 1, 2
)
SELECT CAST(tx AS text) AS tx, CAST(currency AS text) AS currency, CAST(difference AS text) AS difference,
       count(*) OVER () AS bad, (SELECT count(*) FROM sums) AS groups, (SELECT max(legs) FROM sums) AS legs
  FROM sums WHERE abs(difference) >= {tolerance}
 ORDER BY abs(difference) DESC, tx LIMIT 5"""


def _sides(look: Look, table: LedgerTable) -> Sides:
    """What the direction column's values mean, by the settings or by the words in it."""
    if table.debit_values and table.credit_values:
        return Sides(*(tuple(v.strip().lower() for v in vs) for vs in (table.debit_values, table.credit_values)))
    amount = column_sql("t", table.amount)
    rows = read(
        look.connection,
        f"SELECT lower(trim(CAST({column_sql('t', table.direction)} AS text))) AS value,"
        f" sum(CASE WHEN {amount} > 0 THEN 1 ELSE 0 END) AS positive,"
        f" sum(CASE WHEN {amount} < 0 THEN 1 ELSE 0 END) AS negative"
        f" FROM {join_sql(table)} GROUP BY 1 ORDER BY 2 DESC LIMIT 51",
    )
    return sides_of(table, {str(row["value"]): (int(row["positive"]), int(row["negative"])) for row in rows})


def sides_of(table: LedgerTable, values: dict[str, tuple[int, int]]) -> Sides:
    """The meaning of the values, given how many positive and negative amounts stand beside each."""
    debits, credits = DEBIT_VALUES, CREDIT_VALUES
    if words(table.direction) & {"credit"} and not words(table.direction) & {"debit"}:
        debits, credits = credits, debits  # is_credit: true means credit
    debit = tuple(value for value in values if value in debits)
    credit = tuple(value for value in values if value in credits)
    if len(debit) + len(credit) < len(values):
        if words(table.direction) & {"type", "kind"}:
            return Sides()
        strange = sorted(value for value in values if value not in debits | credits)[:5]
        raise Unclear(f"{table.direction} holds {', '.join(map(repr, strange))}; name debit_values and credit_values")
    positive = sum(values[value][0] for value in credit)
    negative = sum(values[value][1] for value in credit)
    # Credits that are all negative carry their sign already.
    return Sides() if negative and not positive else Sides(debit, credit)


INVARIANT = SetInvariant(
    id="double-entry",
    meaning="the legs of every transaction add up to zero in each currency",
    standard="double-entry bookkeeping; tolerance by ISO 4217 minor units",
    judge=_judge,
)
