"""Ledgers that are no plain table in one schema: views, several schemas, odd names, partitions of partitions, foreign
tables; and amounts in every type that holds numbers."""

from __future__ import annotations

import pytest

from fingood.catalog import connect
from fingood.model.names import RelationName
from fingood.model.report import Outcome
from fingood.model.severity import Severity
from fingood.settings import LedgerMapping

COLUMNS = "id int, entry_id int, account_id int, amount numeric(18, 4), currency char(3)"
SOUND = "(1, 1, 1, 10, 'EUR'), (2, 1, 2, -10, 'EUR')"
PLANTED = "(3, 2, 1, 7.125, 'EUR'), (4, 2, 2, -6, 'EUR')"


def errored(runs):
    return {check: run.reason for check, run in runs.items() if run.outcome is Outcome.ERRORED}


def judged(bank, table):
    """Planted rows are found, and nothing failed on the way."""
    runs = bank.validate("full", LedgerMapping(table=table))
    assert errored(runs) == {}
    assert runs["double-entry"].outcome is runs["amount-precision"].outcome is Outcome.FAILED, table
    unbalanced, fine = (_about(runs[check], table) for check in ("double-entry", "amount-precision"))
    assert unbalanced.severity is Severity.CRITICAL
    assert (unbalanced.evidence["rows"], unbalanced.evidence["of"]) == ("1", "2")
    assert fine.evidence["rows"] == "1"


def _about(run, table):
    (finding,) = [one for one in run.findings if one.subject.split(".")[1] == table]
    return finding


@pytest.mark.parametrize("kind", ["VIEW", "MATERIALIZED VIEW"])
def test_a_view_named_in_the_settings_is_a_ledger(postgres, kind):
    postgres.run(f"CREATE TABLE raw ({COLUMNS}); INSERT INTO raw VALUES {SOUND}, {PLANTED}")
    judged(postgres.run(f"CREATE {kind} booked AS SELECT * FROM raw"), "booked")


def test_a_view_on_sqlite_is_one_too(sqlite):
    sqlite.run(f"CREATE TABLE raw ({COLUMNS}); INSERT INTO raw VALUES {SOUND}, {PLANTED}")
    judged(sqlite.run("CREATE VIEW booked AS SELECT * FROM raw"), "booked")


def test_a_view_is_only_looked_at_where_the_settings_name_it(postgres):
    postgres.run(f"CREATE TABLE raw ({COLUMNS}); CREATE VIEW booked AS SELECT * FROM raw")
    postgres.run("CREATE MATERIALIZED VIEW kept AS SELECT * FROM raw")
    subjects = [finding.subject for run in postgres.validate().values() for finding in run.findings]
    assert not [subject for subject in subjects if "booked" in subject or "kept" in subject]


def test_partitions_of_partitions_are_judged_once(postgres):
    postgres.run(
        f"CREATE TABLE postings ({COLUMNS}) PARTITION BY LIST (currency);"
        "CREATE TABLE euro PARTITION OF postings FOR VALUES IN ('EUR') PARTITION BY RANGE (id);"
        "CREATE TABLE euro_1 PARTITION OF euro FOR VALUES FROM (1) TO (3);"
        "CREATE TABLE euro_2 PARTITION OF euro FOR VALUES FROM (3) TO (9);"
        "CREATE TABLE others PARTITION OF postings DEFAULT;"
        f"INSERT INTO postings VALUES {SOUND}, {PLANTED}"
    )
    judged(postgres, "postings")


@pytest.fixture
def foreign(postgres, shared_url):
    """A foreign table of another schema of the same server."""
    available = "SELECT 1 FROM pg_available_extensions WHERE name = 'postgres_fdw'"
    with connect(shared_url) as connection:
        if connection.exec_driver_sql(available).scalar() is None:
            pytest.skip("this server has no postgres_fdw")
        place = connection.exec_driver_sql("SHOW unix_socket_directories").scalar()
        port = connection.exec_driver_sql("SHOW port").scalar()
        name, user = connection.exec_driver_sql("SELECT current_database(), current_user").one()
    postgres.run(
        f"CREATE TABLE raw ({COLUMNS}); INSERT INTO raw VALUES {SOUND}, {PLANTED};"
        "CREATE EXTENSION postgres_fdw;"
        "CREATE SERVER near FOREIGN DATA WRAPPER postgres_fdw"
        f" OPTIONS (host '{place}', port '{port}', dbname '{name}');"
        f"CREATE USER MAPPING FOR CURRENT_USER SERVER near OPTIONS (user '{user}');"
        f"CREATE FOREIGN TABLE booked ({COLUMNS}) SERVER near OPTIONS (table_name 'raw')"
    )
    yield postgres
    postgres.run("DROP EXTENSION postgres_fdw CASCADE")


def test_a_foreign_table_named_in_the_settings_is_a_ledger(foreign):
    judged(foreign, "booked")


def test_a_ledger_in_two_schemas_with_odd_names(postgres):
    postgres.run(
        'DROP SCHEMA IF EXISTS "Haupt.Buch" CASCADE; DROP SCHEMA IF EXISTS "select" CASCADE;'
        'CREATE SCHEMA "Haupt.Buch"; CREATE SCHEMA "select";'
        'CREATE TABLE "Haupt.Buch"."Konten ü" (id int PRIMARY KEY, currency char(3) NOT NULL);'
        "INSERT INTO \"Haupt.Buch\".\"Konten ü\" VALUES (1, 'EUR'), (2, 'JPY');"
        'CREATE TABLE "select"."Order ""Lines""" (id int PRIMARY KEY, "Beleg %" int,'
        ' "from" int REFERENCES "Haupt.Buch"."Konten ü" (id), "Wert €" numeric);'
        'INSERT INTO "select"."Order ""Lines""" VALUES (1, 1, 1, 10), (2, 1, 1, -9), (3, 2, 2, 5), (4, 2, 2, -5.5)'
    )
    mappings = (
        LedgerMapping(
            table='select.Order "Lines"', amount="Wert €", transaction="Beleg %", account="from", double_entry=True
        ),
        LedgerMapping(table="Haupt.Buch.Konten ü"),
    )
    try:
        runs = postgres.validate("full", *mappings)
    finally:
        postgres.run('DROP SCHEMA "Haupt.Buch" CASCADE; DROP SCHEMA "select" CASCADE')
    assert errored(runs) == {}
    assert runs["double-entry"].findings[0].evidence["rows"] == "2"
    # Half a yen: the currency is that of the account, which lies in the other schema.
    assert runs["amount-precision"].findings[0].evidence["rows"] == "1"
    assert runs["unused-account"].outcome is not Outcome.ERRORED


def test_two_tables_of_one_name_in_two_schemas_are_two_ledgers(postgres):
    postgres.run(
        "DROP SCHEMA IF EXISTS archive CASCADE; CREATE SCHEMA archive;"
        f"CREATE TABLE postings ({COLUMNS}); INSERT INTO postings VALUES {SOUND};"
        f"CREATE TABLE archive.postings ({COLUMNS}); INSERT INTO archive.postings VALUES {SOUND}, {PLANTED}"
    )
    try:
        runs = postgres.validate("full", LedgerMapping(table="postings"), LedgerMapping(table="archive.postings"))
    finally:
        postgres.run("DROP SCHEMA archive CASCADE")
    assert [finding.subject for finding in runs["double-entry"].findings] == ["archive.postings"]


TYPES = {
    "smallint": (7, 6),
    "integer": (7, 6),
    "bigint": (7, 6),
    "numeric": ("7.25", "6"),
    "numeric(12,2)": ("7.25", "6"),
    "money": ("7.25", "6"),
    "real": ("7.25", "6"),
    "double precision": ("7.25", "6"),
    "amount_of_money": ("7.25", "6"),
    '"Ledger Amount"': ("7.25", "6"),
}


@pytest.mark.parametrize("type_", TYPES)
def test_every_type_of_numbers_holds_amounts(postgres, type_):
    debit, credit = TYPES[type_]
    postgres.run(
        "CREATE DOMAIN amount_of_money AS numeric(12,2) CHECK (VALUE IS NOT NULL);"
        'CREATE DOMAIN "Ledger Amount" AS amount_of_money;'
        f"CREATE TABLE postings (id int PRIMARY KEY, entry_id int, account_id int, amount {type_}, currency char(3));"
        f"INSERT INTO postings VALUES (1, 1, 1, '{debit}', 'EUR'), (2, 1, 2, '-{credit}', 'EUR'),"
        f" (3, 2, 1, '{debit}', 'EUR'), (4, 2, 2, '-{debit}', 'EUR')"
    )
    runs = postgres.validate("full", LedgerMapping(table="postings", amount="amount"))
    assert errored(runs) == {}
    (finding,) = runs["double-entry"].findings
    assert finding.evidence["rows"] == "1"
    guessed = postgres.validate()
    assert errored(guessed) == {}
    assert guessed["double-entry"].findings, "recognised by name and type, too"


def test_a_domain_in_a_schema_off_the_search_path_is_known_by_its_own_type(postgres):
    postgres.run(
        "DROP SCHEMA IF EXISTS kinds CASCADE; CREATE SCHEMA kinds; CREATE DOMAIN kinds.text AS numeric(9,3);"
        "CREATE TABLE payments (id int PRIMARY KEY, amount kinds.text, currency char(3), note text);"
        "INSERT INTO payments VALUES (1, 1.125, 'EUR', 'a'), (2, 1.25, 'EUR', 'b')"
    )
    try:
        runs = postgres.validate()
    finally:
        postgres.run("DROP SCHEMA kinds CASCADE")
    assert errored(runs) == {}
    assert runs["amount-precision"].findings[0].evidence["rows"] == "1"


def test_names_of_relations_with_points_are_found():
    assert str(RelationName("Haupt.Buch", "Konten ü")) == '"Haupt.Buch"."Konten ü"'
