"""Revisions compared with what the audit log says was applied."""

from __future__ import annotations

import json

import pytest

from fingood.model.report import Outcome


def rewrite(path, old, new):
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def file(history, id_):
    return history.project.root / "migrations" / "versions" / f"{id_}.py"


@pytest.mark.parametrize("database", [True, False], ids=["with its database", "by the audit log alone"])
def test_a_changed_operation_in_an_applied_revision_is_named(history, database):
    history.upgrade()
    rewrite(file(history, "b2"), "sa.Text()", "sa.String(80)")
    (finding,) = history.findings("history-edited", database=database)
    assert (finding.subject, finding.location.path) == ("b2", "migrations/versions/b2.py")
    assert "ledger.db" in finding.message


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"""b2"""', '# Copyright 2026 A Bank. All rights reserved.\n"""b2: memo of an account\n\nTicket: PAY-1\n"""'),
        ("def upgrade():", "def upgrade() -> None:\n    '''Adds the memo.'''\n    # nullable, so nothing is rewritten"),
        ('op.add_column("accounts", sa', 'op.add_column(\n        "accounts",\n        sa'),
    ],
    ids=["licence header and docstring", "annotation, docstring and comment", "formatting"],
)
def test_what_does_not_change_the_meaning_is_no_edit(history, old, new):
    history.upgrade()
    rewrite(file(history, "b2"), old, new)
    run = history.runs(select=("history-edited",))["history-edited"]
    assert (run.outcome, run.findings) == (Outcome.PASSED, ())


def test_a_revision_that_was_taken_back_may_be_edited(history):
    history.upgrade()
    history.project.alembic("downgrade", "a1")
    rewrite(file(history, "b2"), "sa.Text()", "sa.String(80)")
    assert history.findings("history-edited") == ()
    assert history.findings("history-edited", database=False) == ()


def test_a_revision_that_was_never_applied_may_be_edited(history):
    history.upgrade("a1")
    rewrite(file(history, "b2"), "sa.Text()", "sa.String(80)")
    assert history.findings("history-edited") == ()


def test_without_a_record_nothing_is_called_unedited(history):
    run = history.runs(database=False, select=("history-*",))
    for check in ("history-edited", "history-inserted"):
        assert run[check].outcome is Outcome.SKIPPED
        assert "audit log holds no applied revision" in run[check].reason


def test_revisions_applied_before_the_log_began_are_skipped_and_counted(history):
    history.upgrade("a1")
    history.project.log.path.unlink()
    history.upgrade()
    run = history.runs(select=("history-edited",))["history-edited"]
    assert run.outcome is Outcome.SKIPPED
    assert run.reason.startswith("1 of 2 applied revisions have no hash")


def insert_between(history):
    history.project.last = "'a1'"
    history.revision("a9")
    rewrite(file(history, "b2"), "down_revision = 'a1'", "down_revision = 'a9'")


@pytest.mark.parametrize("database", [True, False], ids=["with its database", "by the audit log alone"])
def test_a_revision_slipped_in_below_an_applied_one_is_named(history, database):
    history.upgrade()
    insert_between(history)
    (finding,) = history.findings("history-inserted", database=database)
    assert finding.subject == "a9"
    assert "below b2" in finding.message


def test_a_revision_slipped_in_below_a_pending_one_is_fine(history):
    history.upgrade("a1")
    insert_between(history)
    assert history.findings("history-inserted") == ()


def test_a_new_base_below_everything_is_named(history):
    history.upgrade()
    history.project.last = "None"
    history.revision("00")
    rewrite(file(history, "a1"), "down_revision = None", "down_revision = '00'")
    assert [finding.subject for finding in history.findings("history-inserted")] == ["00"]


def test_what_a_stamp_stands_for_counts_as_applied(history):
    assert history.project.alembic("stamp", "a1").returncode == 0
    history.project.log.path.rename(history.project.log.path.with_suffix(".old"))
    history.revision("c3")
    history.project.alembic("stamp", "b2")
    history.upgrade()
    assert history.findings("history-inserted") == ()


def test_an_unreachable_database_leaves_the_audit_log_to_judge_by(history):
    history.upgrade()
    rewrite(file(history, "b2"), "sa.Text()", "sa.String(80)")
    history.project.url = "postgresql://nobody@127.0.0.1:1/none"
    runs = history.runs()
    assert [finding.subject for finding in runs["history-edited"].findings] == ["b2"]
    assert "cannot connect" in runs["history-drift"].reason


def test_the_same_on_postgresql(new_history, postgres_url):
    history = new_history(postgres_url)
    history.upgrade()
    insert_between(history)
    rewrite(file(history, "a1"), "BigInteger", "Integer")
    assert {finding.subject for finding in history.findings("history-edited")} == {"a1", "b2"}
    assert [finding.subject for finding in history.findings("history-inserted")] == ["a9"]


def test_an_edit_that_somebody_answers_for_is_accepted(history):
    history.upgrade()
    rewrite(file(history, "b2"), "sa.Text()", "sa.String(80)")
    rewrite(
        file(history, "b2"),
        'revision = "b2"',
        'revision = "b2"  # fingood: allow history-edited because the type is the same in SQLite (PAY-7)',
    )
    run = history.runs(select=("history-edited",))["history-edited"]
    assert (run.findings, run.accepted[0].ticket) == ((), "PAY-7")


def test_the_log_keeps_the_hash_and_the_parents_of_what_ran(history):
    history.upgrade()
    lines = [json.loads(line) for line in history.project.log.path.read_text().splitlines()]
    ends = [line["payload"] for line in lines if line["kind"] == "migration_complete"]
    assert [len(payload["content_hash"]) for payload in ends] == [64, 64]
    assert [payload["below"] for payload in ends] == [[], ["a1"]]
