"""Every kind of object that a snapshot of PostgreSQL knows has a bad way back in the matrix."""

from __future__ import annotations

import re
import sys

import pytest

from fingood.catalog.queries import load_sql, names_of_sql

cases = sys.modules["matrix_cases"]
BAD = cases.load_cases("bad.toml")
# A label needs a provider, a library that the server loads; none comes with PostgreSQL itself (manual, SECURITY LABEL).
WITHOUT_CASE = {"security label"}
_KIND = re.compile(r"(CASE\b(?:(?!\bEND\b).)*\bEND|'[^']+') AS kind", re.DOTALL)
_ALSO = re.compile(r"^UNION ALL\s+SELECT '([^']+)'", re.MULTILINE)
_NAMED = re.compile(r"(?:THEN|ELSE) '([^']+)'|^'([^']+)'$")


def kinds_in(sql: str) -> set[str]:
    first = {one or other for text in _KIND.findall(sql) for one, other in _NAMED.findall(text)}
    return first | set(_ALSO.findall(sql))


KINDS = {
    kind
    for name in names_of_sql("postgresql", "snapshot")
    for kind in kinds_in(load_sql("postgresql", f"snapshot/{name}"))
}


@pytest.mark.parametrize("name", names_of_sql("postgresql", "snapshot"))
def test_the_kinds_of_every_query_are_read(name: str):
    assert kinds_in(load_sql("postgresql", f"snapshot/{name}"))


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_kind_has_a_bad_way_back(kind: str):
    found = any(case.finds and case.finds[1].startswith(f"{kind} ") for case in BAD)
    assert found is (kind not in WITHOUT_CASE)
