"""A project of Alembic's multidb template: one database of several is named with -n, as a section of alembic.ini."""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from fingood.errors import EnvironmentFailed
from fingood.model.finding import Direction
from fingood.settings import Settings, load
from fingood.statements import Recorder

DRIVER = "psycopg" if find_spec("psycopg") else "psycopg2"
URL = "sqlalchemy.url = driver://user:pass@localhost/dbname"


@pytest.fixture
def bank(tmp_path: Path) -> Path:
    _alembic(tmp_path, "init", "-t", "multidb", "migrations")
    ini = tmp_path / "alembic.ini"
    text = ini.read_text()
    for number in ("2", ""):
        text = text.replace(URL + number, f"sqlalchemy.url = postgresql+{DRIVER}://teller@nowhere.invalid/db{number}")
    ini.write_text(text)
    _alembic(tmp_path, "revision", "-m", "tables")
    (path,) = (tmp_path / "migrations/versions").glob("*.py")
    text = path.read_text()
    for name in ("engine1", "engine2"):
        _, _, body = text.partition(f"def upgrade_{name}")
        text = text.replace(body, body.replace("pass", f"op.execute('CREATE TABLE of_{name} (id int)')", 1))
    path.write_text(text)
    return tmp_path


def _alembic(folder: Path, *words: str) -> None:
    subprocess.run([sys.executable, "-m", "alembic", *words], cwd=folder, check=True, capture_output=True)


def settings_of(bank: Path, name: str = "") -> Settings:
    return load(start=bank, options={"name": name} if name else {}, environ={})


@pytest.mark.parametrize(("name", "database"), [("engine1", "db"), ("engine2", "db2")])
def test_one_database_of_several_is_recorded(bank: Path, name: str, database: str, postgres_url: str) -> None:
    settings = settings_of(bank, name)
    assert settings.database_url == f"postgresql+{DRIVER}://teller@nowhere.invalid/{database}"
    with Recorder(settings.project) as recorder:
        (plan,) = recorder.upgrade(postgres_url, "head")
        rendered = recorder.render("head", Direction.UPGRADE, "postgresql")
    assert [statement.sql for statement in plan.statements] == [f"CREATE TABLE of_{name} (id int)"]
    assert [statement.sql for statement in rendered.statements] == [f"CREATE TABLE of_{name} (id int)"]
    assert not rendered.unrendered


def test_without_a_name_nothing_is_run_and_a_rendering_says_what_it_lacks(bank: Path, postgres_url: str) -> None:
    with Recorder(settings_of(bank).project, timeout=20) as recorder:
        with pytest.raises(
            EnvironmentFailed, match="several databases in one run; name one with -n engine1 or -n engi"
        ):
            recorder.upgrade(postgres_url, "head")
        assert "only what it does for engine1" in recorder.render("head", Direction.UPGRADE, "postgresql").unrendered
