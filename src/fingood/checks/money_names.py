"""Which columns hold money or card data, by their names."""

from __future__ import annotations

import re
from collections.abc import Iterable
from fnmatch import fnmatchcase

_MONEY_WORDS = """
    amount amounts amt balance balances price prices fee fees cost costs salary wage wages payment payments payable
    receivable debit debits credit credits principal premium commission charge charges refund refunds deposit deposits
    withdrawal turnover revenue income expense expenses tax vat interest fx notional nav coupon dividend settlement
    overdraft margin pnl money subtotal proceeds surcharge discount payout
"""
MONEY_WORDS = frozenset(_MONEY_WORDS.split())
_OTHER_WORDS = """
    score ratio percent pct percentage count id probability weight days flag type code status name hash date at on by
    key ref reference reason number no
"""
_NOT_MONEY = frozenset(_OTHER_WORDS.split())

_CARD_NUMBER = re.compile(
    r"(?:^|_)(?:pan|primary_account_number|cc_?(?:number|num|no)"
    r"|(?:credit_?|debit_?|payment_?)?card_?(?:number|num|no))$"
)
_SENSITIVE = re.compile(
    r"(?:^|_)(?:cvv2?|cvc2?|csc|card_verification_\w+|pin_?block|card_?pin|pin|track_?[12]|track_?data|magstripe)$"
)
_HARMLESS = re.compile(r"token|hash|last_?(?:4|four)|mask|encrypt|cipher|digest|fingerprint|truncat")


def words_of(name: str) -> list[str]:
    """``totalFeeAmount`` and ``total_fee_amount`` as their words."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)
    return [word for word in re.split(r"[\W_]+", spaced.lower()) if word]


def is_money(column: str, globs: Iterable[str] = ()) -> bool:
    """Whether the column's name says that it holds an amount of money or a rate that money is multiplied by."""
    if any(fnmatchcase(column, glob) for glob in globs):
        return True
    words = words_of(column)
    named = bool(MONEY_WORDS.intersection(words)) or words[-1:] in (["total"], ["totals"])
    return named and not _NOT_MONEY.intersection(words)


def is_card_number(column: str) -> bool:
    """Whether the column's name says that it holds a full card number (PCI DSS 4.0, 3.5)."""
    name = "_".join(words_of(column))
    return bool(_CARD_NUMBER.search(name)) and not _HARMLESS.search(name)


def is_sensitive_authentication(column: str) -> bool:
    """Whether the column's name says that it holds what may never be stored (PCI DSS 4.0, 3.3)."""
    name = "_".join(words_of(column))
    return bool(_SENSITIVE.search(name)) and not _HARMLESS.search(name)
