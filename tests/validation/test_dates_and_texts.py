"""Dates, identifiers and personal data: sound data is passed in many shapes, nothing grave rests on a name alone."""

from __future__ import annotations

import sys

import pytest

from fingood.model.column_role import Role
from fingood.model.period import Period
from fingood.model.report import Outcome
from fingood.model.severity import Severity
from fingood.settings import LedgerMapping
from fingood.validation import INVARIANTS

NEW = (
    "entry-time",
    "date-in-future",
    "date-sentinel",
    "time-spike",
    "time-skipped",
    "identifier-blanks",
    "personal-data-in-text",
    "retention-exceeded",
    "consent",
)


@pytest.fixture(params=["postgres", "sqlite"])
def empty(request: pytest.FixtureRequest):
    """An empty database of each dialect in turn."""
    return request.getfixturevalue(request.param)


ODD = """
CREATE TABLE "Größen ""x" ("Nr" bigint PRIMARY KEY, "created At" timestamp, "Trade date" date, "valid to" date,
  "the memo" text, "ref. code" varchar(30) UNIQUE, consent_given_at date, consent_withdrawn_at date, "E-Mail" text,
  retention_until date);
INSERT INTO "Größen ""x" VALUES (1, '2204-01-01 00:00:00', '1970-01-01', '9999-12-31', 'a.b@bank.de', ' A', NULL,
  '2024-01-01', 'a@bank.de', NULL);
INSERT INTO "Größen ""x" VALUES (2, '2024-01-01 00:00:00', NULL, NULL, '', 'A', '2024-01-01', NULL, 'x', '2024-01-01')
"""


def test_odd_names_are_looked_at_and_a_name_alone_is_never_an_error(empty) -> None:
    runs = empty.run(ODD).validate()
    found = [finding for check in NEW for finding in runs[check].findings]
    assert {finding.check for finding in found} == {*NEW} - {"entry-time", "time-spike", "time-skipped"}
    assert {finding.severity for finding in found} <= {Severity.INFO, Severity.WARNING}
    assert not any(value in finding.message for finding in found for value in ("a.b@", "bank.de"))


def test_what_the_settings_name_is_an_error(empty) -> None:
    columns = {
        Role.CREATED: "created At",
        Role.TRADED: "Trade date",
        Role.WITHDRAWN: "consent_withdrawn_at",
        Role.RETAINED_UNTIL: "retention_until",
    }
    mapping = LedgerMapping(table='Größen "x', columns=columns, retention=Period(years=1))
    runs = empty.run(ODD).validate("full", mapping)
    for check in ("date-in-future", "date-sentinel", "consent", "retention-exceeded"):
        assert {finding.severity for finding in runs[check].findings} == {Severity.ERROR}, check


SOUND = """
CREATE TABLE people (id bigint PRIMARY KEY, date_of_birth date, birth_at timestamp, email text, marketing_consent int,
  consent_given_at timestamp, created_at timestamp);
INSERT INTO people VALUES (1, '1970-01-01', '1970-01-01 00:00:00', 'a@bank.de', 0, NULL, '2024-02-29 23:59:59');
CREATE TABLE consents (id bigint PRIMARY KEY, email text, consent_given_at date, withdrawn_at date);
INSERT INTO consents VALUES (1, 'a@bank.de', '2024-01-01', '2024-02-01');
CREATE TABLE tokens (id bigint PRIMARY KEY, email text, revoked_at timestamp, expires_at timestamp, deleted_on date);
INSERT INTO tokens VALUES (1, 'a@bank.de', '2024-01-01 00:00:00', '9999-12-31 00:00:00', '9999-12-31');
CREATE TABLE terms (id bigint PRIMARY KEY, valid_from date, valid_to date, value_date date, due_date date);
INSERT INTO terms VALUES (1, '0001-01-01', '9999-12-31', '2199-01-01', '2199-01-01');
CREATE TABLE series (price_date date PRIMARY KEY, remark text, label varchar(20));
INSERT INTO series VALUES ('1970-01-01', 'ratio 3:1 @ noon, tel. 555-12-34', ' padded ');
INSERT INTO series VALUES ('1900-01-01', 'SEPA DE89370400440532013000 ref 20240115-1234', '')
"""


def test_what_only_resembles_a_defect_is_passed(empty) -> None:
    runs = empty.run(SOUND).validate()
    assert [finding.message for check in NEW for finding in runs[check].findings] == []


def test_keys_that_give_no_order_of_time_are_not_judged(sqlite) -> None:
    sqlite.run(
        "CREATE TABLE accounts (id bigint PRIMARY KEY);"
        "CREATE TABLE movements (id integer PRIMARY KEY, account_id bigint REFERENCES accounts (id),"
        " transaction_id bigint, amount numeric(12, 2), currency char(3) NOT NULL, created_at timestamp);"
        "INSERT INTO movements VALUES (1, 1, NULL, 5, 'EUR', '2024-03-09'), (2, 1, NULL, 5, 'EUR', '2024-02-01'),"
        " (3, 1, NULL, 5, 'EUR', '2024-03-01'), (4, 1, NULL, 5, 'EUR', '2024-02-02')"
    )
    assert sqlite.validate()["entry-time"].findings == ()


def test_dates_that_sqlite_holds_in_another_form_are_not_judged(sqlite) -> None:
    sqlite.run(
        "CREATE TABLE deals (id bigint PRIMARY KEY, created_at timestamp, trade_date date);"
        "INSERT INTO deals VALUES (1, 0, '31/12/2023'), (2, 99999999999, ''), (3, 1700000000.5, 'soon')"
    )
    runs = sqlite.validate()
    assert [finding.message for check in NEW for finding in runs[check].findings] == []


def test_columns_with_zones_infinities_and_ranges_are_read(postgres) -> None:
    postgres.run(
        "CREATE TABLE deals (id bigint PRIMARY KEY, created_at timestamptz, booked_at timestamp(0), period daterange,"
        " moments timestamptz[], closed_at timestamptz, valid_to timestamptz);"
        "INSERT INTO deals VALUES (1, now(), now(), '[2024-01-01,)', '{now}', 'infinity', 'infinity'),"
        " (2, '-infinity', 'infinity', 'empty', NULL, NULL, NULL), (3, '9999-12-31', NULL, NULL, NULL, NULL, NULL)"
    )
    runs = postgres.validate()
    assert {check: run.outcome for check, run in runs.items() if run.outcome is Outcome.ERRORED} == {}
    found = {finding.subject.rsplit(".", 1)[1] for finding in runs["date-sentinel"].findings}
    assert found == {"created_at", "booked_at"}
    assert runs["date-in-future"].findings == ()


def test_a_retention_without_a_date_is_skipped_and_says_so(empty) -> None:
    empty.run("CREATE TABLE books (id bigint PRIMARY KEY, title text)")
    run = empty.validate("full", LedgerMapping(table="books", retention=Period(years=10)))["retention-exceeded"]
    assert run.outcome is Outcome.SKIPPED
    assert "name its date" in run.reason


def test_the_planners_statistics_tell_where_moments_are_worth_counting(postgres, monkeypatch) -> None:
    spike = INVARIANTS["time-spike"].rules.__module__  # type: ignore[union-attr]
    monkeypatch.setattr(sys.modules[spike], "_LARGE", 0)
    postgres.run(
        "CREATE TABLE visits (id bigint PRIMARY KEY, seen_at timestamp, left_at timestamp);"
        "INSERT INTO visits SELECT n, now() - n * interval '7 min', now() - n * interval '7 min' FROM"
        " generate_series(1, 500) n; UPDATE visits SET left_at = '2024-01-01' WHERE id <= 200"
    )
    run = postgres.validate()["time-spike"]
    assert run.outcome is Outcome.SKIPPED
    assert "ANALYZE" in run.reason
    (finding,) = postgres.run("ANALYZE visits").validate()["time-spike"].findings
    assert "200: 2024-01-01 00:00:00" in finding.message
    assert (finding.severity, finding.subject) == (Severity.INFO, "public.visits.left_at")


BOOKED = """
CREATE TABLE accounts (id bigint PRIMARY KEY, currency varchar(3) NOT NULL, opened_on date);
CREATE TABLE journal_entries (id bigint PRIMARY KEY, booked_at timestamp);
CREATE TABLE postings (id bigint PRIMARY KEY, entry_id bigint NOT NULL REFERENCES journal_entries (id),
  account_id bigint NOT NULL REFERENCES accounts (id), amount numeric(18, 4), memo text);
INSERT INTO accounts VALUES (1, 'EUR', '2024-03-02'), (2, 'EUR', '2024-03-01'), (3, 'EUR', NULL);
INSERT INTO journal_entries VALUES (1, '2024-03-01 10:00:00'), (2, '2024-03-02 10:00:00');
INSERT INTO postings VALUES (1, 1, 1, 5, ''), (2, 1, 2, -5, ''), (3, 2, 1, 5, ''), (4, 2, 3, -5, '')
"""


def test_a_transactions_time_is_compared_where_legs_have_none(empty) -> None:
    assert empty.run(BOOKED).validate()["entry-time"].outcome is Outcome.PASSED
    empty.run("UPDATE accounts SET opened_on = '2024-03-03' WHERE id = 1")
    (finding,) = empty.validate()["entry-time"].findings
    assert finding.message.startswith("1 of 3 accounts of ")
    assert (finding.severity, finding.subject.rsplit(".", 1)[1]) == (Severity.WARNING, "booked_at")
    mappings = [
        LedgerMapping(table="journal_entries", columns={Role.POSTED: "booked_at"}),
        LedgerMapping(table="accounts", columns={Role.OPENED: "opened_on"}),
    ]
    (finding,) = empty.validate("full", *mappings)["entry-time"].findings
    assert finding.severity is Severity.ERROR


def test_the_quick_mode_leaves_orders_and_texts_of_large_tables_alone(empty, monkeypatch) -> None:
    empty.run(BOOKED)
    if empty.url.startswith("postgresql"):
        empty.run("ANALYZE")
    monkeypatch.setattr(sys.modules["fingood.validation.validate"], "QUICK_ROWS", 0)
    runs = empty.validate("quick")
    for check in ("entry-time", "personal-data-in-text"):
        assert runs[check].outcome is Outcome.SKIPPED
        assert "--mode full" in runs[check].reason
    assert runs["date-in-future"].outcome is Outcome.PASSED
