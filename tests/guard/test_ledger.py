"""A guarded step that changes what the ledger comes to, without saying so, is not committed."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
from tests.guard.project import GuardedProject

from fingood.model.event import EventKind
from fingood.statements.compat import make_engine

SETTINGS = """
[[tool.fingood.ledger]]
table = "postings"
amount = "amount"
account = "account"
currency = "currency"
"""
TABLE = """
CREATE TABLE postings (id integer PRIMARY KEY, account text NOT NULL, amount numeric(20, 4) NOT NULL,
                       currency char(3) NOT NULL, memo text);
INSERT INTO postings VALUES (1, 'cash', 10.005, 'EUR', 'a'), (2, 'fees', -10.005, 'EUR', 'b'),
                            (3, 'cash', 7, 'USD', 'c');
"""
ROUNDS = 'op.execute("UPDATE postings SET amount = round(amount, 2)")'


@pytest.fixture
def new_ledger(new_project: Callable[..., GuardedProject]) -> Callable[[str], GuardedProject]:
    """A project with three postings in its database, and a revision to stand on."""

    def make(url: str) -> GuardedProject:
        project = new_project(url, SETTINGS)
        with make_engine(url).begin() as connection:
            for statement in TABLE.split(";")[:2]:
                connection.execute(sa.text(statement))
        return project

    return make


@pytest.fixture
def ledger(new_ledger: Callable[[str], GuardedProject], postgres_url: str) -> GuardedProject:
    return new_ledger(postgres_url)


@pytest.fixture(params=["postgresql", "sqlite"])
def either(
    request: pytest.FixtureRequest, new_ledger: Callable[[str], GuardedProject], tmp_path: Path
) -> GuardedProject:
    on_sqlite = request.param == "sqlite"
    return new_ledger(f"sqlite:///{tmp_path}/ledger.db" if on_sqlite else request.getfixturevalue("postgres_url"))


def rows(project: GuardedProject, sql: str) -> list[tuple[object, ...]]:
    with make_engine(project.url).connect() as connection:
        return [tuple(row) for row in connection.execute(sa.text(sql))]


def judgements(project: GuardedProject) -> list[tuple[object, object]]:
    return [
        (event.payload.get("migration_id"), event.payload["result"])
        for event in project.events()
        if event.kind is EventKind.VALIDATION
    ]


def declare(path: Path, line: str) -> None:
    path.write_text(path.read_text().replace('"""\nimport', f'\n\n{line}\n"""\nimport', 1))


def test_cents_that_a_step_rounds_away_stop_it_and_stay(either: GuardedProject) -> None:
    either.revision("b2", ROUNDS)
    done = either.alembic("upgrade", "head")
    assert done.returncode == 1
    assert ": 2 of 3 sums of amount by account and currency" in done.stderr
    assert "Reconciles: " in done.stderr
    assert "Traceback" not in done.stderr
    assert "nothing of it was kept" in done.stderr
    assert rows(either, "SELECT count(*) FROM postings WHERE amount <> round(amount, 2)") == [(2,)]
    assert judgements(either) == [("b2", "fail")]
    assert either.story()[-1] == ("failed", "b2")
    assert either.log.verify().ok
    assert "10.00" not in either.log.path.read_text()


def test_a_declared_change_passes_and_its_reason_is_told(either: GuardedProject) -> None:
    declare(
        either.revision("b2", ROUNDS),
        "Reconciles: postings.amount within 0.01 because half cents go, see FIN-7",
    )
    done = either.alembic("upgrade", "head")
    assert done.returncode == 0, done.stderr
    assert "half cents go, see FIN-7" in done.stderr
    assert judgements(either) == [("b2", "pass")]
    assert rows(either, "SELECT count(*) FROM postings WHERE amount <> round(amount, 2)") == [(0,)]


def test_money_that_moves_between_accounts_is_seen_though_the_whole_is_the_same(ledger: GuardedProject) -> None:
    ledger.revision("b2", "op.execute(\"UPDATE postings SET account = 'other' WHERE id = 1\")")
    done = ledger.alembic("upgrade", "head")
    assert done.returncode == 1
    assert "2 of 3 sums" in done.stderr


def test_rows_that_go_are_counted(either: GuardedProject) -> None:
    either.revision("b2", 'op.execute("DELETE FROM postings WHERE id = 3")')
    done = either.alembic("upgrade", "head")
    assert done.returncode == 1
    assert "had 3 rows and has 2 (-1)" in done.stderr
    assert rows(either, "SELECT count(*) FROM postings") == [(3,)]


def test_what_leaves_the_money_alone_passes(ledger: GuardedProject) -> None:
    ledger.revision("b2", 'op.execute("UPDATE postings SET memo = upper(memo)")')
    ledger.revision("c3", 'op.execute("CREATE INDEX by_account ON postings (account)")')
    ledger.revision("d4", 'op.execute("CREATE TABLE other (id integer)")')
    done = ledger.alembic("upgrade", "head")
    assert done.returncode == 0, done.stderr
    assert "comes to" not in done.stderr
    assert judgements(ledger)[0] == ("b2", "pass")


def test_warn_tells_and_lets_it_pass(ledger: GuardedProject) -> None:
    settings = ledger.root / "pyproject.toml"
    settings.write_text(settings.read_text() + '\n[tool.fingood.guard]\ntotals = "warn"\n')
    ledger.revision("b2", ROUNDS)
    done = ledger.alembic("upgrade", "head")
    assert done.returncode == 0
    assert "changes what the ledger comes to" in done.stderr
    assert judgements(ledger) == [("b2", "warning")]


def test_a_way_back_is_told_of_and_never_stopped(ledger: GuardedProject) -> None:
    ledger.revision("b2", "pass", 'op.execute("DELETE FROM postings WHERE id = 3")')
    assert ledger.alembic("upgrade", "head").returncode == 0
    back = ledger.alembic("downgrade", "-1")
    assert back.returncode == 0, back.stderr
    assert "downgrade of b2 changes what the ledger comes to" in back.stderr


def test_a_ledger_with_too_many_rows_is_said_to_be_left_out(either: GuardedProject) -> None:
    if either.url.startswith("postgresql"):
        with make_engine(either.url, isolation_level="AUTOCOMMIT").connect() as connection:
            connection.execute(sa.text("ANALYZE postings"))
    settings = either.root / "pyproject.toml"
    settings.write_text(settings.read_text() + "\n[tool.fingood.guard]\ntotals_rows = 2\n")
    either.revision("b2", ROUNDS)
    done = either.alembic("upgrade", "head")
    assert done.returncode == 0, done.stderr
    assert "what postings comes to is not compared: it has about 3 rows (guard.totals_rows is 2)" in done.stderr
    assert judgements(either) == [(None, "skipped")]


def test_a_ledger_that_does_not_exist_yet_is_no_trouble(
    new_project: Callable[..., GuardedProject], postgres_url: str
) -> None:
    project = new_project(postgres_url, SETTINGS)
    project.revision("a1", "\n".join(f'op.execute("""{part}""")' for part in TABLE.split(";")[:2]))
    project.revision("b2", ROUNDS)
    done = project.alembic("upgrade", "head")
    assert done.returncode == 1
    assert "upgrade of b2 changes" in done.stderr


def test_columns_and_tables_under_new_names_are_the_same_ledger(ledger: GuardedProject) -> None:
    ledger.revision(
        "b2",
        """
        op.alter_column("postings", "amount", new_column_name="value")
        op.alter_column("postings", "account", new_column_name="holder")
        op.rename_table("postings", "Ledger Lines")
        """,
    )
    done = ledger.alembic("upgrade", "head")
    assert done.returncode == 0, done.stderr
    assert judgements(ledger) == [("b2", "pass")]


def test_a_type_with_fewer_digits_is_stopped_and_one_with_as_many_is_not(ledger: GuardedProject) -> None:
    ledger.revision("b2", 'op.alter_column("postings", "amount", type_=sa.Numeric(28, 6))')
    ledger.revision("c3", 'op.alter_column("postings", "amount", type_=sa.Numeric(20, 2))')
    done = ledger.alembic("upgrade", "head")
    assert done.returncode == 1
    assert "2 of 3 sums" in done.stderr


def test_a_swap_of_tables_that_loses_nothing_passes_and_one_that_does_is_stopped(ledger: GuardedProject) -> None:
    swap = textwrap.dedent(
        """
        op.execute("CREATE TABLE copy (LIKE postings INCLUDING ALL)")
        op.execute("INSERT INTO copy SELECT * FROM postings{}")
        op.execute("DROP TABLE postings")
        op.rename_table("copy", "postings")
        """
    )
    ledger.revision("b2", swap.format(""))
    ledger.revision("c3", swap.format(" WHERE id < 3"))
    done = ledger.alembic("upgrade", "head")
    assert done.returncode == 1
    assert "had 3 rows and has 2 (-1)" in done.stderr


def test_a_dropped_column_of_amounts_is_stopped(ledger: GuardedProject) -> None:
    ledger.revision("b2", 'op.drop_column("postings", "amount")')
    done = ledger.alembic("upgrade", "head")
    assert done.returncode == 1
    assert "changes what the ledger comes to" in done.stderr


def test_what_others_write_meanwhile_is_not_blamed_on_the_step(ledger: GuardedProject) -> None:
    """Another session adds a posting between the looks, beside a step that touches nothing and one that does."""
    insert = "INSERT INTO postings SELECT max(id) + 1, 'cash', 5, 'EUR', 'theirs' FROM postings"
    others = f"""
        other = sa.create_engine(os.environ["DATABASE_URL"])
        with other.begin() as connection:
            connection.execute(sa.text("{insert}"))
        """
    ledger.revision("b2", f'{others}\nop.execute("CREATE TABLE other (id integer)")'.replace("\n        ", "\n"))
    done = ledger.alembic("upgrade", "head")
    assert done.returncode == 0, done.stderr
    assert "comes to" not in done.stderr
    ledger.revision("c3", f'{others}\nop.execute("UPDATE postings SET memo = upper(memo)")'.replace("\n        ", "\n"))
    done = ledger.alembic("upgrade", "head")
    assert done.returncode == 0, done.stderr
    assert "Others wrote to it meanwhile: whose change it is cannot be told" in done.stderr


def test_without_the_right_to_read_it_the_ledger_is_skipped_and_the_step_goes_on(ledger: GuardedProject) -> None:
    with make_engine(ledger.url, isolation_level="AUTOCOMMIT").connect() as connection:
        for statement in ("CREATE ROLE deployer LOGIN", "GRANT ALL ON SCHEMA public TO deployer"):
            connection.execute(sa.text(statement))
    try:
        ledger.url = ledger.url.replace("postgres@", "deployer@")
        ledger.revision("b2", 'op.execute("CREATE TABLE other (id integer)")')
        done = ledger.alembic("upgrade", "head")
        assert done.returncode == 0, done.stderr
        assert "what postings comes to is not compared: no privilege to read it (grant SELECT)" in done.stderr
        assert judgements(ledger) == [(None, "skipped")]
    finally:
        ledger.url = ledger.url.replace("deployer@", "postgres@")
        with make_engine(ledger.url, isolation_level="AUTOCOMMIT").connect() as connection:
            connection.execute(sa.text("DROP OWNED BY deployer"))
            connection.execute(sa.text("DROP ROLE deployer"))


def test_settings_that_speak_of_the_new_name_of_a_column_hold_before_it_has_it(either: GuardedProject) -> None:
    """Code, settings and revision come in one change: before the step the table does not have that column."""
    settings = either.root / "pyproject.toml"
    settings.write_text(settings.read_text().replace('amount = "amount"', 'amount = "value_in_euros"'))
    rename = 'op.execute("ALTER TABLE postings RENAME COLUMN amount TO value_in_euros")'
    either.revision("b2", rename)
    either.revision("c3", 'op.execute("UPDATE postings SET value_in_euros = round(value_in_euros, 2)")')
    done = either.alembic("upgrade", "head")
    assert "postings does not have value_in_euros yet: until then amount is compared" in done.stderr
    assert done.returncode == 1
    assert "upgrade of c3 changes what the ledger comes to" in done.stderr
    assert [one for one in judgements(either) if one[0]] == [("b2", "pass"), ("c3", "fail")]
    reasons = [event.payload.get("reason", "") for event in either.events() if event.kind is EventKind.VALIDATION]
    assert reasons == ["postings does not have value_in_euros yet: until then amount is compared", ""]


def test_a_step_that_brings_the_column_and_changes_the_money_is_stopped(ledger: GuardedProject) -> None:
    settings = ledger.root / "pyproject.toml"
    settings.write_text(settings.read_text().replace('amount = "amount"', 'amount = "value_in_euros"'))
    ledger.revision(
        "b2",
        'op.execute("ALTER TABLE postings RENAME COLUMN amount TO value_in_euros")\n'
        'op.execute("UPDATE postings SET value_in_euros = round(value_in_euros, 2)")',
    )
    done = ledger.alembic("upgrade", "head")
    assert done.returncode == 1
    assert "2 of 3 sums of amount by account and currency" in done.stderr
    assert judgements(ledger) == [("b2", "fail")]
