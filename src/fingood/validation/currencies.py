"""ISO 4217: the codes in force and their minor units (the iso4217 package's copy of list one)."""

from __future__ import annotations

from functools import cache

from iso4217 import raw_table


@cache
def exponents() -> dict[str, int | None]:
    """Code → digits after the point; None for codes without minor units (gold, drawing rights, XXX)."""
    return {
        code: int(units) if (units := str(entry["CcyMnrUnts"] or "")).isdigit() else None
        for code, entry in sorted(raw_table.items(), key=lambda item: str(item[0]))
        if code
    }


@cache
def codes_sql() -> str:
    """All codes as a list of SQL literals."""
    return ", ".join(f"'{code}'" for code in exponents())


NONE = ("XXX", "XTS")
"""No currency, and the code for tests."""

OTHER = ("XAU", "XAG", "XPT", "XPD", "XDR", "XSU", "XUA", "XBA", "XBB", "XBC", "XBD")
"""Metals and units of account."""


def doubtful_sql(code: str) -> str:
    """Whether a code is anything but a currency's in force, as cheap as it can be asked; NULL is not."""
    sound = ", ".join(f"'{one}'" for one in exponents() if one not in (*NONE, *OTHER))
    return f"{code} NOT IN ({sound})"


def too_fine_sql(amount: str, currency: str) -> str:
    """Whether a numeric has more digits than two, or any in a currency that may have fewer, or a doubtful currency;
    cheaper than asking how many digits each currency has, and then whether it is one."""
    currencies = {code: digits or 0 for code, digits in exponents().items() if code not in (*NONE, *OTHER)}
    at_least_two = ", ".join(f"'{code}'" for code, digits in currencies.items() if digits >= 2)
    others = f"min_scale({amount}) > 0 OR {doubtful_sql(currency)}"
    return f"(min_scale({amount}) > 2 OR ({currency} NOT IN ({at_least_two}) AND ({others})))"


def case_sql(currency: str, results: dict[int, str], otherwise: str) -> str:
    """A CASE over the currency's minor units. Codes without minor units and unknown ones give ``otherwise``."""
    arms = []
    for digits, result in results.items():
        codes = ", ".join(f"'{code}'" for code, exponent in exponents().items() if exponent == digits)
        arms.append(f"WHEN {currency} IN ({codes}) THEN {result}")
    return f"CASE {' '.join(arms)} ELSE {otherwise} END"


DIGITS = (2, 0, 3, 4)
