"""A safety timeout is switched off.

## What it does
Finds SET of `lock_timeout`, `statement_timeout`, `idle_in_transaction_session_timeout` or `transaction_timeout` to 0
or DEFAULT, and their RESET.

## Why it matters
A statement that waits for a lock lets everybody who comes after it wait too, behind one long transaction of somebody
else. Without `lock_timeout` it does so without end. All versions of PostgreSQL; `transaction_timeout` since 17.

## Instead
A short `lock_timeout` and another try; the guard of env.py sets one for every statement.

## Manual
PostgreSQL, 19.11.1. Since fingood 0.1.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from fingood.checks._check import POSTGRESQL, Family, Hit, check
from fingood.checks.alembic_code import execute
from fingood.checks.subject import Subject
from fingood.model.action import Verb
from fingood.model.severity import Severity

_TIMEOUTS = {
    "lock_timeout": "5s",
    "statement_timeout": "15min",
    "idle_in_transaction_session_timeout": "1min",
    "transaction_timeout": "30min",
}
_OFF = re.compile(r"(?:=|\bTO\b)\s*'?\s*(?:0\s*(?:ms|s|min|h|d)?|default)\s*'?\s*(?:;|$)|^\s*RESET\b", re.IGNORECASE)


@check(
    title="A safety timeout is switched off",
    family=Family.RUN,
    severity=Severity.WARNING,
    dialects=POSTGRESQL,
)
def timeout_switched_off(subject: Subject) -> Iterator[Hit]:
    for place in subject.places(Verb.SET):
        name = place.action.detail.lower()
        if name not in _TIMEOUTS or not _OFF.search(place.statement.sql) or place.statement.location is None:
            continue
        yield Hit(
            message=f"{name} is switched off.",
            effect="A statement that waits for a lock lets everybody behind it wait too, without end."
            if name == "lock_timeout"
            else "What hangs, hangs until somebody ends it by hand, and keeps its locks.",
            remedy=execute(f"SET LOCAL {name} = '{_TIMEOUTS[name]}'"),
            place=place,
            subject=name,
        )
