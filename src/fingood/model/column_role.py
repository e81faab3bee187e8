"""What a column of a financial table is for, beyond its amounts and currencies."""

from __future__ import annotations

from enum import Enum


class Role(Enum):
    """What a column is for. The value is the word by which the settings name it."""

    CREATED = "created"
    POSTED = "posted"
    TRADED = "traded"
    SETTLED = "settled"
    VALID_FROM = "valid_from"
    VALID_TO = "valid_to"
    OPENED = "opened"
    CLOSED = "closed"
    STATUS = "status"
    PENDING = "pending"
    IDEMPOTENCY_KEY = "idempotency_key"
    BALANCE = "balance"
    RUNNING_BALANCE = "running_balance"
    OPENING_BALANCE = "opening_balance"
    CLOSING_BALANCE = "closing_balance"
    MOVEMENT = "movement"
    TOTAL = "total"
    RATE = "rate"
    BASE_CURRENCY = "base_currency"
    QUOTE_CURRENCY = "quote_currency"
    IBAN = "iban"
    BIC = "bic"
    LEI = "lei"
    ISIN = "isin"
    EMAIL = "email"
    PAN = "pan"
    CARD_SECRET = "card_secret"
    NATIONAL_ID = "national_id"
    CONSENT = "consent"
    WITHDRAWN = "withdrawn"
    RETAINED_UNTIL = "retained_until"
    HASH = "hash"
    PREVIOUS_HASH = "previous_hash"
