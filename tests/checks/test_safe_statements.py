"""No wolf is cried: statements that harm nobody raise nothing at warning or above, on tables of any size."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from tests.checks.examples import SMALL_TABLES, examples_folder, lay_project, read_state, sized
from tests.checks.safe_statements import SAFE, Safe

from fingood.checks import Subject, run_checks
from fingood.model.finding import Finding
from fingood.model.severity import Severity
from fingood.statements import Recorder

BIG = 84_200_000
REVISION = """
import sqlalchemy as sa
from alembic import op

revision = "{name}"
down_revision = "{below}"


def upgrade() -> None:
{body}


def downgrade() -> None:
    op.execute("SELECT 1")
"""


def step(folder: Path, name: str, below: str, body: str) -> str:
    """Writes a revision; an empty one leaves the revision below at its place."""
    if not body:
        return below
    (folder / f"{name}.py").write_text(REVISION.format(name=name, below=below, body=textwrap.indent(body, "    ")))
    return name


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory, postgres_server) -> Mapping[str, list[Finding]]:
    """Every case run on a bank of its own; the findings at warning or above."""
    root = tmp_path_factory.mktemp("safe")
    project = lay_project(root, [examples_folder() / "bank.py"])
    folder = project.version_locations[0]
    runnable = {name: case for name, case in SAFE.items() if postgres_server.server_version // 10000 >= case.major}
    tips = {}
    for number, (name, case) in enumerate(runnable.items()):
        before = step(folder, f"b{number}", "tables", case.before)
        pending = step(folder, f"p{number}", before, case.pending)
        tips[name] = (before, pending, step(folder, f"s{number}", pending, case.upgrade))
    step(folder, "tables", "bank", SMALL_TABLES)
    found = {}
    with Recorder(project) as recorder:
        base = postgres_server.create_database()
        recorder.upgrade(postgres_server.url(base), "tables", observe=False)
        for name, steps in tips.items():
            database = postgres_server.create_database(template=base)
            found[name] = _loud(project, recorder, postgres_server.url(database), steps)
            postgres_server.drop_database(database)
        postgres_server.drop_database(base)
    return found


def _loud(project, recorder: Recorder, url: str, steps: tuple[str, str, str]) -> list[Finding]:
    before, pending, tip = steps
    if before != "tables":
        recorder.upgrade(url, before, observe=False)
    facts = read_state(url)[0]
    earlier = recorder.upgrade(url, pending) if pending != before else ()
    upgrade = recorder.upgrade(url, tip)[-1]
    assert upgrade.failure is None, str(upgrade.failure)
    rows = {str(name): BIG for name in facts.tables} | {"public.small": 500, "public.nothing": 0}
    subject = Subject(
        revision=tip,
        path=f"migrations/versions/{tip}.py",
        source=(project.version_locations[0] / f"{tip}.py").read_text(),
        upgrade=upgrade,
        facts=sized(replace(facts, heads=(before,)), rows),
        earlier=tuple(earlier),
        heads=(tip,),
    )
    findings = [finding for run in run_checks(subject) for finding in run.findings]
    return [finding for finding in findings if finding.severity >= Severity.WARNING]


@pytest.mark.parametrize("name", SAFE)
def test_what_harms_nobody_is_let_through(judged: Mapping[str, list[Finding]], name: str) -> None:
    if name not in judged:
        pytest.skip(f"this server is older than PostgreSQL {SAFE[name].major}")
    assert [(finding.check, finding.message) for finding in judged[name]] == []


def test_there_are_enough_of_them_and_each_is_another_one() -> None:
    assert len(SAFE) >= 60
    assert len({(case.before, case.pending, case.upgrade) for case in SAFE.values()}) == len(SAFE)
    assert all(isinstance(case, Safe) and case.upgrade for case in SAFE.values())
