"""What SQLite cannot say in SQL, as functions of this process that its statements call.

On PostgreSQL the same is an expression, and nothing is installed in anybody's database. SQLite calls back into the
process that opened the file; the functions end with the connection.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from fingood.statements.compat import dbapi_connection
from fingood.validation.card_numbers import holds_card, holds_test_card
from fingood.validation.identifiers import is_bic, is_iban, is_isin, is_lei
from fingood.validation.invariants.base import Look
from fingood.validation.national_ids import holds_email, holds_national_id


def _of_text(function: Callable[[str], bool]) -> Callable[[object], int]:
    """NULL and blobs are no text; numbers are read as they are written."""
    return lambda value: int(not isinstance(value, bytes | None) and function(str(value)))


def _matches(pattern: str, value: object) -> int:
    return int(isinstance(value, str) and re.search(pattern, value, re.ASCII) is not None)


FUNCTIONS: dict[str, Callable[[object], int]] = {
    "fingood_card": _of_text(holds_card),
    "fingood_test_card": _of_text(holds_test_card),
    "fingood_named_card": _of_text(lambda text: holds_card(text, named=True)),
    "fingood_named_test_card": _of_text(lambda text: holds_test_card(text, named=True)),
    "fingood_email": _of_text(holds_email),
    "fingood_national_id": _of_text(holds_national_id),
    "fingood_iban": _of_text(is_iban),
    "fingood_bic": _of_text(is_bic),
    "fingood_lei": _of_text(is_lei),
    "fingood_isin": _of_text(is_isin),
}


def add_functions(look: Look) -> None:
    """Makes them known to the connection, once; nothing on PostgreSQL."""
    if look.dialect != "sqlite" or look.memory.get("functions"):
        return
    raw = dbapi_connection(look.connection)
    for name, function in FUNCTIONS.items():
        raw.create_function(name, 1, function, deterministic=True)
    raw.create_function("fingood_matches", 2, _matches, deterministic=True)
    look.memory["functions"] = True
