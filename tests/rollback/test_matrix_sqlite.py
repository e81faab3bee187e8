"""Ways back on SQLite: bad ones are named, right ones raise nothing."""

from __future__ import annotations

import importlib.util
import sqlite3
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from fingood.model.severity import Severity
from fingood.revisions import History
from fingood.rollback import findings_of, prove
from fingood.sandbox import open_sandbox
from fingood.settings import load
from fingood.statements import Recorder

_SPEC = importlib.util.spec_from_file_location("matrix_cases", Path(__file__).parent / "matrix" / "cases.py")
cases = importlib.util.module_from_spec(_SPEC)
sys.modules["matrix_cases"] = cases
_SPEC.loader.exec_module(cases)

CASES = {case.name: case for case in cases.load_cases("sqlite.toml")}


def single_statements(sql: str) -> Iterator[str]:
    """SQLite's driver takes one statement at a time."""
    statement = ""
    for part in sql.split(";"):
        statement += part + ";"
        if sqlite3.complete_statement(statement):
            yield statement.strip().rstrip(";") + (";" if "BEGIN" in statement else "")
            statement = ""


def body(case, text: str) -> str:
    if case.python:
        return text
    return "; ".join(f"op.execute({statement!r})" for statement in single_statements(text)) or "pass"


@pytest.fixture(scope="module")
def findings(tmp_path_factory: pytest.TempPathFactory):
    root = tmp_path_factory.mktemp("sqlite")
    cases.lay_project(root, ((case.name, None, body(case, case.up), body(case, case.down)) for case in CASES.values()))
    settings = load(start=root)
    history = History.load(settings.project)
    with open_sandbox("sqlite", settings=settings.sandbox) as sandbox, Recorder(settings.project) as recorder:

        def of(case):
            below = sandbox.empty()
            with sqlite3.connect(below.url.partition("///")[2]) as connection:
                connection.executescript(case.base)
            proof = prove(recorder, below, history.get(case.name))
            assert proof.again is not None or proof.down is not None, proof
            return tuple(findings_of(proof))

        yield of


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if case.finds])
def test_a_bad_way_back_names_the_object_and_the_property(name: str, findings):
    found = [(f.check, f.subject, f.evidence.get("property", "")) for f in findings(CASES[name])]
    assert CASES[name].finds in found


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if not case.finds])
def test_a_right_way_back_raises_nothing(name: str, findings):
    assert [f.message for f in findings(CASES[name]) if f.severity > Severity.INFO] == []
