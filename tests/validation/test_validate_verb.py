"""``fingood validate`` on the reference ledger and on databases that have nothing to do with money."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config

from fingood.catalog import connect
from fingood.cli.main import run
from fingood.demo import READY, VERSIONS, fill_ledger
from fingood.model.names import RelationName
from fingood.validation import Certainty, look_over

ENV = """
from alembic import context
from fingood.statements.compat import make_engine
with make_engine(context.config.get_main_option("url").replace("%%", "%")).connect() as connection:
    context.configure(connection=connection)
    with context.begin_transaction():
        context.run_migrations()
"""


def migrate(url: str, home: Path, target: str) -> None:
    home.mkdir(exist_ok=True)
    (home / "env.py").write_text(ENV)
    config = Config()
    config.set_main_option("script_location", str(home))
    config.set_main_option("version_locations", str(VERSIONS))
    config.set_main_option("path_separator", "newline")
    config.set_main_option("url", url.replace("%", "%%"))
    command.upgrade(config, target)


@pytest.fixture
def verdict(tmp_path, monkeypatch, capsys):
    """Runs the verb against a URL; gives its exit code and its answer."""
    (tmp_path / "migrations").mkdir(exist_ok=True)
    (tmp_path / "alembic.ini").write_text("[alembic]\nscript_location = migrations\n")
    monkeypatch.chdir(tmp_path)

    def validate(url: str, *options: str):
        code = run(["validate", "--database-url", url, "--format", "json", *options])
        return code, json.loads(capsys.readouterr().out)

    return validate


def run_sql_raw(connection, sql: str) -> None:
    connection.exec_driver_sql(sql, execution_options={"no_parameters": True})


def findings(answer):
    return {finding["check"]: finding for check in answer["checks"] for finding in check["findings"]}


def test_the_reference_ledger_adds_up_before_and_after_its_last_revisions(postgres_url, tmp_path, verdict):
    migrate(postgres_url, tmp_path / "env", READY)
    fill_ledger(postgres_url, postings=3_000)
    code, answer = verdict(postgres_url, "--mode", "pre_migration")
    assert (code, findings(answer)) == (0, {})
    assert "double entry in ledger.postings" in answer["headline"]
    migrate(postgres_url, tmp_path / "env", "head")
    code, answer = verdict(postgres_url, "--mode", "post_migration")
    assert (code, findings(answer)) == (0, {})
    with connect(postgres_url) as connection:
        known = {table.name: table for table in look_over(connection).tables}
    postings = known[RelationName("ledger", "postings")]
    assert (postings.certainty, postings.transaction, postings.account) == (Certainty.CLEAR, "entry_id", "account_id")
    assert not any(table.legs for name, table in known.items() if name.name != "postings")
    with connect(postgres_url, read_only=False) as connection:
        connection.exec_driver_sql("UPDATE ledger.postings SET amount = amount + 1 WHERE id = 17")
        connection.commit()
    code, answer = verdict(postgres_url)
    assert code == 1
    assert findings(answer)["double-entry"]["severity"] == "critical"


def test_a_fresh_empty_database_is_clean_and_nothing_counts_as_checked(postgres_url, verdict):
    code, answer = verdict(postgres_url)
    assert code == 0
    assert answer["headline"].startswith("no ledger tables recognised; nothing financial was checked")
    skipped = {check["check"] for check in answer["checks"] if check["outcome"] == "skipped"}
    assert {"double-entry", "amount-precision", "currency-code"} <= skipped


def test_the_first_incremental_run_says_that_it_looked_at_everything(postgres_url, verdict):
    code, answer = verdict(postgres_url, "--mode", "incremental")
    assert code == 0
    assert any("everything was looked at" in line for s in answer["sections"] for line in s["lines"])


def test_a_mapping_in_the_settings_makes_a_plain_table_a_ledger(postgres_url, tmp_path, verdict):
    with connect(postgres_url, read_only=False) as connection:
        run_sql_raw(connection, 'CREATE TABLE "Buchungen % {x}" (beleg int, wert numeric, "soll/haben" text)')
        run_sql_raw(connection, "INSERT INTO \"Buchungen % {x}\" VALUES (1, 5, 'S'), (1, 4, 'H'), (2, NULL, 'S')")
        connection.commit()
    assert verdict(postgres_url)[0] == 0
    (tmp_path / "fingood.toml").write_text(
        '[[ledger]]\ntable = "Buchungen % {x}"\namount = "wert"\ntransaction = "beleg"\ndirection = "soll/haben"\n'
        'currency_code = "EUR"\n'
    )
    code, answer = verdict(postgres_url)
    assert code == 1
    assert "1: 1 EUR" in findings(answer)["double-entry"]["message"]
    assert findings(answer)["amount-missing"]["evidence"]["rows"] == "1"


def test_a_mapping_that_names_no_column_is_a_mistake_in_the_settings(postgres_url, tmp_path, verdict, capsys):
    (tmp_path / "fingood.toml").write_text('[[ledger]]\ntable = "postings"\n')
    assert run(["validate", "--database-url", postgres_url]) == 2
    assert "names the table 'postings', which this database does not have" in capsys.readouterr().err


def test_without_a_database_the_verb_says_so(verdict, capsys, monkeypatch):
    monkeypatch.delenv("DATABASE_URL", raising=False)
    assert run(["validate"]) == 2
    assert "no database is configured" in capsys.readouterr().err


def test_an_unreachable_database_is_exit_code_3(verdict, capsys):
    assert run(["validate", "--database-url", "postgresql://u:s3cret@127.0.0.1:1/db"]) == 3
    assert "s3cret" not in capsys.readouterr().err
