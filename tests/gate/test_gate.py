"""The policy gate: what an upgrade through the guard has to show, on both databases, and what it does not take."""

from __future__ import annotations

import json
import shutil
import subprocess
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from tests.guard.project import GuardedProject

from fingood.backup import BackupKind, BackupState, list_backup_points
from fingood.backup.point import manifest_text
from fingood.cli.main import run
from fingood.commands.approve import approve
from fingood.commands.check import check_revisions
from fingood.commands.create_backup import create_backup
from fingood.commands.gate import look_at_gate
from fingood.commands.test_rollback import test_rollback as prove_rollback
from fingood.commands.validate_all import validate_all
from fingood.settings import Settings, load

ALL = ("check", "rollback", "backup", "ticket", "window", "approval", "validation")
OPEN = "Mon 00:00-Mon 00:00 Europe/Zurich"
PRODUCTION = f"""
level = "low"
[environments.production.policy]
require = {json.dumps(ALL)}
approvals = 1
ticket_pattern = "PAY-\\\\d+"
change_windows = ["{OPEN}"]
backup_max_age = "1 h"
"""


def make(folder: Path, url: str, policy: str = PRODUCTION) -> GuardedProject:
    """A ledger with one applied revision and one that is pending. The settings stand in fingood.toml."""
    project = GuardedProject(folder / "bank app", url)
    (project.root / "pyproject.toml").write_text("")
    columns = "sa.Column('id', sa.Integer(), primary_key=True), sa.Column('amount', sa.Numeric(19, 4), nullable=False)"
    currency = "sa.Column('currency', sa.CHAR(3), nullable=False)"
    project.revision("a1", f"op.create_table('postings', {columns}, {currency})", "op.drop_table('postings')")
    done = project.alembic("upgrade", "head")
    assert done.returncode == 0, done.stderr
    (project.root / "fingood.toml").write_text(policy)
    path = project.revision("b2", "op.add_column('postings', sa.Column('memo', sa.Text()))", UNDO)
    text = path.read_text()
    path.write_text(text.replace('"""b2"""', '"""memo of a posting\n\nTicket: PAY-12\nAuthor: asha@bank\n"""'))
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        connection.execute(sa.text("INSERT INTO postings (id, amount, currency) VALUES (1, 5, 'EUR')"))
    engine.dispose()
    project.variables["FINGOOD_ENVIRONMENT"] = "production"
    return project


UNDO = "op.drop_column('postings', 'memo')"


def settings_of(project: GuardedProject, **variables: str) -> Settings:
    environ = {"DATABASE_URL": project.url, "FINGOOD_ENVIRONMENT": "production", **variables}
    return load(start=project.root, environ=environ)


def states(settings: Settings, now: datetime | None = None) -> dict[str, str]:
    """Each condition with its state and evidence."""
    conditions = look_at_gate(settings, now=now).data["conditions"]
    assert isinstance(conditions, list)
    return {one["name"]: f"{one['state']}: {one['evidence']}" for one in conditions}


def prove_backup(settings: Settings, **changes: object) -> None:
    """A backup, and what proving it would write into its manifest."""
    create_backup(settings, BackupKind.DEPLOYMENT)
    point = replace(list_backup_points(settings.backup_dir)[0], state=BackupState.PROVEN, **changes)  # type: ignore[arg-type]
    point.manifest.write_text(manifest_text(point))


@pytest.fixture(params=["postgresql", "sqlite"])
def project(request: pytest.FixtureRequest, tmp_path: Path) -> GuardedProject:
    if request.param == "sqlite":
        return make(tmp_path, f"sqlite:///{tmp_path}/ledger.db")
    return make(tmp_path, request.getfixturevalue("postgres_url"))


def columns_of(project: GuardedProject) -> set[str]:
    engine = sa.create_engine(project.url)
    found = {column["name"] for column in sa.inspect(engine).get_columns("postings")}
    engine.dispose()
    return found


def test_an_upgrade_is_refused_until_every_condition_is_met(project: GuardedProject) -> None:
    refused = project.alembic("upgrade", "head")
    assert refused.returncode == 4, refused.stderr
    assert "blocked in production: 4 of 7 conditions are not met" in refused.stderr
    for line in ("missing  safety check", "missing  rollback proven", "missing  backup ", "missing  approval"):
        assert line in refused.stderr
    for line in (
        "ok       ticket           PAY-12",
        f"ok       change window    {OPEN} is open",
        "ok       data valid",
    ):
        assert line in refused.stderr
    assert "Traceback" not in refused.stderr
    assert "memo" not in columns_of(project)
    told = project.events()[-2].payload if project.events()[-1].payload.get("event") == "run_refused" else {}
    told = told or project.events()[-1].payload
    assert (told["event"], told["outcome"]) == ("policy_decision", "refused")
    assert told["missing"] == ["check", "rollback", "backup", "approval"]

    settings = settings_of(project)
    assert check_revisions(settings, ["b2"]).exit_code == 0
    validate_all(settings)
    prove_backup(settings)
    approve(settings, "b2", approver="ben@bank")
    report = look_at_gate(settings)
    assert report.data["allowed"] is True, report.sections
    assert "memo" not in columns_of(project)

    done = project.alembic("upgrade", "head")
    assert done.returncode == 0, done.stderr
    assert "allowed in production: all 7 conditions are met" in done.stderr
    assert "memo" in columns_of(project)
    outcomes = [event.payload.get("outcome") for event in project.events() if "missing" in event.payload]
    assert outcomes == ["refused", "allowed", "allowed"]

    assert look_at_gate(settings).headline.startswith("nothing is pending")
    back = project.alembic("downgrade", "-1")
    assert back.returncode == 0, back.stderr


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made")
    make(folder, f"sqlite:///{folder}/ledger.db")
    return folder


@pytest.fixture
def ledger(made: Path, tmp_path: Path) -> GuardedProject:
    """On SQLite; built once and copied, so that each test has its own."""
    shutil.copytree(made, tmp_path / "copy")
    project = GuardedProject.__new__(GuardedProject)
    project.root, project.url = tmp_path / "copy" / "bank app", f"sqlite:///{tmp_path}/copy/ledger.db"
    project.settings, project.last, project.variables = "", "'b2'", {"FINGOOD_ENVIRONMENT": "production"}
    return project


def test_evidence_is_of_the_present_content_and_not_too_old(ledger: GuardedProject) -> None:
    settings = settings_of(ledger)
    check_revisions(settings, ["b2"])
    validate_all(settings)
    approve(settings, "b2", approver="ben@bank")
    prove_backup(settings)
    assert {state.partition(":")[0] for state in states(settings).values()} == {"met"}

    later = states(settings, datetime.now(UTC) + timedelta(days=2))
    assert later["check"].startswith("missing: b2: checked 2 days ago; policy allows 24 h")
    assert later["backup"].startswith("missing: the newest that is proven is of 2 days ago; policy allows 60 min")
    assert later["rollback"].startswith("met")

    path = ledger.root / "migrations/versions/b2.py"
    path.write_text(path.read_text().replace("sa.Text()", "sa.String(9)"))
    changed = states(settings)
    assert changed["check"].startswith("missing: b2: not checked as it is now")
    assert changed["rollback"].startswith("missing: b2: not proven as it is now")
    assert changed["approval"].startswith("missing: b2: 0 of 1 by others")


@pytest.mark.parametrize(
    ("how", "reason"),
    [
        ({"level": "low", "asked": "high"}, "checked at level low only"),
        ({"ignore": ("drop-column",)}, "checked with other checks"),
        ({"static": True}, "checked by its text only"),
    ],
)
def test_a_check_that_looked_at_less_does_not_count(
    ledger: GuardedProject, how: dict[str, object], reason: str
) -> None:
    settings = settings_of(ledger, **({"FINGOOD_LEVEL": str(how["asked"])} if "asked" in how else {}))
    weaker = settings_of(ledger, FINGOOD_LEVEL="low") if "asked" in how else settings
    check_revisions(weaker, ["b2"], ignore=how.get("ignore", ()), static=bool(how.get("static")))  # type: ignore[arg-type]
    assert reason in states(settings)["check"]


def test_a_check_of_a_lenient_day_does_not_pass_a_strict_one(ledger: GuardedProject) -> None:
    path = ledger.root / "migrations/versions/b2.py"
    path.write_text(path.read_text().replace("'memo'", "'fx_amount'").replace("sa.Text()", "sa.Numeric()"))
    report = check_revisions(settings_of(ledger), ["b2"])
    assert report.exit_code == 0
    worst = report.findings[0].severity
    strict = settings_of(ledger, FINGOOD_FAIL_ON=str(worst))
    assert f"found something of severity {worst}" in states(strict)["check"]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"state": BackupState.CHECKSUMMED}, "no backup of this database is proven"),
        ({"target": "PostgreSQL · bank@elsewhere/ledger"}, "no backup of this database is proven"),
        ({"taken": datetime.now(UTC) + timedelta(days=1)}, "in the future"),
    ],
)
def test_a_backup_that_proves_nothing_here_is_none(
    ledger: GuardedProject, changes: dict[str, object], reason: str
) -> None:
    settings = settings_of(ledger)
    create_backup(settings, BackupKind.DEPLOYMENT)
    point = list_backup_points(settings.backup_dir)[0]
    point.manifest.write_text(manifest_text(replace(point, **{"state": BackupState.PROVEN, **changes})))  # type: ignore[arg-type]
    assert reason in states(settings)["backup"]


def test_a_backup_that_lost_a_file_is_damaged(ledger: GuardedProject) -> None:
    settings = settings_of(ledger)
    prove_backup(settings)
    point = list_backup_points(settings.backup_dir)[0]
    (point.folder / point.files[0].path).unlink()
    assert "is damaged" in states(settings)["backup"]


def test_authors_unknown_authors_and_wrong_records_approve_nothing(ledger: GuardedProject) -> None:
    settings, path = settings_of(ledger), ledger.root / "migrations/versions/b2.py"
    approve(settings, "b2", approver="ben@bank")
    path.write_text(path.read_text().replace("Author: asha@bank", "Author: ben@bank"))
    assert "0 of 1" in states(settings)["approval"]
    path.write_text(path.read_text().replace("Author: ben@bank\n", ""))
    assert "nobody knows who wrote it" in states(settings)["approval"]
    path.write_text(path.read_text().replace("PAY-12", "PAY-12\nAuthor: asha@bank"))
    (ledger.root / "migrations/approvals/b2/eve.toml").write_text("approver = 1")
    assert "a record cannot be read" in states(settings)["approval"]


def test_a_ticket_may_come_from_the_deployment_but_has_to_fit(ledger: GuardedProject) -> None:
    path = ledger.root / "migrations/versions/b2.py"
    path.write_text(path.read_text().replace("PAY-12", "none"))
    assert "no ticket that fits" in states(settings_of(ledger))["ticket"]
    assert states(settings_of(ledger, FINGOOD_POLICY_TICKET="PAY-7"))["ticket"].startswith("met: PAY-7, by environment")
    assert "does not fit" in states(settings_of(ledger, FINGOOD_POLICY_TICKET="soon"))["ticket"]


def test_time_is_that_of_the_windows_zone_and_a_freeze_wins(ledger: GuardedProject) -> None:
    night = {"FINGOOD_POLICY_CHANGE_WINDOWS": "Sat 22:00-Sun 04:00 Europe/Zurich"}
    # On 28 March 2026 Zurich is an hour ahead of UTC, on 29 March from 01:00 UTC two.
    for moment, met in (
        (datetime(2026, 3, 28, 20, 59, tzinfo=UTC), False),
        (datetime(2026, 3, 28, 21, 0, tzinfo=UTC), True),
        (datetime(2026, 3, 29, 1, 59, tzinfo=UTC), True),
        (datetime(2026, 3, 29, 2, 0, tzinfo=UTC), False),
    ):
        assert states(settings_of(ledger, **night), moment)["window"].startswith("met") is met, moment
    frozen = settings_of(ledger, **night, FINGOOD_POLICY_FREEZES="2026-03-28..2026-03-28")
    assert "a freeze holds" in states(frozen, datetime(2026, 3, 28, 21, 30, tzinfo=UTC))["window"]
    assert (
        "no change window"
        in states(replace(frozen, policy=replace(frozen.policy, change_windows=(), freezes=())))["window"]
    )


def test_data_that_does_not_add_up_stops_the_upgrade(ledger: GuardedProject) -> None:
    engine = sa.create_engine(ledger.url)
    with engine.begin() as connection:
        connection.execute(sa.text("INSERT INTO postings (id, amount, currency) VALUES (2, 'ten', 'EUR')"))
    engine.dispose()
    assert states(settings_of(ledger))["validation"].startswith("missing: ")


def test_what_nobody_could_look_at_is_not_met(ledger: GuardedProject) -> None:
    settings = settings_of(ledger)
    settings.backup_dir.parent.mkdir(exist_ok=True)
    settings.backup_dir.write_text("a file where the folder should be")
    alone = replace(settings, policy=replace(settings.policy, require=("backup",)))
    assert states(alone)["backup"].startswith("unseen: cannot read the backups")
    assert look_at_gate(alone).data["allowed"] is False


def test_a_way_back_that_leaves_something_is_taken_only_where_the_policy_says_so(ledger: GuardedProject) -> None:
    path = ledger.root / "migrations/versions/b2.py"
    path.write_text(path.read_text().replace(UNDO, "pass  # op.drop_column is forgotten"))
    report = prove_rollback(settings_of(ledger), ["b2"])
    judgement = str(report.data["judgement"])
    assert states(settings_of(ledger))["rollback"] == f"missing: b2: judged {judgement.replace('-', '')}"
    lenient = settings_of(ledger, FINGOOD_POLICY_ROLLBACK_ACCEPTS="lossless, residue, reupgrade_broken")
    assert states(lenient)["rollback"].startswith("met: 1 of 1 ")


def test_an_override_counts_only_where_it_is_allowed_and_is_recorded(ledger: GuardedProject) -> None:
    words = ("-x", "fingood-override=outage INC-9, agreed with ben@bank", "upgrade", "head")
    refused = ledger.alembic(*words)
    assert refused.returncode == 4
    assert "the override does not count: policy.allow_override is false" in refused.stderr
    assert "memo" not in columns_of(ledger)
    ledger.variables["FINGOOD_POLICY_ALLOW_OVERRIDE"] = "true"
    empty = ledger.alembic("-x", "fingood-override= ", "upgrade", "head")
    assert empty.returncode == 4
    done = ledger.alembic(*words)
    assert done.returncode == 0, done.stderr
    assert "overridden in production: 4 of 7 conditions are not met; reason given: outage INC-9" in done.stderr
    event = next(one for one in ledger.events() if one.payload.get("event") == "policy_override")
    assert event.payload["reason"] == "outage INC-9, agreed with ben@bank"
    assert event.payload["missing"] == ["check", "rollback", "backup", "approval"]
    assert "memo" in columns_of(ledger)


def test_another_environment_asks_for_nothing(ledger: GuardedProject) -> None:
    ledger.variables["FINGOOD_ENVIRONMENT"] = "development"
    done = ledger.alembic("upgrade", "head")
    assert done.returncode == 0, done.stderr
    assert "conditions" not in done.stderr


def test_the_verb_shows_the_list_and_exits_4(ledger: GuardedProject, capsys: pytest.CaptureFixture[str]) -> None:
    words = [
        "gate",
        "-c",
        str(ledger.root / "alembic.ini"),
        "--environment",
        "production",
        "--database-url",
        ledger.url,
    ]
    assert run([*words, "-q"]) == 4
    told = capsys.readouterr().out
    assert "blocked in production: 4 of 7 conditions are not met" in told
    assert "python migrations/create_backup.py --type deployment" in told
    assert run([*words, "--format", "json"]) == 4
    assert json.loads(capsys.readouterr().out)["data"]["allowed"] is False


def test_the_author_by_the_repositorys_history_cannot_approve(ledger: GuardedProject) -> None:
    path = ledger.root / "migrations/versions/b2.py"
    path.write_text(path.read_text().replace("Author: asha@bank\n", ""))
    for words in (
        ("init", "-q"),
        ("add", "migrations"),
        ("-c", "user.name=Cem", "-c", "user.email=cem@bank", "commit", "-qm", "a revision"),
    ):
        subprocess.run(["git", "-C", str(ledger.root), *words], check=True)
    settings = settings_of(ledger)
    approve(settings, "b2", approver="ben@bank")
    assert states(settings)["approval"] == "met: by ben@bank"
    record = ledger.root / "migrations/approvals/b2/ben@bank.toml"
    record.write_text(record.read_text().replace("ben@bank", "cem@bank"))
    assert "0 of 1" in states(settings)["approval"]
