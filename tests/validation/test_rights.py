"""A role that may read only some tables, some columns or some rows: what it does not see never passes for judged."""

from __future__ import annotations

import json
import os

import pytest
from sqlalchemy.engine import make_url
from tests.validation.conftest import Bank

from fingood.cli.main import run
from fingood.model.report import Outcome
from fingood.settings.values import OwnRule
from fingood.validation.own_rules import own_invariants

ROLE = f"fingood_clerk_{os.getpid()}"


@pytest.fixture
def clerk(postgres_bank, shared_url):
    """The little ledger, and the same database through a role that may read nothing of it yet."""
    postgres_bank.run(f"CREATE ROLE {ROLE} LOGIN; GRANT USAGE ON SCHEMA public TO {ROLE}")
    yield Bank(make_url(shared_url).set(username=ROLE).render_as_string(hide_password=False))
    postgres_bank.run(f"DROP OWNED BY {ROLE}; DROP ROLE {ROLE}")


def grant(bank, what):
    bank.run(f"GRANT {what} TO {ROLE}")


def test_a_table_that_may_not_be_read_is_not_evaluated(postgres_bank, clerk):
    grant(postgres_bank, "SELECT ON accounts, journal_entries")
    runs = clerk.validate()
    double_entry = runs["double-entry"]
    assert double_entry.outcome is Outcome.ERRORED
    assert "no privilege to read public.postings (grant SELECT)" in double_entry.reason
    # Whether accounts have legs is not known where the legs cannot be read.
    assert runs["unused-account"].outcome is Outcome.ERRORED
    assert not [finding for one in runs.values() for finding in one.findings]


def test_rules_on_columns_that_may_be_read_are_judged(postgres_bank, clerk):
    postgres_bank.run("UPDATE postings SET currency = 'EUX' WHERE id = 1; UPDATE postings SET amount = 1 WHERE id = 1")
    grant(postgres_bank, "SELECT ON accounts, journal_entries")
    grant(postgres_bank, "SELECT (id, currency) ON postings")
    runs = clerk.validate()
    assert runs["currency-code"].findings[0].evidence["rows"] == "1"
    assert runs["currency-code"].findings[0].message.endswith("id 1")
    assert runs["double-entry"].outcome is runs["amount-precision"].outcome is Outcome.ERRORED
    assert "no privilege to read public.postings.entry_id" in runs["double-entry"].reason
    lacking = "no privilege to read public.postings.account_id, public.postings.amount (grant SELECT)"
    assert lacking in runs["amount-precision"].reason


def test_a_key_that_may_not_be_read_leaves_the_count(postgres_bank, clerk):
    postgres_bank.run("UPDATE postings SET currency = 'EUX' WHERE id < 3")
    grant(postgres_bank, "SELECT ON accounts, journal_entries")
    grant(postgres_bank, "SELECT (currency) ON postings")
    assert clerk.validate()["currency-code"].findings[0].message.startswith("2 of 8 rows")


@pytest.fixture
def policy(postgres_bank, clerk):
    grant(postgres_bank, "SELECT ON ALL TABLES IN SCHEMA public")
    postgres_bank.run(
        "ALTER TABLE postings ENABLE ROW LEVEL SECURITY;"
        f"CREATE POLICY mine ON postings TO {ROLE} USING (account_id IN (1, 3))"
    )
    return clerk


def test_rows_that_a_policy_hides_are_no_imbalance_and_nothing_passes(policy):
    runs = policy.validate()
    assert not [finding for one in runs.values() for finding in one.findings]
    assert runs["double-entry"].outcome is Outcome.ERRORED
    assert "row-level security hides rows of public.postings from this role" in runs["double-entry"].reason
    assert runs["amount-precision"].outcome is Outcome.ERRORED
    assert "only the rows that row-level security shows" in runs["amount-precision"].reason
    assert runs["unused-account"].outcome is Outcome.ERRORED


def test_what_is_wrong_in_the_visible_rows_is_found(postgres_bank, policy):
    postgres_bank.run("UPDATE postings SET currency = 'EUX' WHERE id IN (1, 2)")
    found = policy.validate()["currency-code"].findings[0]
    assert found.message.startswith("1 of 2 rows")


def test_the_owner_sees_every_row(postgres_bank, policy):
    runs = postgres_bank.validate()
    assert runs["double-entry"].outcome is runs["amount-precision"].outcome is Outcome.PASSED


def test_a_rule_of_the_user_that_reads_a_filtered_table_is_not_evaluated(policy):
    rule = OwnRule(
        id="booked",
        table="accounts",
        condition="NOT EXISTS (SELECT FROM postings p WHERE p.account_id = t.id)",
    )
    own = policy.validate("full", own=own_invariants((rule,), ()))["booked"]
    assert own.outcome is Outcome.ERRORED
    assert own.findings == ()


def test_the_verb_fails_and_names_what_was_not_seen(policy, tmp_path, monkeypatch, capsys):
    (tmp_path / "migrations").mkdir()
    (tmp_path / "alembic.ini").write_text("[alembic]\nscript_location = migrations\n")
    monkeypatch.chdir(tmp_path)
    assert run(["validate", "--database-url", policy.url, "--format", "json"]) == 3
    answer = json.loads(capsys.readouterr().out)
    remarks = next(section["lines"] for section in answer["sections"] if section["title"] == "Remarks")
    assert "public.postings: only the rows that row-level security shows this role were judged" in remarks
