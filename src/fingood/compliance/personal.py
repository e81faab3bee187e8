"""Which names of columns stand for personal data (GDPR, article 4(1)). Names only: a value is never read."""

from __future__ import annotations

import re

_WORDS = re.compile(
    r"(?:^|_)(?:first_?name|last_?name|family_?name|given_?name|full_?name|surname|maiden_?name|e?_?mail|phone|mobile"
    r"|street|address|postal_?code|postcode|zip|city|birth|birthday|birthdate|dob|born|ssn|tax_?id|national_?id"
    r"|passport|iban|gender|nationality|ip_?address)(?:_|$)",
    re.IGNORECASE,
)
_HARMLESS = re.compile(r"(?:^|_)(?:hash|hashed|token|masked|encrypted|count|id_hash)(?:_|$)", re.IGNORECASE)
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def is_personal(name: str) -> bool:
    """Whether the name says personal data in the clear."""
    plain = _CAMEL.sub("_", name).replace(" ", "_").replace("-", "_").lower()
    return bool(_WORDS.search(plain)) and not _HARMLESS.search(plain)
