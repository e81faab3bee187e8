"""A backup is called proven where it was restored and equal to its source, and never otherwise."""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from tests.backup.conftest import project_for, run_sql

from fingood.audit import AuditLog
from fingood.backup import BackupKind, BackupPoint, BackupState, list_backup_points, prove_backup, take_backup_point
from fingood.backup import prove as proving
from fingood.backup.shelf import sha256_of, write_manifest
from fingood.commands.create_backup import create_backup
from fingood.errors import CouldNotLook
from fingood.model.report import Outcome, Report
from fingood.sandbox.dump import Complaint
from fingood.sandbox.supplier import found_binaries
from fingood.settings import Settings


def only_point(settings: Settings) -> BackupPoint:
    (point,) = list_backup_points(settings.backup_dir)
    return point


def restore_of(report: Report) -> tuple[Outcome, str]:
    (run,) = (run for run in report.runs if run.check == "backup-restore")
    return run.outcome, run.reason


def relabel(point: BackupPoint, path: str) -> None:
    """A manifest that agrees with a file that somebody changed."""
    changed = point.folder / path
    files = tuple(
        replace(one, bytes=changed.stat().st_size, sha256=sha256_of(changed)) if one.path == path else one
        for one in point.files
    )
    write_manifest(replace(point, files=files))


def test_a_deployment_backup_is_proven_and_others_where_it_is_asked_for(ledger: Settings) -> None:
    schema = create_backup(ledger, BackupKind.SCHEMA, prove=True)
    unasked = create_backup(ledger, BackupKind.FULL)
    deployment = create_backup(ledger, BackupKind.DEPLOYMENT)
    assert [report.exit_code for report in (schema, unasked, deployment)] == [0, 0, 0]
    outcomes = [restore_of(report)[0] for report in (schema, unasked, deployment)]
    assert outcomes == [Outcome.PASSED, Outcome.SKIPPED, Outcome.PASSED]
    points = list_backup_points(ledger.backup_dir)
    assert [point.state for point in points] == [BackupState.PROVEN, BackupState.CHECKSUMMED, BackupState.PROVEN]
    assert [point.rows > 0 for point in points] == [True, True, False]
    assert points[0].heads == ("4f2a9c01",)
    assert points[0].proven is not None


def test_an_empty_database_is_proven(tmp_path: Path, postgres_url: str) -> None:
    settings = project_for(tmp_path, postgres_url)
    assert create_backup(settings, BackupKind.DEPLOYMENT).exit_code == 0
    assert only_point(settings).state is BackupState.PROVEN


def test_a_schema_of_every_kind_of_object_is_proven(tmp_path: Path, postgres_url: str) -> None:
    text = Path(__file__).with_name("rich_schema.sql").read_text(encoding="utf-8")
    run_sql(postgres_url, *(line.replace("%", "%%") for line in text.splitlines() if not line.startswith("--")))
    settings = project_for(tmp_path, postgres_url)
    for kind in (BackupKind.FULL, BackupKind.SCHEMA):
        assert restore_of(create_backup(settings, kind, prove=True)) == (Outcome.PASSED, "")


def test_the_proof_holds_for_one_instant_while_others_write(bank: Settings) -> None:
    """Without a shared snapshot the fingerprints and the dump would be of two moments."""
    stop, written = threading.Event(), 0

    def write() -> None:
        nonlocal written
        while not stop.is_set():
            run_sql(bank.database_url, 'INSERT INTO "Ünicode schema"."table" (j) VALUES (\'1\')')
            written += 1

    thread = threading.Thread(target=write)
    thread.start()
    try:
        report = create_backup(bank, BackupKind.DEPLOYMENT)
    finally:
        stop.set()
        thread.join()
    assert written > 3
    # The serial column's sequence moved too, which no snapshot holds still.
    assert restore_of(report) == (Outcome.PASSED, "")


def test_a_dump_that_lost_a_row_is_not_proven(ledger: Settings) -> None:
    """A backup of other rows than its fingerprints say, with every checksum right."""
    audit = AuditLog(ledger.audit_log)
    point = take_backup_point(ledger.database_url, ledger.backup_dir, BackupKind.FULL, audit)
    run_sql(ledger.database_url, 'DELETE FROM "Order Lines" WHERE id = 2')
    less = take_backup_point(ledger.database_url, ledger.backup_dir, BackupKind.FULL, audit)
    write_manifest(replace(less, fingerprints=point.fingerprints))
    report_point = prove_backup(replace(less, fingerprints=point.fingerprints), audit)
    assert report_point.state is BackupState.RESTORED
    assert "rows 2 instead of 3" in report_point.reason
    assert list_backup_points(ledger.backup_dir)[0].state is BackupState.RESTORED
    assert [event.payload["outcome"] for event in audit.events()][-2:] == ["restored", "not proven"]


def test_a_damaged_file_under_a_new_checksum_is_not_proven(ledger: Settings) -> None:
    audit = AuditLog(ledger.audit_log)
    point = take_backup_point(ledger.database_url, ledger.backup_dir, BackupKind.FULL, audit)
    largest = max((file for file in point.files if file.path.startswith("dump")), key=lambda file: file.bytes)
    path = point.folder / largest.path
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(CouldNotLook, match="is damaged"):
        prove_backup(point, audit)
    relabel(point, largest.path)
    found = prove_backup(only_point(ledger), audit)
    assert found.state is not BackupState.PROVEN
    assert found.reason


def test_without_a_server_to_restore_it_on_a_backup_says_so(bank: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proving, "found_binaries", tuple)
    report = create_backup(bank, BackupKind.DEPLOYMENT)
    outcome, reason = restore_of(report)
    assert (report.exit_code, outcome) == (3, Outcome.ERRORED)
    assert "no server of PostgreSQL" in reason
    assert (only_point(bank).state, only_point(bank).reason) == (BackupState.CHECKSUMMED, reason)
    monkeypatch.undo()
    assert prove_backup(only_point(bank), AuditLog(bank.audit_log)).state is BackupState.PROVEN
    # What was proven once stays so where a later try cannot be made.
    monkeypatch.setattr(proving, "found_binaries", tuple)
    assert prove_backup(only_point(bank), AuditLog(bank.audit_log)).state is BackupState.PROVEN


def test_a_server_built_without_something_says_nothing_about_the_backup(
    bank: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    complaint = Complaint("COLLATION", "public german", "ICU is not supported in this build")
    monkeypatch.setattr(proving, "fill_postgres", lambda *args, **kwargs: (complaint,))
    report = create_backup(bank, BackupKind.DEPLOYMENT)
    outcome, reason = restore_of(report)
    assert (report.exit_code, outcome) == (3, Outcome.ERRORED)
    assert "pg_restore: collation public german: ICU is not supported in this build" in reason
    assert only_point(bank).state is BackupState.CHECKSUMMED


def test_a_newer_server_proves_it_by_the_names_of_objects_and_the_data(
    bank: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    audit = AuditLog(bank.audit_log)
    point = take_backup_point(bank.database_url, bank.backup_dir, BackupKind.FULL, audit)
    newer = [one for one in found_binaries() if one.major > point.server_version // 10_000]
    if not newer:
        pytest.skip("no newer server here")
    monkeypatch.setattr(proving, "found_binaries", lambda: newer)
    found = prove_backup(point, audit)
    assert (found.state, found.reason) == (BackupState.PROVEN, "")
    assert f"PostgreSQL {newer[0].major}" in found.proof


def test_no_password_leaves_the_url(bank: Settings, new_postgres_url: Callable[..., str], tmp_path: Path) -> None:
    url = bank.database_url.replace("postgres@", "postgres:s3cret-pw@") + "&passfile=/nowhere&sslpassword=s3cret-pw"
    settings = project_for(tmp_path, url)
    report = create_backup(settings, BackupKind.DEPLOYMENT)
    assert report.exit_code == 0
    written = [path for path in tmp_path.rglob("*") if path.is_file() and "dump" not in path.parts]
    assert len(written) >= 4
    assert not [path for path in written if b"s3cret-pw" in path.read_bytes()]
    assert "s3cret-pw" not in json.dumps(report.data) + report.headline + str(report.sections)


def test_a_full_disk_is_one_clear_line_and_leaves_nothing(ledger: Settings, tmp_path: Path) -> None:
    """Staged by a limit on the size of files, which the kernel enforces as it does a full disk."""
    run_sql(
        ledger.database_url,
        "CREATE TABLE noise (id integer PRIMARY KEY, t text)",
        *(f"INSERT INTO noise VALUES ({i}, '{os.urandom(12_000).hex()}')" for i in range(10)),
    )
    done = subprocess.run(
        [sys.executable, "-m", "fingood", "create-backup", "--no-prove", "--database-url", ledger.database_url],
        cwd=tmp_path, capture_output=True, text=True, check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, 60_000)),
    )  # fmt: skip
    assert done.returncode == 3, done.stderr
    assert "Traceback" not in done.stderr
    assert len([line for line in done.stderr.splitlines() if line.startswith("fingood: ")]) == 1
    assert [path.name for path in ledger.backup_dir.iterdir()] == [".gitignore"]
    assert [event.payload["outcome"] for event in AuditLog(ledger.audit_log).events()] == ["failed"]


_KILLED = """
import os, signal, sys
from pathlib import Path
from fingood.audit import AuditLog
from fingood.backup import BackupKind, prove, take_backup_point
def die(*args, **kwargs): os.kill(os.getpid(), signal.SIGKILL)
prove.read_content = die
url, folder, log = sys.argv[1:]
point = take_backup_point(url, Path(folder), BackupKind.FULL, AuditLog(log))
prove.prove_backup(point, AuditLog(log))
"""


def test_a_kill_during_the_proof_leaves_a_backup_that_claims_no_proof(ledger: Settings) -> None:
    words = [ledger.database_url, str(ledger.backup_dir), str(ledger.audit_log)]
    done = subprocess.run([sys.executable, "-c", _KILLED, *words], capture_output=True, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr
    point = only_point(ledger)
    assert point.state is BackupState.RESTORED
    assert point.proven is None
    assert prove_backup(point, AuditLog(ledger.audit_log)).state is BackupState.PROVEN
