"""The house's rules, held by machines: layers, types, style, light start."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_rooms_import_only_from_the_floors_below() -> None:
    result = run(str(Path(sys.executable).parent / "lint-imports"), "--cache-dir", ".import_linter_cache")
    assert result.returncode == 0, result.stdout


def test_the_code_keeps_the_style() -> None:
    assert run(sys.executable, "-m", "ruff", "check", "src", "tests").returncode == 0
    assert run(sys.executable, "-m", "ruff", "format", "--check", "src", "tests").returncode == 0


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["check", "--help"], ["test-rollback", "--help"]])
def test_help_starts_without_sqlalchemy_or_alembic(arguments: list[str]) -> None:
    probe = (
        "import sys\nfrom fingood.cli.main import run\n"
        f"code = run({arguments!r})\n"
        "heavy = sorted({'sqlalchemy', 'alembic', 'postgast', 'jinja2', 'rich'} & set(sys.modules))\n"
        "sys.exit(f'imported {heavy}' if heavy else code)"
    )
    result = run(sys.executable, "-c", probe)
    assert result.returncode == 0, result.stderr


def test_no_module_outgrows_four_hundred_lines() -> None:
    long = {
        str(path.relative_to(ROOT)): count
        for path in (ROOT / "src").rglob("*.py")
        if (count := len(path.read_text(encoding="utf-8").splitlines())) > 400
    }
    assert not long


def test_every_room_says_what_lives_there() -> None:
    rooms = [path for path in (ROOT / "src" / "fingood").glob("*/__init__.py") if path.parent.name != "migrations"]
    silent = [str(path) for path in rooms if not path.read_text(encoding="utf-8").lstrip().startswith('"""')]
    bare = [str(path) for path in rooms if path.read_text(encoding="utf-8").startswith('""""""')]
    assert not silent
    assert not bare
