"""Rows from the user's own hooks: the revision's ``fingood_seed`` and one that is handed in."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy.engine import Connection

from fingood.revisions import History
from fingood.rollback import Judgement, Proof, prove
from fingood.sandbox import open_sandbox
from fingood.settings import load
from fingood.settings.values import SandboxSettings
from fingood.statements import Recorder

_SPEC = importlib.util.spec_from_file_location("matrix_cases", Path(__file__).parent / "matrix" / "cases.py")
cases = importlib.util.module_from_spec(_SPEC)
sys.modules["matrix_cases"] = cases
_SPEC.loader.exec_module(cases)

UP = "op.execute(\"UPDATE account SET iban = replace(iban, ' ', '')\")"
SEED = """

def fingood_seed(connection):
    connection.exec_driver_sql("INSERT INTO account (id, iban) VALUES (1, 'DE02 1203 0000')")
"""
BASE = "op.execute('CREATE TABLE account (id int PRIMARY KEY, iban varchar(34), empty text)')"


@pytest.fixture
def try_it(tmp_path: Path, postgres_server) -> Callable[..., Proof]:
    """Proves a revision that takes blanks out of account numbers, with this text at the end of its file."""

    def run(tail: str = "", seed: Callable[[Connection], None] | None = None, base: str = BASE, ini: str = "") -> Proof:
        cases.lay_project(
            tmp_path, [("start", None, base, "op.drop_table('account')"), ("blanks", "start", UP, "pass")]
        )
        (tmp_path / "alembic.ini").write_text((tmp_path / "alembic.ini").read_text() + ini)
        file = tmp_path / "migrations" / "versions" / "blanks.py"
        file.write_text(file.read_text() + tail)
        settings = load(start=tmp_path)
        server = SandboxSettings(server=postgres_server.url("postgres"))
        with open_sandbox("postgresql", settings=server) as sandbox, Recorder(settings.project) as recorder:
            below = sandbox.empty()
            recorder.upgrade(below.url, "start", observe=False)
            return prove(recorder, below, History.load(settings.project).get("blanks"), seed=seed)

    return run


def test_rows_of_the_revision_itself_are_there_to_be_lost(try_it):
    proof = try_it(SEED)
    assert proof.judgement is Judgement.LOSSY
    assert ({str(k): v for k, v in proof.seeding.seeded.items()}, dict(proof.seeding.real)) == (
        {"public.account": 1},
        {},
    )
    loss = next(loss for loss in proof.losses if loss.difference.data)
    assert (loss.rows, loss.examples[0].before) == (1, "DE02 1203 0000")
    assert "1 filled by a hook (1 rows)" in str(proof.seeding)


def test_a_hook_imports_what_the_projects_revisions_can_import(try_it, tmp_path):
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared" / "accounts_of_the_hook.py").write_text("ROW = (1, 'DE02 1203 0000')\n")
    proof = try_it(
        "\n\ndef fingood_seed(connection):\n"
        "    from accounts_of_the_hook import ROW\n"
        "    connection.exec_driver_sql('INSERT INTO account (id, iban) VALUES (%s, %s)', ROW)\n",
        ini="prepend_sys_path = shared\n",
    )
    assert {str(name): rows for name, rows in proof.seeding.seeded.items()} == {"public.account": 1}


def test_a_hook_that_is_handed_in_runs_after_it(try_it):
    def more(connection: Connection) -> None:
        connection.exec_driver_sql("INSERT INTO account SELECT id + 1, iban || ' 00' FROM account")

    assert sum(try_it(SEED, more).seeding.seeded.values()) == 2


def test_a_hook_that_fails_leaves_the_revision_unjudged_and_shows_no_value(try_it):
    proof = try_it(SEED.replace("(1, 'DE02 1203 0000')", "(1, 'SECRET'), (1, 'SECRET')"))
    assert proof.judgement is Judgement.UNJUDGED
    assert proof.reason == "blanks: fingood_seed() fails: UniqueViolation [SQLSTATE 23505] in line 17"
    assert "SECRET" not in str(proof)


def test_the_values_of_a_table_that_held_rows_before_stay_hidden(try_it):
    proof = try_it(SEED, base=f"{BASE}; op.execute(\"INSERT INTO account VALUES (7, 'DE 77')\")")
    assert (sum(proof.seeding.real.values()), dict(proof.seeding.seeded)) == (2, {})
    loss = next(loss for loss in proof.losses if loss.difference.data)
    assert [example.before for example in loss.examples] == ["14 characters", "5 characters"]
