"""A bank whose every control can be shown: a project that went the whole way, on a server that is set as it should be.

The way is the real one: checked, approved, tried back, backed up, upgraded through the guard, validated. Tests copy the
project, spoil one thing and look again.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import sqlalchemy as sa
from tests.guard.project import GuardedProject

from fingood.audit import AuditLog
from fingood.audit.record import FIRST, encode, hash_of
from fingood.backup import BackupKind
from fingood.commands.approve import approve
from fingood.commands.compliance_evidence import read_evidence
from fingood.commands.create_backup import create_backup
from fingood.commands.validate import validate_data
from fingood.commands.validate_all import validate_all
from fingood.compliance import RULES, Answer, Evidence
from fingood.model.event import AuditEvent, EventKind
from fingood.sandbox import server as servers
from fingood.sandbox.place import runnable_bin_dir, server_user
from fingood.sandbox.server import Server
from fingood.sandbox.supplier import Binaries
from fingood.sandbox.template import server_environment
from fingood.settings import Settings, load

DATABASE = "Bank Prod"
APP = "bank app"
STRANGER = "stranger"
REVISION = "a1"

TABLES = """
op.create_table('customers', sa.Column('id', sa.Integer(), primary_key=True), sa.Column('email', sa.Text()))
op.create_table(
    'postings', sa.Column('id', sa.Integer(), primary_key=True),
    sa.Column('amount', sa.Numeric(19, 4), nullable=False), sa.Column('currency', sa.CHAR(3), nullable=False),
)
"""
WAY_BACK = "op.drop_table('postings')\nop.drop_table('customers')"
ONLY_THROUGH_THE_SOCKET = "local all all trust\n"

SETTINGS = {
    "ssl": "on",
    "password_encryption": "'scram-sha-256'",
    "log_statement": "ddl",
    "log_connections": "on",
    "log_parameter_max_length_on_error": "0",
    "fsync": "on",
    "full_page_writes": "on",
}
# What a user who is to write the report, and no superuser, is given.
RIGHTS = f"""
GRANT pg_read_all_settings TO "{APP}";
GRANT SELECT ON pg_authid, pg_hba_file_rules TO "{APP}";
GRANT EXECUTE ON FUNCTION pg_hba_file_rules() TO "{APP}"
"""
ROWS_ARE_GUARDED = """
ALTER TABLE customers ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON customers USING (true)
"""


@dataclass(frozen=True)
class Bank:
    """``root`` holds the project, ``url`` is the database as the user that migrates."""

    root: Path
    url: str
    server: Server | None = None

    def settings(self, url: str | None = None) -> Settings:
        chosen = self.url if url is None else url
        return load(start=self.root, environ={"DATABASE_URL": chosen, "FINGOOD_ENVIRONMENT": "production"})

    def evidence(self, url: str | None = None, since: datetime | None = None) -> Evidence:
        return read_evidence(self.settings(url), since=since, until=datetime.now(UTC) + timedelta(minutes=1))

    @property
    def log(self) -> AuditLog:
        return AuditLog(self.root / ".fingood" / "audit.jsonl")

    def as_user(self, user: str, database: str = DATABASE) -> str:
        assert self.server is not None
        return self.server.url(database, user=user)

    @property
    def who_gets_in(self) -> Path:
        """pg_hba.conf, which the server's view reads anew each time."""
        assert self.server is not None
        return self.server.base / "data" / "pg_hba.conf"

    def run(self, sql: str) -> None:
        """Statements as the superuser on PostgreSQL, each by itself."""
        url = self.as_user("postgres") if self.server else self.url
        with _autocommit(url) as connection:
            for statement in filter(None, map(str.strip, sql.split(";"))):
                connection.exec_driver_sql(statement)

    def copy(self, folder: Path) -> Bank:
        shutil.copytree(self.root, folder / "bank app")
        return replace(self, root=folder / "bank app")


def ask_all(evidence: Evidence) -> Mapping[str, Answer]:
    return {name: rule.ask(evidence) for name, rule in RULES.items()}


@contextmanager
def _autocommit(url: str) -> Iterator[sa.engine.Connection]:
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT", poolclass=sa.pool.NullPool)
    with engine.connect() as connection:
        yield connection


def rewrite(log: AuditLog, change: Callable[[list[AuditEvent]], Iterable[AuditEvent]]) -> None:
    """The log as it would be had the events been these: numbered and chained anew, so that only they differ."""
    previous, lines = FIRST, []
    for number, event in enumerate(change(list(log.events())), 1):
        line = encode(replace(event, sequence=number, previous=previous))
        previous = hash_of(line)
        lines.append(line + b"\n")
    log.path.write_bytes(b"".join(lines))


def build_server(with_checksums: bool) -> Server:
    """A server of our own; ``SETTINGS`` hold, and nobody gets in but through the socket."""
    lay = servers.lay_data_directory

    def lay_and_sum(binaries: Binaries, data: Path) -> None:
        lay(binaries, data)
        _sum_pages(binaries, data, on=with_checksums)
        if with_checksums:
            _lay_certificate(data)
            (data / "pg_hba.conf").write_text(ONLY_THROUGH_THE_SOCKET)

    servers.lay_data_directory = lay_and_sum  # type: ignore[attr-defined]
    try:
        return Server.start(in_memory=True)
    finally:
        servers.lay_data_directory = lay  # type: ignore[attr-defined]


def _sum_pages(binaries: Binaries, data: Path, *, on: bool) -> None:
    """Checksums can be switched while nothing runs (manual, pg_checksums); from 18 on they are there from the start."""
    user = server_user()
    done = subprocess.run(
        [runnable_bin_dir(binaries) / "pg_checksums", "--enable" if on else "--disable", "--no-sync", "-D", data],
        capture_output=True, text=True, check=False, cwd=data.parent, env=server_environment(),
        user=user, group=user, extra_groups=None if user is None else [],
    )  # fmt: skip
    assert done.returncode == 0 or "already" in done.stderr, done.stderr


def _lay_certificate(data: Path) -> None:
    """Made for these tests and trusted by nobody."""
    user = server_user()
    for name in ("server.crt", "server.key"):
        path = data / name
        path.write_bytes((Path(__file__).parent / name).read_bytes())
        path.chmod(0o600)
        if user is not None:
            shutil.chown(path, user, user)


def set_all(bank: Bank, values: Mapping[str, str]) -> None:
    """Settings of the server; returns when new sessions have them."""
    for name, value in values.items():
        bank.run(f"ALTER SYSTEM SET {name} = {value}")
    bank.run("SELECT pg_reload_conf()")
    wanted = {name: value.strip("'") for name, value in values.items()}
    end = time.monotonic() + 10
    while _values(bank, wanted) != wanted:
        assert time.monotonic() < end, (_values(bank, wanted), wanted)
        time.sleep(0.01)


def _values(bank: Bank, names: Iterable[str]) -> dict[str, str]:
    with _autocommit(bank.as_user("postgres")) as connection:
        return {name: str(connection.exec_driver_sql(f"SHOW {name}").scalar()) for name in names}


def build_bank(folder: Path, server: Server) -> Bank:
    """Everything that can be done well is."""
    bank = Bank(folder / "bank app", server.url(DATABASE, user=APP), server)
    server.create_database(DATABASE)
    bank.run(f'CREATE ROLE "{APP}" LOGIN; CREATE ROLE "{STRANGER}" LOGIN; ALTER DATABASE "{DATABASE}" OWNER TO "{APP}"')
    # Made by the owner, as the schema "public" belongs to a database's owner only from 15 on.
    bank.run(f'ALTER SCHEMA public OWNER TO "{APP}"; REVOKE CREATE ON SCHEMA public FROM PUBLIC')
    project = GuardedProject(bank.root, bank.url, variables={"FINGOOD_ENVIRONMENT": "production"})
    path = project.revision(REVISION, TABLES, WAY_BACK)
    path.write_text(path.read_text().replace(f'"""{REVISION}"""', '"""the ledger\n\nAuthor: asha@bank\n"""'))
    set_all(bank, SETTINGS)
    settings = bank.settings()
    validate_all(settings)
    approve(settings, REVISION, approver="ben@bank")
    create_backup(settings, BackupKind.DEPLOYMENT)
    done = project.alembic("upgrade", "head")
    assert done.returncode == 0, done.stderr
    bank.run("INSERT INTO postings (amount, currency) VALUES (5, 'EUR')")
    validate_data(settings)
    bank.run(ROWS_ARE_GUARDED + ";" + RIGHTS)
    _add_what_takes_time(bank)
    return bank


def _add_what_takes_time(bank: Bank) -> None:
    """A year of history, and a finding that somebody accepted."""
    payload = {"result": "accepted", "check": "create-index", "reason": "empty table", "ticket": "PAY-1"}
    accepted = bank.log.append(EventKind.SAFETY_CHECK, REVISION, payload)

    def change(events: list[AuditEvent]) -> list[AuditEvent]:
        old = replace(events[0], at=events[0].at - timedelta(days=400), subject="a0", payload={"result": "passed"})
        return [old, replace(accepted, at=events[0].at), *events[:-1]]

    rewrite(bank.log, change)


def on_sqlite(bank: Bank, folder: Path) -> Bank:
    """The same bank on SQLite: its log tells of that database, and a backup of it is taken."""
    file = folder / "Bank Prod.db"
    made = replace(bank.copy(folder), url=f"sqlite:///{file}", server=None)
    file.touch(mode=0o600)
    made.run(
        "CREATE TABLE customers (id INTEGER PRIMARY KEY, email TEXT);"
        "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY);"
        f"INSERT INTO alembic_version VALUES ('{REVISION}')"
    )
    target = made.settings().target
    rewrite(made.log, lambda events: [_of(event, target) for event in events])
    create_backup(made.settings(), BackupKind.DEPLOYMENT)
    return made


def _of(event: AuditEvent, target: str) -> AuditEvent:
    return replace(event, payload={**event.payload, "target": target}) if "target" in event.payload else event


def edit_manifests(bank: Bank, **changes: object) -> None:
    """Changes what the manifests of the backups say."""
    for path in (bank.root / ".fingood" / "backups").glob("*/manifest.json"):
        path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))
