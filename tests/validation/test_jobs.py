"""Several workers see one instant: together they count what one counts, and nothing that others write meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from uuid import uuid4

import pytest
from sqlalchemy.engine import Connection, make_url

from fingood.catalog import connect
from fingood.model.finding import Finding
from fingood.model.report import Outcome
from fingood.settings.values import OwnRule
from fingood.validation import validate
from fingood.validation.jobs import hold_snapshot
from fingood.validation.own_rules import own_invariants
from fingood.validation.statement import SAMPLES

MANY = """
CREATE TABLE payments (id bigint PRIMARY KEY, amount numeric(18, 4) NOT NULL, currency varchar(3) NOT NULL);
INSERT INTO payments SELECT n, n, 'EUR' FROM generate_series(1, 20000) n;
UPDATE payments SET currency = 'EUX' WHERE id % 1000 = 0;
UPDATE payments SET amount = amount + 0.001 WHERE id % 50 = 1;
VACUUM ANALYZE payments
"""


def look(url: str, *, workers: int, meanwhile: str = "") -> dict[str, Finding]:
    with connect(url) as connection:
        snapshot = hold_snapshot(connection)
        if meanwhile:
            with connect(url, read_only=False) as other:
                other.exec_driver_sql(meanwhile)
                other.commit()
        runs = validate(connection, "full", workers=workers, snapshot=snapshot, another=partial(connect, url))
    return {finding.check: finding for run in runs for finding in run.findings}


def filled(postgres) -> str:
    with connect(postgres.url, read_only=False) as connected:
        connection = connected.execution_options(isolation_level="AUTOCOMMIT")
        for statement in MANY.split(";"):
            connection.exec_driver_sql(statement, execution_options={"no_parameters": True})
    return postgres.url


def test_stretches_of_a_table_add_up_to_the_whole(postgres, monkeypatch: pytest.MonkeyPatch) -> None:
    url = filled(postgres)
    whole = look(url, workers=1)
    monkeypatch.setattr("fingood.validation.jobs.PAGES", 7)
    parts = look(url, workers=3)
    assert {check: finding.evidence["rows"] for check, finding in parts.items()} == {
        check: finding.evidence["rows"] for check, finding in whole.items()
    }
    assert parts["currency-code"].evidence["rows"] == "20"
    assert parts["amount-precision"].evidence["rows"] == "400"
    assert parts["amount-precision"].evidence["of"] == "20000"


def test_what_others_commit_while_workers_read_is_not_seen(postgres) -> None:
    url = filled(postgres)
    before = look(url, workers=2, meanwhile="UPDATE payments SET currency = 'XQQ'")
    assert before["currency-code"].evidence["rows"] == "20"
    assert look(url, workers=2)["currency-code"].evidence["rows"] == "20000"


def test_a_rule_that_every_row_breaks_is_counted_and_shown_by_few_samples(postgres) -> None:
    url = filled(postgres)
    look(url, workers=1, meanwhile="UPDATE payments SET currency = 'XQQ'")
    finding = look(url, workers=1)
    assert finding["currency-code"].message.startswith("20,000 of 20,000 rows of public.payments")
    named = finding["currency-code"].message.split(": id ")[1].removesuffix(" …").split("; ")
    assert len(named) == SAMPLES
    assert len(set(named)) == SAMPLES


def test_all_bad_rows_are_named_where_they_are_few(postgres) -> None:
    url = filled(postgres)
    look(url, workers=1, meanwhile="UPDATE payments SET currency = 'EUR'")
    look(url, workers=1, meanwhile="UPDATE payments SET currency = 'ZZZ' WHERE id IN (4, 17999)")
    finding = look(url, workers=1)
    assert finding["currency-code"].message.endswith(": id 4; 17999")


def test_an_interrupt_ends_the_statements_on_the_server(postgres) -> None:
    url = filled(postgres)
    opened: list[Connection] = []

    @contextmanager
    def another() -> Iterator[Connection]:
        with connect(url, application_name="fingood other worker") as connection:
            opened.append(connection)
            yield connection

    def interrupt(label: str) -> None:
        if "payments" in label:
            raise KeyboardInterrupt

    with connect(url) as connection:
        snapshot = hold_snapshot(connection)
        with pytest.raises(KeyboardInterrupt):
            validate(connection, "full", workers=2, snapshot=snapshot, another=another, watch=interrupt)
    assert all(one.closed for one in opened)
    with connect(url) as connection:
        left = connection.exec_driver_sql(
            "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'fingood other worker'"
        ).scalar_one()
    assert left == 0


@pytest.mark.parametrize("workers", [1, 2])
def test_a_connection_that_ends_is_told_by_every_rule_that_was_not_judged(postgres, workers: int) -> None:
    """The condition ends its own session; what was still to be looked at through it is not passed and no crash."""
    url = filled(postgres)
    ends = OwnRule(id="ends", table="payments", condition="pg_terminate_backend(pg_backend_pid())")
    with connect(url) as connection:
        snapshot = hold_snapshot(connection)
        runs = validate(
            connection,
            "full",
            own=own_invariants((ends,), ()),
            workers=workers,
            snapshot=snapshot,
            another=partial(connect, url),
        )
    (own,) = [run for run in runs if run.check == "ends"]
    assert own.outcome is Outcome.ERRORED
    assert "the connection was lost" in own.reason


def test_a_role_of_few_connections_is_looked_at_with_those_it_has(postgres) -> None:
    url = filled(postgres)
    role = f"few_{uuid4().hex[:12]}"
    with connect(url, read_only=False) as owner:
        owner.exec_driver_sql(f"CREATE ROLE {role} LOGIN CONNECTION LIMIT 1")
        owner.exec_driver_sql(f"GRANT USAGE ON SCHEMA public TO {role}")
        owner.exec_driver_sql(f"GRANT SELECT ON payments TO {role}")
        owner.commit()
        theirs = make_url(url).set(username=role).render_as_string(hide_password=False)
        found = look(theirs, workers=3)
        owner.exec_driver_sql(f"DROP OWNED BY {role}")
        owner.exec_driver_sql(f"DROP ROLE {role}")
        owner.commit()
    assert found["currency-code"].evidence["rows"] == "20"
