"""Card numbers (PAN) in texts: found by digit boundaries, issuer prefix and length, and Luhn; in Python and as SQL.

A candidate is a run of digits with no digit before or after it, or groups as cards print them (4-4-4-4, 4-6-5 and
the like) with a blank or hyphen between. IBANs are taken out first. In a column whose name says nothing of cards, runs
of 13 and of 17 to 19 digits count only where they are known test numbers: barcodes and machine-made ids have these
lengths and every tenth of them has a right check digit.

The prefixes are those of ISO/IEC 7812 as the schemes publish them. Longer engines match more at once than shorter ones:
each pattern here matches one length or ends at a digit boundary, so Python and PostgreSQL find the same.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from fingood.validation.identifiers import IBAN_SHAPE, luhn, luhn_sql


@dataclass(frozen=True, slots=True)
class Brand:
    """A scheme: what its numbers begin with, as a regular expression, and how many digits they have."""

    name: str
    prefix: str
    lengths: tuple[int, ...]


BRANDS = (
    Brand("Visa", "4", (13, 16, 19)),
    Brand("Mastercard", "5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720", (16,)),
    Brand("American Express", "3[47]", (15,)),
    Brand("Diners Club", "30[0-5]|36|3[89]", (14, 16)),
    Brand("Discover", "6011|64[4-9]|65", (16, 19)),
    Brand("JCB", "35(?:2[89]|[3-8])", (16, 19)),
    Brand("UnionPay", "62|81", (16, 17, 18, 19)),
    Brand("Maestro", "50|5[6-8]|6304|639|67", (13, 16, 17, 18, 19)),
)

UNMISTAKABLE = (14, 15, 16)
"""Lengths that a run of digits may have to be taken for a card without a word about cards."""

TEST_NUMBERS = frozenset(
    [
        "4111111111111111",
        "4012888888881881",
        "4222222222222",
        "4242424242424242",
        "4000056655665556",
        "4005519200000004",
        "4009348888881881",
        "4012000033330026",
        "4012000077777777",
        "4217651111111119",
        "4500600000000061",
        "4000111111111115",
        "4917610000000000",
        "4444333322221111",
        "4462030000000000",
        "4484070000000000",
        "4911830000000",
        "4917610000000000003",
        "5555555555554444",
        "5105105105105100",
        "5200828282828210",
        "5454545454545454",
        "2223003122003222",
        "2223000048400011",
        "5555341244441115",
        "2222420000001113",
        "378282246310005",
        "371449635398431",
        "378734493671000",
        "370000000000002",
        "343434343434343",
        "6011111111111117",
        "6011000990139424",
        "6011000000000004",
        "6011601160116611",
        "6445644564456445",
        "30569309025904",
        "38520000023237",
        "36227206271667",
        "3056930009020004",
        "36006666333344",
        "3530111333300000",
        "3566002020360505",
        "3569990010095841",
        "6200000000000005",
        "6200000000000047",
        "6205500000000000004",
        "6243030000000001",
        "6250946000000016",
        "8171999927660000",
        "8171999900000000021",
        "6759649826438453",
        "6799990100000000019",
        "6304000000000000",
        "6771798021000008",
        "6759411100000008",
        "5641821111166669",
        "67034200554565015",
        "6703444444444449",
    ]
)
"""Numbers that processors publish for tests; nobody's card."""

GATE = "[2-68][0-9 -]{12}"
"""What every candidate matches; cheap to look for first."""

SHORTEST = 13
"""Digits of the shortest number."""

RUN = 11
"""Digits and blanks in a row that every candidate without a hyphen behind its first group has at least."""

_START = r"(?<![0-9])(?<![0-9][.])"
_FIRST = r"(?:[3-68][0-9]|2[2-7])"
_BARE = rf"{_START}[2-68][0-9]{{12,18}}(?![0-9])"
_MAXIMAL = rf"{_START}[0-9]{{13,}}"
"""For PostgreSQL, where a bounded length and a look ahead are slow: a whole run, whose length is looked at later."""

_GROUPED = tuple(
    rf"{_START}{_FIRST}{rest}(?![0-9])"
    for rest in (
        "[0-9]{2}[ -][0-9]{4}[ -][0-9]{4}[ -][0-9]{1,4}",
        "[0-9]{2}[ -][0-9]{4}[ -][0-9]{4}[ -][0-9]{4}[ -][0-9]{1,3}",
        "[0-9]{2}[ -][0-9]{6}[ -][0-9]{4,5}",
        "[0-9]{4}[ -][0-9]{13}",
    )
)
_GROUPS = "[0-9]{4}[ -][0-9]"
_CANDIDATE = (
    "(?<![0-9])[2-68][0-9]{3}(?:[0-9]{9}|[ -][0-9]{4}(?:[ -][0-9]{4}[ -]|[0-9]{2}[ -][0-9]{4})|[0-9]{2}[ -][0-9]{7})"
)
"""What every candidate matches and few other texts do: not a year and a number, as in ``INV-2024-00012345``."""
_IBAN_BEGINS = "[A-Z]{2}[0-9]{2}"
_IBANS = rf"(?<![0-9A-Za-z])(?:{IBAN_SHAPE})(?![0-9A-Za-z])"


@cache
def _issued(*, named: bool) -> str:
    """A number that a scheme could have given out, as a regular expression over its digits alone."""
    arms = [
        rf"(?=[0-9]{{{length}}}$)(?:{brand.prefix})"
        for brand in BRANDS
        for length in brand.lengths
        if named or length in UNMISTAKABLE
    ]
    return f"^(?:{'|'.join(arms)})"


def card_numbers_in(text: str, *, named: bool = False) -> list[str]:
    """The card numbers in a text, as digits; ``named`` says that its column is known to hold cards."""
    if not re.search(GATE, text):
        return []
    rest = re.sub(_IBANS, " ", text)
    found = [(digits, named) for digits in re.findall(_BARE, rest)]
    found += [(re.sub("[ -]", "", one), True) for pattern in _GROUPED for one in re.findall(pattern, rest)]
    return [
        digits
        for digits, known in found
        if digits in TEST_NUMBERS or (re.match(_issued(named=known), digits) and luhn(digits))
    ]


def holds_card(text: str, *, named: bool = False) -> bool:
    """Whether a card number stands in the text that is no test number."""
    return any(digits not in TEST_NUMBERS for digits in card_numbers_in(text, named=named))


def holds_test_card(text: str, *, named: bool = False) -> bool:
    """Whether the text holds card numbers, and only test numbers."""
    found = card_numbers_in(text, named=named)
    return bool(found) and TEST_NUMBERS.issuperset(found)


def holds_card_sql(text: str, *, named: bool = False) -> str:
    """As :func:`holds_card`."""
    gate = f"octet_length({text}) >= {SHORTEST} AND {card_gate_sql(text, named=named)}"
    return f"CASE WHEN {gate} THEN {_any_sql(text, _real_sql(named=named))} ELSE false END"


def holds_test_card_sql(text: str, *, named: bool = False) -> str:
    """As :func:`holds_test_card`."""
    test, real = _any_sql(text, _test_sql()), _any_sql(text, _real_sql(named=named))
    gate = f"octet_length({text}) >= {SHORTEST} AND {text} ~ '{_CANDIDATE}' AND {text} ~ '{_begins_as_test_number()}'"
    return f"CASE WHEN {gate} THEN {test} AND NOT {real} ELSE false END"


def card_gate_sql(text: str, *, named: bool = False) -> str:
    """What every text meets that either of these finds something in, and nearly no other."""
    matches = " AND ".join(f"{text} ~ '{pattern}'" for pattern in card_patterns(named=named))
    return f"({matches})"


def card_patterns(*, named: bool = False) -> tuple[str, ...]:
    """What every such text matches; it makes no difference what stands around it, if that is no digit."""
    return (_CANDIDATE,) if named else (_CANDIDATE, _unmistakable())


@cache
def _begins_as_test_number() -> str:
    return f"(?<![0-9])(?:{'|'.join(sorted({number[:4] for number in TEST_NUMBERS}))})"


@cache
def _unmistakable() -> str:
    """Groups, a run that has both the first digits and the length of one scheme, or the beginning of a test number of
    another length. Looking ahead at the length would be shorter, and PostgreSQL several times as slow."""
    heads = "|".join(f"(?:{_heads(length)})[0-9]{{{length - 14}}}" for length in UNMISTAKABLE)
    others = sorted({number[:4] for number in TEST_NUMBERS if len(number) not in UNMISTAKABLE})
    return f"(?<![0-9])(?:{heads})[0-9]{{12}}(?![0-9])|{_GROUPS}|(?<![0-9])(?:{'|'.join(others)})"


def _heads(length: int) -> str:
    """The first two digits of the numbers of a length, as a regular expression."""
    prefixes = "|".join(brand.prefix for brand in BRANDS if length in brand.lengths)
    seconds: dict[str, str] = {}
    for head in dict.fromkeys(f"{four:04}"[:2] for four in range(10_000) if re.match(prefixes, f"{four:04}")):
        seconds[head[0]] = seconds.get(head[0], "") + head[1]
    return "|".join(f"{first}[{second}]" for first, second in seconds.items())


def _real_sql(*, named: bool) -> str:
    issued = _issued_sql(named=True)
    if not named:
        issued = f"CASE WHEN c.known THEN {issued} ELSE {_issued_sql(named=False)} END"
    return f"{issued} AND NOT {_test_sql()} AND {luhn_sql('c.digits')}"


@cache
def _issued_sql(*, named: bool) -> str:
    """As :func:`_issued`: by length first, which leaves a short search for a prefix."""
    lengths = sorted({length for brand in BRANDS for length in brand.lengths if named or length in UNMISTAKABLE})
    arms = []
    for length in lengths:
        prefixes = "|".join(brand.prefix for brand in BRANDS if length in brand.lengths)
        arms.append(f"WHEN {length} THEN c.digits ~ '^(?:{prefixes})'")
    return f"CASE length(c.digits) {' '.join(arms)} ELSE false END"


def _test_sql() -> str:
    return f"c.digits IN ({', '.join(map(repr, sorted(TEST_NUMBERS)))})"


def _any_sql(text: str, condition: str) -> str:
    """The pattern of all IBANs costs more than all others together, those of groups as much as that of bare digits:
    each is run only where a glance says that it may match."""
    patterns = ", ".join([f"('{_MAXIMAL}', false)", *(f"('{one}', true)" for one in _GROUPED)])
    rest = f"CASE WHEN {text} ~ '{_IBAN_BEGINS}' THEN regexp_replace({text}, '{_IBANS}', ' ', 'g') ELSE {text} END"
    return (
        "EXISTS (SELECT 1 FROM (SELECT translate(m[1], ' -', '') AS digits, p.known"
        f" FROM (SELECT s.x, s.x ~ '{_GROUPS}' AS grouped FROM (SELECT {rest} AS x OFFSET 0) s OFFSET 0) s"
        f" JOIN (VALUES {patterns}) p (pattern, known) ON s.grouped OR NOT p.known,"
        " regexp_matches(s.x, p.pattern, 'g') m OFFSET 0) c"
        f" WHERE {condition})"
    )
