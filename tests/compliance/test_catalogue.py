"""Controls are data that hangs together, and a verdict never claims more than its evidence."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from fingood import compliance
from fingood.audit import AuditLog, Verification
from fingood.audit.verification import Problem, ProblemKind
from fingood.compliance import CONTROLS, RULES, Change, Evidence, LogSeen, Recorded, RevisionSeen, Verdict, judge_all
from fingood.compliance.pages import write_page
from fingood.compliance.verdict import satisfied
from fingood.model.change import Approval
from fingood.model.event import AuditEvent, EventKind
from fingood.model.observed import Observed
from fingood.render.csv import harmless

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def event(number: int, kind: EventKind, **payload: object) -> Recorded:
    made = AuditEvent(
        sequence=number,
        at=NOW + timedelta(minutes=number),
        kind=kind,
        subject="a1",
        actor="olaf",
        os_user="olaf",
        host="db1",
        session="s",
        payload={"content_hash": "h", **payload},
    )
    return Recorded(made, "e" * 64)


CHECKED = event(1, EventKind.SAFETY_CHECK, result="passed")
PROVEN = event(2, EventKind.ROLLBACK_TEST, result="proven", verdict="lossless")
START = event(3, EventKind.MIGRATION_START, migration_type="upgrade", run="r")
END = event(4, EventKind.MIGRATION_COMPLETE, run="r", statements=1)
APPROVAL = Approval(revision="a1", content_hash="h", approver="bea@bank", at=NOW, path="approvals/a1/bea.toml")
SEEN = RevisionSeen(id="a1", path="a1.py", content_hash="h", authors=frozenset({"asha"}), approvals=(APPROVAL,))
GOOD = Evidence(
    since=None,
    until=NOW + timedelta(days=1),
    target="",
    environment="production",
    log=LogSeen(path="audit.jsonl", verification=Verification(count=4)),
    events=(CHECKED, PROVEN, START, END),
    changes=(Change(start=START, end=END),),
    revisions={"a1": SEEN},
    no_database="no database is configured",
)


def verdict(rule: str, evidence: Evidence) -> Verdict:
    return RULES[rule].ask(evidence).verdict


def test_controls_and_rules_belong_together() -> None:
    assert len(CONTROLS) >= 40
    assert len(RULES) >= 20
    named = {rule for control in CONTROLS.values() for rule in (*control.rules, *control.shows)}
    assert named == RULES.keys()
    assert all(control.rules or control.person for control in CONTROLS.values())
    files = sorted((Path(compliance.__file__).parent / "controls").glob("*.toml"))
    assert sum(len(tomllib.loads(file.read_text())["control"]) for file in files) == len(CONTROLS)


def test_the_page_of_controls_is_current() -> None:
    page = Path(__file__).parents[2] / "docs" / "compliance.md"
    assert page.read_text() == write_page(), "run: python -m fingood.compliance.pages"


def test_nothing_is_satisfied_without_evidence() -> None:
    with pytest.raises(ValueError, match="without evidence"):
        satisfied("so it is")


@pytest.mark.parametrize(
    ("rule", "worse"),
    [
        ("changes-checked", replace(GOOD, events=(PROVEN, START, END))),
        ("way-back-proven", replace(GOOD, events=(CHECKED, START, END))),
        ("changes-approved", replace(GOOD, revisions={"a1": replace(SEEN, approvals=())})),
        ("changes-approved", replace(GOOD, required_approvals=2)),
        ("changes-approved", replace(GOOD, revisions={"a1": replace(SEEN, authors=frozenset({"bea"}))})),
        ("approver-is-not-author", replace(GOOD, revisions={"a1": replace(SEEN, authors=frozenset({"bea"}))})),
        ("ran-as-in-repository", replace(GOOD, revisions={"a1": replace(SEEN, content_hash="other")})),
        ("changes-have-ends", replace(GOOD, changes=(Change(start=START),))),
    ],
)
def test_a_rule_holds_on_good_evidence_and_fails_on_worse(rule: str, worse: Evidence) -> None:
    assert verdict(rule, GOOD) is Verdict.SATISFIED
    assert verdict(rule, worse) is Verdict.NOT_SATISFIED


def test_a_broken_log_is_no_evidence_of_anything() -> None:
    problem = Problem(line=2, kind=ProblemKind.CHANGED, message="changed")
    broken = replace(GOOD, log=LogSeen(path="x", verification=Verification(count=4, problems=(problem,))))
    assert verdict("log-whole", broken) is Verdict.NOT_SATISFIED
    for name in ("changes-checked", "changes-approved", "changes-have-ends"):
        assert verdict(name, broken) is Verdict.NO_EVIDENCE


def test_what_the_user_may_not_read_is_no_evidence() -> None:
    look = Observed(name="stored_passwords", sql="SELECT 1", reason="this user may not read it")
    hidden = replace(GOOD, dialect="postgresql", no_database="", looks={"stored_passwords": look})
    assert verdict("stored-passwords", hidden) is Verdict.NO_EVIDENCE
    weak = replace(look, reason="", rows=({"name": "app", "kind": "md5"},))
    assert verdict("stored-passwords", replace(hidden, looks={"stored_passwords": weak})) is Verdict.NOT_SATISFIED


def test_without_migrations_nothing_about_them_is_satisfied() -> None:
    empty = replace(GOOD, events=(), changes=())
    judged = {one.control.id: one.verdict for one in judge_all(CONTROLS.values(), empty)}
    assert judged["SOX-CM-01"] is Verdict.NOT_APPLICABLE
    assert judged["SOX-CM-06"] is Verdict.NEEDS_PERSON


def test_a_changed_line_is_no_event(tmp_path: Path) -> None:
    log = AuditLog(tmp_path / "a.jsonl")
    log.append(EventKind.SECURITY, "alpha", {"event": "x"})
    log.path.write_bytes(log.path.read_bytes().replace(b"alpha", b"gamma"))
    assert list(log.events()) == []


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@x", " =1", "\t=1"])
def test_no_cell_is_a_formula(cell: str) -> None:
    assert harmless(cell) == f"'{cell}"
    assert harmless("plain") == "plain"
