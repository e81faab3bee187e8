"""The code that a finding gives, pasted at the end of the bad downgrade(), restores the schema."""

from __future__ import annotations

import sys

import pytest

from fingood.model.snapshot import Difference, Grade
from fingood.rollback import Proof

cases = sys.modules["matrix_cases"]
CASES = {case.name: case for case in cases.load_cases("bad.toml") if case.group != "data"}


def left_in_schema(proof: Proof) -> list[Difference]:
    assert proof.down is not None, proof.reason
    assert proof.down.failure is None
    differences = [loss.difference for loss in proof.losses]
    return [one for one in differences if not one.data and one.grade is not Grade.COSMETIC]


def belongs_to(difference: Difference, case) -> bool:
    """By the case's own schema, or by the object that it is about where that has none."""
    return f" {case.name}." in f" {difference.object.name}." or str(difference.object) == case.finds[1]


@pytest.mark.parametrize("name", CASES)
def test_the_remedy_restores_the_schema(name: str, cured_proof_of):
    case = CASES[name]
    left = [one for one in left_in_schema(cured_proof_of(case.group)) if belongs_to(one, case)]
    if case.remedy:
        assert left, "the remedy does restore it: take the reason out of the matrix"
    else:
        assert left == []


@pytest.mark.parametrize("group", sorted({case.group for case in CASES.values()}))
def test_nothing_else_is_left_after_the_remedies(group: str, cured_proof_of):
    excused = [case for case in CASES.values() if case.group == group and case.remedy]
    left = left_in_schema(cured_proof_of(group))
    assert [one for one in left if not any(belongs_to(one, case) for case in excused)] == []
