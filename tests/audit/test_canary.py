"""Secrets of many kinds are planted where users keep them; none comes out of any command, report, log or kept file."""

from __future__ import annotations

import contextlib
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from sqlalchemy.engine import make_url
from tests.guard.project import GuardedProject

from fingood.catalog import connect
from fingood.cli.main import run

SECRETS = {
    "url": "canary-url-7hG2",
    "special": "canary/sp:ec@ial#7hG2",
    "pgpassword": "canary-pgpassword-7hG2",
    "environment": "canary-environment-7hG2",
    "pgpass": "canary-pgpass-7hG2",
    "revision": "canary-revision-7hG2",
    "role": "canary-role-7hG2",
    "api_key": "canary-apikey-7hG2",
    "pan": "4929123456789015",
    "iban": "GB82WEST12345698765432",
    "exception": "canary-exception-7hG2",
    "ini": "canary-ini-7hG2",
    "sslpassword": "canary-sslpassword-7hG2",
    "subscription": "canary-subscription-7hG2",
    "mapping": "canary-mapping-7hG2",
    "bearer": "canary-bearer-7hG2abcdef",
}
SHOWN = {**SECRETS, "special, encoded": quote(SECRETS["special"], safe="")}

UPGRADE = f"""
op.execute("SET LOCAL app.password = '{SECRETS["revision"]}'")
op.execute("CREATE ROLE canary_role PASSWORD '{SECRETS["role"]}'")
op.execute("CREATE TABLE payers (id integer PRIMARY KEY, card_number text, iban text, note text)")
op.execute("INSERT INTO payers VALUES (1, '{SECRETS["pan"]}', '{SECRETS["iban"]}', 'x'), (2, NULL, NULL, NULL)")
op.execute("COMMENT ON TABLE payers IS 'Authorization: Bearer {SECRETS["bearer"]}'")
op.execute("CREATE FOREIGN DATA WRAPPER canary_wrapper")
op.execute("CREATE SERVER canary_server FOREIGN DATA WRAPPER canary_wrapper")
op.execute("CREATE USER MAPPING FOR PUBLIC SERVER canary_server OPTIONS (user 'u', password '{SECRETS["mapping"]}')")
op.execute("CREATE SUBSCRIPTION canary_sub CONNECTION 'host=127.0.0.1 port=1 password={SECRETS["subscription"]}' "
           "PUBLICATION p WITH (connect = false, slot_name = NONE, enabled = false)")
"""
DOWNGRADE = """
op.execute("DROP SUBSCRIPTION canary_sub")
op.execute("DROP FOREIGN DATA WRAPPER canary_wrapper CASCADE")
op.execute("DROP TABLE payers")
op.execute("DROP ROLE canary_role")
"""
FAILING = f"""
op.execute("ALTER TABLE payers ALTER COLUMN note SET NOT NULL")
raise RuntimeError("token={SECRETS["exception"]}")
"""


@pytest.fixture
def project(
    tmp_path: Path, new_postgres_url: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[GuardedProject]:
    """A project on PostgreSQL with every secret in its place."""
    url = make_url(new_postgres_url())
    plain = url.set(password=SECRETS["url"], username=url.username or "postgres")
    plain = plain.update_query_dict({"sslpassword": SECRETS["sslpassword"]})
    made = GuardedProject(tmp_path, plain.render_as_string(hide_password=False))
    ini = tmp_path / "alembic.ini"
    kept = f"sqlalchemy.url = postgresql://bank:{SECRETS['ini']}@db/ledger\napi_key = {SECRETS['api_key']}\n"
    ini.write_text(ini.read_text().replace("[alembic]\n", f"[alembic]\n{kept}", 1))
    pgpass = tmp_path / "pgpass"
    pgpass.write_text(f"*:*:*:*:{SECRETS['pgpass']}\n")
    pgpass.chmod(0o600)
    variables = {
        "PGPASSWORD": SECRETS["pgpassword"],
        "LEDGER_API_SECRET": SECRETS["environment"],
        "PGPASSFILE": str(pgpass),
        "DATABASE_URL": made.url,
    }
    made.variables.update(variables)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    made.revision("a1", UPGRADE, DOWNGRADE)
    yield made
    with connect(made.url, read_only=False) as connection, contextlib.suppress(Exception):
        connection.exec_driver_sql("ALTER SUBSCRIPTION canary_sub SET (slot_name = NONE)")
        connection.exec_driver_sql("DROP SUBSCRIPTION canary_sub")
        connection.commit()
    with connect(url, read_only=False) as connection:
        connection.exec_driver_sql("DROP ROLE IF EXISTS canary_role")
        connection.commit()


def _leaks(text: str) -> list[str]:
    return [kind for kind, secret in SHOWN.items() if secret in text]


def test_no_planted_secret_comes_out(project: GuardedProject, capfd: pytest.CaptureFixture[str]) -> None:
    found: dict[str, list[str]] = {}

    def note(words: str, text: str) -> None:
        assert "internal error" not in text, (words, text)
        if leaks := _leaks(text):
            found[words] = leaks

    def fingood(*words: str) -> None:
        run([*words, "-c", str(project.root / "alembic.ini")])
        out, err = capfd.readouterr()
        note(" ".join(words), out + err)

    files = project.root / "reports"
    files.mkdir()
    forms = [
        f"--output={name}={files / name}" for name in ("json", "sarif", "junit", "markdown", "html", "gitlab", "csv")
    ]
    fingood("check", "a1", "-vv", *forms)
    fingood("plan", "a1")
    fingood("test-rollback", "a1", "-vv", f"--output=json={files / 'rollback.json'}")
    fingood("validate-migrations")
    ran = project.alembic("upgrade", "head")
    note("alembic upgrade", ran.stdout + ran.stderr)
    assert ran.returncode == 0, ran.stderr
    project.revision("b2", FAILING)
    ran = project.alembic("upgrade", "head")
    note("alembic upgrade, failing", ran.stdout + ran.stderr)
    assert ran.returncode != 0
    fingood("check", "b2", "-vv")
    fingood("validate", "-vv", f"--output=json={files / 'validate.json'}")
    fingood("create-backup")
    fingood("health-check", "--comprehensive")
    fingood("monitor-queries", "--migration", "a1")
    fingood("config", "--explain")
    fingood("doctor")
    fingood("audit", "generate-report", "-vv", f"--output=csv={files / 'audit.csv'}")
    for form in ("text", "json", "csv", "html"):
        fingood("generate-compliance-report", "--standards", "SOX,PCI_DSS,GDPR", "--format", form)
    special = make_url(project.url).set(password=SECRETS["special"], host="127.0.0.1", port=1)
    for command in ("check a1", "validate", "doctor", "generate-compliance-report"):
        fingood(*command.split(), "--database-url", special.render_as_string(hide_password=False))
    backups = project.root / ".fingood" / "backups"
    assert stat.S_IMODE(backups.stat().st_mode) == 0o700
    # A backup is the database, secrets and all; what is said about it is not.
    whole = [path for path in backups.rglob("*") if path.name == "content.json" or "dump" in path.parts[-3:]]
    kept = {*files.rglob("*"), *(project.root / ".fingood").rglob("*")} - set(whole)
    assert [path for path in kept if path.name == "manifest.json"]
    for path in sorted(kept):
        if path.is_file():
            note(str(path.relative_to(project.root)), path.read_bytes().decode("utf-8", "replace"))
    assert not found, "\n".join(f"{where[:60]} ... {where[-40:]}: {kinds}" for where, kinds in found.items())
