"""Sessions on the run's server, and one look at a database's health."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
import sqlalchemy as sa

from fingood.catalog import connect
from fingood.model.report import CheckRun
from fingood.monitoring import run_health_checks

Look = Callable[..., dict[str, CheckRun]]


@contextmanager
def session(url: str, *, autocommit: bool = True) -> Iterator[sa.engine.Connection]:
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT" if autocommit else "READ COMMITTED")
    with engine.connect() as connection:
        yield connection
    engine.dispose()


@pytest.fixture(scope="session")
def look() -> Look:
    """Every check by its id: ``look(url, "dead-rows=1%")``."""

    def at(url: str, *thresholds: str, timeout: float = 10.0) -> dict[str, CheckRun]:
        with connect(url) as connection:
            runs = run_health_checks(connection, comprehensive=True, thresholds=thresholds, timeout=timeout)
            return {run.check: run for run in runs}

    return at
