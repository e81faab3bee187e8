"""Two spellings of one definition, as the server prints them before and after it has read its own."""

from __future__ import annotations

import pytest

from fingood.backup.spelling import mean_the_same, settled

BEFORE = "CHECK (((kind)::text = ANY ((ARRAY['a, ]'::character varying, 'it''s'::character varying])::text[])))"
AFTER = "CHECK (((kind)::text = ANY (ARRAY[('a, ]'::character varying)::text, ('it''s'::character varying)::text])))"


def test_a_cast_of_an_array_is_the_casts_of_its_elements() -> None:
    assert settled(BEFORE) == AFTER
    assert settled(AFTER) == AFTER
    assert (
        settled("x = ANY (ARRAY['a'::bpchar, f(1, 2)]::text[])") == "x = ANY (ARRAY['a'::bpchar::text, f(1, 2)::text])"
    )


@pytest.mark.parametrize(
    "text", ["", "CHECK (a > 0)", "ARRAY[", "DEFAULT ARRAY[]::text[]", "x = ANY (ARRAY[1, 2])", "'ARRAY['::text"]
)
def test_everything_else_stays(text: str) -> None:
    assert settled(text) == text


def test_other_values_stay_other_values() -> None:
    assert settled(BEFORE.replace("it''s", "its")) != AFTER


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (BEFORE, AFTER, True),
        (BEFORE, AFTER.replace("it''s", "its"), False),
        ("CHECK ((((a >= 1) AND (a <= 2)) AND (b > 0)))", "CHECK (((a >= 1) AND (a <= 2) AND (b > 0)))", True),
        ("CHECK ((((a >= 1) AND (a <= 2)) OR (b > 0)))", "CHECK (((a >= 1) AND ((a <= 2) OR (b > 0))))", False),
        (" SELECT a FROM t WHERE ((a > 1));", " SELECT a FROM t WHERE (a > 1);", True),
        ("(a * 2)", "(a * 3)", False),
        ("numeric(19,4)", "numeric(19,2)", False),
        ("the comment", "another comment", False),
        ("no", "yes", False),
        ("", "x", False),
    ],
)
def test_a_spelling_is_told_from_a_meaning(one: str, other: str, *, same: bool) -> None:
    assert mean_the_same(one, other) is same
