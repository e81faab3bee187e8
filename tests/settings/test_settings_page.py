"""The settings' page shows what the settings know."""

from __future__ import annotations

import tomllib
from pathlib import Path

from fingood.settings import load
from fingood.settings.schema import KEYS, LEDGER_KEYS

DOCS = Path(__file__).parents[2] / "docs"


def block(page: str) -> str:
    return (DOCS / page).read_text().split("```toml\n")[1].split("```")[0]


def test_the_pages_example_is_read_as_it_stands_and_names_every_key(tmp_path):
    (tmp_path / "migrations").mkdir()
    (tmp_path / "alembic.ini").write_text("[alembic]\nscript_location = migrations\n")
    (tmp_path / "pyproject.toml").write_text(block("settings.md"))
    settings = load(start=tmp_path, environ={"LEDGER_URL": "postgresql://h/d"})
    told = {key for key, origin in settings.origins.items() if origin.source.startswith("pyproject.toml line")}
    assert set(KEYS) <= told


def test_the_ledger_example_names_known_keys():
    (entry,) = tomllib.loads(block("validation.md"))["tool"]["fingood"]["ledger"]
    assert set(entry) <= set(LEDGER_KEYS)
