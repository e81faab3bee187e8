"""Before and after an upgrade: planted changes are found, noise is not taken for one, and no upgrade fails for it."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from tests.guard.project import GuardedProject

from fingood.catalog.workload_files import read_workloads, store_workload
from fingood.cli.main import run
from fingood.model.workload import MOST, Moment, StatementCount, Workload
from fingood.monitoring.comparison import Noise, Sureness, between, compare_statements, measure_noise
from fingood.sandbox.server import Server

from .conftest import session

START = datetime(2026, 3, 1, tzinfo=UTC)


def times(mean: float, calls: int, seed: int, spread: float = 0.3) -> StatementCount:
    """A statement that was run ``calls`` times, about ``mean`` seconds each."""
    dice = random.Random(seed)
    taken = [mean * dice.lognormvariate(0, spread) for _ in range(calls)]
    squares = sum(one**2 for one in taken)
    return StatementCount(text=f"SELECT {mean}", calls=calls, seconds=sum(taken), squares=squares, blocks=calls * 4)


def added(one: StatementCount, other: StatementCount) -> StatementCount:
    sums = {name: getattr(one, name) + getattr(other, name) for name in ("calls", "seconds", "squares", "blocks")}
    return StatementCount(text=one.text, **sums)


def snapshot(minutes: int, moment: Moment = Moment.SAMPLE, **statements: StatementCount) -> Workload:
    return Workload(taken=START + timedelta(minutes=minutes), moment=moment, target="db", statements=statements)


def test_a_statement_that_takes_half_as_long_again_is_found_and_an_equal_one_is_not() -> None:
    before = between(None, snapshot(1, one=times(0.01, 400, 1), two=times(0.02, 400, 2)))
    after = between(None, snapshot(2, one=times(0.016, 400, 3), two=times(0.02, 400, 4)))
    slow, same = compare_statements(before, after, Noise(1.1, 50))
    assert slow.slower
    assert slow.sureness is Sureness.CALIBRATED
    assert 1.4 < slow.low < slow.ratio < slow.high < 1.8
    assert not same.slower
    assert not same.faster


def test_what_the_quiet_time_differs_by_anyway_is_no_change() -> None:
    before = between(None, snapshot(1, one=times(0.01, 400, 1)))
    after = between(None, snapshot(2, one=times(0.015, 400, 3)))
    assert not compare_statements(before, after, Noise(2.0, 50))[0].slower
    assert compare_statements(before, after, Noise())[0].sureness is Sureness.UNCALIBRATED


def test_equal_times_raise_a_false_alarm_in_fewer_than_one_of_twenty_comparisons() -> None:
    before = between(None, snapshot(1, **{f"q{n}": times(0.01, 60, n) for n in range(200)}))
    after = between(None, snapshot(2, **{f"q{n}": times(0.01, 60, 1000 + n) for n in range(200)}))
    changes = compare_statements(before, after, Noise())
    assert len(changes) == 200
    assert sum(change.slower or change.faster for change in changes) <= 10


def test_noise_is_measured_between_quiet_stretches_and_needs_three_snapshots() -> None:
    first = {f"q{n}": times(0.01, 50, n) for n in range(20)}
    second = {key: added(count, times(0.01, 50, 100 + n)) for n, (key, count) in enumerate(first.items())}
    third = {key: added(count, times(0.013, 50, 200 + n)) for n, (key, count) in enumerate(second.items())}
    quiet = [snapshot(n, **counts) for n, counts in enumerate((first, second, third))]
    assert measure_noise(quiet[:2]) == Noise()
    noise = measure_noise(quiet)
    assert noise.comparisons == 20
    assert 1.25 < noise.factor < 1.8


def test_counts_that_went_back_are_not_subtracted() -> None:
    first = snapshot(1, one=times(0.01, 400, 1))
    last = snapshot(2, one=times(0.01, 30, 2), two=times(0.02, 20, 3))
    assert set(between(first, last).statements) == {"two"}


def test_what_a_full_snapshot_left_out_is_not_taken_for_new() -> None:
    full = {f"q{n}": StatementCount(text="x", calls=1, seconds=1.0) for n in range(MOST)}
    last = {**full, "q0": StatementCount(text="x", calls=9, seconds=9.0), "late": times(0.01, 400, 1)}
    assert set(between(snapshot(1, **full), snapshot(2, **last)).statements) == {"q0"}


def test_a_stored_snapshot_comes_back_as_it_was_and_rubbish_is_named(tmp_path: Path) -> None:
    taken = snapshot(1, Moment.BEFORE, one=times(0.01, 3, 1))
    store_workload(tmp_path, taken)
    (tmp_path / "zz.json").write_text("{")
    assert read_workloads(tmp_path, "db") == ((taken,), ("zz.json",))
    assert read_workloads(tmp_path, "another") == ((), ("zz.json",))


@pytest.fixture(scope="module")
def counting() -> Iterator[str]:
    """A database of a server of our own that counts statements."""
    with_statements = {"shared_preload_libraries": "pg_stat_statements"}
    server = Server.start(settings=with_statements, in_memory=True)
    try:
        yield server.url(server.create_database("before after"))
    finally:
        server.stop()


def work(url: str, times_: int = 40) -> None:
    with session(url) as connection:
        for number in range(times_):
            connection.exec_driver_sql(f"SELECT count(*) FROM entries WHERE account = {number}")


def test_an_upgrade_that_drops_an_index_is_told_by_its_statements(
    tmp_path: Path, counting: str, capsys: pytest.CaptureFixture[str]
) -> None:
    project = GuardedProject(tmp_path / "bank", counting)
    project.revision("a1", 'op.execute("DROP INDEX by_account")')
    words = ["-c", str(project.root / "alembic.ini"), "--database-url", counting, "-q"]
    with session(counting) as connection:
        connection.exec_driver_sql("CREATE EXTENSION pg_stat_statements")
        connection.exec_driver_sql("CREATE TABLE entries (account integer, memo text)")
        connection.exec_driver_sql("INSERT INTO entries SELECT n, repeat('x', 200) FROM generate_series(1, 20000) n")
        connection.exec_driver_sql("CREATE INDEX by_account ON entries (account)")
        connection.exec_driver_sql("ANALYZE entries")
    assert run(["analyze-performance", "--before-after", *words]) == 3
    assert "no snapshots around any upgrade" in capsys.readouterr().err
    work(counting)
    done = project.alembic("upgrade", "head")
    assert done.returncode == 0, done.stderr
    work(counting)
    page = tmp_path / "page.html"
    code = run(["analyze-performance", "--before-after", *words, "--format", "json", "--output", f"html={page}"])
    answer = json.loads(capsys.readouterr().out)
    (found,) = [one for one in answer["data"]["statements"] if "account" in one["statement"]]
    assert found["ratio"] > 3
    assert found["blocks"] > 10
    checks = {check["check"]: check for check in answer["checks"]}
    assert "times as many blocks a call" in checks["more-blocks"]["findings"][0]["message"]
    assert checks["slower-statements"]["outcome"] == "failed"
    assert answer["data"]["revisions"] == ["a1"]
    assert code in (0, 1)
    assert '<svg class="ratios"' in page.read_text()


def test_an_upgrade_does_not_fail_where_nothing_can_be_kept(tmp_path: Path, counting: str) -> None:
    project = GuardedProject(tmp_path / "other", counting)
    project.revision("b1", 'op.execute("CREATE TABLE kept (id integer PRIMARY KEY)")')
    (project.root / ".fingood").mkdir()
    (project.root / ".fingood" / "performance").write_text("a file where a folder should be")
    with session(counting) as connection:
        connection.exec_driver_sql("DROP TABLE IF EXISTS alembic_version")
    done = project.alembic("upgrade", "head")
    assert done.returncode == 0, done.stderr
    assert "what the database counted is not kept" in done.stderr
    with session(counting) as connection:
        assert sa.inspect(connection).has_table("kept")
