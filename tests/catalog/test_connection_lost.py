"""A look whose session the server ends says so, whatever it was doing, and is no fault of ours."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError

from fingood.catalog import connect
from fingood.errors import CouldNotLook
from fingood.model.report import Outcome
from fingood.monitoring import run_health_checks
from fingood.statements.compat import cancel_query


def end(connection: Connection, url: str) -> None:
    """Ends the connection's session from outside."""
    pid = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar()
    engine = sa.create_engine(url, poolclass=sa.pool.NullPool)
    with engine.connect() as other:
        other.exec_driver_sql(f"SELECT pg_terminate_backend({pid}, 5000)")


def lose(url: str, *, heeded: bool) -> None:
    """A look that asks on after its session was ended; ``heeded``: the first answer to that is caught."""
    with connect(url) as connection:
        end(connection, url)
        if heeded:
            with pytest.raises(DBAPIError):
                connection.exec_driver_sql("SELECT 1")
        connection.exec_driver_sql("SELECT 1")


@pytest.mark.parametrize("heeded", [False, True])
def test_a_lost_connection_is_told(postgres_url: str, heeded: bool) -> None:
    with pytest.raises(CouldNotLook, match="connection to the database was lost"):
        lose(postgres_url, heeded=heeded)


def test_a_fault_in_the_query_stays_one(postgres_url: str) -> None:
    with pytest.raises(DBAPIError), connect(postgres_url) as connection:
        connection.exec_driver_sql("SELEKT")


def test_health_checks_after_the_loss_err_one_by_one(postgres_url: str) -> None:
    with connect(postgres_url) as connection:
        runs = run_health_checks(connection, comprehensive=True)
        next(runs)
        end(connection, postgres_url)
        rest = list(runs)
    assert len(rest) > 50
    assert {(run.outcome, run.reason) for run in rest} == {(Outcome.ERRORED, "the connection to the database was lost")}


def test_cancelling_a_query_of_a_lost_session_is_nothing(postgres_url: str) -> None:
    with connect(postgres_url) as connection:
        end(connection, postgres_url)
        cancel_query(connection)
        with pytest.raises(DBAPIError):
            connection.exec_driver_sql("SELECT 1")
        cancel_query(connection)
