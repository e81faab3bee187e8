"""Backups whose fingerprints another version of the library took: an earlier one's are proven and put back, a later
one's are refused in one line, and nothing that is known of them is forgotten."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest
from tests.backup.conftest import run_sql
from tests.backup.test_going_back import IDS, SINCE, THEN, back_up, go, others

from fingood.audit import AuditLog
from fingood.backup import BackupPoint, BackupState, prove_backup
from fingood.backup.journal import note
from fingood.backup.shelf import write_manifest
from fingood.catalog import connect, take_fingerprints
from fingood.commands.restore_backup import look_ahead
from fingood.errors import CouldNotLook
from fingood.model.names import RelationName
from fingood.model.snapshot import Fingerprint
from fingood.settings import Settings


def by_formula(point: BackupPoint, formula: str) -> dict[RelationName, Fingerprint]:
    return {name: replace(one, formula=formula) for name, one in point.fingerprints.items()}


def with_fingerprints(
    settings: Settings, point: BackupPoint, prints: Mapping[RelationName, Fingerprint]
) -> BackupPoint:
    """The backup as another version would have written it, known to the audit log."""
    written = replace(point, fingerprints=prints)
    write_manifest(written)
    note(AuditLog(settings.audit_log), written, outcome="checksummed")
    return written


def test_a_backup_of_an_earlier_version_is_proven_and_goes_back(bank: Settings) -> None:
    point = back_up(bank)
    with connect(bank.database_url) as connection:
        older = take_fingerprints(connection, like=by_formula(point, "fingood-2"))
    ledger = RelationName("public", "Order Lines")
    assert older[ledger].columns != point.fingerprints[ledger].columns
    point = prove_backup(with_fingerprints(bank, point, older), AuditLog(bank.audit_log))
    assert (point.state, point.reason) == (BackupState.PROVEN, "")
    assert {one.formula for one in point.fingerprints.values()} == {"fingood-2"}
    run_sql(bank.database_url, *SINCE)
    told = "\n".join(look_ahead(bank, "").lines)
    assert "3 rows then, 5 now" in told
    assert "pg_largeobject" not in told
    assert go(bank).exit_code == 0
    assert run_sql(bank.database_url, IDS) == THEN


def test_a_backup_of_an_earlier_version_that_differs_is_not_proven(bank: Settings) -> None:
    point = back_up(bank)
    run_sql(bank.database_url, """UPDATE "Order Lines" SET amount = -amount WHERE id = 1""")
    with connect(bank.database_url) as connection:
        older = take_fingerprints(connection, like=by_formula(point, "fingood-2"))
    point = prove_backup(with_fingerprints(bank, point, older), AuditLog(bank.audit_log))
    assert point.state is BackupState.RESTORED
    assert "amount" in point.reason


def test_a_backup_of_a_later_version_is_refused_and_stays_what_it_was(ledger: Settings) -> None:
    audit = AuditLog(ledger.audit_log)
    point = prove_backup(back_up(ledger), audit)
    later = with_fingerprints(ledger, point, by_formula(point, "fingood-99"))
    manifest = later.manifest.read_text(encoding="utf-8")
    for attempt in (lambda: prove_backup(later, audit), lambda: look_ahead(ledger, "")):
        with pytest.raises(CouldNotLook, match="fingood-99, which this version of fingood does not know") as caught:
            attempt()
        assert "newer" in caught.value.hint
    assert later.manifest.read_text(encoding="utf-8") == manifest
    assert later.state is BackupState.PROVEN
    assert others(ledger) == []
