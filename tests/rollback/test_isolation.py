"""While a way back is proven on a copy, the source is neither written nor locked against those who write to it."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from fingood.catalog import connect, take_fingerprints, take_snapshot
from fingood.revisions import History
from fingood.rollback import prove
from fingood.sandbox import open_sandbox
from fingood.settings import load
from fingood.settings.values import SandboxSettings
from fingood.statements import Recorder
from fingood.statements.compat import make_engine

cases = sys.modules["matrix_cases"]
WRITTEN = """
SELECT tup_inserted, tup_updated, tup_deleted, last_value
  FROM pg_stat_database, s
 WHERE datname = current_database()
"""


@pytest.fixture
def source(postgres_url: str) -> str:
    with connect(postgres_url, read_only=False) as connection:
        connection.exec_driver_sql(
            "CREATE TABLE t (id int PRIMARY KEY, v text); CREATE SEQUENCE s; "
            "INSERT INTO t SELECT n, 'a' || n FROM generate_series(1, 50) n; SELECT nextval('s')",
            execution_options={"no_parameters": True},
        )
        connection.commit()
    return postgres_url


def look(url: str):
    with connect(url) as connection:
        written = tuple(connection.exec_driver_sql(WRITTEN).one())
        return written, take_snapshot(connection), take_fingerprints(connection)


@pytest.mark.parametrize("where", ["embedded", "target"])
@pytest.mark.parametrize("content", ["schema", "sample", "full"])
def test_the_source_is_neither_written_nor_locked(content: str, where: str, source: str, tmp_path: Path):
    up = "op.execute(\"DELETE FROM t; SELECT nextval('s'); ALTER TABLE t ADD w int\")"
    cases.lay_project(tmp_path, [("one", None, up, 'op.execute("ALTER TABLE t DROP w")')])
    project = load(start=tmp_path).project
    before = look(source)
    # EXCLUSIVE conflicts with every mode but ACCESS SHARE (manual, 13.3.1): a stronger lock would wait and time out.
    with make_engine(source).connect() as writer:
        writer.exec_driver_sql("LOCK TABLE t IN EXCLUSIVE MODE")
        with (
            open_sandbox("postgresql", target_url=source, settings=SandboxSettings(server=where)) as sandbox,
            Recorder(project) as recorder,
        ):
            proof = prove(recorder, sandbox.copy_of(source, content), History.load(project).get("one"))
        assert proof.up is not None
        assert proof.up.failure is None
        writer.rollback()
    assert look(source) == before
