"""What `fingood check` tells about seconds, on a real target with rows."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.estimation.conftest import lay, run, writing

from fingood.commands.check import check_revisions
from fingood.settings import load

ROWS = """
CREATE TABLE entries (id bigint PRIMARY KEY, status text, note text);
INSERT INTO entries SELECT n, 'booked', repeat(md5(n::text), 3) FROM generate_series(1, 400000) n
"""


@pytest.fixture
def checked(tmp_path: Path, postgres_url: str) -> Callable[..., object]:
    """``checked(body)``: the report of a revision with that upgrade()."""

    def check(body: str, **settings: object) -> object:
        with writing(postgres_url) as connection:
            run(connection, ROWS)
            run(connection, "VACUUM ANALYZE entries")
        lay(tmp_path, body)
        options = {"database_url": postgres_url, **settings}
        return check_revisions(load(start=tmp_path, options=options), ("r1",))

    return check


def test_the_headline_says_how_long_whom_the_worst_lock_keeps_waiting(checked: Callable) -> None:
    report = checked('op.execute("ALTER TABLE entries ALTER id TYPE numeric")')
    assert "with reads and writes of entries blocked" in report.headline or "entries blocked" in report.headline
    assert report.data["estimated_duration"] > 0.05
    assert {section.title for section in report.sections} >= {"time on the target", "who has to wait"}
    rewrite = next(f for f in report.findings if f.check == "type-change-rewrite")
    assert "On the target the statement takes about" in rewrite.effect


def test_a_harmless_revision_says_that_nobody_waits(checked: Callable) -> None:
    report = checked('op.execute("ALTER TABLE entries ADD COLUMN kind text")')
    assert "nobody has to wait longer than 100 ms" in report.headline
    assert report.data["estimated_duration"] < 0.1


def test_without_a_database_there_is_no_estimate_and_it_says_why(tmp_path: Path) -> None:
    lay(tmp_path, 'op.execute("CREATE TABLE t (id int PRIMARY KEY)")')
    report = check_revisions(load(start=tmp_path, environ={}), ("r1",))
    assert report.data["estimated_duration"] is None
    assert report.data["estimate"]["reason"] == "no database is configured"
