"""What the lock table and the checks claim, beside what a running server of each version does with every example.

15 comes from the system where it is installed, 16 to 18 from wheels; a version that nobody supplies is skipped.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.checks.conftest import revisions
from tests.checks.examples import examples_folder, open_examples

from fingood.checks import CHECKS, Subject, run_checks
from fingood.errors import SandboxUnavailable
from fingood.model.action import Verb
from fingood.model.plan import Statement
from fingood.model.severity import Confidence
from fingood.sandbox.server import Server
from fingood.sandbox.supplier import choose_binaries
from fingood.statements.locks import locks_of

NAMES = sorted(path.parent.name for path in examples_folder().glob("*/bad.py"))
ALSO_LOCKS_WHAT_ONLY_THE_CATALOG_KNOWS = {
    Verb.DROP_INDEX,
    Verb.REINDEX,
    Verb.DROP_CONSTRAINT,
    Verb.DROP_COLUMN,
    Verb.DROP_TABLE,
    Verb.ALTER_DOMAIN,
}
"""An index's table, the table that a dropped foreign key refers to, and the tables that use a domain."""


GENERAL = ("observed-rewrite", "observed-scan-under-lock")
"""They speak where no check of its own does; for the examples one always should."""


VERSIONS = [pytest.param(major, marks=[pytest.mark.slow] * (major != 17)) for major in (15, 16, 17, 18)]


@pytest.fixture(scope="module", params=VERSIONS)
def bad(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Subject]]:
    """Every bad example after its run on a server of each major version."""
    try:
        binaries = choose_binaries(request.param)
    except SandboxUnavailable as error:
        pytest.skip(error.message)
    with (
        Server.start(binaries) as server,
        open_examples(server, tmp_path_factory.mktemp("bank"), revisions()) as examples,
    ):
        assert server.server_version // 10000 == request.param
        yield {name: examples.subject(name, "bad") for name in NAMES}


def test_no_claimed_lock_is_other_than_the_one_that_the_server_takes(bad: dict[str, Subject]) -> None:
    statements = [(name, statement) for name, subject in bad.items() for statement in _statements(subject)]
    found = {(name, statement.sql): _disagreements(statement, bad[name]) for name, statement in statements}
    assert {statement: wrong for statement, wrong in found.items() if wrong} == {}
    compared = [one for _, one in statements if one.observed and one.observed.locks is not None]
    assert len(compared) > len(NAMES)


def test_every_claimed_rewrite_and_scan_was_seen(bad: dict[str, Subject]) -> None:
    claiming = [name for name in NAMES if CHECKS[name].claim]
    unseen = [
        finding.message
        for name in claiming
        for finding in _findings(bad[name])
        if finding.check == name and finding.confidence is not Confidence.OBSERVED
    ]
    assert unseen == []
    assert len(claiming) >= 8


def test_no_rewrite_and_no_scan_under_lock_goes_without_a_finding(bad: dict[str, Subject]) -> None:
    general = {
        name: [finding.message for finding in _findings(subject) if finding.check in GENERAL]
        for name, subject in bad.items()
        if not name.startswith("observed-")
    }
    assert {name: messages for name, messages in general.items() if messages} == {}


def _statements(subject: Subject) -> Iterator[Statement]:
    for plan in (subject.upgrade, subject.downgrade):
        yield from plan.statements if plan else ()


def _findings(subject: Subject):
    return [finding for run in run_checks(subject) for finding in run.findings]


def _disagreements(statement: Statement, subject: Subject) -> list[str]:
    seen = statement.observed
    if seen is None or seen.locks is None:
        return []
    claimed = {
        lock.relation.within(subject.schema): lock.mode
        for lock in locks_of(statement.actions, subject.upgrade.server_version)
    }
    wrong = [f"{lock.mode} on {lock.relation} is claimed, and not held" for lock in seen.refuted]
    for lock in seen.locks:
        name = lock.relation.within(subject.schema)
        if name in claimed and claimed[name] is not lock.mode:
            wrong.append(f"{claimed[name]} on {name} is claimed, {lock.mode} taken")
        elif name not in claimed and lock.mode.blocks_writes and not _cannot_be_read_from(statement):
            wrong.append(f"{lock.mode} on {name} is taken, and not claimed")
    return wrong


def _cannot_be_read_from(statement: Statement) -> bool:
    verbs = ALSO_LOCKS_WHAT_ONLY_THE_CATALOG_KNOWS
    calls = any(action.verb is Verb.SELECT and action.detail for action in statement.actions)
    return statement.opaque or calls or any(action.cascade or action.verb in verbs for action in statement.actions)
