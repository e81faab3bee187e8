"""Samples of a real server's work, and the statements that touch a migration's tables."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import pytest
import sqlalchemy as sa

from fingood.catalog import connect
from fingood.cli.live_view import draw
from fingood.cli.main import run
from fingood.commands.init import init
from fingood.commands.monitor_performance import monitor_performance
from fingood.commands.sampling import pause_after
from fingood.model.names import RelationName
from fingood.monitoring import Sample, read_totals, take_sample
from fingood.monitoring.activity import running_statements
from fingood.monitoring.waits import Session, lines_of, read_waits, tree_of
from fingood.settings import load


def test_a_session_that_works_and_one_that_idles_are_counted(postgres_url: str) -> None:
    engine = sa.create_engine(postgres_url)
    with engine.connect() as idle, connect(postgres_url) as watching:
        idle.exec_driver_sql("SELECT 1")
        sample = take_sample(watching)
    engine.dispose()
    assert (sample.idle_in_transaction, sample.waiting) == (1, 0)
    assert sample.oldest > 0


def test_totals_grow_with_the_work(postgres_url: str) -> None:
    with connect(postgres_url) as watching:
        before = read_totals(watching)
        engine = sa.create_engine(postgres_url)
        for _ in range(3):
            with engine.begin() as connection:
                connection.exec_driver_sql("SELECT 1")
        engine.dispose()
        grown = 0
        for _ in range(100):
            watching.rollback()
            grown = read_totals(watching).since(before).commits
            if grown >= 3:
                break
            threading.Event().wait(0.05)
        assert grown >= 3


def test_statements_are_shown_without_other_peoples_data(postgres_url: str) -> None:
    engine = sa.create_engine(postgres_url)
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE entries (id integer, memo text)")
    sleeping = engine.connect()
    sql = "SELECT pg_sleep(3), 'Zaphod 4711' FROM (SELECT 1) x LEFT JOIN entries ON id = 4711"
    worker = threading.Thread(target=lambda: sleeping.exec_driver_sql(sql))
    worker.start()
    seen: tuple[str, ...] = ()
    with connect(postgres_url) as watching:
        for _ in range(40):
            watching.rollback()
            seen = tuple(one.text for one in running_statements(watching, [RelationName(None, "entries")]))
            if seen:
                break
            threading.Event().wait(0.05)
    worker.join()
    sleeping.close()
    engine.dispose()
    assert seen == ("SELECT pg_sleep(?), ? FROM (SELECT ?) x LEFT JOIN entries ON id = ?",)


@pytest.fixture
def project(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> list[str]:
    init(tmp_path)
    words = ["-c", str(tmp_path / "alembic.ini")]
    assert run(["select-template", "1", "--table", "entries", *words]) == 0
    capsys.readouterr()
    return words


def test_monitoring_for_a_while_says_what_it_saw(
    project: list[str], postgres_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    words = [*project, "--database-url", postgres_url, "--format", "json", "-q"]
    assert run(["monitor-performance", "--duration", "1.2s", *words]) == 0
    data = json.loads(capsys.readouterr().out)["data"]
    assert data["samples"] >= 2
    assert 1.2 <= data["seconds"] < 10
    assert 0 < data["overhead"] < 0.5
    lines = Path(data["file"]).read_text().splitlines()
    assert len(lines) == data["samples"]
    assert {"at", "active", "waiting", "waits"} <= set(json.loads(lines[0]))
    assert data["snapshots"] >= 1


def test_who_waits_for_whom_is_a_tree_without_other_peoples_data(postgres_url: str) -> None:
    engine = sa.create_engine(postgres_url)
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE entries (memo text)")
    holder = engine.connect()
    holder.exec_driver_sql("LOCK TABLE entries IN ACCESS EXCLUSIVE MODE")
    waiting = engine.connect()
    worker = threading.Thread(target=lambda: waiting.exec_driver_sql("SELECT * FROM entries WHERE memo = 'Zaphod'"))
    worker.start()
    lines: tuple[str, ...] = ()
    with connect(postgres_url) as watching:
        for _ in range(100):
            watching.rollback()
            waits = read_waits(watching)
            if waits:
                lines = tuple(lines_of(tree_of(waits)))
                shown = draw(Sample(active=1, waiting=1, idle_in_transaction=1, oldest=2.0), waits, 1, 10)
                break
            threading.Event().wait(0.05)
    holder.rollback()
    worker.join()
    for session in (holder, waiting):
        session.close()
    engine.dispose()
    assert "idle in transaction" in lines[0]
    assert lines[1].startswith("└─ pid ")
    assert "Zaphod" not in lines[1]
    assert len(shown.children) == 1
    assert len(shown.children[0].children) == 1


def test_sessions_in_a_circle_are_shown_once() -> None:
    def one(pid: int, *blockers: int) -> Session:
        return Session(pid=pid, application="a", state="active", seconds=1, statement="x", blockers=blockers)

    lines = list(lines_of(tree_of([one(1, 2), one(2, 1)])))
    assert [line.strip("└─ ")[:5] for line in lines] == ["pid 1", "pid 2"]


def test_sampling_slows_down_where_it_would_cost_more_than_one_percent() -> None:
    assert pause_after(0.001) == 1.0
    assert pause_after(0.05) == pytest.approx(5.0)
    assert pause_after(9.0) == 60.0
    assert pause_after(0.01, behind=5.0) == pytest.approx(1.5)
    assert pause_after(0.01, behind=-5.0) == pytest.approx(1.0)


def test_a_duration_that_is_none_is_refused(project: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    for text in ("soon", "0s", "5 fortnights"):
        assert run(["monitor-performance", "--duration", text, *project]) == 2
        assert "30s, 10m or 1h" in capsys.readouterr().err


def test_the_tables_of_a_migration_are_found_and_a_missing_extension_is_said(
    project: list[str], postgres_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    words = [*project, "--database-url", postgres_url]
    assert run(["monitor-queries", "--migration", "head", *words]) == 0
    said = capsys.readouterr().out
    assert "statements touch entries" in said
    assert "pg_stat_statements is not installed in this database" in said


def test_an_unknown_migration_is_named(
    project: list[str], postgres_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["monitor-queries", "--migration", "zzz", *project, "--database-url", postgres_url]) == 2
    assert "no revision 'zzz'" in capsys.readouterr().err


def test_a_watch_idles_outside_of_a_transaction(tmp_path: Path, postgres_url: str) -> None:
    init(tmp_path)
    engine = sa.create_engine(postgres_url, poolclass=sa.pool.NullPool)
    with engine.begin() as connection:
        database = connection.exec_driver_sql("SELECT current_database()").scalar()
        connection.exec_driver_sql(f'ALTER DATABASE "{database}" SET idle_in_transaction_session_timeout = 200')
    settings = load(start=tmp_path, options={"database_url": postgres_url}, environ={})
    seen: list[object] = []
    monitor_performance(settings, 1.5, lambda sample, waits: seen.append(sample))
    assert len(seen) >= 2
