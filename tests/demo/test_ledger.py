"""The reference ledger on a real server: up, filled, back down."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError

from fingood.demo import READY, VERSIONS, NotEmpty, fill_ledger
from fingood.errors import ConfigError
from fingood.statements.compat import make_engine

ENV = """
from alembic import context
from fingood.statements.compat import make_engine
with make_engine(context.config.get_main_option("url").replace("%%", "%")).connect() as connection:
    context.configure(connection=connection)
    with context.begin_transaction():
        context.run_migrations()
"""


def migrate(url: str, home: Path, step: str, target: str) -> None:
    (home / "env.py").write_text(ENV)
    config = Config()
    config.set_main_option("script_location", str(home))
    config.set_main_option("version_locations", str(VERSIONS))
    config.set_main_option("path_separator", "newline")
    config.set_main_option("url", url.replace("%", "%%"))
    getattr(command, step)(config, target)


def one(connection: Connection, sql: str) -> object:
    return connection.exec_driver_sql(sql).scalar()


CONTENT = """
SELECT md5(string_agg(content, ',' ORDER BY content)) FROM (
    SELECT md5(t::text) AS content FROM ledger.{} AS t
) AS rows
"""
FILLED = ("customers", "accounts", "cards", "fx_rates", "journal_entries", "postings", "statements", "account_balances")


def content(url: str) -> list[object]:
    with make_engine(url).connect() as connection:
        return [one(connection, CONTENT.format(table)) for table in FILLED]


def test_the_filled_ledger_is_sound(postgres_url: str, tmp_path: Path) -> None:
    migrate(postgres_url, tmp_path, "upgrade", "head")
    seen: list[tuple[int, int]] = []
    filled = fill_ledger(postgres_url, postings=4_000, progress=lambda done, total: seen.append((done, total)))
    assert filled.rows["postings"] == 4_000
    assert seen[-1] == (4_000, 4_000)
    with make_engine(postgres_url).connect() as connection:
        unbalanced = (
            "SELECT count(*) FROM "
            "(SELECT FROM ledger.postings GROUP BY entry_id, currency HAVING sum(amount) <> 0) AS entries"
        )
        assert one(connection, unbalanced) == 0
        assert one(connection, "SELECT count(*) FROM ledger.trial_balance WHERE difference <> 0") == 0
        foreign = (
            "SELECT count(*) FROM ledger.postings p JOIN ledger.accounts a ON a.id = p.account_id "
            "WHERE a.currency <> p.currency"
        )
        assert one(connection, foreign) == 0
        too_fine = (
            "SELECT count(*) FROM ledger.postings p JOIN ledger.currencies c ON c.code = p.currency "
            "WHERE min_scale(p.amount) > c.minor_units"
        )
        assert one(connection, too_fine) == 0
        assert one(connection, "SELECT count(DISTINCT currency) FROM ledger.postings") == 10
        assert one(connection, "SELECT nextval(pg_get_serial_sequence('ledger.postings', 'id'))") == 4_001
        closing = (
            "SELECT count(*) FROM ledger.statements s JOIN ledger.account_balances b USING (account_id) "
            "WHERE s.period_end = '2024-12-31' AND s.closing_balance <> b.balance"
        )
        assert one(connection, closing) == 0
        assert one(connection, "SELECT reltuples::int FROM pg_class WHERE oid = 'ledger.postings'::regclass") == 4_000


def test_equal_seeds_fill_two_databases_with_equal_rows(new_postgres_url: Callable[[], str], tmp_path: Path) -> None:
    urls = [new_postgres_url() for _ in range(3)]
    for url, seed in zip(urls, (3, 3, 4), strict=True):
        migrate(url, tmp_path, "upgrade", "head")
        fill_ledger(url, postings=600, seed=seed)
    first, second, other = map(content, urls)
    assert first == second
    assert first[:2] != other[:2]


def test_a_filled_ledger_goes_up_and_back_with_every_value(postgres_url: str, tmp_path: Path) -> None:
    migrate(postgres_url, tmp_path, "upgrade", READY)
    fill_ledger(postgres_url, postings=600)
    before = content(postgres_url)
    migrate(postgres_url, tmp_path, "upgrade", "head")
    assert content(postgres_url) != before
    migrate(postgres_url, tmp_path, "downgrade", READY)
    assert content(postgres_url) == before


def test_the_way_back_to_base_leaves_nothing_and_the_way_up_is_open_again(postgres_url: str, tmp_path: Path) -> None:
    for target in ("head", "base", "head", "base"):
        migrate(postgres_url, tmp_path, "downgrade" if target == "base" else "upgrade", target)
    with make_engine(postgres_url).connect() as connection:
        assert one(connection, "SELECT count(*) FROM pg_namespace WHERE nspname IN ('ledger', 'audit')") == 0


def test_country_codes_come_back_in_their_old_spelling(postgres_url: str, tmp_path: Path) -> None:
    migrate(postgres_url, tmp_path, "upgrade", "a46d8e10c7f5")
    with make_engine(postgres_url).begin() as connection:
        connection.exec_driver_sql(
            "INSERT INTO ledger.customers (reference, kind, legal_name, country) "
            "VALUES ('1', 'person', 'A', 'de'), ('2', 'person', 'B', 'FR'), ('3', 'person', 'C', 'Es')"
        )
    countries = "SELECT string_agg(country, ' ' ORDER BY id) FROM ledger.customers"
    migrate(postgres_url, tmp_path, "upgrade", "1fb7c4a95e60")
    with make_engine(postgres_url).connect() as connection:
        assert one(connection, countries) == "DE FR ES"
    migrate(postgres_url, tmp_path, "downgrade", "a46d8e10c7f5")
    with make_engine(postgres_url).connect() as connection:
        assert one(connection, countries) == "de FR Es"


def test_a_changed_posting_is_recorded_and_the_record_cannot_be_changed(postgres_url: str, tmp_path: Path) -> None:
    migrate(postgres_url, tmp_path, "upgrade", "head")
    fill_ledger(postgres_url, postings=20)
    with make_engine(postgres_url).begin() as connection:
        connection.exec_driver_sql("UPDATE ledger.postings SET amount = amount + 1 WHERE id = 1")
        assert (
            one(connection, "SELECT count(*) FROM audit.events WHERE relation = 'ledger.postings' AND row_id = 1") == 1
        )
    with pytest.raises(DBAPIError), make_engine(postgres_url).begin() as connection:
        connection.exec_driver_sql("DELETE FROM audit.events")


def test_a_filled_ledger_is_not_filled_twice(postgres_url: str, tmp_path: Path) -> None:
    migrate(postgres_url, tmp_path, "upgrade", "head")
    fill_ledger(postgres_url, postings=20)
    with pytest.raises(NotEmpty, match="holds rows already"):
        fill_ledger(postgres_url, postings=20)


def test_a_database_without_the_ledger_is_named(postgres_url: str) -> None:
    with pytest.raises(ConfigError, match="no reference ledger"):
        fill_ledger(postgres_url, postings=20)
    with pytest.raises(ConfigError, match="1 postings"):
        fill_ledger(postgres_url, postings=1)


def test_an_interrupted_filling_leaves_nothing(postgres_url: str, tmp_path: Path) -> None:
    migrate(postgres_url, tmp_path, "upgrade", "head")

    def stop(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fill_ledger(postgres_url, postings=2_000, progress=stop)
    with make_engine(postgres_url).connect() as connection:
        assert one(connection, "SELECT count(*) FROM ledger.customers") == 0


def test_psycopg2_fills_it_too(postgres_url: str, tmp_path: Path) -> None:
    migrate(postgres_url, tmp_path, "upgrade", "head")
    url = postgres_url.replace("+psycopg:", "+psycopg2:")
    assert fill_ledger(url, postings=50).rows["postings"] == 50
