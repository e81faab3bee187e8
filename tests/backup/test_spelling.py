"""Two spellings of one definition, as the server prints them before and after it has read its own."""

from __future__ import annotations

import pytest

from fingood.backup.spelling import settled

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
