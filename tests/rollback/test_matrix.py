"""Bad ways back over every kind of object and every loss of data, each named; right but awkward ones, none named."""

from __future__ import annotations

import sys

import pytest
from sqlalchemy.engine import make_url

from fingood.model.finding import Finding
from fingood.model.severity import Severity
from fingood.rollback import Judgement, findings_of
from fingood.rollback.prove import judge
from fingood.rollback.seed import Fill

cases = sys.modules["matrix_cases"]
BAD = {case.name: case for case in cases.load_cases("bad.toml")}
GOOD = {case.name: case for case in cases.load_cases("good.toml")}


def named_by(finding: Finding) -> tuple[str, str, str]:
    return finding.check, finding.subject, finding.evidence.get("property", "")


@pytest.mark.parametrize("name", BAD)
def test_a_bad_way_back_names_the_object_and_the_property(name: str, proof_of, postgres_server):
    user = make_url(postgres_server.url("postgres")).username or ""
    case = BAD[name]
    proof = proof_of(case.group)
    assert proof.fill is Fill.EDGES, proof.notes or (
        proof.edge_failure,
        proof.up and proof.up.failure,
        proof.down and proof.down.failure,
    )
    found = [named_by(finding) for finding in findings_of(proof)]
    wanted = tuple(part.replace("postgres", user) if "{user}" in part else part for part in case.finds)
    assert wanted in found, [one for one in found if name in one[1]] or found
    own = [loss.difference for loss in proof.losses if str(loss.difference.object) == wanted[1]]
    assert str(judge(own, None)) == case.judgement


@pytest.mark.parametrize("name", GOOD)
def test_a_right_way_back_raises_nothing(name: str, proof_of):
    proof = proof_of(GOOD[name].group)
    assert proof.judgement in (Judgement.COSMETIC, Judgement.LOSSLESS), (proof.up.failure, proof.down.failure)
    loud = [finding for finding in findings_of(proof) if finding.severity > Severity.INFO]
    assert [finding.message for finding in loud if name in finding.subject] == []


def test_a_column_at_another_place_is_told_as_information(proof_of):
    findings = [f for f in findings_of(proof_of("good")) if "column_at_another_place" in f.subject]
    assert [(f.check, f.severity) for f in findings] == [("rollback-cosmetic", Severity.INFO)]
