"""E-mail addresses and national identity numbers inside texts, in Python and as PostgreSQL expressions.

Of numbers with check digits those that hold: DNI and NIE (Spain), PESEL (Poland), NIR (France). Without check digits
are the SSN (United States), found only as it is written, 123-45-6789, with area, group and serial that are given out
(20 CFR 422.103), and the national insurance number (United Kingdom), found only as it is written, AB 12 34 56 C, or
where the text says what it is. Addresses of domains that are nobody's (RFC 2606) are none.
"""

from __future__ import annotations

import re

_NO_WORD_BEFORE, _NO_WORD_AFTER = "(?<![0-9A-Za-z+.-])", "(?![0-9A-Za-z-])"

_NOBODYS = "(?:[A-Za-z0-9-]+[.])*(?:example[.](?:com|net|org)|(?:[A-Za-z0-9-]+[.])?(?:test|invalid|example))"
EMAIL = (
    rf"[A-Za-z0-9_][A-Za-z0-9._%+-]*@(?!{_NOBODYS}(?![A-Za-z0-9-]|[.][A-Za-z0-9]))"
    "[A-Za-z0-9][A-Za-z0-9-]*(?:[.][A-Za-z0-9-]+)*[.][A-Za-z]{2,}"
)

_SSN = (
    f"{_NO_WORD_BEFORE}(?!078-05-1120|219-09-9999)(?!000|666|9)[0-9]{{3}}-(?!00)[0-9]{{2}}-(?!0000)[0-9]{{4}}"
    f"{_NO_WORD_AFTER}"
)
_NINO = "(?!BG|GB|KN|NK|NT|TN|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]"
_NINO_WRITTEN = f"{_NO_WORD_BEFORE}{_NINO} [0-9]{{2}} [0-9]{{2}} [0-9]{{2}} [A-D]{_NO_WORD_AFTER}"
_NINO_PLAIN = f"{_NO_WORD_BEFORE}{_NINO}[0-9]{{6}}[A-D]{_NO_WORD_AFTER}"
_NINO_SAID = "(?:[Nn]ational [Ii]nsurance|NINO|[Nn]ino)"
_LETTERS = "TRWAGMYFPDXBNJZSQVHLCKE"
_DNI = f"{_NO_WORD_BEFORE}(?:[0-9]{{8}}|[XYZ]-?[0-9]{{7}})-?[{_LETTERS}]{_NO_WORD_AFTER}"
_PESEL = f"{_NO_WORD_BEFORE}[0-9]{{2}}(?:[02][1-9]|[13][0-2])(?:0[1-9]|[12][0-9]|3[01])[0-9]{{5}}{_NO_WORD_AFTER}"
_WEIGHTS = "13791379131"
_NIR = (
    f"{_NO_WORD_BEFORE}[12] ?[0-9]{{2}} ?(?:0[1-9]|1[0-2]) ?(?:2[AB]|[0-9]{{2}}) ?[0-9]{{3}} ?[0-9]{{3}} ?[0-9]{{2}}"
    f"{_NO_WORD_AFTER}"
)
NATIONAL_ID = (
    f"{_NO_WORD_BEFORE}(?:[0-9]{{3}}-[0-9]{{2}}-[0-9]{{4}}|[A-Z]{{2}} ?[0-9]{{2}} ?[0-9]{{2}} ?[0-9]{{2}} ?[A-D]"
    f"|(?:[0-9]{{8}}|[XYZ]-?[0-9]{{7}})-?[{_LETTERS}]|[0-9]{{11}}"
    "|[12] ?[0-9]{2} ?[0-9]{2} ?(?:2[AB]|[0-9]{2}) ?[0-9]{3} ?[0-9]{3} ?[0-9]{2})"
    f"{_NO_WORD_AFTER}"
)
"""Whatever one of the numbers looks like, without the looks ahead that PostgreSQL is slow at. What stands around it
makes no difference, if that is no part of a word."""

_LIKELY = "(?<![0-9a-z])(?:[0-9 ]{6}(?:[A-D]|[0-9 ][0-9A-Z -])|[0-9]{3}-[0-9]{2}-)"
"""What all of them match, dates do not (2024-01-15), and few other numbers do; of few states."""

SHORTEST = 9
"""Characters of the shortest number."""

RUN, RUN_BEFORE_CAPITAL = 11, 6
"""How many digits, blanks and hyphens in a row every number has; fewer where a capital letter follows, as in 12345678Z,
AB123456C and the 2A and 2B of Corsica."""


def holds_email(text: str) -> bool:
    """Whether somebody's e-mail address stands in the text."""
    return "@" in text and re.search(EMAIL, text) is not None


def holds_national_id(text: str) -> bool:
    """Whether a national identity number stands in the text."""
    return (
        re.search(_SSN, text) is not None
        or re.search(_NINO_WRITTEN, text) is not None
        or (re.search(_NINO_SAID, text) is not None and re.search(_NINO_PLAIN, text) is not None)
        or any(map(_is_dni, re.findall(_DNI, text)))
        or any(map(_is_pesel, re.findall(_PESEL, text)))
        or any(map(_is_nir, re.findall(_NIR, text)))
    )


def _is_dni(written: str) -> bool:
    """The letter stands for the number modulo 23; X, Y and Z for a first digit of 0, 1 and 2."""
    digits = written.translate(str.maketrans("XYZ", "012", "-"))[:8]
    return int(digits) > 0 and _LETTERS[int(digits) % 23] == written[-1]


def _is_pesel(digits: str) -> bool:
    return sum(int(digit) * int(weight) for digit, weight in zip(digits, _WEIGHTS, strict=True)) % 10 == 0


def _is_nir(written: str) -> bool:
    """The last two digits are 97 less the rest modulo 97; Corsica's 2A and 2B count as 19 and 18."""
    digits = written.replace(" ", "").replace("2A", "19").replace("2B", "18")
    return int(digits[:13]) % 97 + int(digits[13:]) == 97


def holds_email_sql(text: str) -> str:
    """As :func:`holds_email`; the cheap question first."""
    return f"{text} LIKE '%@%' AND {text} COLLATE \"C\" ~ '{EMAIL}'"


def national_id_gate_sql(text: str) -> str:
    """What :func:`holds_national_id_sql` asks first."""
    return f"({text} COLLATE \"C\" ~ '{_LIKELY}' AND {text} COLLATE \"C\" ~ '{NATIONAL_ID}')"


def holds_national_id_sql(text: str) -> str:
    """As :func:`holds_national_id`; most texts are too short, or have nothing that looks like one."""
    plain = f'{text} COLLATE "C"'
    dni = (
        f"substr('{_LETTERS}', CAST(n.v AS integer) % 23 + 1, 1) = right(m[1], 1) AND CAST(n.v AS integer) > 0",
        "left(translate(m[1], 'XYZ-', '012'), 8)",
    )
    pesel = (
        f"(SELECT sum(CAST(substr(n.v, i, 1) AS integer) * CAST(substr('{_WEIGHTS}', i, 1) AS integer)) % 10 = 0"
        " FROM generate_series(1, 11) i)",
        "m[1]",
    )
    nir = (
        "CAST(left(n.v, 13) AS bigint) % 97 + CAST(right(n.v, 2) AS integer) = 97",
        "replace(replace(replace(m[1], ' ', ''), '2A', '19'), '2B', '18')",
    )
    checked = " OR ".join((_any(plain, _DNI, *dni), _any(plain, _PESEL, *pesel), _any(plain, _NIR, *nir)))
    return (
        f"CASE WHEN octet_length({text}) >= {SHORTEST} AND {national_id_gate_sql(text)} THEN"
        f" {plain} ~ '{_SSN}' OR {plain} ~ '{_NINO_WRITTEN}'"
        f" OR ({plain} ~ '{_NINO_PLAIN}' AND {plain} ~ '{_NINO_SAID}') OR {checked}"
        " ELSE false END"
    )


def _any(text: str, pattern: str, condition: str, value: str) -> str:
    return (
        f"EXISTS (SELECT 1 FROM regexp_matches({text}, '{pattern}', 'g') m,"
        f" LATERAL (SELECT {value} AS v OFFSET 0) n WHERE {condition})"
    )
