"""Revisions made from the templates, on a real database."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import sqlalchemy as sa
from tests.backup.test_disk_full import leave_free, small_disk

from fingood.cli.main import run
from fingood.commands.init import init


class Workshop:
    """A fresh project with a database, in which templates are tried out."""

    def __init__(self, root: Path, url: str) -> None:
        self.root, self.url = root, url
        init(root)

    def select(self, *words: str) -> int:
        return run(["select-template", *words, "-c", str(self.root / "alembic.ini"), "-q"])

    def alembic(self, *words: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "alembic", *words],
            cwd=self.root,
            env={**os.environ, "DATABASE_URL": self.url},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def sql(self, text: str) -> list[tuple[object, ...]]:
        engine = sa.create_engine(self.url)
        with engine.begin() as connection:
            result = connection.execute(sa.text(text))
            rows = [tuple(row) for row in result] if result.returns_rows else []
        engine.dispose()
        return rows


@pytest.fixture(params=["sqlite", "postgresql"])
def workshop(request: pytest.FixtureRequest, tmp_path: Path) -> Workshop:
    root = tmp_path / "a project"
    if request.param == "sqlite":
        return Workshop(root, f"sqlite:///{tmp_path}/app.db")
    return Workshop(root, request.getfixturevalue("postgres_url"))


def test_all_four_go_up_down_and_up_again(workshop: Workshop) -> None:
    assert workshop.select("1", "--table", "Order Lines") == 0
    assert workshop.select("column", "--table", "Order Lines", "--column", "memo %") == 0
    assert workshop.select("3", "--table", "Order Lines", "--column", "memo %", "--value", "7") == 0
    assert workshop.select("--template", "index", "--table", "Order Lines", "--column", "amount") == 0
    workshop.alembic("upgrade", "head")
    workshop.alembic("downgrade", "base")
    workshop.alembic("upgrade", "head")
    assert workshop.alembic("history").count("->") == 4


def test_the_data_migration_puts_the_old_values_back(workshop: Workshop) -> None:
    workshop.select("table", "--table", "entries")
    workshop.alembic("upgrade", "head")
    values = ", ".join(f"({number}, {number % 3}, 'EUR')" for number in range(1, 2501))
    workshop.sql(f"INSERT INTO entries (id, amount, currency) VALUES {values}")
    words = ("--column", "amount", "--value", "amount * 2 + 1", "--where", "amount = 2")
    workshop.select("data", "--table", "entries", *words)
    before = workshop.sql("SELECT id, amount FROM entries ORDER BY id")
    workshop.alembic("upgrade", "head")
    assert workshop.sql("SELECT count(*) FROM entries WHERE amount = 5") == [(833,)]
    assert workshop.sql("SELECT count(*) FROM entries WHERE amount = 2") == [(0,)]
    workshop.alembic("downgrade", "-1")
    assert workshop.sql("SELECT id, amount FROM entries ORDER BY id") == before


@pytest.mark.parametrize("dialect", ["sqlite", "postgresql"])
def test_all_four_pass_the_critical_check_and_the_rollback_test_as_they_are_written(
    tmp_path: Path, dialect: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without a database: what is judged is the revision, not whether a backup is at hand."""
    workshop = Workshop(tmp_path, f"sqlite:///{tmp_path}/none.db")
    workshop.select("1", "--table", "Order Lines")
    workshop.select("2", "--table", "Order Lines", "--column", "net: %")
    workshop.select("3", "--table", "Order Lines", "--column", "net: %", "--value", "amount * 2")
    workshop.select("4", "--table", "Order Lines", "--column", "net: %")
    there = ("-c", str(tmp_path / "alembic.ini"), *(("--database-url", workshop.url) if dialect == "sqlite" else ()))
    assert run(["check", "--all", "--level", "critical", *there, "-q"]) == 0, capsys.readouterr().out
    assert run(["test-rollback", "base:heads", *there, "-q"]) == 0, capsys.readouterr().out
    told = capsys.readouterr().out
    assert told.count("LOSSLESS") == 4, told


def ledger(workshop: Workshop, rows: int) -> None:
    """A table with a key of two columns, one of them a text, under odd names."""
    workshop.sql('CREATE TABLE "Order: Lines" ("the Key" varchar(9), "select" int, "net: %" numeric(19,4), '
                 'PRIMARY KEY ("the Key", "select"))')  # fmt: skip
    if rows:
        values = ", ".join(f"('{'aBä'[number % 3]}{number // 10}', {number % 10}, {number})" for number in range(rows))
        workshop.sql(f'INSERT INTO "Order: Lines" VALUES {values}'.replace(":", "\\:"))


def batches(workshop: Workshop, size: int, *words: str) -> Path:
    """The data migration with batches of ``size`` rows."""
    assert workshop.select("3", "--table", "Order: Lines", "--column", "net: %", *words) == 0
    path = max((workshop.root / "migrations/versions").glob("*_fill_*.py"))
    path.write_text(path.read_text().replace("BATCH = 1000", f"BATCH = {size}"))
    return path


ONCE = ("--value", '"net: %" + 1000000', "--where", '"net: %" >= 0')


@pytest.mark.parametrize("rows", [0, 71])
def test_a_key_of_two_columns_and_odd_names_are_worked_through_in_batches(workshop: Workshop, rows: int) -> None:
    ledger(workshop, rows)
    batches(workshop, 7, *ONCE)
    before = workshop.sql('SELECT * FROM "Order\\: Lines" ORDER BY 3')
    workshop.alembic("upgrade", "head")
    after = workshop.sql('SELECT * FROM "Order\\: Lines" ORDER BY 3')
    assert [(*row[:2], int(str(row[2]).split(".")[0]) - 1_000_000) for row in after] == [
        (*row[:2], int(str(row[2]).split(".")[0])) for row in before
    ]
    workshop.alembic("downgrade", "-1")
    assert workshop.sql('SELECT * FROM "Order\\: Lines" ORDER BY 3') == before


def test_a_killed_run_goes_on_and_every_row_is_changed_exactly_once(workshop: Workshop) -> None:
    """SIGKILL while batches are being committed; the column's old value plus one million shows a second application."""
    ledger(workshop, 600)
    path = batches(workshop, 3, *ONCE)
    kept = f"before_{path.read_text().split('revision = ')[1].split(chr(39))[1]}"
    environment = {**os.environ, "DATABASE_URL": workshop.url}
    killed = subprocess.Popen(
        [sys.executable, "-m", "alembic", "upgrade", "head"], cwd=workshop.root, env=environment,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    done = 0
    deadline = time.monotonic() + 60
    while done < 60 and time.monotonic() < deadline and killed.poll() is None:
        done = _count(workshop, kept)
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    cut = _count(workshop, kept)
    assert 60 <= cut < 600
    assert workshop.sql('SELECT count(*) FROM "Order\\: Lines" WHERE "net\\: %" >= 1000000') == [(cut,)]
    # Somebody writes meanwhile: rows before and behind the place where it stopped.
    workshop.sql("""INSERT INTO "Order\\: Lines" VALUES ('', 1, 600), ('äz', 1, 601)""")
    again = subprocess.run(
        [sys.executable, "-m", "alembic", "upgrade", "head"],
        cwd=workshop.root, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert again.returncode == 0, again.stderr
    assert "an earlier run changed" in again.stderr
    assert "602 of 602 rows" in again.stderr
    assert "never completed" in again.stderr
    values = [int(str(row[0]).split(".")[0]) for row in workshop.sql('SELECT "net\\: %" FROM "Order\\: Lines"')]
    assert sorted(values) == [1_000_000 + number for number in range(602)]


def _count(workshop: Workshop, table: str) -> int:
    try:
        return int(str(workshop.sql(f'SELECT count(*) FROM "{table}"')[0][0]))
    except sa.exc.DBAPIError:
        return 0


def test_a_table_without_a_key_is_refused_by_name(workshop: Workshop) -> None:
    workshop.sql("CREATE TABLE plain (a int)")
    assert workshop.select("3", "--table", "plain", "--column", "a", "--value", "1") == 0
    with pytest.raises(AssertionError, match="plain has no primary key: name unique columns in KEY"):
        workshop.alembic("upgrade", "head")


def test_a_template_that_lacks_a_name_says_which_option_gives_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    workshop = Workshop(tmp_path, "sqlite://")
    assert workshop.select("9") == 2
    assert "no template '9'" in capsys.readouterr().err
    assert sorted((tmp_path / "migrations/versions").iterdir()) == [tmp_path / "migrations/versions/.gitkeep"]


def test_nobody_to_answer_the_questions_is_one_clear_line(tmp_path: Path) -> None:
    init(tmp_path)
    done = subprocess.run(
        [sys.executable, "migrations/select_template.py"],
        input="2\n",
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "--table TABLE" in done.stderr
    assert "Traceback" not in done.stderr


def test_two_heads_are_named_as_the_reason(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    workshop = Workshop(tmp_path, "sqlite://")
    workshop.select("1", "--table", "one")
    workshop.select("1", "--table", "two", "--head", "base")
    assert workshop.select("1", "--table", "three") == 2
    assert "--head" in capsys.readouterr().err


def test_a_template_of_the_users_own_making_is_taken(tmp_path: Path) -> None:
    workshop = Workshop(tmp_path, "sqlite://")
    template = tmp_path / "migrations/templates/add_table_template.py"
    template.write_text(template.read_text().replace("def upgrade", "# Ours.\nRETENTION = 7\n\n\ndef upgrade"))
    assert workshop.select("1", "--table", "one") == 0
    written = next((tmp_path / "migrations/versions").glob("*.py")).read_text()
    assert "# Ours.\nRETENTION = 7" in written


def test_a_template_that_is_not_python_is_named_with_its_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    workshop = Workshop(tmp_path, "sqlite://")
    (tmp_path / "migrations/templates/add_table_template.py").write_text("def upgrade(:\n")
    assert workshop.select("1", "--table", "one") == 2
    assert "add_table_template.py line 1" in capsys.readouterr().err


def test_a_project_of_several_databases_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    subprocess.run(
        [sys.executable, "-m", "alembic", "init", "-t", "multidb", "migrations"],
        cwd=tmp_path,
        check=True,
        capture_output=True,
    )
    assert Workshop(tmp_path, "sqlite://").select("1", "--table", "one") == 2
    assert "several databases" in capsys.readouterr().err


def test_a_full_disk_leaves_no_half_made_revision(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with small_disk(tmp_path / "disk", 2048) as disk:
        workshop = Workshop(disk / "bank", f"sqlite:///{tmp_path}/a.db")
        ballast = leave_free(disk, 0)
        assert workshop.select("--template", "column", "--table", "t", "--column", "c") == 3
        assert "No space left on device" in capsys.readouterr().err
        assert list((disk / "bank/migrations/versions").glob("*.py")) == []
        ballast.unlink()
        assert workshop.alembic("heads") == ""
