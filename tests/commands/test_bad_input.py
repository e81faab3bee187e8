"""A revision that misbehaves ends as a finding on itself; the others are judged, and nothing leaves the sandbox."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa
from tests.commands.test_check import ENV, REVISION

from fingood.commands.check import check_revisions
from fingood.commands.plan import show_plan
from fingood.commands.proving import Pace
from fingood.commands.test_rollback import test_rollback
from fingood.commands.validate_all import validate_all
from fingood.errors import HistoryError
from fingood.model.finding import Direction, Finding
from fingood.model.report import Outcome, Report
from fingood.settings import Settings, load

pytestmark = pytest.mark.slow

GOOD = 'op.create_table("customer", sa.Column("id", sa.BigInteger(), primary_key=True))'
UP = Direction.UPGRADE
FIRST, BAD, BESIDE = "a100", "b200", "c300"


def project(root: Path, body: str, *, broken: str = "") -> Settings:
    """Three revisions: one, and two that stand on it, the first of which misbehaves."""
    versions = root / "migrations" / "versions"
    versions.mkdir(parents=True)
    (root / "alembic.ini").write_text("[alembic]\nscript_location = %(here)s/migrations\n")
    (root / "migrations" / "env.py").write_text(ENV)
    steps = ((FIRST, None, GOOD), (BAD, FIRST, body), (BESIDE, FIRST, "op.execute('CREATE TABLE beside (id int)')"))
    for id_, down, up in steps:
        text = REVISION.format(doc=id_, id=id_, down=down, up=up, back="pass")
        (versions / f"{id_}_step.py").write_text(broken if broken and id_ == BAD else text)
    return load(start=root, options={}, environ={"FINGOOD_SANDBOX_TIMEOUT": "3s"})


def check(settings: Settings) -> tuple[Finding, dict[str, Report]]:
    """The one finding about the revision that misbehaves, and the reports by revision or file."""
    report = check_revisions(settings, [FIRST, BAD, BESIDE])
    assert report.exit_code == 1
    children = {child.subject.split()[0].rpartition("/")[2].partition("_")[0]: child for child in report.children}
    (finding,) = [one for one in children[BAD].findings if one.check == "upgrade-fails"]
    for other in (FIRST, BESIDE):
        assert not [one for one in children[other].findings if one.check == "upgrade-fails"]
        assert [run.reason for run in children[other].runs if run.outcome is Outcome.ERRORED] == []
    return finding, children


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ('op.execute("SELECT pg_terminate_backend(pg_backend_pid())")', "57P01"),
        ('op.execute("SELECT pg_sleep(1000)")', "57014"),
        ("while True: pass", "did not end within 3 s"),
        ("import os; os._exit(3)", "exit code 3"),
        ("import sys; sys.exit(3)", "SystemExit"),
        ('op.execute("SELECT 1 / 0")', "22012"),
        ('op.execute("CREATE TABLE x (")', "42601"),
    ],
)
def test_a_revision_that_breaks_its_run_is_a_finding_with_its_line(tmp_path: Path, body: str, words: str) -> None:
    finding, _ = check(project(tmp_path, body))
    assert words in finding.message
    assert finding.location is not None
    assert finding.location.path == f"migrations/versions/{BAD}_step.py"
    assert finding.location.line == (None if "exit code" in words else 11)


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ("COPY customer FROM PROGRAM 'touch {mark}'", "COPY runs a program on"),
        ("COPY customer TO '{mark}'", "COPY writes a file of"),
        ("COPY customer FROM '/etc/passwd'", "COPY reads a file of"),
        ("DO $$ BEGIN COPY customer TO '{mark}'; END $$", "COPY of a file"),
        (
            "CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS 'BEGIN COPY customer TO ''{mark}''; END'",
            "COPY of a file",
        ),
        ("CREATE PROCEDURE p() LANGUAGE sql AS 'SELECT pg_read_file(''/etc/passwd'')'", "pg_read_file()"),
        ("SELECT pg_read_file('/etc/passwd')", "pg_read_file()"),
        ("SELECT lo_import('/etc/passwd')", "lo_import()"),
        ("SELECT lo_export(1, '{mark}')", "lo_export()"),
        ("SELECT * FROM dblink('dbname=other', 'SELECT 1') AS t (a int)", "dblink()"),
        ("SELECT pg_reload_conf()", "pg_reload_conf()"),
        ("IMPORT FOREIGN SCHEMA public FROM SERVER other INTO public", "IMPORT FOREIGN SCHEMA"),
    ],
)
def test_what_would_leave_the_sandbox_is_not_run_though_the_revision_hides_errors(
    tmp_path: Path, sql: str, words: str
) -> None:
    mark = tmp_path / "mark"
    tmp_path.chmod(0o777)
    body = f"try:\n        op.execute({sql.format(mark=mark)!r})\n    except Exception: pass"
    finding, _ = check(project(tmp_path / "bank", body))
    assert "not run in the sandbox" in finding.message
    assert words in finding.message
    assert finding.location is not None
    assert finding.location.line == 12
    assert not mark.exists()


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ('revision = "b200"\ndown_revision = "a100"\n\ndef upgrade(:\n', 4, "syntax error"),
        ('revision = "b200"\ndown_revision = "a100"\nimport no_such_module\n', 3, "no_such_module"),
        ('revision = "b200"\ndown_revision = "a100"\n\n1 / 0\n', 4, "ZeroDivisionError"),
        ('revision = "b200"\ndown_revision = "gone"\n', 2, "gone"),
    ],
)
def test_a_file_that_cannot_be_loaded_is_a_finding_and_the_others_are_judged(
    tmp_path: Path, text: str, line: int, words: str
) -> None:
    finding, children = check(project(tmp_path, "", broken=text))
    assert words in finding.message
    assert finding.location is not None
    assert (finding.location.path, finding.location.line) == (f"migrations/versions/{BAD}_step.py", line)
    assert children[BESIDE].data["statements"] == 1


def test_what_stands_on_a_broken_file_says_so(tmp_path: Path) -> None:
    settings = project(tmp_path, "", broken='revision = "b200"\ndown_revision = "a100"\ndef\n')
    above = tmp_path / "migrations/versions/d400_step.py"
    above.write_text(REVISION.format(doc="d400", id="d400", down=BAD, up="pass", back="pass"))
    report = check_revisions(settings, ["base:head"])
    (finding,) = [one for child in report.children for one in child.findings if one.check == "upgrade-fails"]
    assert "What stands on it was not judged: d400." in finding.effect
    assert report.exit_code == 1
    for word in ("d400", "d400_step.py"):
        found = {child.subject: child.findings for child in check_revisions(settings, [word]).children}
        (named,) = found["migrations/versions/d400_step.py"]
        assert "it stands on migrations/versions/b200_step.py, which cannot be loaded: syntax error" in named.message


def test_files_that_fail_for_one_reason_are_one_finding(tmp_path: Path) -> None:
    settings = project(tmp_path, "", broken="import nowhere\nrevision = 'b200'\ndown_revision = 'a100'\n")
    for id_ in ("d400", "e500_head"):
        text = f"import nowhere\nrevision = '{id_}'\ndown_revision = 'b200'\n"
        (tmp_path / f"migrations/versions/{id_}.py").write_text(text)
    report = check_revisions(settings, ["head"])
    (finding,) = [one for child in report.children for one in child.findings if one.check == "upgrade-fails"]
    assert "The same in migrations/versions/d400.py, migrations/versions/e500_head.py." in finding.effect
    assert "install what provides nowhere next to fingood" in finding.remedy
    assert "3 files cannot be loaded" in validate_all(settings, pace=Pace(jobs=2)).headline


BROKEN = 'revision = "b200"\ndown_revision = "a100"\n\ndef upgrade(:\n'


def test_a_history_is_judged_without_a_file_that_cannot_be_loaded_which_is_a_finding(tmp_path: Path) -> None:
    report = validate_all(project(tmp_path, "", broken=BROKEN), pace=Pace(jobs=2))
    (finding,) = [one for one in report.findings if one.check == "upgrade-fails"]
    assert finding.location is not None
    assert (finding.location.path, finding.location.line) == (f"migrations/versions/{BAD}_step.py", 4)
    assert [verdict["revision"] for verdict in report.data["revisions"]] == [FIRST, BESIDE]
    assert "1 file cannot be loaded" in report.headline
    assert report.exit_code == 1


def test_a_named_revision_is_shown_and_proven_beside_a_file_that_cannot_be_loaded(tmp_path: Path) -> None:
    settings = project(tmp_path, "", broken=BROKEN)
    for report in (test_rollback(settings, [BESIDE]), show_plan(settings, BESIDE, direction=UP, static=False)):
        assert f"migrations/versions/{BAD}_step.py" in str(report.sections)
    for words in (BAD, "head", f"{FIRST}:head", "heads"):
        with pytest.raises(HistoryError, match=f"{BAD}_step.py"):
            test_rollback(settings, [words])
        with pytest.raises(HistoryError, match=f"{BAD}_step.py"):
            show_plan(settings, words, direction=UP, static=True)


@pytest.mark.parametrize(
    "sql", ["ALTER SYSTEM SET work_mem = '5MB'", "CREATE ROLE teller", "DROP DATABASE IF EXISTS x"]
)
def test_a_server_of_others_is_not_changed(tmp_path: Path, sql: str, postgres_server, postgres_url: str) -> None:
    body = f"with op.get_context().autocommit_block(): op.execute({sql!r})"
    project(tmp_path, body)
    options = {"FINGOOD_SANDBOX_SERVER": postgres_server.url("postgres")}
    finding, _ = check(load(start=tmp_path, options={}, environ=options))
    assert "not run in the sandbox" in finding.message
    assert "server of others" in finding.message
    with sa.create_engine(postgres_url).connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM pg_roles WHERE rolname = 'teller'").scalar() == 0


def test_other_databases_are_not_reached(tmp_path: Path, postgres_url: str) -> None:
    body = (
        f"sa.create_engine({postgres_url!r}).connect().execute(sa.text('CREATE TABLE leaked (id int)')).close()\n"
        f"    import psycopg; psycopg.connect({postgres_url.replace('+psycopg', '')!r})"
    )
    finding, _ = check(project(tmp_path, body))
    assert "psycopg opens a connection itself" in finding.message
    with sa.create_engine(postgres_url).connect() as connection:
        assert not sa.inspect(connection).has_table("leaked")
