"""Which statements of a SQLite schema touch a migration's tables, by what SQLite itself says."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.guard.project import GuardedProject

from fingood.catalog import connect
from fingood.catalog.sqlite_statements import body_of, read_schema_statements
from fingood.cli.main import run
from fingood.model.schema_statement import SchemaStatement

from .sqlite_files import held, make


def statements_of(path: Path) -> dict[str, list[SchemaStatement]]:
    found: dict[str, list[SchemaStatement]] = {}
    with connect(f"sqlite:///{path}") as connection:
        for one in read_schema_statements(connection):
            found.setdefault(one.name, []).append(one)
    return found


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[SchemaStatement]]:
    return statements_of(make(tmp_path_factory.mktemp("queries") / "a b's.db"))


def test_a_view_touches_what_it_reads_through_other_views_too(found: dict[str, list[SchemaStatement]]) -> None:
    (direct,), (indirect,), (apart,) = found["Account 7"], found["via a view"], found["apart"]
    assert "Order Lines" in direct.touches
    assert {"Order Lines", "Account 7"} <= indirect.touches
    assert "Order Lines" not in apart.touches
    assert indirect.plan == ("SEARCH Order Lines USING INDEX by_account (account=?)",)


def test_each_statement_of_a_trigger_has_its_own_tables_and_plan(found: dict[str, list[SchemaStatement]]) -> None:
    insert, update, refusal = found["log it"]
    assert [one.unseen for one in (insert, update, refusal)] == ["", "", ""]
    assert "log" in insert.touches
    assert "späße" not in insert.touches
    assert "späße" in update.touches
    assert update.plan == ("SCAN späße",)
    assert update.text == 'UPDATE "späße" SET line = ? WHERE line = ?'
    assert {one.event for one in found["log it"]} == {"after insert"}
    assert {one.on for one in found["log it"]} == {"Order Lines"}


def test_a_trigger_on_another_table_that_changes_this_one_is_found(found: dict[str, list[SchemaStatement]]) -> None:
    (backwards,) = found["backwards"]
    assert (backwards.on, backwards.event) == ("log", "after delete")
    assert "Order Lines" in backwards.touches
    assert "USING INTEGER PRIMARY KEY" in backwards.plan[0]


def test_a_foreign_key_shows_how_the_child_is_looked_up(found: dict[str, list[SchemaStatement]]) -> None:
    (key,) = found["line"]
    assert (key.kind, key.on) == ("foreign key", "späße")
    assert {"Order Lines", "späße"} <= key.touches
    assert key.plan == ("SCAN späße",)


@pytest.mark.parametrize(
    ("definition", "body"),
    [
        ("CREATE TRIGGER a AFTER UPDATE ON t BEGIN SELECT 'begin; end'; END", ("SELECT 'begin; end'",)),
        ("CREATE TRIGGER [begin] AFTER UPDATE ON t BEGIN SELECT new.[a b], old . `c`; END;", ("SELECT ?, ?",)),
        ("CREATE TRIGGER a AFTER UPDATE ON t WHEN new.begin BEGIN DELETE FROM u; END", ("DELETE FROM u",)),
        (
            "CREATE TRIGGER a AFTER UPDATE ON t BEGIN SELECT CASE WHEN new.a THEN RAISE(FAIL, 'it''s (so)') END; END",
            ("SELECT CASE WHEN ? THEN NULL END",),
        ),
        ("CREATE TRIGGER a AFTER UPDATE ON t", ()),
    ],
)
def test_the_body_of_a_trigger_is_cut_where_sqlite_cuts_it(definition: str, body: tuple[str, ...]) -> None:
    assert body_of(definition) == body


def test_a_broken_view_is_said_to_be_unreadable(tmp_path: Path) -> None:
    path = make(tmp_path / "app.db", schema="CREATE TABLE t (id); CREATE VIEW broken AS SELECT gone FROM t;")
    (broken,) = statements_of(path)["broken"]
    assert broken.unseen == "it cannot be compiled (SQLITE_ERROR)"


@pytest.fixture
def project(tmp_path: Path) -> GuardedProject:
    return GuardedProject(tmp_path / "bank", f"sqlite:///{tmp_path / 'bank' / 'app.db'}")


def asked(project: GuardedProject, *further: str) -> list[str]:
    words = ["monitor-queries", "-c", str(project.root / "alembic.ini"), "--database-url", project.url, "-q"]
    return [*words, "--migration", "head", *further]


def test_the_tables_of_a_batch_migration_are_found_by_running_it_in_a_sandbox(
    project: GuardedProject, capsys: pytest.CaptureFixture[str]
) -> None:
    columns = 'sa.Column("id", sa.Integer, primary_key=True), sa.Column("account", sa.Integer)'
    project.revision("a1", f'op.create_table("Order Lines", {columns})')
    batch = 'with op.batch_alter_table("Order Lines", recreate="always") as batch:\n    batch.drop_column("account")'
    project.revision("a2", batch)
    make(project.root / "app.db", rows=30)
    page = project.root / "page.html"
    assert run(asked(project, "--format", "json", "--output", f"html={page}")) == 0
    data = json.loads(capsys.readouterr().out)["data"]
    assert data["tables"] == ["Order Lines"]
    assert {one["name"] for one in data["touching"]} == {"Account 7", "via a view", "log it", "backwards", "line"}
    drawn = page.read_text()
    assert "are not known" in drawn
    assert "<td>30</td>" in drawn
    assert "SEARCH Order Lines USING INDEX by_account" in drawn


def test_what_an_index_stands_on_counts_and_what_is_not_there_yet_is_said(
    project: GuardedProject, capsys: pytest.CaptureFixture[str]
) -> None:
    project.revision("a1", 'op.execute("DROP INDEX BY_ACCOUNT")\nop.execute(\'CREATE TABLE "new one" (id integer)\')')
    make(project.root / "app.db")
    assert run(asked(project)) == 0
    said = capsys.readouterr().out
    assert '7 statements of the schema touch "Order Lines", "new one"' in said
    assert "does not exist yet" in said


def test_a_database_without_tables_has_nothing_that_touches(
    project: GuardedProject, capsys: pytest.CaptureFixture[str]
) -> None:
    project.revision("a1", "pass")
    (project.root / "app.db").touch()
    assert run(asked(project)) == 0
    assert "no table is known to be touched by the migration" in capsys.readouterr().out


def test_who_holds_a_locked_file_is_named_in_one_line(
    project: GuardedProject, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fingood.commands.monitor_queries_file._PATIENCE", 0)
    project.revision("a1", "op.execute('DELETE FROM log')")
    path = make(project.root / "app.db")
    with held(path, "BEGIN EXCLUSIVE") as other:
        assert run(asked(project)) == 3
    first, *_ = capsys.readouterr().err.splitlines()
    assert "is locked by" in first
    if Path("/proc/locks").exists():
        assert f"(pid {other.pid})" in first
    with held(path, "BEGIN IMMEDIATE") as other:
        assert run(asked(project)) == 0
    if Path("/proc/locks").exists():
        assert f"(pid {other.pid}) writes" in capsys.readouterr().out
