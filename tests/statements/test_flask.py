"""A project of Flask-Migrate, as ``flask db init`` lays it down: env.py works in the app."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from fingood.errors import EnvironmentFailed
from fingood.model.finding import Direction
from fingood.settings import load
from fingood.statements import Recorder

pytest.importorskip("flask_migrate")

APP = """
import os
from flask import Flask
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy

db = SQLAlchemy()

class Teller(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    name = db.Column(db.String(40))

def create_app():
    app = Flask(__name__)
    app.config["SQLALCHEMY_DATABASE_URI"] = os.environ["DATABASE_URL"]
    db.init_app(app)
    Migrate(app, db)
    return app
"""
ENVIRONMENT = {"FLASK_APP": "tellers"}


@pytest.fixture
def bank(tmp_path: Path) -> Path:
    (tmp_path / "tellers.py").write_text(APP)
    environ = {**os.environ, **ENVIRONMENT, "DATABASE_URL": f"sqlite:///{tmp_path}/own.db"}
    for words in (("init",), ("migrate", "-m", "tellers")):
        subprocess.run(
            [sys.executable, "-m", "flask", "db", *words], cwd=tmp_path, env=environ, check=True, capture_output=True
        )
    return tmp_path


def recorder(bank: Path, **environment: str) -> Recorder:
    settings = load(options={"config": str(bank / "migrations/alembic.ini")}, environ={})
    assert settings.project.root == bank
    return Recorder(settings.project, environment=environment)


def test_a_project_of_flask_migrate_is_run_and_rendered_in_its_app(bank: Path, sqlite_url: str) -> None:
    with recorder(bank, **ENVIRONMENT) as running:
        (plan,) = running.upgrade(sqlite_url, "head")
        assert [statement.sql.split("(")[0].strip() for statement in plan.statements] == ["CREATE TABLE teller"]
        assert running.compare_models(sqlite_url) == ()
        rendered = running.render("head", Direction.DOWNGRADE, "sqlite")
    assert [statement.sql for statement in rendered.statements] == ["DROP TABLE teller"]


def test_without_an_app_the_variable_is_named_that_tells_it(bank: Path, sqlite_url: str) -> None:
    with recorder(bank) as running, pytest.raises(EnvironmentFailed, match="set FLASK_APP as for flask db upgrade"):
        running.upgrade(sqlite_url, "head")


def test_an_app_that_cannot_be_imported_is_told_with_the_reason(bank: Path, sqlite_url: str) -> None:
    (bank / "tellers.py").write_text("import nowhere\n")
    with recorder(bank, **ENVIRONMENT) as running, pytest.raises(EnvironmentFailed, match="No module named 'nowhere'"):
        running.upgrade(sqlite_url, "head")
