"""Every check of the history has a page, a history that it finds and one that it leaves alone."""

from __future__ import annotations

import json

import pytest

from fingood.audit import AuditLog
from fingood.checks.history_check import HISTORY_IDS, history_checks, run_history_check
from fingood.checks.past import DocstringPolicy, Drift, Past, read_record
from fingood.cli.main import run
from fingood.errors import HistoryError
from fingood.model.event import EventKind
from fingood.model.project import Project
from fingood.model.report import Outcome
from fingood.revisions import History, find_problems

REVISION = '''"""{doc}"""
from alembic import op
import sqlalchemy as sa

revision = "{id}"
down_revision = {down!r}


def upgrade():
    {up}


def downgrade():
    {back}
'''
GOOD_UP, GOOD_BACK = "op.execute('SELECT 1')", "op.execute('SELECT 2')"
POLICY = DocstringPolicy(fields=("ticket", "risk"), ticket_pattern=r"PAY-\d+")


class Folder:
    """A history's files, and what else a check may be told."""

    def __init__(self, root):
        self.versions = root / "migrations" / "versions"
        self.versions.mkdir(parents=True)
        self.root, self.log = root, AuditLog(root / "audit.jsonl")
        self.options = {}

    def add(self, id_, down=None, *, name="", doc="", up=GOOD_UP, back=GOOD_BACK):
        text = REVISION.format(id=id_, down=down, doc=doc or f"step {id_}", up=up, back=back)
        (self.versions / (name or f"{id_}_step.py")).write_text(text)

    def chain(self):
        self.add("aa11")
        self.add("bb22", "aa11")

    def apply(self):
        for revision in self.load().ordered():
            payload = {"target": "db", "content_hash": revision.content_hash, "below": list(revision.down_revisions)}
            self.log.append(EventKind.MIGRATION_COMPLETE, revision.id, payload)

    def load(self):
        return History.load(self.project)

    @property
    def project(self):
        return Project(
            root=self.root, config_file=None, pyproject=None, ini_section="alembic",
            script_location=self.root / "migrations", version_locations=(self.versions,),
        )  # fmt: skip

    def past(self):
        problems = find_problems(self.project)
        if problems:
            return Past(history=None, problems=problems)
        try:
            history = self.load()
        except HistoryError as error:
            return Past(history=None, failure=error.message)
        sources = {revision.id: (self.root / revision.path).read_text() for revision in history.ordered()}
        return Past(history=history, sources=sources, record=read_record(self.log.events()), **self.options)


def sound(folder):
    folder.chain()
    folder.apply()
    folder.options = {"drift": Drift()}


def spoken(folder):
    folder.add("aa11", doc="accounts\n\n    Fixes PAY-12.\n    Risk: low\n    ")
    folder.options = {"policy": POLICY}


def unspoken(folder):
    folder.add("aa11", doc="accounts\n\n    Ticket: soon\n    ")
    folder.options = {"policy": POLICY}


def edited(folder):
    sound(folder)
    folder.add("bb22", "aa11", up="op.execute('SELECT 3')")


def inserted(folder):
    sound(folder)
    folder.add("ab00", "aa11")
    folder.add("bb22", "ab00")


def copied(folder):
    folder.chain()
    folder.add("aa11", name="copy.py")


def circle(folder):
    folder.add("aa11", "bb22")
    folder.add("bb22", "aa11")


def own_import(folder):
    (folder.root / "bank.py").write_text("")
    folder.add("aa11", up="import bank; op.execute('SELECT 1')")


def drifted(folder):
    folder.chain()
    folder.options = {"drift": Drift(differences=("add column accounts.memo",))}


FROZEN = "op.add_column('a', sa.Column('at', sa.DateTime(), server_default=str(datetime.now())))"

BAD = {
    "history-app-import": own_import,
    "history-cycle": circle,
    "history-docstring": unspoken,
    "history-downgrade": lambda folder: folder.add("aa11", back="raise NotImplementedError"),
    "history-drift": drifted,
    "history-duplicate-id": copied,
    "history-edited": edited,
    "history-frozen-default": lambda folder: folder.add("aa11", up=FROZEN),
    "history-inserted": inserted,
    "history-loads": lambda folder: folder.add("aa11", name="x.py", doc='"""\nimport nowhere_to_be_found\n"""'),
    "history-missing-parent": lambda folder: folder.add("aa11", "zz99"),
    "history-names": lambda folder: (folder.add("aa11", doc="one"), folder.add("bb22", "aa11", doc="one")),
    "history-no-id": lambda folder: (folder.versions / "notes.py").write_text("x = 1\n"),
    "history-one-head": lambda folder: (folder.chain(), folder.add("cc33", "aa11")),
    "history-syntax": lambda folder: (folder.versions / "bad.py").write_text("def (:\n"),
    "history-unreadable": lambda folder: (folder.versions / "gone.py").symlink_to("nowhere.py"),
}
GOOD = {**dict.fromkeys(BAD, sound), "history-docstring": spoken}


def judged(tmp_path, check, build):
    folder = Folder(tmp_path)
    build(folder)
    return run_history_check(history_checks()[check], folder.past())


def test_every_check_has_both_examples():
    assert set(BAD) == set(GOOD) == set(HISTORY_IDS) == set(history_checks())


@pytest.mark.parametrize("check", HISTORY_IDS)
def test_the_bad_history_is_found(tmp_path, check):
    found = judged(tmp_path, check, BAD[check])
    assert found.outcome is Outcome.FAILED
    assert all(finding.message and finding.check == check for finding in found.findings)


@pytest.mark.parametrize("check", HISTORY_IDS)
def test_the_good_history_passes(tmp_path, check):
    found = judged(tmp_path, check, GOOD[check])
    assert (found.outcome, found.reason) == (Outcome.PASSED, "")


@pytest.mark.parametrize("check", HISTORY_IDS)
def test_every_check_has_a_page(check, capsys):
    assert run(["check", "--explain", check]) == 0
    page = capsys.readouterr().out
    assert page.startswith(f"{check}: ")
    assert all(heading in page for heading in ("## What it does", "## Why it matters", "## Instead"))


@pytest.fixture
def project(tmp_path, monkeypatch):
    folder = Folder(tmp_path)
    (tmp_path / "alembic.ini").write_text("[alembic]\nscript_location = migrations\n")
    monkeypatch.chdir(tmp_path)
    return folder


def test_the_policy_of_the_settings_holds(project, capsys):
    unspoken(project)
    (project.root / "pyproject.toml").write_text(
        "[tool.fingood.policy]\ndocstring = ['ticket', 'author']\nticket_pattern = 'PAY-[0-9]+'\n"
    )
    assert run(["validate-migrations", "--format", "json", "--select", "history-docstring"]) == 1
    (check,) = json.loads(capsys.readouterr().out)["checks"]
    assert "ticket, author" in check["findings"][0]["message"]


def test_a_pattern_that_is_none_is_named_with_its_line(project, capsys):
    (project.root / "pyproject.toml").write_text("[tool.fingood.policy]\nticket_pattern = '['\n")
    assert run(["validate-migrations"]) == 2
    assert "pyproject.toml line 2: policy.ticket_pattern" in capsys.readouterr().err


def test_checks_are_chosen_and_left_out(project, capsys):
    project.add("aa11", back="raise NotImplementedError")
    assert (
        run(["validate-migrations", "--format", "json", "--ignore", "history-downgrade", "--fail-on", "warning"]) == 0
    )
    assert "history-downgrade" not in capsys.readouterr().out
    assert run(["validate-migrations", "--select", "history-downgrad"]) == 2
    assert "nearest: history-downgrade" in capsys.readouterr().err


def test_check_says_who_runs_a_check_of_the_history(project, capsys):
    project.add("aa11")
    assert run(["check", "head", "--static", "--select", "history-edited"]) == 2
    assert "fingood validate-migrations runs it" in capsys.readouterr().err
