"""The first line of a stub: which library it belongs to, since which version, and the hash of the rest.

    # fingood-migrations 0.1.0 sha256:0123456789abcdef (a stub: put your own code into files of your own)

The version is the one that laid the text down last, so that a release which leaves a stub alone leaves the file alone.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

_LINE = re.compile(r"# fingood-migrations (?P<version>\S+) sha256:(?P<hash>[0-9a-f]{16})\b")
_REMARK = "(a stub: put your own code into files of your own)"


@dataclass(frozen=True, slots=True)
class Marker:
    """What a stub's first line says, and whether the rest of the file still agrees with it."""

    version: str
    intact: bool


def read_marker(text: str) -> Marker | None:
    """The marker of a stub; None where the file has none. Line ends do not count as a change."""
    first, _, body = text.replace("\r\n", "\n").partition("\n")
    match = _LINE.match(first)
    return None if match is None else Marker(match["version"], intact=match["hash"] == _hash(body))


def with_marker(body: str, version: str) -> str:
    """The stub's text with its marker in front; a marker that is there already is replaced."""
    first, _, rest = body.partition("\n")
    if _LINE.match(first):
        body = rest
    return f"# fingood-migrations {version} sha256:{_hash(body)} {_REMARK}\n{body}"


def _hash(body: str) -> str:
    return hashlib.sha256(body.encode()).hexdigest()[:16]
