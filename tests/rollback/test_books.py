"""What an upgrade changes in a ledger's sums is a finding of the proof, unless the revision declares it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from matrix_cases import lay_project

from fingood.catalog import connect
from fingood.model.finding import Finding
from fingood.model.report import Outcome
from fingood.model.severity import Severity
from fingood.revisions import History
from fingood.rollback import Books, Proof, keys_of, prove, runs_of
from fingood.sandbox import open_sandbox
from fingood.settings import LedgerMapping, load
from fingood.settings.values import SandboxSettings
from fingood.statements import Recorder

POSTINGS = """
CREATE TABLE postings (id integer PRIMARY KEY, account text NOT NULL, amount numeric(20, 4) NOT NULL,
                       currency char(3) NOT NULL, side char(1) NOT NULL);
INSERT INTO postings VALUES (1, 'cash', 10.005, 'EUR', 'D'), (2, 'fees', 10.005, 'EUR', 'C'),
                            (3, 'cash', 7, 'USD', 'D');
CREATE TABLE kept AS SELECT * FROM postings;
"""
BACK = 'op.execute("DELETE FROM postings"); op.execute("INSERT INTO postings SELECT * FROM kept")'
REVISIONS = {
    "rounds": ('op.execute("UPDATE postings SET amount = round(amount, 2)")', BACK),
    "declared": ('op.execute("UPDATE postings SET amount = round(amount, 2)")', BACK),
    "beyond": ('op.execute("UPDATE postings SET amount = amount + 1")', BACK),
    "turns": ("op.execute(\"UPDATE postings SET side = 'C' WHERE id = 1\")", BACK),
    "deletes": ('op.execute("DELETE FROM postings WHERE id = 3")', BACK),
    "renames": (
        'op.alter_column("postings", "amount", new_column_name="value"); op.rename_table("postings", "Ledger Lines")',
        'op.rename_table("Ledger Lines", "postings"); op.alter_column("postings", "value", new_column_name="amount")',
    ),
    "elsewhere": ('op.execute("CREATE TABLE other (id integer)")', 'op.drop_table("other")'),
}
LINE = "Reconciles: postings.amount within 0.01 because half cents go, see FIN-7"
LEDGER = LedgerMapping(table="postings", amount="amount", account="account", currency="currency", direction="side")


@pytest.fixture(scope="module")
def project_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("books")
    lay_project(root, ((name, None, *code) for name, code in REVISIONS.items()))
    for name in ("declared", "beyond"):
        declare(root, name)
    return root


def declare(root: Path, name: str) -> None:
    (file,) = (root / "migrations" / "versions").glob(f"{name}*.py")
    file.write_text(f'"""{name}\n\n{LINE}\n"""\n' + file.read_text())


@pytest.fixture(scope="module")
def proof_of(project_root: Path, postgres_server) -> Iterator[Callable[..., Proof]]:
    settings = load(start=project_root)
    server = SandboxSettings(server=postgres_server.url("postgres"))
    with open_sandbox("postgresql", settings=server) as sandbox, Recorder(settings.project) as recorder:
        below = sandbox.empty()
        with connect(below.url, read_only=False) as connection:
            connection.exec_driver_sql(POSTINGS, execution_options={"no_parameters": True})
            connection.commit()
        history = History.load(settings.project)
        yield lambda name, ledger=LEDGER: prove(recorder, below, history.get(name), books=Books(ledger=(ledger,)))


def told(proof: Proof) -> tuple[Outcome, list[Finding]]:
    """What the stage of the upgrade says."""
    (run,) = (run for run in runs_of(proof) if run.check == "rollback-upgrade")
    return run.outcome, list(run.findings)


@pytest.mark.parametrize(
    ("name", "check", "words"),
    [
        ("rounds", "totals-changed", "2 of 3 sums of amount"),
        ("beyond", "totals-changed", "3 of 3 sums of amount"),
        ("turns", "totals-changed", "2 of 3 sums of amount"),
        ("deletes", "rows-changed", "had 3 rows and has 2 (-1)"),
    ],
)
def test_a_change_that_is_not_declared_fails_the_stage_of_the_upgrade(
    proof_of: Callable[..., Proof], name: str, check: str, words: str
) -> None:
    outcome, findings = told(proof_of(name))
    assert outcome is Outcome.FAILED
    assert (findings[0].check, findings[0].severity) == (check, Severity.CRITICAL)
    assert words in findings[0].message
    assert findings[0].location is not None
    assert name in findings[0].location.path


def test_a_declared_change_is_information(proof_of: Callable[..., Proof]) -> None:
    outcome, findings = told(proof_of("declared"))
    assert outcome is Outcome.PASSED
    assert [(one.check, one.severity) for one in findings] == [("totals-changed", Severity.INFO)]
    assert "half cents go, see FIN-7" in findings[0].effect


@pytest.mark.parametrize("name", ["renames", "elsewhere"])
def test_the_same_money_under_other_names_is_no_change(proof_of: Callable[..., Proof], name: str) -> None:
    assert told(proof_of(name)) == (Outcome.PASSED, [])


def test_a_ledger_that_does_not_fit_is_said_and_not_passed_over(proof_of: Callable[..., Proof]) -> None:
    proof = proof_of("elsewhere", LedgerMapping(table="postings", amount="no_such"))
    (run,) = (run for run in runs_of(proof) if run.check == "totals-changed")
    assert run.outcome is Outcome.SKIPPED
    assert run.reason == "of postings only amount was compared: it does not have no_such"


def test_a_kept_proof_rests_on_what_is_declared(project_root: Path) -> None:
    history = History.load(load(start=project_root).project)
    before = keys_of(history, "base", project_root)
    declare(project_root, "elsewhere")
    after = keys_of(history, "base", project_root)
    assert {name for name in before if before[name] != after[name]} == {"elsewhere"}
