"""`check` on real projects: with a target, without one, pending revisions, trouble below, ranges, the offline mode."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
import sqlalchemy as sa

from fingood.cli.main import run
from fingood.commands.check import check_revisions
from fingood.errors import CannotConnect, ConfigError, UnknownRevision
from fingood.model.report import Outcome, Report
from fingood.model.severity import SafetyLevel, Severity
from fingood.settings import Settings, load
from fingood.statements import Recorder

ENV = """
from alembic import context
from sqlalchemy import create_engine, pool

if context.is_offline_mode():
    context.configure(dialect_name="postgresql", as_sql=True)
    with context.begin_transaction():
        context.run_migrations()
else:
    engine = create_engine(context.config.get_main_option("sqlalchemy.url"), poolclass=pool.NullPool)
    with engine.connect() as connection:
        context.configure(connection=connection)
        with context.begin_transaction():
            context.run_migrations()
"""

REVISION = '''"""{doc}"""

import sqlalchemy as sa
from alembic import op

revision = "{id}"
down_revision = {down!r}


def upgrade() -> None:
    {up}


def downgrade() -> None:
    {back}
'''

Steps = dict[str, tuple[str, str]]
ONE = {
    "a1": ('op.create_table("Order Lines", sa.Column("id", sa.BigInteger()), sa.Column("fee %", sa.Text()))',
           'op.drop_table("Order Lines")'),
    "b2": ('op.create_index("ix", "Order Lines", ["fee %"])', 'op.drop_index("ix")'),
}  # fmt: skip


def project(root: Path, steps: Steps) -> Path:
    """A project whose revisions follow one another."""
    versions = root / "migrations" / "versions"
    versions.mkdir(parents=True)
    (root / "alembic.ini").write_text("[alembic]\nscript_location = %(here)s/migrations\n")
    (root / "migrations" / "env.py").write_text(ENV)
    down = None
    for id_, (up, back) in steps.items():
        text = REVISION.format(doc=f"step {id_}", id=id_, down=down, up=up, back=back or "pass")
        (versions / f"{id_}_step.py").write_text(text)
        down = id_
    return root


def settings_of(root: Path, url: str = "") -> Settings:
    return load(start=root, options={"database_url": url} if url else {}, environ={})


def applied(root: Path, url: str, revision: str) -> None:
    with Recorder(settings_of(root).project) as recorder:
        recorder.upgrade(url, revision, observe=False)


def found(report: Report) -> dict[str, Severity]:
    return {finding.check: finding.severity for finding in report.findings}


def test_without_a_database_the_history_is_replayed(tmp_path: Path) -> None:
    report = check_revisions(settings_of(project(tmp_path, ONE)), ["head"])
    assert found(report) == {"index-nonconcurrent": Severity.ERROR}
    assert report.headline == "BLOCKED  1 error"
    assert report.exit_code == 1
    (finding,) = report.findings
    assert str(finding.location) == "migrations/versions/b2_step.py:11"
    assert 'op.create_index("ix", "Order Lines", ["fee %"], postgresql_concurrently=True)' in finding.remedy
    assert [row[2:5] for row in report.sections[0].rows] == [('"Order Lines"', "SHARE", "writes, DDL")]


def test_the_targets_sizes_make_a_finding_lighter(tmp_path: Path, postgres_url: str) -> None:
    root = project(tmp_path, ONE)
    applied(root, postgres_url, "a1")
    _run(postgres_url, 'INSERT INTO "Order Lines" SELECT g FROM generate_series(1, 20) g', 'ANALYZE "Order Lines"')
    report = check_revisions(settings_of(root, postgres_url), ["head"])
    assert found(report) == {"index-nonconcurrent": Severity.INFO}
    assert report.exit_code == 0
    assert "20 rows" in report.findings[0].effect


def test_tables_of_pending_revisions_are_new_to_the_target(tmp_path: Path, postgres_url: str) -> None:
    root = project(tmp_path, {**ONE, "c3": ('op.execute("CREATE TABLE other (id int)")', 'op.drop_table("other")')})
    _run(postgres_url, "CREATE TABLE older (id int)")
    report = check_revisions(settings_of(root, postgres_url), ["b2"])
    assert found(report) == {}
    assert any("copy of the target" in line for line in report.data["notes"])


def test_a_target_that_has_the_revision_already_is_no_obstacle(tmp_path: Path, postgres_url: str) -> None:
    root = project(tmp_path, ONE)
    applied(root, postgres_url, "b2")
    report = check_revisions(settings_of(root, postgres_url), ["b2"])
    assert found(report).keys() == {"index-nonconcurrent"}
    assert any("replayed from empty" in line for line in report.data["notes"])


def test_the_target_is_not_changed(tmp_path: Path, postgres_url: str) -> None:
    root = project(tmp_path, ONE)
    applied(root, postgres_url, "a1")
    before = _catalog(postgres_url)
    check_revisions(settings_of(root, postgres_url), ["head"])
    assert _catalog(postgres_url) == before


def test_a_failing_revision_is_found_with_its_line_and_what_stands_on_it_is_not_judged(tmp_path: Path) -> None:
    steps = {**ONE, "c3": ('op.drop_table("nowhere")', ""), "d4": ('op.execute("SELECT 1")', 'op.execute("SELECT 2")')}
    report = check_revisions(settings_of(project(tmp_path, steps)), ["c3", "d4"])
    failing, above = report.children
    (finding,) = [one for one in failing.findings if one.check == "upgrade-fails"]
    assert str(finding.location) == "migrations/versions/c3_step.py:11"
    assert "42P01" in finding.message
    assert above.headline.startswith("NOT JUDGED  c3 below it fails")
    assert above.exit_code == 3
    assert "sandbox.baseline" in above.recommendations[0]


def test_what_this_server_was_built_without_sends_to_another_server(tmp_path: Path) -> None:
    lacking = "DO $$ BEGIN RAISE EXCEPTION 'ICU is not supported in this build' USING ERRCODE = '0A000'; END $$"
    steps = {"a1": (f'op.execute("{lacking}")', ""), "b2": ('op.execute("SELECT 1")', 'op.execute("SELECT 2")')}
    above = check_revisions(settings_of(project(tmp_path, steps)), ["b2"])
    assert "sandbox.server" in above.recommendations[0]


def test_a_downgrade_that_fails_is_found(tmp_path: Path) -> None:
    steps = {"a1": ('op.execute("CREATE TABLE t (id int)")', 'op.drop_table("tt")')}
    report = check_revisions(settings_of(project(tmp_path, steps)), ["a1"])
    assert found(report) == {"downgrade-fails": Severity.ERROR}


def test_a_range_is_one_report_with_a_child_for_each(tmp_path: Path) -> None:
    report = check_revisions(settings_of(project(tmp_path, ONE)), ["a1:head"])
    assert [child.data["revision"] for child in report.children] == ["a1", "b2"]
    assert report.headline == "BLOCKED  1 error · 1 of 2 revisions"


def test_the_offline_mode_runs_nothing_and_says_what_it_missed(tmp_path: Path) -> None:
    steps = {**ONE, "c3": ('op.get_bind().execute(sa.text("SELECT 1")).scalar()', "")}
    report = check_revisions(settings_of(project(tmp_path, steps)), ["b2", "c3"], static=True)
    rendered, asking = report.children
    assert found(rendered) == {"index-nonconcurrent": Severity.ERROR}
    assert "not-rendered" in found(asking)
    assert asking.count(Outcome.SKIPPED) > 10


def test_the_level_decides_what_blocks(tmp_path: Path) -> None:
    settings = settings_of(project(tmp_path, ONE))
    assert check_revisions(settings, ["b2"], level=SafetyLevel.LOW).exit_code == 0
    assert check_revisions(settings, ["b2"], level=SafetyLevel.HIGH).exit_code == 1
    assert check_revisions(settings, ["b2"], ignore=["index-*"]).headline == "clean"


def test_a_sqlite_project_is_judged_too(tmp_path: Path) -> None:
    up = 'op.add_column("t", sa.Column("fee", sa.Float()))'
    root = project(
        tmp_path, {"a1": ('op.execute("CREATE TABLE t (id INTEGER)")', 'op.drop_table("t")'), "b2": (up, "")}
    )
    url = f"sqlite:///{tmp_path / 'bank.db'}"
    applied(root, url, "a1")
    before = hashlib.sha256((tmp_path / "bank.db").read_bytes()).hexdigest()
    report = check_revisions(settings_of(root, url), ["head"])
    assert found(report) == {"money-float": Severity.ERROR, "downgrade-missing": Severity.ERROR}
    assert hashlib.sha256((tmp_path / "bank.db").read_bytes()).hexdigest() == before


def test_what_cannot_be_looked_at_is_said_and_not_guessed(tmp_path: Path) -> None:
    root = project(tmp_path, ONE)
    with pytest.raises(CannotConnect):
        check_revisions(settings_of(root, "postgresql://nobody:secret@127.0.0.1:1/x"), ["head"])
    with pytest.raises(UnknownRevision):
        check_revisions(settings_of(root), ["nosuch"])
    with pytest.raises(ConfigError):
        check_revisions(settings_of(root), ["head"], select=["nosuch"])


def test_the_command_explains_a_check_outside_of_any_project(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["check", "--explain", "set-not-null"]) == 0
    assert "## Instead" in capsys.readouterr().out
    assert run(["check", "--explain", "set-notnull"]) == 2
    assert run(["check"]) == 2


def _run(url: str, *statements: str) -> None:
    engine = sa.create_engine(url, poolclass=sa.pool.NullPool)
    with engine.begin() as connection:
        for sql in statements:
            connection.exec_driver_sql(sql)


def _catalog(url: str) -> list[tuple[object, ...]]:
    engine = sa.create_engine(url, poolclass=sa.pool.NullPool)
    with engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT oid, relname, relfilenode FROM pg_class ORDER BY oid").fetchall()
        versions = connection.exec_driver_sql("SELECT version_num FROM alembic_version").fetchall()
    return [tuple(row) for row in [*rows, *versions]]


DIFFERENT = (
    """op.execute("CREATE FUNCTION one() RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT 1'")
    op.execute("CREATE DOMAIN word AS text")
    op.execute("ALTER TABLE notes ALTER COLUMN body TYPE word, ADD COLUMN n int DEFAULT one()")""",
    "pass",
)


def test_where_run_and_text_differ_the_run_wins_and_verbose_shows_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    first = ('op.execute("CREATE TABLE notes (id bigint PRIMARY KEY, body text)")', 'op.drop_table("notes")')
    monkeypatch.chdir(project(tmp_path, {"a1": first, "b2": DIFFERENT}))
    words = ["check", "b2", "--select", "type-change-rewrite", "--select", "add-column-volatile-default"]
    assert run(words) == 0
    assert "the run rewrote nothing" not in capsys.readouterr().out
    assert run([*words, "-v"]) == 0
    told = capsys.readouterr().out.partition("where the run and the text differ")[2]
    assert "type-change-rewrite: notes.body: the run rewrote nothing" in told
    assert "add-column-volatile-default: notes.n: the run rewrote nothing" in told
