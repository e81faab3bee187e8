"""``fingood plan`` on a small project: what a user sees, and the exit code."""

from __future__ import annotations

import json

from fingood.cli.main import run

REVISION = """
op.create_table("account", sa.Column("id", sa.Integer, primary_key=True))
with op.get_context().autocommit_block():
    op.create_index("account_id", "account", ["id"], postgresql_concurrently=True)
"""


def plan(folder, capsys, *arguments: str) -> tuple[int, dict]:
    code = run(["plan", "-c", str(folder.root / "alembic.ini"), "--format", "json", "-q", *arguments])
    out = capsys.readouterr().out
    return code, json.loads(out) if out.startswith("{") else {}


def statements(report: dict) -> list[tuple[object, object, str]]:
    found = [statement for plan in report["data"]["plans"] for statement in plan["statements"]]
    return [(s["line"], s["transaction"], s["verbs"][0]) for s in found]


def test_a_revision_is_run_in_a_sandbox_on_top_of_its_history(folder, capsys):
    folder.revision("a1", "op.execute('CREATE SCHEMA x')").revision(
        "b1", REVISION, "op.drop_table('account')", down="a1"
    )
    code, report = plan(folder, capsys, "b1")
    assert (code, statements(report)) == (0, [(9, 1, "create table"), (11, None, "create index")])


def test_the_way_back_is_shown_on_request(folder, capsys):
    folder.revision("a1", REVISION, "op.drop_table('account')")
    code, report = plan(folder, capsys, "a1", "--direction", "downgrade")
    assert (code, [verb for _, _, verb in statements(report)]) == (0, ["drop table"])


def test_a_revision_that_fails_is_a_finding(folder, capsys):
    folder.revision("a1", "op.execute('SELECT no_such_column')")
    code, report = plan(folder, capsys, "head")
    assert code == 1
    assert "42703" in report["data"]["plans"][0]["failure"]


def test_what_cannot_be_rendered_is_not_green(folder, capsys):
    folder.revision("a1", "sa.inspect(op.get_bind())")
    code, report = plan(folder, capsys, "a1", "--static")
    assert code == 3
    assert "needs a database" in report["data"]["plans"][0]["unrendered"]


def test_a_history_that_fails_below_the_revision_is_said(folder, capsys):
    folder.revision("a1", "op.drop_table('account')").revision("b1", "pass", down="a1")
    code = run(["plan", "-c", str(folder.root / "alembic.ini"), "-q", "b1"])
    error = capsys.readouterr().err
    assert code == 1
    assert "upgrade of a1 fails" in error
    assert "baseline" in error
