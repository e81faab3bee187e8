"""Why a connection is refused, in words that say what to do."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import make_url

from fingood.catalog import connect
from fingood.errors import CannotConnect, ConfigError


@pytest.fixture
def role(postgres_url: str) -> Iterator[str]:
    """The URL of a role that may not hold any connection."""
    name = f"no_slots_{uuid4().hex[:12]}"
    engine = sa.create_engine(postgres_url, poolclass=sa.pool.NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as owner:
        owner.exec_driver_sql(f"CREATE ROLE {name} LOGIN CONNECTION LIMIT 0")
        yield make_url(postgres_url).set(username=name).render_as_string(hide_password=False)
        owner.exec_driver_sql(f"DROP ROLE {name}")


def refusal(url: str) -> CannotConnect:
    with pytest.raises(CannotConnect) as raised, connect(url):
        pass
    return raised.value


def test_a_role_without_free_slots_is_told_of_its_limit(role: str) -> None:
    told = refusal(role)
    assert "no free connection slots" in told.reason
    assert "CONNECTION LIMIT" in told.hint


@pytest.mark.parametrize("driver", ["psycopg", "psycopg2"])
def test_a_parameter_that_the_driver_does_not_know_is_named(postgres_url: str, driver: str) -> None:
    pytest.importorskip(driver)
    url = make_url(postgres_url).set(drivername=f"postgresql+{driver}").update_query_dict({"nonsense": "1"})
    assert refusal(url.render_as_string(hide_password=False)).reason == "the driver knows no parameter 'nonsense'"


@pytest.mark.parametrize("url", ["postgresql://bank:s3cret@:/%#?pw@host/db", "postgresql://bank:s3cret@host:abc/db"])
def test_a_url_that_cannot_be_read_is_a_wrong_setting(url: str) -> None:
    with pytest.raises(ConfigError) as raised, connect(url):
        pass
    assert "s3cret" not in raised.value.message
    assert "%40" in raised.value.hint
