"""A sound ledger has no finding; with defects of every rule planted at once, each is counted exactly, and no other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tests.validation.oracle import MAPPINGS, Oracle
from tests.validation.oracle_defects import Breaks
from tests.validation.oracle_plants import PLANTS, WITHOUT_PLANT

from fingood.catalog import connect
from fingood.model.finding import Finding
from fingood.model.report import CheckRun
from fingood.model.severity import Severity
from fingood.settings import LedgerMapping
from fingood.validation import INVARIANTS, validate

Runs = tuple[CheckRun, ...]


@dataclass(frozen=True)
class Answers:
    """What validation said before and after defects were planted, with the settings and without any."""

    dialect: str
    oracle: Oracle
    sound: Runs
    defective: Runs
    sound_guessed: Runs
    defective_guessed: Runs


def look(url: str, *mappings: LedgerMapping) -> Runs:
    with connect(url) as connection:
        return validate(connection, "full", mappings=mappings)


def execute(url: str, statements: Iterator[str]) -> None:
    with connect(url, read_only=False) as connection:
        for statement in filter(str.strip, statements):
            connection.exec_driver_sql(statement, execution_options={"no_parameters": True})
        connection.commit()


def ask(url: str, dialect: str) -> Answers:
    oracle = Oracle(dialect)
    execute(url, oracle.statements())
    sound, sound_guessed = look(url, *MAPPINGS), look(url)
    execute(url, (sql for plant in PLANTS if dialect in plant.dialects for sql in plant.statements(oracle)))
    return Answers(dialect, oracle, sound, look(url, *MAPPINGS), sound_guessed, look(url))


@pytest.fixture(scope="module")
def on_postgresql(postgres_server: Any) -> Iterator[Answers]:
    name = postgres_server.create_database()
    yield ask(postgres_server.url(name), "postgresql")
    postgres_server.drop_database(name)


@pytest.fixture(scope="module")
def in_blocks(postgres_server: Any) -> Iterator[Answers]:
    """As large tables are looked through."""
    name = postgres_server.create_database()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("fingood.validation.blocks.LEAST_PAGES", 0)
        answers = ask(postgres_server.url(name), "postgresql")
    yield answers
    postgres_server.drop_database(name)


@pytest.fixture(scope="module")
def on_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Answers:
    path: Path = tmp_path_factory.mktemp("oracle") / "ledger.db"
    path.touch()
    return ask(f"sqlite:///{path}", "sqlite")


@pytest.fixture(params=["on_postgresql", "in_blocks", "on_sqlite"])
def answers(request: pytest.FixtureRequest) -> Answers:
    found: Answers = request.getfixturevalue(request.param)
    return found


def findings(runs: Runs) -> list[Finding]:
    return [finding for run in runs for finding in run.findings]


def test_the_sound_ledger_has_no_finding(answers: Answers) -> None:
    assert [(finding.check, finding.message) for finding in findings(answers.sound)] == []


def test_nor_has_it_one_where_the_settings_say_nothing(answers: Answers) -> None:
    assert [(finding.check, finding.message) for finding in findings(answers.sound_guessed)] == []


def test_nothing_grave_rests_on_a_guess(answers: Answers) -> None:
    """A value that is no number is one whatever its column is for."""
    grave = [one for one in findings(answers.defective_guessed) if one.severity >= Severity.ERROR]
    guesses = {one.check for one in grave if one.evidence.get("taken for money") == "guessed"}
    assert guesses - {"amount-not-a-number"} == set()
    roles_of_names_alone = {"cached-balance", "running-balance", "statement-chain", "closed-account", "validity-range"}
    roles_of_names_alone |= {"statement-movement", "balance-assertion", "overdraft", "exchange-rate", "rounding-drift"}
    assert {one.check for one in grave} & roles_of_names_alone == set()


def test_every_invariant_looked_at_the_sound_ledger(answers: Answers) -> None:
    planted = {breaks.check for plant in PLANTS if answers.dialect in plant.dialects for breaks in plant.breaks}
    not_looked = {run.check: run.reason for run in answers.sound if run.outcome.value != "passed"}
    assert {check: reason for check, reason in not_looked.items() if check in planted} == {}


def test_every_defect_is_counted_and_nothing_else_is_found(answers: Answers) -> None:
    expected: Counter[Breaks] = Counter()
    for plant in PLANTS:
        for breaks in plant.breaks if answers.dialect in plant.dialects else ():
            key = Breaks(check=breaks.check, subject=answers.oracle.named(breaks.subject), says=breaks.says)
            expected[key] += plant.count * breaks.times
    found: Counter[object] = Counter()
    for finding in findings(answers.defective):
        key = next((one for one in expected if is_of(finding, one)), finding.message)
        found[key] += int(finding.evidence.get("rows", "1"))
    assert {key: found[key] for key in found if found[key] != expected.get(key)} == {}  # type: ignore[call-overload]
    assert {key: count for key, count in expected.items() if found[key] != count} == {}


def is_of(finding: Finding, breaks: Breaks) -> bool:
    return (finding.check, finding.subject) == (breaks.check, breaks.subject) and breaks.says in finding.message


def test_every_invariant_has_a_plant() -> None:
    planted = {breaks.check for plant in PLANTS for breaks in plant.breaks}
    assert set(INVARIANTS) - planted == set(WITHOUT_PLANT), "plant its defects in oracle_plants.py"
