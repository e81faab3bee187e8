"""The shared values: order, names, fingerprints of findings."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fingood import errors
from fingood.errors import ExitCode, FingoodError
from fingood.model.action import LockMode
from fingood.model.finding import Direction, Finding, Location
from fingood.model.names import RelationName, quote_always
from fingood.model.severity import Confidence, SafetyLevel, Severity


def test_scales_are_ordered_from_least_to_worst() -> None:
    assert max(Severity) is Severity.CRITICAL
    assert sorted([Severity.ERROR, Severity.INFO]) == [Severity.INFO, Severity.ERROR]
    assert Confidence.POSSIBLE < Confidence.PARSED < Confidence.OBSERVED
    assert SafetyLevel.CRITICAL.blocks_at < SafetyLevel.LOW.blocks_at


def test_different_scales_do_not_compare() -> None:
    with pytest.raises(TypeError):
        assert Severity.ERROR < Confidence.PARSED  # type: ignore[operator]


@given(st.text(min_size=1))
def test_a_quoted_identifier_reads_back_as_itself(name: str) -> None:
    quoted = quote_always(name)
    assert quoted[0] == quoted[-1] == '"'
    assert quoted[1:-1].replace('""', '"') == name


def test_odd_names_are_shown_in_quotes_and_plain_ones_bare() -> None:
    assert str(RelationName("ledger", "Order Lines")) == 'ledger."Order Lines"'
    assert str(RelationName(None, "entries")) == "entries"
    assert RelationName(None, "entries").within("ledger") == RelationName("ledger", "entries")


def test_a_findings_fingerprint_survives_a_moved_line_but_not_another_statement() -> None:
    at = Location(path="a.py", line=3, revision="4f2a", direction=Direction.UPGRADE)
    one = Finding(
        check="c", severity=Severity.ERROR, confidence=Confidence.PARSED, message="m", location=at, statement="A  B"
    )
    moved = dataclasses.replace(one, location=dataclasses.replace(at, line=9), statement="A B")
    other = dataclasses.replace(one, statement="A C")
    assert one.fingerprint == moved.fingerprint
    assert one.fingerprint != other.fingerprint


def test_every_error_has_an_exit_code_with_a_meaning() -> None:
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, FingoodError)]
    assert len(kinds) > 10
    assert all(kind.exit_code.meaning for kind in kinds)
    assert {code.value for code in ExitCode} == {0, 1, 2, 3, 4, 70, 130}


def test_lock_modes_say_whom_they_block() -> None:
    assert LockMode.ACCESS_EXCLUSIVE.blocks_reads
    assert LockMode.SHARE.blocks_writes
    assert not LockMode.SHARE.blocks_reads
    assert not LockMode.SHARE_UPDATE_EXCLUSIVE.blocks_writes
