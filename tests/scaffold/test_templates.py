"""Revisions made from the templates, on a real database."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa

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
