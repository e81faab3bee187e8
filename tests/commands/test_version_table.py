"""A version table of another name, in a schema of its own, as env.py configures it: what is applied is known."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa
from tests.guard.project import GuardedProject

from fingood.audit import AuditLog
from fingood.backup import BackupKind, take_backup_point
from fingood.catalog import connect, read_live
from fingood.commands.check import check_revisions
from fingood.commands.doctor_database import examine_database
from fingood.commands.emergency_rollback import list_ways_back
from fingood.commands.gate import look_at_gate
from fingood.commands.proving import Pace
from fingood.commands.target import look_at_target
from fingood.commands.validate_all import validate_all
from fingood.errors import CouldNotLook
from fingood.model.names import RelationName
from fingood.settings import Settings, load

_CALL = "            connection=connection,\n"
_NAMED = '            version_table="my versions",\n            version_table_schema={schema},\n'


def execute(url: str, *statements: str) -> None:
    engine = sa.create_engine(url, poolclass=sa.pool.NullPool)
    with engine.begin() as connection:
        for sql in statements:
            connection.exec_driver_sql(sql)


def applied(folder: Path, url: str, schema: str) -> GuardedProject:
    """A project with two revisions, the first of which is applied."""
    project = GuardedProject(folder, url)
    project.env(_CALL, _CALL + _NAMED.format(schema=schema))
    project.env("from alembic import context", "import os\n\nfrom alembic import context")
    table = "op.create_table('t', sa.Column('id', sa.Integer, primary_key=True))"
    project.revision("a1", table, "op.drop_table('t')")
    project.revision("b2", "op.add_column('t', sa.Column('note', sa.Text))", "op.drop_column('t', 'note')")
    execute(url, "CREATE SCHEMA meta")
    assert project.alembic("upgrade", "a1").returncode == 0
    return project


def settings_of(project: GuardedProject) -> Settings:
    return load(start=project.root, options={"database_url": project.url}, environ={})


@pytest.mark.parametrize("schema", ['"meta"', 'os.environ.get("NOWHERE", "meta")'])
def test_what_is_applied_is_known(tmp_path: Path, postgres_url: str, schema: str) -> None:
    settings = settings_of(applied(tmp_path / "bank", postgres_url, schema))
    facts = look_at_target(settings).facts
    assert facts is not None
    assert facts.heads == ("a1",)
    told = {run.check: run for run in examine_database(settings)}["version-table"]
    assert "the database is at a1; 1 to apply: b2" in told.findings[0].message
    assert "goes from a1 to" in repr(list_ways_back(settings).sections)
    assert look_at_gate(settings).data["revisions"] == ["b2"]
    point = take_backup_point(
        postgres_url,
        settings.backup_dir,
        BackupKind.FULL,
        AuditLog(settings.audit_log),
        version_table=settings.project.version_table,
    )
    assert point.heads == ("a1",)


def test_an_empty_sandbox_gets_the_schema_that_the_version_table_needs(tmp_path: Path, postgres_url: str) -> None:
    settings = settings_of(applied(tmp_path / "bank", postgres_url, '"meta"'))
    report = check_revisions(settings, ["base:head"])
    assert [finding.check for child in report.children for finding in child.findings if "fails" in finding.check] == []


def test_who_else_may_write_it_is_seen(tmp_path: Path, postgres_url: str) -> None:
    applied(tmp_path / "bank", postgres_url, '"meta"')
    execute(postgres_url, 'GRANT UPDATE ON meta."my versions" TO PUBLIC', "GRANT UPDATE ON t TO PUBLIC")
    with connect(postgres_url) as connection:
        live = read_live(connection, mask=str)
    assert live.version_writers == ((RelationName("meta", "my versions"), "PUBLIC"),)


def test_the_version_table_is_no_residue_of_the_first_revision(tmp_path: Path, postgres_url: str) -> None:
    settings = settings_of(applied(tmp_path / "bank", postgres_url, '"meta"'))
    report = validate_all(settings, pace=Pace(jobs=1))
    assert report.data["judgements"] == {"lossless": 2}


def test_several_tables_that_could_be_it_are_named_and_none_is_taken(tmp_path: Path, postgres_url: str) -> None:
    project = applied(tmp_path / "bank", postgres_url, '"me" + "ta"')
    execute(postgres_url, "CREATE TABLE public.alembic_version (version_num varchar(32) PRIMARY KEY)")
    with pytest.raises(CouldNotLook, match=r'meta\."my versions", public\.alembic_version could each hold') as raised:
        look_at_target(settings_of(project))
    assert "version_table in [tool.fingood]" in raised.value.hint
