"""The twenty row rules that fingood, Soda and Great Expectations are given, and the table that they look through.

Each rule is one of fingood's own, and the condition that somebody would write by hand for the same: both find every
defect that is planted, and nothing else in this table. fingood's own looks for more (Luhn, IBANs, identity numbers of
five countries); the plain one is what the others are given unless said otherwise.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from fingood.validation.currencies import DIGITS, case_sql, exponents
from fingood.validation.historic_currencies import WITHDRAWN

TABLE = "postings"
LEAST_ROWS = 100_000
"""Fewer rows do not hold all defects."""

POSTINGS = """
CREATE TABLE postings (
    id bigint PRIMARY KEY, transaction_id bigint NOT NULL, account_id bigint NOT NULL, amount numeric(20, 4),
    currency varchar(3), direction char(1) NOT NULL, booked_at timestamptz NOT NULL, trade_date date NOT NULL,
    settlement_date date NOT NULL, memo text, reference varchar(40)
)
"""
# Memos as ledgers have them: numbers of invoices and orders, letters beyond ASCII, a tenth empty, a fifth with a hash.
ROWS = """
INSERT INTO postings
SELECT g, g / 2, 1 + g / 2 % 50000, (1 + (g / 2)::bigint * 7919 % 1000000) / 100.0,
       (ARRAY['EUR', 'USD', 'GBP', 'CHF'])[1 + g / 2 % 4], CASE g % 2 WHEN 0 THEN 'D' ELSE 'C' END, at.moment,
       at.moment::date, at.moment::date + 2,
       CASE WHEN g % 10 < 1 THEN NULL
            WHEN g % 10 < 4 THEN 'invoice INV-2024-' || lpad(g::text, 8, '0')
            WHEN g % 10 < 6 THEN 'payment for order ' || g || ', thank you'
            WHEN g % 10 < 7 THEN 'Zürich, Miete März, Bahnhofstraße ' || g % 200
            WHEN g % 10 < 9 THEN 'refund ' || left(md5(g::text), 12)
            ELSE 'salary 2024-03, employee ' || g % 5000 END,
       'R' || g
  FROM generate_series(1, {rows}) g, LATERAL (SELECT '2024-01-01 00:00+00'::timestamptz + g * interval '1.7 s' AS moment) at
"""


@dataclass(frozen=True, kw_only=True)
class PeerRule:
    """``check`` and ``says`` choose fingood's rule, by invariant and a part of its message. ``plain`` is the condition
    by hand, ``defect`` what breaks it, ``expectation`` the nearest of Great Expectations with its arguments; without
    one it gets the plain condition as a query. ``beside`` are rules whose defects that expectation takes along."""

    name: str
    check: str
    says: str
    plain: str
    defect: str
    expectation: str = ""
    arguments: tuple[tuple[str, object], ...] = ()
    beside: tuple[str, ...] = ()
    text: bool = False


_CARD = (
    "(^|[^0-9])(4[0-9]{3}|5[1-5][0-9]{2}|2[2-7][0-9]{2}|3[47][0-9]{2}|6011|65[0-9]{2})"
    "[ -]?[0-9]{4}[ -]?[0-9]{4}[ -]?[0-9]{3,4}([^0-9]|$)"
)
_EMAIL = "[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+[.][A-Za-z]{2,}"
_SSN = "(^|[^0-9-])[0-9]{3}-[0-9]{2}-[0-9]{4}([^0-9-]|$)"
_MOJIBAKE = "[\u00c2\u00c3][\u0080-\u00bf]|\u00e2\u20ac"
_CONTROL = "[\u0001-\u0008\u000b\u000c\u000e-\u001f\u007f]"
_LIMIT = 9_900_000_000_000_000
_KNOWN = (*exponents(), *WITHDRAWN)
_TOMORROW = datetime.datetime.now(datetime.UTC).date() + datetime.timedelta(days=2)


def _listed(codes: object) -> str:
    return ", ".join(f"'{code}'" for code in codes)  # type: ignore[attr-defined]


def _text(name: str, check: str, says: str, pattern: str, defect: str, *, column: str = "memo") -> PeerRule:
    return PeerRule(
        name=name, check=check, says=says, text=True, plain=f"{column} ~ '{pattern}'", defect=f"{column} = {defect}",
        expectation="ExpectColumnValuesToNotMatchRegex", arguments=(("column", column), ("regex", pattern)),
    )  # fmt: skip


_ENDS = " ".join(f"WHEN '{code}' THEN DATE '{day}'" for code, day in WITHDRAWN.items())

RULES = (
    PeerRule(
        name="amount missing", check="amount-missing", says="no amount", plain="amount IS NULL", defect="amount = NULL",
        expectation="ExpectColumnValuesToNotBeNull", arguments=(("column", "amount"),),
    ),
    PeerRule(
        name="currency missing", check="amount-missing", says="without currency", plain="currency IS NULL",
        defect="currency = NULL", expectation="ExpectColumnValuesToNotBeNull", arguments=(("column", "currency"),),
    ),
    PeerRule(
        name="amount NaN", check="amount-not-a-number", says="no number", plain="amount = 'NaN'", defect="amount = 'NaN'",
    ),
    PeerRule(
        name="amount zero", check="zero-amount", says="move nothing", plain="amount = 0", defect="amount = 0",
        expectation="ExpectColumnValuesToNotBeInSet", arguments=(("column", "amount"), ("value_set", [0])),
    ),
    PeerRule(
        name="amount extreme", check="extreme-amount", says="nearly fills",
        plain=f"amount <> 'NaN' AND amount >= {_LIMIT}", defect=f"amount = {_LIMIT}",
        expectation="ExpectColumnValuesToBeBetween", beside=("amount NaN",),
        arguments=(("column", "amount"), ("max_value", _LIMIT), ("strict_max", True)),
    ),
    PeerRule(
        name="amount negative", check="sign-of-direction", says="are negative", plain="amount < 0", defect="amount = -amount",
        expectation="ExpectColumnValuesToBeBetween", arguments=(("column", "amount"), ("min_value", 0)),
    ),
    PeerRule(
        name="digits beyond the minor unit", check="amount-precision", says="more digits",
        plain=case_sql("currency", {d: f"amount <> round(amount, {d})" for d in DIGITS}, "false"),
        defect="amount = amount + 0.001",
    ),
    PeerRule(
        name="currency unknown", check="currency-code", says="unknown currency",
        plain=f"upper(trim(currency)) NOT IN ({_listed(_KNOWN)})", defect="currency = 'QQQ'",
        expectation="ExpectColumnValuesToBeInSet",
        arguments=(("column", "currency"), ("value_set", [*_KNOWN, *(code.lower() for code in _KNOWN)])),
    ),
    PeerRule(
        name="currency in lower case", check="currency-code", says="lower case", plain="currency <> upper(currency)",
        defect="currency = lower(currency)", expectation="ExpectColumnValuesToNotMatchRegex",
        arguments=(("column", "currency"), ("regex", "[a-z]")),
    ),
    PeerRule(
        name="currency withdrawn", check="currency-withdrawn", says="withdrawn before",
        plain=f"currency IN ({_listed(WITHDRAWN)}) AND booked_at >= CASE currency {_ENDS} END", defect="currency = 'DEM'",
    ),
    PeerRule(
        name="no currency at all", check="currency-not-money", says="no currency at all",
        plain="currency IN ('XXX', 'XTS')", defect="currency = 'XTS'", expectation="ExpectColumnValuesToNotBeInSet",
        arguments=(("column", "currency"), ("value_set", ["XXX", "XTS"])),
    ),
    PeerRule(
        name="booked in the future", check="date-in-future", says="booked_at",
        plain=f"booked_at >= '{_TOMORROW}' AND booked_at < '9999-01-01'", defect="booked_at = '2199-03-01'",
        expectation="ExpectColumnValuesToBeBetween",
        arguments=(("column", "booked_at"), ("max_value", str(_TOMORROW)), ("strict_max", True)),
    ),
    PeerRule(
        name="stand-in for a date", check="date-sentinel", says="booked_at but a stand-in (1970",
        plain="booked_at < '1970-01-02'", defect="booked_at = '1970-01-01'", expectation="ExpectColumnValuesToBeBetween",
        arguments=(("column", "booked_at"), ("min_value", "1970-01-02")),
    ),
    PeerRule(
        name="settled before traded", check="settlement-before-trade", says="before trade_date",
        plain="settlement_date < trade_date", defect="settlement_date = trade_date - 1",
        expectation="ExpectColumnPairValuesAToBeGreaterThanB",
        arguments=(("column_A", "settlement_date"), ("column_B", "trade_date"), ("or_equal", True)),
    ),
    _text("card number", "card-number-stored", "looks like a card number in memo", _CARD, "'card 4929 1234 5678 9015, ' || id"),
    _text("e-mail address", "personal-data-in-text", "e-mail", _EMAIL, "'write to anna.k@bank.co.uk, ' || id"),
    _text("identity number", "personal-data-in-text", "identity number", _SSN, "'her SSN is 536-90-4399.'"),
    _text("wrong encoding", "text-broken", "wrong encoding in memo", _MOJIBAKE, "'M\u00c3\u00bcller, ' || id"),
    _text("control character", "text-broken", "control characters in memo", _CONTROL, "'page' || chr(7) || id"),
    _text("blanks around", "identifier-blanks", "blanks around", "^\\s|\\s$", "reference || ' '", column="reference"),
)  # fmt: skip


def planted(number: int) -> int:
    """How many rows break a rule: another number for each, so that no two can be mistaken for each other."""
    return 7 + 3 * number


def statements(rows: int) -> list[str]:
    """What makes the table, and plants the defects: each in rows of its own, spread over the whole table."""
    step = rows // planted(len(RULES))
    defects = [
        f"UPDATE postings SET {rule.defect} WHERE id IN (SELECT 40 + {number} + {step} * n FROM generate_series(0, {planted(number) - 1}) n)"
        for number, rule in enumerate(RULES)
    ]
    return [POSTINGS, ROWS.format(rows=rows), *defects]
