"""Before and after an upgrade of a SQLite file: planted losses are found, noise is not taken for one."""

from __future__ import annotations

import json
import random
import sqlite3
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from tests.guard.project import GuardedProject

from fingood.catalog import connect
from fingood.catalog.file_snapshot import read_file_snapshot
from fingood.catalog.workload_files import read_file_snapshots, read_workloads, store_workload
from fingood.cli.main import run
from fingood.commands.file_findings import runs_of
from fingood.errors import CouldNotLook
from fingood.guard.performance import contents_of
from fingood.model.file_snapshot import FileSnapshot, IndexShape, TableShape
from fingood.model.report import Outcome
from fingood.model.workload import Moment, Workload
from fingood.monitoring.file_comparison import (
    FileComparison,
    broken_views,
    reads_of,
    slower_reads,
    tables_of,
    worse_plans,
)

from .sqlite_files import SCHEMA, held, make

START = datetime(2026, 3, 1, tzinfo=UTC)


def table(mean: float, seed: int, rows: int = 1000) -> TableShape:
    dice = random.Random(seed)
    return TableShape(rows=rows, pages=10, times=tuple(mean * dice.lognormvariate(0, 0.05) for _ in range(10)))


def snapshot(moment: Moment = Moment.BEFORE, **tables: TableShape) -> FileSnapshot:
    return FileSnapshot(taken=START, moment=moment, target="db", tables=tables)


def slower(before: FileSnapshot, after: FileSnapshot) -> list[str]:
    changes, _ = reads_of(before, after)
    return [change.text for change in slower_reads(changes, before, after)]


def test_a_read_that_takes_twice_as_long_is_found_and_an_equal_one_is_not() -> None:
    before = snapshot(one=table(0.01, 1), two=table(0.02, 2))
    after = snapshot(Moment.AFTER, one=replace(table(0.02, 3), pages=20), two=table(0.02, 4))
    assert slower(before, after) == ["one"]


def test_a_read_that_is_slower_by_nothing_that_anybody_notices_is_not_told() -> None:
    after = snapshot(Moment.AFTER, one=replace(table(0.00004, 3), pages=20))
    assert slower(snapshot(one=table(0.00002, 1)), after) == []


def test_twice_the_time_for_twice_the_rows_is_not_slower() -> None:
    before = snapshot(one=table(0.01, 1))
    assert slower(before, snapshot(Moment.AFTER, one=table(0.02, 3, rows=2000))) == []
    assert slower(before, snapshot(Moment.AFTER, one=table(0.02, 3, rows=1001))) == ["one"]


def test_what_untouched_tables_differ_by_is_noise() -> None:
    """The whole machine got slower: every table takes three times as long, the touched one as well."""
    names = [f"t{n}" for n in range(20)]
    before = snapshot(one=table(0.01, 1), **{name: table(0.01, 10 + n) for n, name in enumerate(names)})
    others = {name: table(0.03, 50 + n) for n, name in enumerate(names)}
    after = snapshot(Moment.AFTER, one=replace(table(0.03, 3), pages=20), **others)
    assert reads_of(before, after)[1].factor > 2.5
    assert slower(before, after) == []


def test_equal_times_raise_hardly_an_alarm() -> None:
    before = snapshot(**{f"t{n}": table(0.01, n) for n in range(100)})
    after = snapshot(Moment.AFTER, **{f"t{n}": table(0.01, 1000 + n) for n in range(100)})
    assert slower(before, after) == []


def test_a_table_that_was_read_too_seldom_is_not_compared() -> None:
    few = TableShape(rows=5, pages=1, times=(0.01,) * 9)
    assert reads_of(snapshot(one=few), snapshot(Moment.AFTER, one=few))[0] == ()


def test_a_plan_is_worse_when_it_scans_what_it_searched() -> None:
    before = replace(snapshot(), plans={"v": ("SEARCH t USING INDEX i (a=?)", "SCAN u"), "w": ("SCAN t",)})
    after = replace(snapshot(), plans={"v": ("SCAN t", "SCAN u"), "w": ("SCAN t",), "new": ("SCAN t",)})
    assert list(worse_plans(before, after)) == [("v", ("SCAN t",))]
    assert list(worse_plans(after, before)) == []


def comparison(before: FileSnapshot, after: FileSnapshot) -> dict[str, tuple[Outcome, str]]:
    reads, noise = reads_of(before, after)
    tables = tables_of(before, after)
    found = FileComparison(before=before, after=after, tables=tables, reads=reads, noise=noise, broken=())
    return {one.check: (one.outcome, one.reason) for one in runs_of(found)}


def test_a_view_that_the_upgrade_broke_is_found_and_one_that_was_broken_before_is_not() -> None:
    before = replace(snapshot(), plans={"v": ("SCAN t",), "old": ()})
    after = replace(snapshot(), plans={"v": (), "old": ()})
    assert broken_views(before, after) == ("v",)
    assert comparison(before, after)["broken-views"][0] is Outcome.FAILED
    assert comparison(before, before)["broken-views"][0] is Outcome.PASSED
    assert comparison(after, after)["broken-views"][0] is Outcome.SKIPPED


def test_where_one_table_was_not_counted_nobody_says_that_no_row_is_lost() -> None:
    before = snapshot(one=table(0.01, 1), two=TableShape())
    outcome, reason = comparison(before, snapshot(Moment.AFTER, one=table(0.01, 2), two=table(0.01, 3)))["lost-rows"]
    assert outcome is Outcome.SKIPPED
    assert reason == "1 of 2 tables could not be counted in time, two first"
    assert comparison(snapshot(one=table(0.01, 1)), snapshot(one=table(0.01, 2)))["lost-rows"][0] is Outcome.PASSED


def test_a_stored_snapshot_comes_back_as_it_was_beside_those_of_a_server(tmp_path: Path) -> None:
    taken = replace(
        snapshot(**{"Order Lines": table(0.01, 1), "late": TableShape()}),
        run="r",
        revisions=("a1",),
        wal=True,
        indexes={"i": IndexShape(table="Order Lines", pages=None)},
        triggers={"log it": "Order Lines"},
        plans={"v": ("SCAN t",)},
        unseen=("something",),
    )
    counted = Workload(taken=START, moment=Moment.AFTER, target="db")
    for one in (taken, counted):
        store_workload(tmp_path, one)
    (tmp_path / "zz.json").write_text("{")
    assert read_file_snapshots(tmp_path, "db") == ((taken,), ("zz.json",))
    assert read_workloads(tmp_path, "db") == ((counted,), ("zz.json",))


def test_a_snapshot_holds_every_kind_of_table_and_says_what_it_had_no_time_for(tmp_path: Path) -> None:
    virtual = "CREATE VIRTUAL TABLE words USING fts5(memo);" if "fts5" in _options() else ""
    path = make(tmp_path / "a b's.db", schema=SCHEMA + virtual, rows=300)
    with connect(sa.engine.URL.create("sqlite", database=str(path))) as connection:
        whole = read_file_snapshot(connection, Moment.BEFORE, target="db", seconds=60)
        late = read_file_snapshot(connection, Moment.BEFORE, target="db", seconds=0)
        few = read_file_snapshot(connection, Moment.BEFORE, target="db", tables=("select",), rounds=1)
    rows = {name: one.rows for name, one in whole.tables.items()}
    assert {name: rows[name] for name in ("Order Lines", "log", "select", "späße")} == {
        "Order Lines": 300,
        "log": 300,
        "select": 0,
        "späße": 0,
    }
    assert len(whole.tables["select"].times) == 10
    assert (whole.tables["Order Lines"].pages or 0) > 5
    assert whole.plans["Account 7"] == ("SEARCH Order Lines USING INDEX by_account (account=?)",)
    assert whole.triggers == {"log it": "Order Lines", "backwards": "log"}
    if virtual:
        assert whole.unseen == ("words is a virtual table: its rows are not counted",)
    assert late.tables["log"].rows is None
    assert any("no time left" in line for line in late.unseen)
    assert set(few.tables) == {"select"}


def _options() -> str:
    connection = sqlite3.connect(":memory:")
    found = " ".join(row[0] for row in connection.execute("PRAGMA compile_options")).lower()
    connection.close()
    return found


@pytest.fixture
def project(tmp_path: Path) -> GuardedProject:
    return GuardedProject(tmp_path / "bank", f"sqlite:///{tmp_path / 'bank' / 'app.db'}")


def asked(project: GuardedProject, *further: str) -> list[str]:
    words = ["-c", str(project.root / "alembic.ini"), "--database-url", project.url, "-q"]
    return ["analyze-performance", "--before-after", *words, *further]


def test_what_an_upgrade_lost_is_told(project: GuardedProject, capsys: pytest.CaptureFixture[str]) -> None:
    make(project.root / "app.db", rows=500)
    assert run(asked(project)) == 3
    assert "no snapshots around any upgrade" in capsys.readouterr().err
    # Without it SQLite does not rename a table that a view reads.
    legacy = 'op.execute("PRAGMA legacy_alter_table = ON")'
    batch = 'with op.batch_alter_table("Order Lines", recreate="always") as batch:'
    project.revision("a1", f'{legacy}\n{batch}\n    batch.add_column(sa.Column("x", sa.Text))')
    delete = 'DELETE FROM "Order Lines" WHERE id < 3'
    project.revision("a2", f"op.execute('DROP INDEX by_account')\nop.execute('{delete}')")
    done = project.alembic("upgrade", "head")
    assert done.returncode == 0, done.stderr
    page = project.root / "page.html"
    assert run(asked(project, "--format", "json", "--output", f"html={page}", "--migration", "a1")) == 0
    answer = json.loads(capsys.readouterr().out)
    checks = {check["check"]: check for check in answer["checks"]}
    said = {name: [one["message"] for one in check["findings"]] for name, check in checks.items()}
    assert said["lost-rows"] == ['"Order Lines" has 2 rows fewer than before the upgrade']
    assert said["lost-triggers"] == ['the trigger "log it" on "Order Lines" is gone']
    assert said["lost-indexes"] == ['the index by_account on "Order Lines" is gone']
    assert len(said["plans-of-views"]) == 2
    assert checks["free-pages"]["outcome"] == "passed"
    assert answer["data"]["revisions"] == ["a1", "a2"]
    (lines,) = [one for one in answer["data"]["tables"] if one["table"] == "Order Lines"]
    assert lines["rows"] == [500, 498]
    assert '<svg class="ratios"' in page.read_text()


def test_the_first_upgrade_of_all_is_compared_with_nothing(
    project: GuardedProject, capsys: pytest.CaptureFixture[str]
) -> None:
    project.revision("a1", 'op.execute("CREATE TABLE kept (id integer PRIMARY KEY)")')
    done = project.alembic("upgrade", "head")
    assert done.returncode == 0, done.stderr
    assert "could not be read" not in done.stderr
    assert run(asked(project, "--format", "json")) == 0
    answer = json.loads(capsys.readouterr().out)
    outcomes = {check["check"]: (check["outcome"], check.get("reason")) for check in answer["checks"]}
    assert outcomes["lost-indexes"] == ("skipped", "there was no table before")
    assert outcomes["slower-reads"][0] == "skipped"
    assert answer["data"]["tables"][0]["rows"] == [None, 0]


def test_an_upgrade_does_not_fail_where_the_file_cannot_be_looked_at_or_nothing_kept(project: GuardedProject) -> None:
    """A migration that holds its own file alone keeps our second connection out."""
    make(project.root / "app.db")
    project.revision("a1", "op.execute('PRAGMA locking_mode = EXCLUSIVE')\nop.execute('DELETE FROM log')")
    done = project.alembic("upgrade", "head")
    assert done.returncode == 0, done.stderr
    assert "what the database counted after this run could not be read: app.db is locked by" in done.stderr
    (project.root / ".fingood" / "performance").write_text("a file where a folder should be")
    project.revision("a2", "op.execute('DELETE FROM log')")
    done = project.alembic("upgrade", "head")
    assert done.returncode == 0, done.stderr
    assert "what the database counted is not kept" in done.stderr


def test_a_migration_never_waits_for_its_own_lock(tmp_path: Path) -> None:
    path = make(tmp_path / "app.db")
    engine = sa.create_engine(f"sqlite:///{path}")
    with engine.connect() as migration:
        take = contents_of(migration, path, "db")
        assert take is not None
        migration.exec_driver_sql("BEGIN EXCLUSIVE")
        begun = time.monotonic()
        with pytest.raises(CouldNotLook, match="is locked by"):
            take(Moment.AFTER, "run", ("a1",))
        assert time.monotonic() - begun < 3, "SQLite's driver waits five seconds where nobody tells it otherwise"
    engine.dispose()


def test_a_driver_with_a_sqlite_of_its_own_is_left_alone(tmp_path: Path) -> None:
    """Two copies of SQLite in one process take each other's locks away."""

    class Foreign:
        engine = sa.create_engine("sqlite:///x.db")

    Foreign.engine.url = sa.engine.make_url("sqlite+pysqlcipher:///x.db")
    assert contents_of(Foreign, tmp_path / "x.db", "db") is None  # type: ignore[arg-type]


def test_a_database_in_memory_is_told_in_one_line(project: GuardedProject, capsys: pytest.CaptureFixture[str]) -> None:
    project.url = "sqlite://"
    assert run(asked(project)) == 3
    assert "in memory is seen by its own process alone" in capsys.readouterr().err


def test_a_reader_of_another_process_does_not_keep_the_snapshot_away(tmp_path: Path) -> None:
    path = make(tmp_path / "app.db", rows=10)
    with held(path, "BEGIN IMMEDIATE"), connect(f"sqlite:///{path}") as connection:
        connection.exec_driver_sql("PRAGMA busy_timeout = 0")
        assert read_file_snapshot(connection, Moment.AFTER, target="db").tables["Order Lines"].rows == 10
