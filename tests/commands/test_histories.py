"""Long histories: killed runs go on, workers agree with one process, what has not changed is not proven again."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from fingood.commands.proving import Pace
from fingood.commands.scope import Scope
from fingood.commands.validate_all import validate_all
from fingood.commands.workers import Place, Workers, send
from fingood.errors import HistoryError
from fingood.model.report import Report, Text
from fingood.sandbox import Server
from fingood.settings import load

ENV = """
from alembic import context
from sqlalchemy import engine_from_config, pool

section = context.config.get_section(context.config.config_ini_section)
engine = engine_from_config(section, prefix="sqlalchemy.", poolclass=pool.NullPool)
with engine.connect() as connection:
    context.configure(connection=connection)
    with context.begin_transaction():
        context.run_migrations()
"""
REVISION = '''"""{doc}"""

from alembic import op

revision = "{id}"
down_revision = {down!r}


def upgrade():
    op.execute("CREATE TABLE t_{id} (id integer PRIMARY KEY, name text)")


def downgrade():
    {back}
'''
READS_MODULES = """

from rows_to_lose import ROWS


def limit():
    import bank
    return bank.LIMIT


def fingood_seed(connection):
    connection.exec_driver_sql(ROWS)
"""
OTHER_ROWS = READS_MODULES.replace("(ROWS)", "(ROWS.replace('NULL', 'id'))")
# Two branches from r1, joined by r4; r3's and r6's ways back leave the table.
PARENTS: dict[str, str | tuple[str, ...] | None] = {
    "r0": None, "r1": "r0", "r2": "r1", "r3": "r1", "r4": ("r2", "r3"), "r5": "r4", "r6": "r5", "r7": "r6",
}  # fmt: skip
BAD = ("r3", "r6")


def write(root: Path, id_: str, *, doc: str = "A table.", good: bool | None = None, extra: str = "") -> None:
    good = id_ not in BAD if good is None else good
    back = f'op.execute("DROP TABLE t_{id_}")' if good else "pass"
    text = REVISION.format(id=id_, doc=doc, down=PARENTS[id_], back=back) + extra
    (root / "migrations" / "versions" / f"{id_}.py").write_text(text)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return lay(tmp_path)


def lay(root: Path) -> Path:
    (root / "migrations" / "versions").mkdir(parents=True)
    (root / "migrations" / "env.py").write_text(ENV)
    (root / "alembic.ini").write_text("[alembic]\nscript_location = %(here)s/migrations\nprepend_sys_path = %(here)s\n")
    (root / "pyproject.toml").write_text('[tool.fingood.sandbox]\nserver = "auto"\n')
    for id_ in PARENTS:
        write(root, id_)
    return root


@dataclass(frozen=True, slots=True)
class Proven:
    """A history proven by one process, and what that said. r7 takes a limit and its rows from the project's modules."""

    root: Path
    report: Report


@pytest.fixture(scope="module")
def proven_once(tmp_path_factory: pytest.TempPathFactory) -> Proven:
    root = lay(tmp_path_factory.mktemp("history"))
    (root / "bank").mkdir()
    (root / "bank" / "__init__.py").write_text("LIMIT = 1\n")
    (root / "rows_to_lose.py").write_text("ROWS = 'INSERT INTO t_r0 VALUES (1, NULL)'\n")
    write(root, "r7", extra=READS_MODULES)
    return Proven(root, run(root, jobs=1))


@pytest.fixture
def proven(proven_once: Proven, tmp_path: Path) -> Proven:
    """The same in a folder of its own: what is kept does not depend on where the project lies."""
    return Proven(Path(shutil.copytree(proven_once.root, tmp_path / "copy")), proven_once.report)


def run(root: Path, scope: Scope | None = None, **pace: object) -> Report:
    return validate_all(load(start=root, environ={}), scope=scope, pace=Pace(**pace))  # type: ignore[arg-type]


def judgements(report: Report) -> dict[str, str]:
    return {one["revision"]: one["judgement"] for one in report.data["revisions"]}  # type: ignore[attr-defined]


def findings(report: Report) -> list[tuple[str, str, str]]:
    return [(finding.check, finding.subject, finding.message) for finding in report.findings]


def proven_anew(report: Report) -> int:
    return len(report.data["revisions"]) - int(report.data["kept"])  # type: ignore[arg-type,call-overload]


def lines(report: Report) -> str:
    return "\n".join(line for section in report.sections if isinstance(section, Text) for line in section.lines)


def test_workers_judge_as_one_process_does(proven: Proven) -> None:
    together = run(proven.root, jobs=2, use_kept=False)
    assert judgements(proven.report) == judgements(together)
    assert [id_ for id_, judgement in judgements(together).items() if judgement != "lossless"] == list(BAD)
    assert findings(proven.report) == findings(together)
    assert "2 worker processes" in lines(together)
    assert proven_anew(together) == 8


def test_what_has_not_changed_is_not_proven_again_and_says_the_same(proven: Proven) -> None:
    second = run(proven.root, jobs=1)
    assert (proven_anew(proven.report), proven_anew(second)) == (8, 0)
    assert judgements(proven.report) == judgements(second)
    assert findings(proven.report) == findings(second)
    assert "8 proofs were kept from before" in lines(second)


def test_an_edited_revision_and_all_above_it_are_proven_again_and_a_comment_changes_nothing(proven: Proven) -> None:
    write(proven.root, "r4", doc="Other words.", extra="# a comment\n")
    assert proven_anew(run(proven.root, jobs=1)) == 0
    write(proven.root, "r5", good=False)
    again = run(proven.root, jobs=1)
    assert proven_anew(again) == 3
    assert judgements(again)["r5"] != "lossless"


def test_a_module_of_the_project_that_a_revision_imports_counts(proven: Proven) -> None:
    (proven.root / "bank" / "__init__.py").write_text("LIMIT = 2\n")
    assert proven_anew(run(proven.root, jobs=1)) == 8


def test_proofs_of_another_strength_are_not_taken_for_these(proven: Proven) -> None:
    with (proven.root / "pyproject.toml").open("a") as file:
        file.write('[tool.fingood.rollback]\nstrength = "exact-128"\n')
    assert proven_anew(run(proven.root, jobs=1)) == 8


def test_a_broken_file_of_the_shelf_is_proven_again(proven: Proven) -> None:
    kept = sorted((proven.root / ".fingood" / "proofs").glob("*.json"))
    kept[0].write_text('{"class": "os:system", "of": {}}')
    kept[1].write_text("half a li")
    assert proven_anew(run(proven.root, jobs=1)) == 2


@pytest.mark.usefixtures("real_starts")
def test_a_killed_run_goes_on_where_it_stopped(project: Path) -> None:
    words = [sys.executable, "-m", "fingood", "validate-all", "-c", str(project / "alembic.ini"), "--jobs", "2"]
    environment = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"}
    with subprocess.Popen(
        words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment, cwd=project
    ) as killed:
        shelf = project / ".fingood" / "proofs"
        deadline = time.monotonic() + 120
        while len(list(shelf.glob("*.json"))) < 2 and killed.poll() is None and time.monotonic() < deadline:
            time.sleep(0.01)
        killed.send_signal(signal.SIGKILL)
    assert killed.returncode == -signal.SIGKILL
    kept = len(list(shelf.glob("*.json")))
    assert 2 <= kept < len(PARENTS)
    report = run(project, jobs=1)
    assert report.data["kept"] == kept
    assert judgements(report) == dict.fromkeys(PARENTS, "lossless") | dict.fromkeys(BAD, "re-upgrade broken")


def test_since_last_and_minimum_choose_the_revisions(project: Path) -> None:
    assert list(judgements(run(project, Scope(since="r4"), jobs=1))) == ["r5", "r6", "r7"]
    assert list(judgements(run(project, Scope(last=2), jobs=1))) == ["r6", "r7"]
    report = run(project, minimum="r5", jobs=1)
    assert list(judgements(report)) == ["r6", "r7"]
    assert "6 revisions not tested: at or below the minimum, r5" in lines(report)


def test_the_minimum_stands_in_the_settings_and_one_that_is_not_there_is_refused(project: Path) -> None:
    (project / "pyproject.toml").write_text('[tool.fingood.rollback]\nminimum = "r6"\n')
    assert list(judgements(run(project, jobs=1))) == ["r7"]
    with pytest.raises(HistoryError):
        run(project, minimum="nowhere")


def test_what_a_failing_revision_bars_is_said_by_every_worker_once(project: Path) -> None:
    file = project / "migrations" / "versions" / "r2.py"
    file.write_text(file.read_text().replace("CREATE TABLE t_r2", "CREATE TABEL t_r2"))
    alone, together = run(project, jobs=1, use_kept=False), run(project, jobs=2, use_kept=False)
    assert judgements(alone) == judgements(together)
    assert judgements(alone)["r2"] == "failing upgrade"
    assert judgements(alone)["r3"] != "not judged"
    assert judgements(alone)["r7"] == "not judged"


def test_a_proof_that_nobody_could_make_is_not_kept(project: Path) -> None:
    file = project / "migrations" / "versions" / "r0.py"
    file.write_text(file.read_text().replace("CREATE TABLE", "CREATE TABEL"))
    run(project, jobs=1)
    assert proven_anew(run(project, jobs=1)) == 7


def test_where_nothing_changed_no_server_is_started(proven: Proven, monkeypatch: pytest.MonkeyPatch) -> None:
    def started(*_: object, **__: object) -> None:
        raise AssertionError("a server was started")

    monkeypatch.setattr(Server, "start", started)
    monkeypatch.setattr("fingood.commands.proving.open_sandbox", started)
    assert judgements(run(proven.root, jobs=1)) == judgements(proven.report)
    write(proven.root, "r7", good=False)
    with pytest.raises(AssertionError, match="a server was started"):
        run(proven.root, jobs=1)


def test_workers_start_before_the_history_is_loaded_where_everything_is_to_be_proven(
    proven: Proven, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[int] = []
    monkeypatch.setattr("fingood.commands.validate_all.load_without_broken", _ends_here)
    monkeypatch.setattr(Workers, "start", lambda _, number: started.append(number))
    for scope, pace in (
        (None, Pace(jobs=2)),
        (Scope(last=2), Pace(jobs=2, use_kept=False)),
        (None, Pace(jobs=1, use_kept=False)),
        (None, Pace(jobs=2, use_kept=False)),
    ):
        with pytest.raises(HistoryError):
            validate_all(load(start=proven.root, environ={}), scope=scope, pace=pace)
    assert started == [2]


def test_a_worker_that_has_ended_is_told_nothing_and_keeps_nobody_from_ending(proven: Proven) -> None:
    settings = load(start=proven.root, environ={})
    with Workers(Place(settings=settings, dialect="postgresql", major=None)) as workers:
        workers.start(1)
        (process,) = workers._running
        process.kill()
        process.wait()
        send(process, None)


def _ends_here(project: object) -> None:
    raise HistoryError("far enough")


def test_a_changed_hook_for_rows_is_proven_again(proven: Proven) -> None:
    write(proven.root, "r7", extra=OTHER_ROWS)
    assert proven_anew(run(proven.root, jobs=1)) == 1


def test_what_a_hook_for_rows_reads_from_the_project_counts(proven: Proven) -> None:
    (proven.root / "rows_to_lose.py").write_text("ROWS = 'INSERT INTO t_r0 VALUES (2, NULL)'\n")
    assert proven_anew(run(proven.root, jobs=1)) > 0
