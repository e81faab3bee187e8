"""Takes secrets and card numbers out of text before it is stored or shown.

The last net, not the first: events hold typed, allow-listed fields, and errors are described by SQLSTATE and names.
"""

from __future__ import annotations

import re

MASK = "***"

_SECRET_NAMES = (
    r"(?:ssl)?password|passwd|passphrase|pwd|secret(?:[_-]?key)?|(?:access|auth|refresh|session)?[_-]?token"
    r"|api[_-]?key|access[_-]?key|private[_-]?key|pgpassword"
)
_URL_PASSWORD = re.compile(r"(?P<head>://[^\s:/@'\"]*):(?P<secret>\S{0,1000})@")
_NAMED_SECRET = re.compile(
    rf"(?P<head>(?:{_SECRET_NAMES})[\"']?\s*[=:]\s*)"
    r"(?P<secret>'(?:[^'\\]|\\.|'')*'|\"(?:[^\"\\]|\\.)*\"|[^\s&;,'\")}]+)",
    re.IGNORECASE,
)
_SQL_PASSWORD = re.compile(
    r"(?P<head>\bPASSWORD\s+)(?P<secret>[EU]?&?'(?:[^'\\]|\\.|'')*'|(?P<tag>\$\w*\$).*?(?P=tag))",
    re.IGNORECASE | re.DOTALL,
)
_BEARER = re.compile(r"(?P<head>\b(?:Bearer|Basic)\s+)(?P<secret>[A-Za-z0-9._~+/=\-]{8,})")
_PRIVATE_KEY = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)", re.DOTALL)
_CARD = re.compile(r"(?<![\w.])\d(?:[ \-]?\d){12,18}(?![\w])")
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]){11,30}\b")
_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]")
_LITERAL = re.compile(
    r"(?P<name>\"(?:[^\"]|\"\")*\")"
    r"|(?P<string>(?:\b[EBXN]|\bU&)?'(?:[^'\\]|\\.|'')*'|(?P<tag>\$(?:[A-Za-z_]\w*)?\$).*?(?P=tag))"
    r"|(?P<comment>--[^\n]*|/\*.*?\*/)"
    r"|(?P<number>(?<![\w$.])\d[\d_]*(?:\.\d+)?(?:[eE][+\-]?\d+)?\b)",
    re.DOTALL | re.IGNORECASE,
)


def redact(text: str) -> str:
    """The text as :func:`mask_secrets` leaves it, on top of that with control and bidirectional characters, which could
    forge lines on a terminal, as their escapes."""
    return escape_unseen(mask_secrets(text))


def mask_secrets(text: str) -> str:
    """The text without passwords in URLs, connection strings and SQL, without private keys and tokens, and of card and
    account numbers only the last four digits."""
    text = _PRIVATE_KEY.sub(MASK, text)
    text = _SQL_PASSWORD.sub(_keep_head, text)
    text = _URL_PASSWORD.sub(lambda found: f"{found['head']}:{MASK}@", text)
    text = _NAMED_SECRET.sub(_keep_head, text)
    text = _BEARER.sub(_keep_head, text)
    text = _IBAN.sub(_mask_iban, text)
    return _CARD.sub(_mask_card, text)


def mask_literals(sql: str) -> str:
    """The SQL with every literal as ``?`` and comments gone; identifiers and keywords stay."""
    return escape_unseen(" ".join(_LITERAL.sub(_mask_literal, sql).split()))


def escape_unseen(text: str) -> str:
    """Control and bidirectional characters as ``\\uXXXX``; line ends and tabs stay."""
    return _UNSEEN.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def _keep_head(found: re.Match[str]) -> str:
    return found["head"] + MASK


def _mask_literal(found: re.Match[str]) -> str:
    if found["name"] is not None:
        return found[0]
    return " " if found["comment"] is not None else "?"


def _mask_card(found: re.Match[str]) -> str:
    digits = re.sub(r"\D", "", found[0])
    return f"****{digits[-4:]}" if _is_card_number(digits) else found[0]


def _mask_iban(found: re.Match[str]) -> str:
    plain = found[0].replace(" ", "")
    return f"{plain[:4]}****{plain[-4:]}" if _is_iban(plain) else found[0]


def _is_iban(plain: str) -> bool:
    """The check digits of ISO 13616: moved to the end, letters as numbers from 10 on, the remainder of 97 is 1."""
    return int("".join(str(int(character, 36)) for character in plain[4:] + plain[:4])) % 97 == 1


def _is_card_number(digits: str) -> bool:
    """Issuers' ranges of ISO/IEC 7812 that card schemes use, and the Luhn sum; revision ids made of a date begin with
    19 or 20 and stay."""
    if digits[0] not in "3456" and not "2221" <= digits[:4] <= "2720":
        return False
    doubled = [int(d) * (2 if place % 2 else 1) for place, d in enumerate(reversed(digits))]
    return sum(d - 9 if d > 9 else d for d in doubled) % 10 == 0
