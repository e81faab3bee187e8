"""A name is longer than PostgreSQL keeps.

## What it does
Finds names of more than 63 bytes in statements that the revision spells out itself. SQLAlchemy refuses such names.

## Why it matters
PostgreSQL cuts the name off with a notice that nobody sees. Two names that differ after the 63rd byte are the same
name, and the downgrade or the next revision may look for a name that is not there. All versions of PostgreSQL.

## Instead
A name that fits.

## Manual
PostgreSQL, 4.1.1. Since fingood 0.1.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from fingood.checks._check import POSTGRESQL, Family, Hit, check
from fingood.checks.places import Place, World
from fingood.checks.subject import Subject
from fingood.model.action import Action, Verb
from fingood.model.severity import Severity

_LIMIT = 63
_NO_NAMES = re.compile(r"'(?:[^']|'')*'|--[^\n]*|/\*.*?\*/|\$(\w*)\$.*?\$\1\$", re.DOTALL)
_NAME = re.compile(r'"((?:[^"]|"")+)"|\b([^\W\d][\w$]*)')


@check(
    title="A name is cut off",
    family=Family.RUN,
    severity=Severity.WARNING,
    dialects=POSTGRESQL,
)
def identifier_too_long(subject: Subject) -> Iterator[Hit]:
    seen: set[str] = set()
    for statement in subject.upgrade.statements if subject.upgrade else ():
        for match in _NAME.finditer(_NO_NAMES.sub(" ", statement.sql)):
            name = (match[1] or match[2]).replace('""', '"')
            if len(name.encode()) <= _LIMIT or name in seen:
                continue
            seen.add(name)
            kept = name.encode()[:_LIMIT].decode(errors="ignore")
            action = statement.actions[0] if statement.actions else Action(verb=Verb.OPAQUE)
            yield Hit(
                message=f"The name {name} has {len(name.encode())} bytes.",
                effect=f"PostgreSQL keeps {kept} and says nothing that stops the run.",
                remedy=f"# a name of at most {_LIMIT} bytes in place of {name}",
                place=Place(statement, action, World()),
                subject=name,
            )
