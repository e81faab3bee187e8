"""What `fingood test-rollback` tells about the costs of both directions, on a real target with rows."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from textwrap import indent
from typing import Any

import jsonschema
import pytest
from tests.estimation.conftest import lay, run, writing

from fingood.commands.test_rollback import test_rollback as prove_rollback
from fingood.model.report import Report
from fingood.render import render
from fingood.settings import load

ROOT = Path(__file__).resolve().parents[2]
ROWS = """
CREATE TABLE entries (id bigint PRIMARY KEY, status text, note text);
INSERT INTO entries SELECT n, 'booked', repeat(md5(n::text), 3) FROM generate_series(1, 200000) n
"""


@pytest.fixture(scope="module")
def target(postgres_server) -> Iterator[str]:
    """A database with 200,000 entries. Nothing here changes it: revisions run in sandboxes."""
    name = postgres_server.create_database()
    with writing(postgres_server.url(name)) as connection:
        run(connection, ROWS)
        run(connection, "VACUUM ANALYZE entries")
    yield postgres_server.url(name)
    postgres_server.drop_database(name)


def judge(root: Path, target: str, up: str, down: str) -> Report:
    """The report on a revision with these bodies, over 200,000 entries."""
    lay(root, up)
    file = root / "migrations" / "versions" / "r1.py"
    file.write_text(file.read_text().replace("def downgrade():\n    pass", f"def downgrade():\n{indent(down, '    ')}"))
    return prove_rollback(load(start=root, options={"database_url": target}), ("r1",))


@pytest.fixture
def tested(tmp_path: Path, target: str) -> Callable[[str, str], Report]:
    return partial(judge, tmp_path, target)


@pytest.fixture(scope="module")
def column_added(tmp_path_factory: pytest.TempPathFactory, target: str) -> Report:
    """On a revision that adds a column, fills it and drops it again."""
    return judge(
        tmp_path_factory.mktemp("added"),
        target,
        'op.execute("ALTER TABLE entries ADD COLUMN kind text")\nop.execute("UPDATE entries SET kind = status")',
        'op.execute("ALTER TABLE entries DROP COLUMN kind")',
    )


def impact(report: Report, direction: str) -> dict[str, Any]:
    found: Any = report.data["impact"]
    return found[direction]


def test_both_directions_are_told_in_seconds_rows_wal_locks_and_sizes(column_added: Report) -> None:
    up, down = impact(column_added, "upgrade"), impact(column_added, "downgrade")
    assert up["rows_changed"]["likely"] == pytest.approx(200_000, rel=0.05)
    assert down["rows_changed"]["likely"] == 0
    assert up["wal_bytes"]["likely"] > 10e6 > down["wal_bytes"]["likely"]
    assert up["seconds"]["low"] <= up["seconds"]["likely"] <= up["seconds"]["high"]
    assert up["seconds"]["likely"] > down["seconds"]["likely"]
    locks = {lock["table"]: lock for lock in up["locks"]}
    assert locks["public.entries"]["lock"] == "ACCESS EXCLUSIVE"
    assert locks["public.entries"]["seconds"]["likely"] >= 0.9 * up["seconds"]["likely"]
    (size,) = up["sizes"]
    assert size["table"] == "public.entries"
    assert size["after_bytes"]["likely"] > 1.5 * size["before_bytes"]["likely"]


def test_a_rewrite_on_the_way_back_is_measured_there(tested: Callable[[str, str], Report]) -> None:
    """The upgrade changes the catalog alone; the way back writes the table anew and makes it smaller."""
    report = tested(
        "op.execute(\"ALTER TABLE entries ADD COLUMN kind text DEFAULT 'x'\")",
        'op.execute("ALTER TABLE entries DROP COLUMN kind, DROP COLUMN note")\n'
        'op.execute("ALTER TABLE entries ADD COLUMN note text DEFAULT clock_timestamp()::text")',
    )
    up, down = impact(report, "upgrade"), impact(report, "downgrade")
    assert down["seconds"]["likely"] > 5 * up["seconds"]["likely"]
    assert not up["sizes"]
    (size,) = down["sizes"]
    assert size["after_bytes"]["likely"] < 0.9 * size["before_bytes"]["likely"]


def test_a_table_that_the_target_does_not_have_under_this_name_has_no_estimate(
    tested: Callable[[str, str], Report],
) -> None:
    report = tested(
        'op.execute("ALTER TABLE entries RENAME TO postings")\nop.execute("UPDATE postings SET status = status")',
        'op.execute("ALTER TABLE postings ALTER id TYPE numeric, ALTER id TYPE bigint")\n'
        'op.execute("ALTER TABLE postings RENAME TO entries")',
    )
    down = impact(report, "downgrade")
    assert down["seconds"] is None or down["statements"][0]["basis"] != "does not depend on the tables' sizes"


def test_a_downgrade_that_fails_leaves_the_upgrades_costs(tested: Callable[[str, str], Report]) -> None:
    report = tested('op.execute("ALTER TABLE entries ALTER id TYPE numeric")', 'raise RuntimeError("no way")')
    assert impact(report, "upgrade")["seconds"]["likely"] > 0.01
    assert impact(report, "downgrade")["reason"] == "the downgrade fails in the sandbox"


def test_the_report_shows_the_sections_in_html_too(column_added: Report) -> None:
    titles = [section.title for section in column_added.sections]
    assert titles[:3] == ["impact on the target", "locks on the target", "sizes on the target"]
    assert "strongest lock" in render(column_added, "html")


def test_without_a_database_the_sandboxs_own_numbers_are_told_as_such(tmp_path: Path) -> None:
    lay(tmp_path, 'op.execute("CREATE TABLE t (id int PRIMARY KEY)")\nop.execute("INSERT INTO t VALUES (1), (2)")')
    report = prove_rollback(load(start=tmp_path, environ={}), ("r1",))
    told: Any = report.data["impact"]
    assert told["not_scaled"] == "no database is configured"
    up = impact(report, "upgrade")
    assert up["rows_changed"]["likely"] == 2
    assert up["wal_bytes"]["likely"] > 0
    assert up["seconds"]["low"] == up["seconds"]["likely"] == up["seconds"]["high"] > 0
    assert {one["basis"] for one in up["statements"]} == {"measured in the sandbox, not scaled"}
    titles = [section.title for section in report.sections]
    assert titles[:2] == ["impact in the sandbox", "about the impact"]


def test_without_a_database_a_lock_is_told_unless_the_revision_makes_the_table(tmp_path: Path) -> None:
    lay(tmp_path, 'op.execute("CREATE TABLE t (id int)")\nop.execute("ALTER TABLE t ADD COLUMN n int")')
    second = tmp_path / "migrations" / "versions" / "r2.py"
    second.write_text(
        "from alembic import op\n\nrevision = 'r2'\ndown_revision = 'r1'\n\n\n"
        "def upgrade():\n    op.execute('ALTER TABLE t ADD COLUMN m int')\n\n\n"
        "def downgrade():\n    op.execute('ALTER TABLE t DROP COLUMN m')\n"
    )
    both = prove_rollback(load(start=tmp_path, environ={}), ("r1", "r2"))
    first, then = both.children
    assert impact(first, "upgrade")["locks"] == []
    (lock,) = impact(then, "downgrade")["locks"]
    assert (lock["table"], lock["lock"]) == ("public.t", "ACCESS EXCLUSIVE")


def test_sqlite_tells_its_own_times(tmp_path: Path) -> None:
    lay(tmp_path, 'op.execute("CREATE TABLE t (id int PRIMARY KEY)")')
    url = f"sqlite:///{tmp_path}/target.db"
    report = prove_rollback(load(start=tmp_path, options={"database_url": url}), ("r1",))
    told: Any = report.data["impact"]
    assert told["not_scaled"]
    assert impact(report, "upgrade")["seconds"]["likely"] > 0
    assert impact(report, "upgrade")["wal_bytes"] is None


def test_a_failing_upgrade_has_no_costs(tmp_path: Path) -> None:
    lay(tmp_path, 'raise RuntimeError("no way")')
    report = prove_rollback(load(start=tmp_path, environ={}), ("r1",))
    assert impact(report, "upgrade")["seconds"] is None
    assert impact(report, "upgrade")["reason"] == "the upgrade fails in the sandbox"
    assert impact(report, "downgrade")["reason"] == "the downgrade was not run"


def test_the_json_report_fits_the_published_schema(column_added: Report) -> None:
    schema = json.loads((ROOT / "docs" / "report.schema.json").read_text(encoding="utf-8"))
    written = json.loads(render(column_added, "json"))
    jsonschema.validate(written, schema)
    del written["data"]["impact"]["downgrade"]["locks"]
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(written, schema)
