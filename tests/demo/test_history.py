"""The reference ledger's revisions as files."""

from __future__ import annotations

import ast
from pathlib import Path

from alembic.config import Config
from alembic.script import ScriptDirectory

from fingood.demo import PENDING, READY, VERSIONS, lay_versions

ROOT = Path(__file__).parents[2]


def history(tmp_path: Path) -> ScriptDirectory:
    config = Config()
    config.set_main_option("script_location", str(tmp_path))
    config.set_main_option("version_locations", str(VERSIONS))
    config.set_main_option("path_separator", "newline")
    return ScriptDirectory.from_config(config)


def test_the_history_is_one_line_from_one_base_to_one_head(tmp_path: Path) -> None:
    scripts = history(tmp_path)
    assert len(scripts.get_bases()) == len(scripts.get_heads()) == 1
    assert len(list(scripts.walk_revisions())) == len(list(VERSIONS.glob("*.py"))) >= 15


def test_the_pending_revisions_lead_from_ready_to_the_head(tmp_path: Path) -> None:
    scripts = history(tmp_path)
    after_ready = [script.revision for script in scripts.iterate_revisions("heads", READY)]
    assert tuple(reversed(after_ready)) == PENDING


def test_file_names_sort_in_the_order_of_the_history(tmp_path: Path) -> None:
    ordered = [Path(script.path).name for script in reversed(list(history(tmp_path).walk_revisions()))]
    days = [name.partition("_")[0] for name in ordered]
    assert days == sorted(days)


def test_revisions_import_nothing_but_alembic_and_sqlalchemy() -> None:
    for path in VERSIONS.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert {name.partition(".")[0] for name in names} <= {"alembic", "sqlalchemy"}, path.name


def test_this_repositorys_own_migrations_are_the_same_files() -> None:
    here = {path.name: path.read_bytes() for path in VERSIONS.glob("*.py")}
    there = {path.name: path.read_bytes() for path in (ROOT / "migrations" / "versions").glob("*.py")}
    assert here == there


def test_laying_the_versions_copies_every_file(tmp_path: Path) -> None:
    laid = lay_versions(tmp_path)
    assert {path.name for path in laid} == {path.name for path in VERSIONS.glob("*.py")}
    assert all(path.read_bytes() == (VERSIONS / path.name).read_bytes() for path in laid)
