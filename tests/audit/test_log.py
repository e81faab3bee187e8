from __future__ import annotations

import json
import multiprocessing
import os
import resource
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fingood.audit import AuditLog, ProblemKind, get_audit_logger
from fingood.audit.record import canonical, hash_of
from fingood.errors import Blocked, CouldNotLook, InternalError
from fingood.model.event import EventKind


@pytest.fixture
def log(tmp_path: Path) -> AuditLog:
    return AuditLog(tmp_path / "audit" / "audit.jsonl")


def fill(log: AuditLog, number: int = 3) -> None:
    for n in range(number):
        log.append(EventKind.MIGRATION_START, f"rev{n}", {"migration_id": f"rev{n}", "database_name": "ledger"})


def test_an_event_comes_back_as_it_was_stored(log: AuditLog) -> None:
    stored = log.append(EventKind.DATA_CHANGE, "a1", {"table_name": "ledger.entries", "affected_rows": 3})
    assert list(log.events()) == [stored]
    assert stored.sequence == 1
    assert stored.pid == os.getpid()
    assert stored.at.utcoffset() is not None


def test_each_line_holds_the_hash_of_the_stored_bytes_of_the_line_before(log: AuditLog) -> None:
    fill(log)
    first, second, third = log.path.read_bytes().splitlines()
    assert json.loads(second)["previous"] == hash_of(first)
    assert json.loads(third)["previous"] == hash_of(second)
    assert canonical(json.loads(third)) == third
    assert log.verify().ok
    assert log.verify().count == 3


def test_log_and_folder_are_for_the_owner_alone(log: AuditLog) -> None:
    fill(log, 1)
    assert log.path.stat().st_mode & 0o777 == 0o600
    assert log.path.parent.stat().st_mode & 0o777 == 0o700


def test_an_unknown_field_is_refused(log: AuditLog) -> None:
    with pytest.raises(InternalError, match="no field password"):
        log.append(EventKind.BACKUP, "b1", {"password": "x"})
    assert not log.path.exists()


def test_a_value_of_another_type_is_refused(log: AuditLog) -> None:
    with pytest.raises(InternalError, match="takes a count"):
        log.append(EventKind.DATA_CHANGE, "a1", {"affected_rows": 1.5})


def test_texts_and_statements_are_redacted_before_they_are_stored(log: AuditLog) -> None:
    payload = {
        "reason": "postgresql://u:hunter2@h/d",
        "statement": "UPDATE t SET pin = 'hunter2'",
        "target": "x://u:hunter2@h",
    }
    log.append(EventKind.MIGRATION_FAILED, "redis://:hunter2@h", payload)
    assert b"hunter2" not in log.path.read_bytes()


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_changed_byte_is_found(log: AuditLog, data: st.DataObject) -> None:
    if not log.path.exists():
        fill(log, 4)
    good = log.path.read_bytes()
    place = data.draw(st.integers(0, len(good) - 1))
    byte = data.draw(st.integers(0, 255).filter(lambda b: b != good[place]))
    spoiled = AuditLog(log.path.with_suffix(".spoiled"))
    spoiled.path.write_bytes(good[:place] + bytes([byte]) + good[place + 1 :])
    assert not spoiled.verify().ok


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(order=st.lists(st.integers(0, 3), max_size=6))
def test_lines_left_out_doubled_or_swapped_are_found(log: AuditLog, order: list[int]) -> None:
    if not log.path.exists():
        fill(log, 4)
    lines = log.path.read_bytes().splitlines(keepends=True)
    other = AuditLog(log.path.with_suffix(".other"))
    other.path.write_bytes(b"".join(lines[n] for n in order))
    assert other.verify().ok == (order == list(range(len(order))))


def test_a_problem_names_its_line(log: AuditLog) -> None:
    fill(log, 4)
    lines = log.path.read_bytes().splitlines(keepends=True)
    lines[1] = lines[1].replace(b"ledger", b"LEDGER")
    log.path.write_bytes(b"".join(lines))
    problems = log.verify().problems
    assert next((p.line, p.kind) for p in problems) == (2, ProblemKind.CHANGED)


def test_a_line_cut_off_by_a_crash_stays_as_evidence_and_the_chain_goes_on(log: AuditLog) -> None:
    fill(log, 2)
    whole = log.path.read_bytes()
    fragment = b'{"actor":"asha","at":"2026-'
    log.path.write_bytes(whole + fragment)
    assert [(p.line, p.kind, p.harmless) for p in log.verify().problems] == [(3, ProblemKind.TORN, False)]
    event = log.append(EventKind.SECURITY, "x", {"event": "x"})
    assert event.sequence == 3
    assert log.path.read_bytes().startswith(whole + fragment + b"\n")
    found = log.verify()
    assert [(p.line, p.kind, p.harmless) for p in found.problems] == [(3, ProblemKind.TORN, True)]
    assert found.ok
    assert found.count == 3


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_cut_at_any_byte_is_survived(log: AuditLog, data: st.DataObject) -> None:
    if log.path.exists():
        log.path.unlink()
    fill(log, 3)
    whole = log.path.read_bytes()
    second_end = whole.index(b"\n", whole.index(b"\n") + 1) + 1
    cut = data.draw(st.integers(second_end, len(whole)))
    log.path.write_bytes(whole[:cut])
    log.append(EventKind.SECURITY, "after", {"event": "after"})
    found = log.verify()
    assert found.ok
    assert [event.subject for event in log.events()][-1] == "after"


def test_a_line_longer_than_a_block_is_read_back(log: AuditLog) -> None:
    names = [f"ledger.{'x' * 900}{n}" for n in range(150)]
    log.append(EventKind.MIGRATION_COMPLETE, "big", {"affected_tables": names})
    assert log.append(EventKind.SECURITY, "x", {"event": "x"}).sequence == 2
    assert log.verify().ok


def _append_many(path: str, number: int) -> None:
    log = AuditLog(path)
    for n in range(number):
        log.append(EventKind.DATA_CHANGE, f"p{os.getpid()}", {"affected_rows": n})


def test_many_processes_write_one_unbroken_chain(log: AuditLog) -> None:
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=_append_many, args=(str(log.path), 25)) for _ in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(60)
    assert [writer.exitcode for writer in writers] == [0] * 4
    found = log.verify()
    assert (found.ok, found.count, found.problems) == (True, 100, ())


def test_a_writer_killed_at_any_moment_leaves_a_log_that_goes_on(log: AuditLog) -> None:
    code = textwrap.dedent(
        """
        import sys
        from fingood.audit import AuditLog
        from fingood.model.event import EventKind
        log = AuditLog(sys.argv[1])
        print("ready", flush=True)
        while True:
            log.append(EventKind.DATA_CHANGE, "x", {"affected_rows": 1})
        """
    )
    for _ in range(3):
        writer = subprocess.Popen([sys.executable, "-c", code, str(log.path)], stdout=subprocess.PIPE)
        assert writer.stdout is not None
        writer.stdout.readline()
        while not log.path.exists():
            pass
        os.kill(writer.pid, signal.SIGKILL)
        writer.wait()
        log.append(EventKind.SECURITY, "after", {"event": "after a kill"})
    assert log.verify().ok


def test_an_unwritable_path_blocks_with_the_reason(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Blocked, match="cannot write the audit log"):
        fill(AuditLog(tmp_path / "file" / "audit.jsonl"))


def test_a_full_disk_blocks_and_leaves_the_log_as_it_was(log: AuditLog) -> None:
    fill(log, 1)
    before = log.path.read_bytes()
    old = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (log.path.stat().st_size + 50, hard))
        with pytest.raises(Blocked, match="File too large"):
            fill(log, 1)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, old)
    assert log.path.read_bytes() == before
    fill(log, 1)
    assert log.verify().problems == ()


def test_verifying_where_there_is_no_log_says_so(log: AuditLog) -> None:
    with pytest.raises(CouldNotLook, match="no audit log"):
        log.verify()


def test_the_logger_of_the_guide_writes_its_events(tmp_path: Path) -> None:
    audit = get_audit_logger(tmp_path / "a.jsonl")
    audit.log_migration_start("a1", "schema_change", "ledger")
    audit.log_data_change("a1", "entries", "UPDATE", 12)
    audit.log_migration_complete("a1", "schema_change", "ledger", 1.25, ["entries"])
    audit.log_migration_failed("a2", "schema_change", "ledger", "unique violation", sqlstate="23505")
    audit.log_migration_rollback("a1", "schema_change", "ledger", "asked for")
    audit.log_schema_change("a1", "entries", "ALTER", statement="ALTER TABLE entries ADD x int DEFAULT 7")
    audit.log_index_operation("a1", "entries", "ix", "CREATE", concurrently=True, execution_time=2)
    audit.log_safety_check("a1", "pass", level="high")
    audit.log_validation("ledger", "full", "pass", tables=["entries"])
    audit.log_backup("b1", "deployment", "ledger", "proven", size=5)
    audit.log_restore("b1", "deployment", "ledger", "restored")
    audit.log_security_event("lock_held", "warning", "password=hunter2")
    audit.log_performance_metric("tps", 12.5, "1/s", table_name="entries")
    events = list(audit.log.events())
    assert len(events) == 13
    assert events[2].payload["execution_ms"] == 1250
    assert audit.log.verify().ok
    assert b"hunter2" not in audit.log.path.read_bytes()


def test_the_log_named_by_the_environment_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FINGOOD_AUDIT_LOG", str(tmp_path / "b.jsonl"))
    monkeypatch.setenv("FINGOOD_ACTOR", "pipeline 7 for asha")
    assert get_audit_logger().log_security_event("x", "info").actor == "pipeline 7 for asha"
    assert (tmp_path / "b.jsonl").exists()


def _die_in_the_middle(path: str) -> None:
    log = AuditLog(path)
    with log._open_locked() as descriptor:
        os.write(descriptor, b'{"actor":"asha","at":"2026-')
        os.kill(os.getpid(), signal.SIGKILL)


def test_many_processes_write_on_while_one_is_killed_in_the_middle_of_a_line(log: AuditLog) -> None:
    fill(log, 1)
    context = multiprocessing.get_context("spawn")
    killed = context.Process(target=_die_in_the_middle, args=(str(log.path),))
    writers = [context.Process(target=_append_many, args=(str(log.path), 10)) for _ in range(3)]
    for process in (*writers, killed):
        process.start()
    for process in (*writers, killed):
        process.join(60)
    assert killed.exitcode == -signal.SIGKILL
    fill(log, 1)
    found = log.verify()
    assert (found.ok, found.count) == (True, 32)
    assert [(problem.kind, problem.harmless) for problem in found.problems] == [(ProblemKind.TORN, True)]


def test_a_pipe_in_the_place_of_the_log_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "audit.jsonl")
    log = AuditLog(tmp_path / "audit.jsonl")
    for look in (log.verify, lambda: list(log.events())):
        with pytest.raises(CouldNotLook, match="no regular file"):
            look()
