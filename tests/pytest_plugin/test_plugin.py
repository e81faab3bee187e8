"""The plugin in a project of a user's, run by a pytest of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from fingood.cli.main import run
from fingood.commands.init import init


def pytest_in(root: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "migrations/tests/", "-v", *words],
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
    assert "2 passed, 1 skipped" in done.stdout


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


REVISION = '''"""Table {id}."""

from alembic import op

revision = "{id}"
down_revision = {down!r}


def upgrade():
    op.execute("{up}")


def downgrade():
    op.execute("{back}")
'''


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Three revisions; the last one's way back restores names in small letters only."""
    init(tmp_path)
    steps = (
        ("a1", None, "CREATE TABLE one (id integer PRIMARY KEY, name text)", "DROP TABLE one"),
        ("b2", "a1", "CREATE TABLE two (id integer PRIMARY KEY)", "DROP TABLE two"),
        ("c3", "b2", "UPDATE one SET name = upper(name)", "UPDATE one SET name = lower(name)"),
    )
    for id_, down, up, back in steps:
        (tmp_path / f"migrations/versions/{id_}.py").write_text(REVISION.format(id=id_, down=down, up=up, back=back))
    return tmp_path


def lose_names(project: Path) -> None:
    file = project / "migrations/versions/c3.py"
    file.write_text(file.read_text().replace("upper(name)", "NULL"))


@pytest.mark.usefixtures("real_starts")
def test_one_import_tests_every_revision(project: Path) -> None:
    lose_names(project)
    done = pytest_in(project)
    assert "goes_up_down_and_up_again[a1] PASSED" in done.stdout
    assert "goes_up_down_and_up_again[b2] PASSED" in done.stdout
    assert "goes_up_down_and_up_again[c3] FAILED" in done.stdout
    assert "1 failed, 4 passed" in done.stdout


def test_workers_of_xdist_have_sandboxes_of_their_own(project: Path) -> None:
    lose_names(project)
    done = pytest_in(project, "-n", "2", "--strict-markers")
    assert "1 failed, 4 passed" in done.stdout


def test_the_hook_puts_data_at_a_revision_and_the_sandbox_stands_where_the_marker_says(project: Path) -> None:
    (project / "migrations/tests/conftest.py").write_text(
        "def pytest_fingood_data(revision, connection):\n"
        "    if revision == 'a1':\n"
        "        connection.exec_driver_sql(\"INSERT INTO one VALUES (1, 'ada')\")\n"
    )
    (project / "migrations/tests/test_own.py").write_text(
        "import pytest\n\n\n"
        "@pytest.mark.fingood_at('b2')\n"
        "def test_names(fingood_sandbox):\n"
        "    def names():\n"
        "        with fingood_sandbox.connect() as connection:\n"
        "            return [row[0] for row in connection.exec_driver_sql('SELECT name FROM one')]\n\n"
        "    assert names() == ['ada']\n"
        "    fingood_sandbox.upgrade('c3')\n"
        "    assert names() == ['ADA']\n"
        "    fingood_sandbox.downgrade('b2')\n"
        "    assert names() == ['ada']\n\n\n"
        "@pytest.mark.fingood_revisions(last=1)\n"
        "def test_newest(fingood_revision):\n"
        "    assert fingood_revision == 'c3'\n"
    )
    done = pytest_in(project)
    assert "test_names PASSED" in done.stdout
    assert "test_newest[c3] PASSED" in done.stdout
    # All names are in small letters now, so that the way back restores them.
    assert "7 passed" in done.stdout


def test_the_marker_leaves_the_tests_of_migrations_out(project: Path) -> None:
    assert "5 deselected" in pytest_in(project, "-m", "not fingood").stdout


def test_a_revision_that_fails_on_the_way_is_named(project: Path) -> None:
    file = project / "migrations/versions/b2.py"
    file.write_text(file.read_text().replace("CREATE TABLE two", "CREATE TABEL two"))
    done = pytest_in(project, "-k", "goes_up_to_head")
    assert done.returncode == 1
    assert "MigrationFailed: upgrade of b2 fails" in done.stdout
