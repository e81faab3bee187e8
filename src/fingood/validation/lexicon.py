"""The words by which money, currencies, accounts and transactions are known in column and table names."""

from __future__ import annotations

import re

_WORD = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[^\W\d_A-Z]+|[A-Z]+|\d+")

AMOUNT = frozenset(
    {"amount", "amt", "balance", "bal", "debit", "credit", "principal", "fee", "fees", "betrag", "saldo"}
)
MONEY = AMOUNT | frozenset(
    {"price", "cost", "payment", "deposit", "withdrawal", "salary", "premium", "subtotal", "money"}
)
NOT_MONEY = frozenset(
    {
        "rate",
        "ratio",
        "percent",
        "percentage",
        "pct",
        "count",
        "quantity",
        "qty",
        "factor",
        "score",
        "id",
        "type",
        "at",
        "on",
    }
)
MINOR = frozenset({"cents", "cent", "minor", "pence", "micros"})
CURRENCY = frozenset({"currency", "ccy", "curr", "waehrung"})
ACCOUNT = frozenset({"account", "accounts", "acct", "wallet", "wallets", "konto", "konten"})
TRANSACTION = frozenset(
    {"transaction", "transactions", "txn", "txns", "tx", "trans", "journal", "journals", "entry", "entries", "voucher"}
    | {"vouchers", "transfer", "transfers", "booking", "bookings", "buchung", "buchungen"}
)
LEGS = frozenset(
    {"posting", "postings", "leg", "legs", "split", "splits", "entry", "entries", "line", "lines", "journal", "ledger"}
    | {"item", "items", "movement", "movements", "buchung", "buchungen"}
)
DIRECTION = frozenset({"direction", "side", "dc", "drcr", "sign", "indicator", "soll"})
DEBIT_VALUES = frozenset({"d", "dr", "debit", "debet", "soll", "s", "+", "1", "true", "t"})
CREDIT_VALUES = frozenset({"c", "cr", "credit", "kredit", "haben", "h", "-", "-1", "false", "f"})


def words(name: str) -> frozenset[str]:
    """The words of a name in lower case: ``settlementAmount_EUR`` → settlement, amount, eur."""
    return frozenset(word.lower() for word in _WORD.findall(name))


def last_word(name: str) -> str:
    """The last word of a name, which in English says what the thing is."""
    found = _WORD.findall(name)
    return found[-1].lower() if found else ""
