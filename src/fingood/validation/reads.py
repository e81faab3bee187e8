"""Which tables a rule reads beside the row that it judges, by the names in its SQL."""

from __future__ import annotations

import re

from fingood.model.names import RelationName
from fingood.validation.rule import Rule

_NAME = r'"((?:[^"]|"")+)"'
_KNOWN = re.compile(rf"{_NAME}\.{_NAME}(?!\s*(?:AS\s+)?(?:\w+\s*)?,)", re.IGNORECASE)
_FROM = re.compile(r"\b(?:FROM|JOIN)\b\s*", re.IGNORECASE)


def tables_read(rule: Rule) -> frozenset[RelationName] | None:
    """The tables behind FROM and JOIN; nothing where the rule looks at its row alone, None where something stands there
    that is no table with its schema, both in quotes, as the rules of this package write them."""
    source = rule.source
    sql = " ".join((rule.condition, *rule.joins, *source.joins, source.derived, source.where))
    if not (rule.joins or source.joins or source.derived) and "SELECT" not in sql.upper():
        return frozenset()
    found = set()
    for place in _FROM.finditer(sql):
        if sql.startswith("(", place.end()):
            continue
        name = _KNOWN.match(sql, place.end())
        if name is None:
            return None
        found.add(RelationName(name[1].replace('""', '"'), name[2].replace('""', '"')))
    return frozenset(found)
