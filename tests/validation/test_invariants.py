"""Each invariant: silent on sound data, loud on one planted defect, exact in its counts."""

from __future__ import annotations

from uuid import uuid4

import pytest

from fingood.catalog import connect
from fingood.errors import ConfigError
from fingood.model.report import Outcome
from fingood.model.severity import Confidence, Severity
from fingood.settings import LedgerMapping
from fingood.validation import INVARIANTS, validate


def test_a_sound_ledger_passes_every_invariant(bank):
    runs = bank.validate()
    assert list(runs) == list(INVARIANTS)
    assert {check for check, run in runs.items() if run.findings} == set()
    passed = {check for check, run in runs.items() if run.outcome is Outcome.PASSED}
    assert {"double-entry", "amount-precision", "currency-code", "currency-of-account", "orphan-rows"} <= passed


@pytest.mark.parametrize(
    ("defect", "difference"),
    [
        ("UPDATE postings SET amount = 10.26 WHERE id = 1", "0.01"),
        ("UPDATE postings SET amount = 1501 WHERE id = 3", "1"),
        ("UPDATE postings SET amount = 1.126 WHERE id = 5", "0.001"),
        ("UPDATE postings SET amount = 0.0002 WHERE id = 7", "0.0001"),
        ("DELETE FROM postings WHERE id = 2", "10.25"),
    ],
)
def test_one_minor_unit_too_much_is_a_critical_imbalance(bank, defect, difference):
    finding = bank.run(defect).findings()["double-entry"]
    assert finding.severity is Severity.CRITICAL
    assert finding.confidence is Confidence.OBSERVED
    assert finding.message.startswith("1 of 4 sums by entry_id and currency")
    assert difference in finding.message


def test_less_than_half_a_minor_unit_is_no_imbalance_but_a_matter_of_digits(bank):
    findings = bank.run("UPDATE postings SET amount = 10.254 WHERE id = 1").findings()
    assert set(findings) == {"amount-precision"}


def test_amounts_of_two_currencies_do_not_cancel_out(bank):
    bank.run("UPDATE postings SET currency = 'USD' WHERE id = 2")
    findings = bank.findings()
    assert findings["double-entry"].message.startswith("2 of 5 sums")
    assert findings["currency-of-account"].severity is Severity.CRITICAL


def test_without_a_currency_of_their_own_legs_take_their_accounts(bank):
    bank.run("ALTER TABLE postings DROP COLUMN currency")
    assert bank.findings() == {}
    assert bank.run("UPDATE postings SET amount = 1500.5 WHERE id = 3").findings().keys() == {
        "amount-precision",
        "double-entry",
    }


def test_the_side_is_taken_from_a_direction_column(bank):
    bank.run(
        "ALTER TABLE postings ADD COLUMN direction varchar(6);"
        "UPDATE postings SET direction = 'debit' WHERE amount > 0;"
        "UPDATE postings SET direction = 'Credit', amount = -amount WHERE amount < 0"
    )
    assert bank.findings() == {}
    finding = bank.run("UPDATE postings SET direction = 'debit' WHERE id = 2").findings()["double-entry"]
    assert "20.5" in finding.message


def test_credits_that_are_negative_already_are_not_turned_round(bank):
    bank.run(
        "ALTER TABLE postings ADD COLUMN side varchar(2); UPDATE postings SET side = 'D';"
        "UPDATE postings SET side = 'C' WHERE amount < 0"
    )
    assert bank.findings() == {}


@pytest.mark.parametrize("wrong", ["10.25", "'NaN'"])
def test_one_wrong_credit_does_not_make_signed_amounts_unsigned(postgres_bank, wrong):
    postgres_bank.run(
        "ALTER TABLE postings ADD COLUMN direction char(1);"
        "UPDATE postings SET direction = CASE WHEN amount > 0 THEN 'D' ELSE 'C' END;"
        f"UPDATE postings SET amount = {wrong} WHERE id = 2"
    )
    findings = postgres_bank.findings()
    assert {finding.evidence.get("rows") for finding in findings.values()} <= {"1", None}
    assert set(findings) <= {"double-entry", "amount-not-a-number", "sign-of-direction"}
    assert findings


def test_a_direction_that_cannot_be_read_is_skipped_not_passed(bank):
    bank.run(
        "ALTER TABLE postings ADD COLUMN direction varchar(6);"
        "UPDATE postings SET direction = 'in', amount = abs(amount)"
    )
    run = bank.validate()["double-entry"]
    assert run.outcome is Outcome.SKIPPED
    assert "name debit_values and credit_values" in run.reason
    mapping = LedgerMapping(table="postings", debit_values=("in",), credit_values=("out",))
    assert bank.findings(mapping)["double-entry"].message.startswith("4 of 4")


def test_a_type_column_with_other_words_is_no_direction(bank):
    bank.run("ALTER TABLE postings ADD COLUMN type varchar(9); UPDATE postings SET type = 'fee'")
    assert bank.findings() == {}


def test_debit_and_credit_columns_are_set_against_each_other(bank):
    bank.run(
        "ALTER TABLE postings ADD COLUMN debit numeric(18, 4); ALTER TABLE postings ADD COLUMN credit numeric(18, 4);"
        "UPDATE postings SET debit = amount WHERE amount > 0; UPDATE postings SET credit = -amount WHERE amount < 0;"
        "ALTER TABLE postings DROP COLUMN amount"
    )
    assert bank.findings() == {}
    assert "double-entry" in bank.run("UPDATE postings SET credit = NULL WHERE id = 2").findings()


def test_amounts_in_minor_units_are_judged_as_whole_numbers(bank):
    bank.run(
        "ALTER TABLE postings ADD COLUMN amount_cents bigint; UPDATE postings SET amount_cents = amount * 10000;"
        "ALTER TABLE postings DROP COLUMN amount"
    )
    assert bank.findings() == {}
    assert "double-entry" in bank.run("UPDATE postings SET amount_cents = amount_cents + 1 WHERE id = 1").findings()


@pytest.mark.parametrize(
    ("id", "amount", "bad"),
    [(3, "1500.5", 1), (5, "1.1255", 1), (1, "10.255", 1), (7, "0.0001", 0), (5, "1.125", 0)],
)
def test_digits_beyond_the_currencys_minor_unit_are_counted(bank, id, amount, bad):
    finding = bank.run(f"UPDATE postings SET amount = {amount} WHERE id = {id}").findings().get("amount-precision")
    assert (finding.evidence["rows"] if finding else "0") == str(bad)
    if finding:
        assert f"id {id}" in finding.message


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("usd", "in lower case"),
        ("EUR ", "with blanks"),
        (" eu", "unknown"),
        ("", "unknown"),
        ("XYZ", "unknown currency"),
    ],
)
def test_a_code_that_is_not_iso_4217s_is_named(bank, code, words):
    finding = bank.run(f"UPDATE postings SET currency = '{code}' WHERE id = 1").findings()["currency-code"]
    assert words in finding.message
    assert finding.evidence["rows"] == "1"


def test_a_code_that_was_in_force_once_is_known(bank):
    bank.run("UPDATE postings SET currency = 'DEM' WHERE id = 1")
    assert "currency-code" not in bank.findings()


def test_a_padded_code_of_fixed_length_is_no_wrong_currency_but_a_remark_on_the_type(postgres_bank):
    postgres_bank.run("ALTER TABLE postings ALTER COLUMN currency TYPE char(5)")
    (finding,) = postgres_bank.findings().values()
    assert (finding.check, finding.severity) == ("identifier-blanks", Severity.INFO)


def test_a_leg_without_an_amount_is_critical(bank):
    finding = bank.run("UPDATE postings SET amount = NULL WHERE id = 1").findings()["amount-missing"]
    assert finding.severity is Severity.CRITICAL
    assert "id 1" in finding.message


def test_a_leg_without_a_currency_is_only_a_warning_where_its_account_has_one(bank):
    findings = bank.run("UPDATE postings SET currency = NULL WHERE id = 1").findings()
    assert set(findings) == {"amount-missing"}
    assert findings["amount-missing"].severity is Severity.WARNING


@pytest.mark.parametrize("value", ["NaN", "Infinity"])
def test_nan_and_infinity_are_found_and_kept_out_of_the_sums(postgres_bank, value):
    postgres_bank.run("ALTER TABLE postings ALTER COLUMN amount TYPE numeric")
    findings = postgres_bank.run(f"UPDATE postings SET amount = '{value}' WHERE id = 1").findings()
    assert findings["amount-not-a-number"].evidence["rows"] == "1"
    assert findings["amount-not-a-number"].severity is Severity.CRITICAL
    assert value not in findings["double-entry"].message


def test_money_in_floating_point_is_an_error(bank):
    bank.run("ALTER TABLE postings ADD COLUMN fee_amount double precision")
    finding = bank.findings()["amount-float"]
    assert finding.subject.endswith("postings.fee_amount")
    assert finding.severity is Severity.ERROR


def test_orphans_of_a_foreign_key_that_was_never_validated_are_counted(postgres_bank):
    postgres_bank.run(
        "ALTER TABLE postings DROP CONSTRAINT postings_account_id_fkey;"
        "UPDATE postings SET account_id = 99 WHERE id = 8;"
        'ALTER TABLE postings ADD CONSTRAINT "to Accounts" FOREIGN KEY (account_id) REFERENCES accounts (id) NOT VALID'
    )
    findings = postgres_bank.findings()
    assert findings["orphan-rows"].evidence["rows"] == "1"
    assert findings["orphan-rows"].severity is Severity.CRITICAL
    remedy = 'ALTER TABLE "public"."postings" VALIDATE CONSTRAINT "to Accounts";'
    assert findings["constraint-not-valid"].remedy == remedy


def test_sqlite_orphans_are_found_although_it_never_enforced_the_key(sqlite_bank):
    sqlite_bank.run("UPDATE postings SET account_id = 99 WHERE id = 8")
    assert sqlite_bank.findings()["orphan-rows"].message.startswith("1 rows of main.postings")


def test_a_sequence_behind_its_column_is_found(postgres):
    postgres.run(
        'CREATE TABLE "Order Lines" (id bigserial PRIMARY KEY, "n%" int); INSERT INTO "Order Lines" (id) VALUES (7)'
    )
    finding = postgres.findings()["sequence-behind"]
    assert "gives 1 next" in finding.message
    postgres.run(finding.remedy.rstrip(";"))
    assert postgres.findings() == {}


def test_a_sequence_that_gives_one_more_than_the_highest_is_fine(postgres):
    postgres.run("CREATE TABLE t (id int GENERATED BY DEFAULT AS IDENTITY); INSERT INTO t DEFAULT VALUES")
    assert postgres.validate()["sequence-behind"].outcome is Outcome.PASSED


def test_partitions_are_counted_once_through_their_table(postgres):
    postgres.run(
        "CREATE TABLE payments (id bigint, paid date, amount numeric(12, 2), currency text) PARTITION BY RANGE (paid);"
        "CREATE TABLE payments_2024 PARTITION OF payments FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');"
        "INSERT INTO payments VALUES (1, '2024-05-05', 1, 'usd')"
    )
    run = postgres.validate()["currency-code"]
    assert [finding.subject for finding in run.findings] == ["public.payments.currency"]


@pytest.fixture
def blind_role(postgres_bank):
    """A role that may see the catalog and no row; roles belong to the whole server, so it goes again."""
    name = f"blind_{uuid4().hex}"
    postgres_bank.run(f"CREATE ROLE {name}")
    yield name
    postgres_bank.run(f"DROP ROLE {name}")


def test_a_table_that_may_not_be_read_is_errored_not_passed(postgres_bank, blind_role):
    with connect(postgres_bank.url) as connection:
        connection.exec_driver_sql(f"SET ROLE {blind_role}")
        runs = {run.check: run for run in validate(connection, "full")}
    assert runs["double-entry"].outcome is Outcome.ERRORED
    assert "no privilege" in runs["double-entry"].reason
    assert runs["currency-code"].outcome is Outcome.ERRORED


def test_a_database_without_money_is_skipped_not_passed(postgres):
    postgres.run("CREATE TABLE trials (id int PRIMARY KEY, value double precision)")
    run = postgres.validate()["double-entry"]
    assert run.outcome is Outcome.SKIPPED
    assert run.reason == "no ledger tables recognised; nothing financial was checked"


def test_an_unknown_mode_is_refused(postgres):
    with pytest.raises(ConfigError, match="no validation mode 'fast'"):
        postgres.validate("fast")
