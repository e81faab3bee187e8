"""IBAN, BIC, LEI and ISIN: whether their form and check digits hold, in Python and as PostgreSQL expressions.

Both sides take the text as it is written: blanks inside an IBAN are how people print it and are no mistake, small
letters neither. What is empty is no identifier and no mistake. ISO 13616 (IBAN), 9362 (BIC), 17442 (LEI), 6166 (ISIN);
the check digits of IBAN and LEI are those of ISO 7064, MOD 97-10.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from string import ascii_lowercase, ascii_uppercase

IBAN_LENGTHS: Mapping[int, str] = {
    15: "NO",
    16: "BE",
    18: "DK FI FK FO GL NL SD",
    19: "MK SI",
    20: "AT BA EE KZ LT LU MN XK",
    21: "CH HR LI LV",
    22: "BG BH CR DE GB GE IE ME RS VA",
    23: "AE GI IL IQ OM SO TL",
    24: "AD CZ ES MD PK RO SA SE SK TN VG",
    25: "LY PT ST",
    26: "IS TR",
    27: "BI DJ FR GR IT MC SM",
    28: "AL AZ BY CY DO GT HN HU LB NI PL SV",
    29: "BR EG PS QA UA",
    30: "JO KW MU YE",
    31: "MT SC",
    32: "LC",
    33: "RU",
}
"""Length of an IBAN → the countries whose IBANs have it, after the registry of IBAN formats."""

IBAN_SHAPE = "|".join(
    f"(?:{'|'.join(countries.split())})[0-9]{{2}}(?: ?[0-9A-Z]){{{length - 4}}}"
    for length, countries in IBAN_LENGTHS.items()
)
"""An IBAN inside a text, without and with blanks; the check digits are not looked at."""

_LENGTH_OF = {country: length for length, countries in IBAN_LENGTHS.items() for country in countries.split()}
_PLAIN = str.maketrans(ascii_lowercase, ascii_uppercase, " ")
_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[0-9A-Z]{11,30}", re.ASCII)
_LEI = re.compile(r"[0-9A-Z]{18}[0-9]{2}", re.ASCII)
_ISIN = re.compile(r"[A-Z]{2}[0-9A-Z]{9}[0-9]", re.ASCII)
_BIC = re.compile(r"[0-9A-Z]{4}[A-Z]{2}[0-9A-Z]{2}(?:[0-9A-Z]{3})?", re.ASCII)


def plain(text: str) -> str:
    """Without blanks and in capitals; what is not ASCII stays as it is (the capital of ß is SS)."""
    return text.translate(_PLAIN)


def is_iban(text: str) -> bool:
    """Country, its length, and MOD 97-10 of the whole with its first four characters moved to the end."""
    code = plain(text)
    return bool(_IBAN.fullmatch(code)) and _LENGTH_OF.get(code[:2]) == len(code) and _mod97(code[4:] + code[:4]) == 1


def is_lei(text: str) -> bool:
    """Twenty characters with MOD 97-10."""
    code = plain(text)
    return bool(_LEI.fullmatch(code)) and _mod97(code) == 1


def is_isin(text: str) -> bool:
    """Twelve characters; Luhn over them with letters as two digits."""
    code = plain(text)
    return bool(_ISIN.fullmatch(code)) and luhn(_digits(code))


def is_bic(text: str) -> bool:
    """Eight or eleven characters; a BIC has no check digit."""
    return bool(_BIC.fullmatch(plain(text)))


def luhn(digits: str) -> bool:
    """Whether the last digit is the check digit of ISO 7812-1, annex B."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def _mod97(code: str) -> int:
    return int(_digits(code)) % 97


def _digits(code: str) -> str:
    return "".join(str(int(character, 36)) for character in code)


def luhn_sql(digits: str) -> str:
    """The same for an SQL text of digits alone."""
    return (
        "(SELECT sum(CASE WHEN l.v > 9 THEN l.v - 9 ELSE l.v END) % 10 = 0 FROM (SELECT"
        f" CAST(substr({digits}, i, 1) AS integer) * (1 + (length({digits}) - i) % 2) AS v"
        f" FROM generate_series(1, length({digits})) i) l)"
    )


def _digits_sql(code: str) -> str:
    """Letters as the two digits of their place (A is 10)."""
    character = f"substr({code}, i, 1)"
    return (
        f"(SELECT string_agg(CASE WHEN {character} BETWEEN '0' AND '9' THEN {character}"
        f" ELSE CAST(ascii({character}) - 55 AS text) END, '' ORDER BY i) FROM generate_series(1, length({code})) i)"
    )


def plain_sql(text: str) -> str:
    """Without blanks and in capitals."""
    return f"translate({text}, '{ascii_lowercase} ', '{ascii_uppercase}')"


def is_iban_sql(text: str) -> str:
    """As :func:`is_iban`."""
    code = plain_sql(text)
    turned = f"substr({code}, 5) || substr({code}, 1, 4)"
    return f"CASE WHEN {code} COLLATE \"C\" ~ '^(?:{_shape()})$' THEN {_mod97_sql(f'({turned})')} ELSE false END"


def _shape() -> str:
    return "|".join(
        f"(?:{'|'.join(countries.split())})[0-9]{{2}}[0-9A-Z]{{{length - 4}}}"
        for length, countries in IBAN_LENGTHS.items()
    )


def is_lei_sql(text: str) -> str:
    """As :func:`is_lei`."""
    code = plain_sql(text)
    return f"CASE WHEN {code} COLLATE \"C\" ~ '^[0-9A-Z]{{18}}[0-9]{{2}}$' THEN {_mod97_sql(code)} ELSE false END"


def is_isin_sql(text: str) -> str:
    """As :func:`is_isin`."""
    code = plain_sql(text)
    check = f"(SELECT {luhn_sql('d.x')} FROM (SELECT {_digits_sql(code)} AS x OFFSET 0) d)"
    return f"CASE WHEN {code} COLLATE \"C\" ~ '^[A-Z]{{2}}[0-9A-Z]{{9}}[0-9]$' THEN {check} ELSE false END"


def is_bic_sql(text: str) -> str:
    """As :func:`is_bic`."""
    return f"{plain_sql(text)} COLLATE \"C\" ~ '^[0-9A-Z]{{4}}[A-Z]{{2}}[0-9A-Z]{{2}}([0-9A-Z]{{3}})?$'"


def _mod97_sql(code: str) -> str:
    return f"CAST({_digits_sql(code)} AS numeric) % 97 = 1"
