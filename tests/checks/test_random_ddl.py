"""Random sequences of DDL: no crash, no rewrite and no ACCESS EXCLUSIVE lock without a finding or without its place in
the timeline.

``FINGOOD_HYPOTHESIS_EXAMPLES=500`` looks for longer, and at other sequences each time.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.checks.examples import Examples, open_examples, read_state

from fingood.checks import Subject, run_checks
from fingood.commands.lock_table import lock_rows
from fingood.model.action import LockMode
from fingood.model.report import Outcome

pytestmark = pytest.mark.slow

LONG = int(os.environ.get("FINGOOD_HYPOTHESIS_EXAMPLES", "0"))
TABLES = ("accounts", "owners", '"Order Lines"', "parts")
COLUMNS = ("id", "a", "b", '"fee %"', "c")
TYPES = ("integer", "bigint", "text", "varchar(10)", "varchar(40)", "numeric(10,2)", "numeric(12,2)", "timestamptz")
STATE = """
DROP SCHEMA public CASCADE; CREATE SCHEMA public;
CREATE TABLE accounts (id bigint PRIMARY KEY, a integer, b varchar(10), "fee %" numeric(10,2) NOT NULL DEFAULT 0);
CREATE TABLE owners (id bigint PRIMARY KEY, a integer, b text, "fee %" numeric(10,2));
CREATE TABLE "Order Lines" (id bigint PRIMARY KEY, a integer REFERENCES owners DEFERRABLE, b text, "fee %" text);
CREATE TABLE parts (id bigint, a integer, b text, "fee %" text) PARTITION BY RANGE (id);
CREATE TABLE part_1 PARTITION OF parts FOR VALUES FROM (0) TO (10);
CREATE TABLE loose (id bigint, a integer, b text, "fee %" text);
CREATE INDEX ix_b ON accounts (b);
INSERT INTO accounts (id, a, b) SELECT n, n, 'x' FROM generate_series(1, 50) AS n;
"""


def _filled(template: str, values: tuple[str, ...]) -> str:
    table, column, type_, other = values
    return template.format(t=table, c=column, y=type_, o=other)


STATEMENTS = st.builds(
    _filled,
    st.sampled_from(
        (
            "ALTER TABLE {t} ADD COLUMN new_column {y}",
            "ALTER TABLE {t} ADD COLUMN stamped timestamptz DEFAULT clock_timestamp()",
            "ALTER TABLE {t} ADD COLUMN number bigserial",
            "ALTER TABLE {t} DROP COLUMN {c}",
            "ALTER TABLE {t} DROP COLUMN {c} CASCADE",
            "ALTER TABLE {t} ALTER {c} TYPE {y} USING NULL",
            "ALTER TABLE {t} ALTER {c} TYPE {y}",
            "ALTER TABLE {t} ALTER {c} SET NOT NULL",
            "ALTER TABLE {t} ALTER {c} DROP NOT NULL",
            "ALTER TABLE {t} ALTER {c} SET DEFAULT NULL",
            "ALTER TABLE {t} RENAME {c} TO renamed",
            "ALTER TABLE {t} RENAME TO moved",
            "ALTER TABLE {t} ADD CONSTRAINT k CHECK ({c} IS NOT NULL)",
            "ALTER TABLE {t} ADD CONSTRAINT k CHECK ({c} IS NOT NULL) NOT VALID",
            "ALTER TABLE {t} VALIDATE CONSTRAINT k",
            "ALTER TABLE {t} DROP CONSTRAINT k",
            "ALTER TABLE {t} ADD UNIQUE ({c})",
            "ALTER TABLE {t} ADD FOREIGN KEY (a) REFERENCES {o} (id) NOT VALID",
            "ALTER TABLE {t} SET UNLOGGED",
            "ALTER TABLE {t} SET (fillfactor = 80)",
            "ALTER TABLE {t} ENABLE ROW LEVEL SECURITY",
            "ALTER TABLE parts ATTACH PARTITION loose FOR VALUES FROM (10) TO (20)",
            "ALTER TABLE parts DETACH PARTITION part_1",
            "CREATE INDEX ON {t} ({c})",
            "DROP INDEX ix_b",
            "CREATE TABLE fresh (id int REFERENCES {o})",
            "CREATE VIEW seen AS SELECT {c} FROM {t}",
            "DROP TABLE {t} CASCADE",
            "TRUNCATE {t} CASCADE",
            "UPDATE {t} SET {c} = NULL",
            "DO $$ BEGIN ALTER TABLE {t} ALTER {c} TYPE {y}; END $$",
            "CLUSTER accounts USING ix_b",
            "REINDEX TABLE {t}",
            "COMMENT ON COLUMN {t}.{c} IS 'x'",
            "LOCK TABLE {t}",
            "CREATE TRIGGER tr BEFORE INSERT ON {t} FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()",
            "CREATE RULE r AS ON DELETE TO {t} DO INSTEAD NOTHING",
        )
    ),
    st.tuples(
        st.sampled_from(TABLES),
        st.sampled_from(COLUMNS),
        st.sampled_from(TYPES),
        st.sampled_from(("owners", "accounts")),
    ),
)

REVISION = """
import sqlalchemy as sa
from alembic import op

revision = "random"
down_revision = None


def upgrade():
    for sql in {statements!r}:
        try:
            with op.get_bind().begin_nested():
                op.execute(sql)
        except sa.exc.DBAPIError:
            pass


def downgrade():
    pass
"""


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory, postgres_server) -> Iterator[Examples]:
    root = tmp_path_factory.mktemp("random")
    (root / "examples").mkdir()
    (root / "examples" / "random.py").write_text(REVISION.format(statements=[]))
    with open_examples(postgres_server, root / "bank", [root / "examples" / "random.py"]) as examples:
        yield examples


@settings(
    max_examples=LONG or 25,
    derandomize=not LONG,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(statements=st.lists(STATEMENTS, min_size=1, max_size=8))
def test_nothing_heavy_is_seen_without_a_finding_and_a_place_in_the_timeline(
    bank: Examples, statements: list[str]
) -> None:
    subject = _run(bank, statements)
    runs = run_checks(subject)
    assert [(run.check, run.reason) for run in runs if run.outcome is Outcome.ERRORED] == []
    told = {finding.statement for run in runs for finding in run.findings}
    timeline = {(row[2], row[3]) for row in lock_rows(subject, subject.upgrade)}
    assert subject.upgrade is not None
    for statement in subject.upgrade.statements:
        seen = statement.observed
        if seen is None or statement.failure:
            continue
        heavy = [
            lock for lock in seen.locks or () if lock.mode is LockMode.ACCESS_EXCLUSIVE and _is_table(subject, lock)
        ]
        if heavy or seen.rewritten:
            assert statement.sql in told, (statement.sql, heavy, seen.rewritten)
        for lock in heavy:
            assert (str(lock.relation), str(lock.mode)) in timeline


def _is_table(subject: Subject, lock) -> bool:
    return subject.table(lock.relation) is not None


def _run(bank: Examples, statements: list[str]) -> Subject:
    """The statements as one revision, each under a savepoint, on the same state."""
    path = bank.project.version_locations[0] / "random.py"
    path.write_text(REVISION.format(statements=statements))
    database = bank.server.create_database(template="template0")
    url = bank.server.url(database)
    _execute(url, STATE)
    facts, _ = read_state(url)
    (plan,) = bank.recorder.upgrade(url, "random")
    bank.server.drop_database(database)
    return Subject(
        revision="random",
        path="random.py",
        source=path.read_text(),
        upgrade=plan,
        facts=replace(facts, heads=()),
        heads=("random",),
    )


def _execute(url: str, sql: str) -> None:
    from fingood.statements.compat import make_engine

    with make_engine(url).begin() as connection:
        connection.exec_driver_sql(sql.replace("%", "%%"))
