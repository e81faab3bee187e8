"""A remedy is code that runs: each is put into a revision, in place of what it is to replace."""

from __future__ import annotations

import ast
import textwrap
from pathlib import Path

import pytest
from tests.checks.examples import Examples, examples_folder, lay_project
from tests.checks.test_examples import RUN
from tests.checks.test_safe_statements import REVISION

from fingood.checks import Subject, run_checks
from fingood.model.finding import Finding
from fingood.statements import Recorder

NOTHING = "nothing to run"
ADVICE = frozenset(
    {
        "change-default",
        "definition-replaced",
        "downgrade-drops-more",
        "downgrade-fails",
        "downgrade-under-lock",
        "drop-and-create",
        "drop-constraint",
        "drop-database",
        "drop-view",
        "exclusion-constraint",
        "extension-changed",
        "full-rewrite-command",
        "half-applied-revision",
        "identifier-too-long",
        "index-redundant",
        "ledger-mutation",
        "new-write-restriction",
        "observed-rewrite",
        "observed-scan-under-lock",
        "opaque-statement",
        "rename-object",
        "rights-changed",
        "schema-and-data-mixed",
        "suppression",
        "trigger-removed",
        "upgrade-fails",
        "wide-lock-window",
        "work-under-exclusive-lock",
    }
)
"""Only the author knows what to write instead: the remedy is a comment that says what to do."""

GAPS = frozenset(
    {
        "attach-partition",
        "bulk-dml",
        "collation-refreshed",
        "drop-not-null",
        "drop-schema",
        "ledger-grant",
        "no-primary-key",
        "sequence-restarted",
        "server-settings",
        "unnamed-constraint",
    }
)
"""Code with a place that only the author can fill: a bound, a role, a condition, objects to be named."""

STANDS_ON_THE_REVISION = frozenset(
    {
        "amount-without-currency",
        "balance-guard-dropped",
        "default-then-drop-default",
        "fk-type-mismatch",
        "move-without-proof",
        "new-table-fk-locks-parent",
        "not-valid-and-validate-together",
        "personal-data-untagged",
        "rename-table",
        "security-definer",
        "unlogged-table",
        "varchar-limit",
    }
)
"""Code that goes on from what the bad revision has made or dropped, and does not replace it."""


def remedy_of(subject: Subject, check: str) -> Finding:
    return next(f for run in run_checks(subject) for f in run.findings if f.check == check)


def code_in(remedy: str) -> bool:
    """Whether there is anything to run, apart from comments and placeholders."""
    body = ast.parse(remedy).body
    return bool(body)


@pytest.fixture(scope="module")
def outcomes(examples: Examples, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """How each remedy ended: '' where it ran, else why not."""
    before = sorted(examples_folder().glob("*/before.py"))
    project = lay_project(tmp_path_factory.mktemp("remedies"), [examples_folder() / "bank.py", *before])
    folder: Path = project.version_locations[0]
    below, ended = {}, {}
    for number, check in enumerate(RUN):
        subject = examples.subject(check, "bad")
        finding = remedy_of(subject, check)
        if not code_in(finding.remedy):
            ended[check] = NOTHING
            continue
        heads = subject.facts.heads
        body = textwrap.indent(finding.remedy, "    ")
        (folder / f"r{number}.py").write_text(REVISION.format(name=f"r{number}", below=heads[0], body=body))
        below[check] = f"r{number}"
    with Recorder(project) as recorder:
        for check, revision in below.items():
            database = examples.server.create_database(template=examples.base)
            plan = recorder.upgrade(examples.server.url(database), revision, observe=False)[-1]
            ended[check] = str(plan.failure or "")
            examples.server.drop_database(database)
    return ended


def test_every_remedy_with_code_of_its_own_runs(outcomes: dict[str, str]) -> None:
    failed = {check: why for check, why in outcomes.items() if why}
    assert failed.keys() == ADVICE | GAPS | STANDS_ON_THE_REVISION, failed
    assert {check for check, why in failed.items() if why == NOTHING} == ADVICE


def test_most_remedies_run() -> None:
    assert len(RUN) - len(ADVICE | GAPS | STANDS_ON_THE_REVISION) >= 77
