"""A user that may connect and nothing else: each command says what it may not read, and none makes it up."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import make_url

from fingood.catalog import connect, known_heads, read_facts
from fingood.commands import doctor
from fingood.commands.doctor_database import examine_database
from fingood.commands.emergency_rollback import list_ways_back
from fingood.commands.gate import look_at_gate
from fingood.commands.health_check import health_check
from fingood.commands.target import look_at_target
from fingood.errors import CouldNotLook
from fingood.model.report import CheckRun, Outcome
from fingood.settings import Settings, load

_STRANGER = (
    "CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY)",
    "INSERT INTO alembic_version VALUES ('a1')",
    "CREATE TABLE entry (id int PRIMARY KEY, amount numeric(20, 4), currency char(3))",
)


@pytest.fixture(params=["no schema", "no table"])
def settings(tmp_path: Path, postgres_url: str, request: pytest.FixtureRequest) -> Iterator[Settings]:
    (tmp_path / "alembic.ini").write_text("[alembic]\nscript_location = migrations\n")
    (tmp_path / "migrations/versions").mkdir(parents=True)
    (tmp_path / "migrations/env.py").write_text("")
    (tmp_path / "migrations/versions/a1.py").write_text(
        'revision = "a1"\ndown_revision = None\n\n\ndef upgrade():\n    pass\n\n\ndef downgrade():\n    pass\n'
    )
    (tmp_path / "pyproject.toml").write_text("")
    role = f"no_rights_{uuid4().hex[:12]}"
    engine = sa.create_engine(postgres_url, poolclass=sa.pool.NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as owner:
        for sql in (*_STRANGER, f"CREATE ROLE {role} LOGIN"):
            owner.exec_driver_sql(sql)
        if request.param == "no schema":
            owner.exec_driver_sql("REVOKE ALL ON SCHEMA public FROM PUBLIC")
        url = make_url(postgres_url).set(username=role).render_as_string(hide_password=False)
        yield load(start=tmp_path, options={"database_url": url}, environ={})
        owner.exec_driver_sql(f"DROP OWNED BY {role}")
        owner.exec_driver_sql(f"DROP ROLE {role}")


def test_the_applied_revisions_are_unknown_and_not_none(settings: Settings) -> None:
    with connect(str(settings.database_url)) as connection:
        facts = read_facts(connection, target=True)
    assert facts.heads_unread == "public.alembic_version"
    with pytest.raises(CouldNotLook, match=r"may not read public\.alembic_version"):
        known_heads(facts)


@pytest.mark.parametrize("look", [look_at_target, look_at_gate])
def test_what_rests_on_them_could_not_look(settings: Settings, look: Callable[[Settings], object]) -> None:
    with pytest.raises(CouldNotLook, match=r"may not read public\.alembic_version"):
        look(settings)


def test_checks_that_ask_for_them_err(settings: Settings) -> None:
    runs = {run.check: run for run in (*examine_database(settings), *health_check(settings, comprehensive=False).runs)}
    for check in ("version-table", "revision-at-head"):
        assert (runs[check].outcome, runs[check].findings) == (Outcome.ERRORED, ())
        assert "public.alembic_version" in runs[check].reason
    assert "public.alembic_version" in repr(list_ways_back(settings).sections)


def test_doctor_does_not_call_in_order_what_it_could_not_look_at() -> None:
    runs = [CheckRun(check="a", outcome=Outcome.PASSED), CheckRun(check="b", outcome=Outcome.ERRORED, reason="away")]
    assert doctor._headline(runs) == "everything that could be looked at is in order"
    assert doctor._headline(runs[:1]) == "everything is in order"


def test_a_privilege_that_a_look_lacks_is_told_in_one_line(settings: Settings) -> None:
    with (
        pytest.raises(CouldNotLook, match="may not read what is needed"),
        connect(str(settings.database_url)) as connection,
    ):
        connection.exec_driver_sql("SELECT * FROM public.entry")
