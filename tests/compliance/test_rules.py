"""Every rule is seen to say each thing that it can say: on a bank where all is well, and with one fault at a time."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from fingood.cli.main import run
from fingood.compliance import CONTROLS, RULES, Answer, Evidence, Verdict

from .bank import (
    ONLY_THROUGH_THE_SOCKET,
    SETTINGS,
    STRANGER,
    Bank,
    ask_all,
    build_bank,
    build_server,
    on_sqlite,
    set_all,
)
from .faults import (
    MET,
    NOT_MET,
    NOTHING,
    OF_A_SERVER,
    OF_DATABASE,
    OF_FILES,
    UNSEEN,
    Fault,
    not_met,
    unseen,
)
from .faults_of_databases import OF_POSTGRESQL, OF_SQLITE

GOOD_ON_POSTGRESQL: Mapping[str, Verdict] = {**dict.fromkeys(RULES, MET), "database-file-protected": NOTHING}
GOOD_ON_SQLITE: Mapping[str, Verdict] = {
    **dict.fromkeys(RULES, MET),
    **dict.fromkeys(OF_A_SERVER, NOTHING),
    "personal-tables-closed": NOTHING,
}
OF_THE_PERIOD = {
    *("events-attributed", "changes-have-ends", "changes-described", "acceptances-have-reasons"),
    *("changes-checked", "way-back-proven", "changes-approved", "approver-is-not-operator"),
    *("ran-as-in-repository", "failures-explained", "backup-before-change", "validated-after-change"),
}
"""Rules about migrations and events of the period: without any there is nothing to judge."""
HIDDEN = unseen("stored-passwords", "network-authentication", "database-as-recorded")
"""What a user without any right does not see on a server that is as it should be."""


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bank]:
    with build_server(with_checksums=True) as server:
        yield build_bank(tmp_path_factory.mktemp("postgresql"), server)


def verdicts(answers: Mapping[str, Answer]) -> dict[str, Verdict]:
    return {name: answer.verdict for name, answer in answers.items()}


def assert_only(answers: Mapping[str, Answer], good: Mapping[str, Verdict], fault: Fault) -> None:
    """The rules concerned turn, and no other; the answer names what was planted."""
    found = verdicts(answers)
    told = {name: answers[name].says for name in RULES if found[name] is not {**good, **fault.turns}[name]}
    assert found == {**good, **fault.turns}, told
    assert any(fault.says in answers[name].says for name in fault.turns), [answers[name].says for name in fault.turns]


def test_all_is_well_on_postgresql(bank: Bank) -> None:
    answers = ask_all(bank.evidence())
    assert verdicts(answers) == GOOD_ON_POSTGRESQL, {
        name: answer.says for name, answer in answers.items() if answer.verdict is not GOOD_ON_POSTGRESQL[name]
    }


def test_all_is_well_on_sqlite(bank: Bank, tmp_path: Path) -> None:
    answers = ask_all(on_sqlite(bank, tmp_path).evidence())
    assert verdicts(answers) == GOOD_ON_SQLITE, {
        name: answer.says for name, answer in answers.items() if answer.verdict is not GOOD_ON_SQLITE[name]
    }


@pytest.mark.parametrize("name", OF_FILES)
def test_a_fault_of_log_repository_or_backups_turns_its_rules_alone(bank: Bank, tmp_path: Path, name: str) -> None:
    spoilt = bank.copy(tmp_path)
    OF_FILES[name].spoil(spoilt)
    assert_only(ask_all(spoilt.evidence()), GOOD_ON_POSTGRESQL, OF_FILES[name])


@pytest.mark.parametrize("name", OF_POSTGRESQL)
def test_a_fault_of_the_server_turns_its_rules_alone(bank: Bank, name: str) -> None:
    fault = OF_POSTGRESQL[name]
    set_all(bank, fault.settings)
    bank.who_gets_in.write_text(ONLY_THROUGH_THE_SOCKET + fault.lets_in)
    bank.run(fault.sql)
    try:
        answers = ask_all(bank.evidence())
    finally:
        bank.run(fault.undo)
        bank.who_gets_in.write_text(ONLY_THROUGH_THE_SOCKET)
        set_all(bank, {key: SETTINGS[key] for key in fault.settings})
    assert_only(answers, GOOD_ON_POSTGRESQL, fault)


@pytest.mark.parametrize("name", OF_SQLITE)
def test_a_fault_of_a_database_file_turns_its_rules_alone(bank: Bank, tmp_path: Path, name: str) -> None:
    spoilt = on_sqlite(bank, tmp_path)
    if OF_SQLITE[name].sql:
        spoilt.run(OF_SQLITE[name].sql)
    OF_SQLITE[name].spoil(spoilt)
    assert_only(ask_all(spoilt.evidence()), GOOD_ON_SQLITE, OF_SQLITE[name])


def test_pages_without_checksums_are_seen_on_a_server_that_has_none(bank: Bank) -> None:
    with build_server(with_checksums=False) as plain:
        answers = ask_all(bank.evidence(plain.url()))
    assert answers["pages-have-checksums"].verdict is NOT_MET
    assert answers["pages-have-checksums"].says == "data_checksums is off"


def test_a_clock_that_differs_is_seen(bank: Bank) -> None:
    """A server's clock cannot be turned here: it is this machine's that is."""
    evidence = bank.evidence()
    assert evidence.read_at is not None
    late = replace(evidence, read_at=evidence.read_at + timedelta(seconds=5))
    assert_only(ask_all(late), GOOD_ON_POSTGRESQL, Fault(turns=not_met("clocks-agree"), says="differ by at most 5.0"))


def test_what_a_user_without_rights_cannot_see_is_never_met(bank: Bank) -> None:
    answers = ask_all(bank.evidence(bank.as_user(STRANGER)))
    assert_only(answers, GOOD_ON_POSTGRESQL, Fault(turns=HIDDEN, says="this user may not read"))
    set_all(bank, {"log_statement": "none"})
    try:
        hidden = ask_all(bank.evidence(bank.as_user(STRANGER)))["schema-changes-logged"]
    finally:
        set_all(bank, {"log_statement": SETTINGS["log_statement"]})
    # Another library may log them, and this user does not see which are loaded.
    assert hidden.verdict is UNSEEN
    assert "GRANT pg_read_all_settings" in hidden.says


@pytest.mark.parametrize("to", ["nobody", "gone", "nowhere"])
def test_a_database_that_nobody_reaches_shows_nothing(bank: Bank, to: str) -> None:
    url = {"nobody": "", "gone": bank.as_user("postgres", "gone"), "nowhere": bank.as_user("no such role")}[to]
    found = verdicts(ask_all(bank.evidence(url)))
    assert {found[name] for name in OF_DATABASE} == {UNSEEN}


def test_a_period_without_migrations_says_nothing_about_them(bank: Bank) -> None:
    found = verdicts(ask_all(bank.evidence(since=datetime.now(UTC) + timedelta(seconds=30))))
    nothing = {name for name, verdict in found.items() if verdict is NOTHING}
    assert nothing == OF_THE_PERIOD | {"database-file-protected"}


def look_replaced(evidence: Evidence, name: str, **changes: object) -> Evidence:
    look = replace(evidence.looks[name], **changes)  # type: ignore[arg-type]
    return replace(evidence, looks={**evidence.looks, name: look})


def test_each_look_that_fails_makes_its_rules_blind_and_nothing_else(bank: Bank) -> None:
    evidence = bank.evidence()
    blind: dict[str, set[str]] = {}
    for look in evidence.looks:
        found = verdicts(ask_all(look_replaced(evidence, look, rows=(), reason="SQLSTATE 57014")))
        blind[look] = {name for name, verdict in found.items() if verdict is not GOOD_ON_POSTGRESQL[name]}
        assert {found[name] for name in blind[look]} == {UNSEEN}, look
    assert set().union(*blind.values()) == OF_DATABASE - {"database-file-protected"}
    assert all(blind.values()), blind


def test_what_pgaudit_logs_is_logged(bank: Bank) -> None:
    """pgaudit does not come with PostgreSQL, so that its name is put into what was read."""
    evidence = bank.evidence()
    rows = [dict(row) for row in evidence.looks["settings"].rows]
    for row in rows:
        values = {"log_statement": "none", "shared_preload_libraries": "pgaudit"}
        row["setting"] = values.get(str(row["name"]), row["setting"])
    assert RULES["schema-changes-logged"].ask(look_replaced(evidence, "settings", rows=tuple(rows))).verdict is MET


def test_files_that_nobody_read_hold_no_secret_that_anybody_knows_of(bank: Bank) -> None:
    evidence = replace(bank.evidence(), files_read=())
    assert_only(ask_all(evidence), GOOD_ON_POSTGRESQL, Fault(turns=unseen("no-secrets-in-files"), says="no file was"))


NEVER_NOT_MET = {"log-kept-a-year", "personal-columns-listed"}
"""A log that is young, and a list: neither is a fault."""


def test_no_rule_is_without_a_bad_case_and_one_where_nobody_could_look() -> None:
    every = (*OF_FILES.values(), *OF_POSTGRESQL.values(), *OF_SQLITE.values())
    seen: dict[str, set[Verdict]] = {name: {GOOD_ON_POSTGRESQL[name], GOOD_ON_SQLITE[name]} for name in RULES}
    for fault in every:
        for name, verdict in fault.turns.items():
            seen[name].add(verdict)
    # These two have a test of their own: one needs another server, one another clock.
    for name in ("pages-have-checksums", "clocks-agree"):
        seen[name].add(NOT_MET)
    for name in (*OF_DATABASE, "no-secrets-in-files"):
        seen[name].add(UNSEEN)
    for name in OF_THE_PERIOD:
        seen[name].add(NOTHING)
    assert {name for name in RULES if MET not in seen[name]} == set()
    assert {name for name in RULES if NOT_MET not in seen[name]} == NEVER_NOT_MET
    assert {name for name in RULES if UNSEEN not in seen[name]} == set()
    no_meaning = {*OF_A_SERVER, "database-file-protected", "personal-tables-closed", "database-as-recorded"}
    assert {name for name in RULES if NOTHING in seen[name]} == no_meaning | OF_THE_PERIOD


def report_of(
    bank: Bank, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, *words: str, url: str = ""
) -> tuple[int, str]:
    """The report as it is typed: its exit code and what it prints."""
    monkeypatch.chdir(bank.root)
    monkeypatch.setenv("DATABASE_URL", url or bank.url)
    monkeypatch.setenv("FINGOOD_ENVIRONMENT", "production")
    capsys.readouterr()
    code = run(["generate-compliance-report", "--standards", "SOX,PCI_DSS,GDPR", *words])
    out = capsys.readouterr()
    assert "Traceback" not in out.out + out.err
    return code, out.out


def test_a_report_on_a_bank_where_all_is_well_is_clean(
    bank: Bank, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    code, out = report_of(bank, capsys, monkeypatch, "--format", "json")
    told = json.loads(out)["data"]
    assert (code, told["chain"]["ok"]) == (0, True)
    assert {one["verdict"] for one in told["controls"]} == {"satisfied", "needs-person"}
    assert len(told["controls"]) == len(CONTROLS)
    # What the rules rest on: the queries that were asked, and the lines of the log with their sums.
    assert "pg_hba_file_rules" in told["queries"]["authentication"]
    rules = {rule["rule"]: rule for one in told["controls"] for rule in one["rules"]}
    assert rules.keys() == RULES.keys()
    assert len(rules["changes-checked"]["evidence"][0]["sha256"]) == 64


@pytest.mark.parametrize("form", ["text", "csv", "html"])
def test_a_report_names_each_fault_and_counts_none_as_met(
    bank: Bank, tmp_path: Path, form: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    spoilt = bank.copy(tmp_path)
    OF_FILES["others may read a backup"].spoil(spoilt)
    faults = [OF_POSTGRESQL[name] for name in ("a password is kept as MD5", "everybody may read customers")]
    for fault in faults:
        bank.run(fault.sql)
    try:
        code, out = report_of(spoilt, capsys, monkeypatch, "--format", form)
    finally:
        for fault in faults:
            bank.run(fault.undo)
    assert code == 1
    for words in ("clerk (md5)", "customers", "(750)", "not-satisfied"):
        assert words in out, words
    assert "0" * 32 not in out.replace("0" * 64, ""), "the stored password is not shown"


def test_a_report_of_a_user_without_rights_says_what_it_did_not_see(
    bank: Bank, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    code, out = report_of(bank, capsys, monkeypatch, "--format", "json", url=bank.as_user(STRANGER))
    controls = {one["id"]: one["verdict"] for one in json.loads(out)["data"]["controls"]}
    assert code == 3
    assert {name for name, verdict in controls.items() if verdict == "no-evidence"} == {
        control.id for control in CONTROLS.values() if HIDDEN.keys() & set(control.rules)
    }
    assert set(controls.values()) == {"satisfied", "needs-person", "no-evidence"}
