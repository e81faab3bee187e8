"""The plugin in a project of a user's, run by a pytest of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from fingood.cli.main import run
from fingood.commands.init import init


def pytest_in(root: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "migrations/tests/", "-v"],
        cwd=root,
        env={**os.environ, "DATABASE_URL": f"sqlite:///{root}/app.db"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_loading_the_plugin_loads_neither_sqlalchemy_nor_alembic() -> None:
    code = (
        "import sys, fingood.pytest_plugin; print([m for m in sys.modules if m in ('sqlalchemy', 'alembic', 'rich')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_a_project_without_revisions_skips_what_cannot_be_proven(tmp_path: Path) -> None:
    init(tmp_path)
    done = pytest_in(tmp_path)
    assert done.returncode == 0, done.stdout
    assert "1 passed, 1 skipped" in done.stdout


def test_two_heads_fail_with_what_merges_them(tmp_path: Path) -> None:
    init(tmp_path)
    words = ["-c", str(tmp_path / "alembic.ini"), "-q"]
    run(["select-template", "1", "--table", "one", *words])
    run(["select-template", "1", "--table", "two", "--head", "base", *words])
    done = pytest_in(tmp_path)
    assert done.returncode == 1
    assert "merge the heads: alembic merge" in done.stdout


def test_a_history_that_cannot_be_read_is_one_line(tmp_path: Path) -> None:
    init(tmp_path)
    (tmp_path / "migrations/versions/broken.py").write_text("revision = 'a'\ndown_revision = 'nowhere'\n")
    done = pytest_in(tmp_path)
    assert done.returncode != 0
    assert "fingood:" in done.stdout
    assert "Traceback" not in done.stdout
