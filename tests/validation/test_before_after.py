"""Before and after a migration: what the ledger comes to is compared by account and currency, and explained."""

from __future__ import annotations

import json
import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fingood.catalog import connect, take_fingerprints
from fingood.catalog.forms import FORMULAS
from fingood.commands.before_after import file_of
from fingood.commands.validate import validate_data
from fingood.model.names import RelationName
from fingood.model.report import Outcome, Report
from fingood.model.severity import Severity
from fingood.model.snapshot import Fingerprint
from fingood.settings import Settings, load
from fingood.validation.reconcile import compare_totals, read_reconciliations
from fingood.validation.times import Clock, Move, Times, find_move
from fingood.validation.totals import Totals

REVISION = '''"""Round cents

Reconciles: postings.amount within 0.01 because cents are rounded as agreed in FIN-7
"""
revision = "a1"
down_revision = None
def upgrade(): pass
def downgrade(): pass
'''


@pytest.fixture
def settings(bank, tmp_path) -> Settings:
    (tmp_path / "migrations" / "versions").mkdir(parents=True)
    (tmp_path / "alembic.ini").write_text("[alembic]\nscript_location = migrations\n")
    (tmp_path / "migrations" / "versions" / "a1_round.py").write_text(REVISION)
    return load(start=tmp_path, options={"database_url": bank.url}, environ={})


def after(settings: Settings) -> dict[str, list[str]]:
    report = validate_data(settings, "post_migration")
    return {
        run.check: [finding.message for finding in run.findings]
        for run in report.runs
        if run.check in ("totals-changed", "rows-changed", "content-changed", "times-moved")
    }


def run_of(report: Report, check: str):
    return next(run for run in report.runs if run.check == check)


def test_a_migration_that_keeps_every_cell_passes(settings, bank) -> None:
    validate_data(settings, "pre_migration")
    assert (settings.audit_log.parent / ".gitignore").read_text() == "*\n"
    bank.run("CREATE INDEX ix ON postings (account_id); CREATE TABLE other (id int)")
    assert after(settings) == {"totals-changed": [], "rows-changed": [], "content-changed": [], "times-moved": []}


def test_the_account_the_column_and_the_amount_are_named(settings, bank) -> None:
    validate_data(settings, "pre_migration")
    bank.run("UPDATE postings SET amount = 10.15 WHERE id = 1")
    found = after(settings)
    (message,) = found["totals-changed"]
    assert message.startswith("1 of 8 sums of amount by account_id and currency in ")
    assert "account_id 1, currency EUR: 10.25" in message
    assert "(-0.10" in message
    assert ["amount" in one for one in found["content-changed"]] == [True]
    assert found["rows-changed"] == []


def test_a_lost_row_is_told_by_number_and_by_account(settings, bank) -> None:
    validate_data(settings, "pre_migration")
    bank.run("DELETE FROM postings WHERE entry_id = 4")
    found = after(settings)
    assert "had 8 rows and has 6 (-2)" in found["rows-changed"][0]
    assert found["totals-changed"][0].startswith("2 of 8 sums")


def test_amounts_that_swap_accounts_are_seen_though_the_grand_total_stands(settings, bank) -> None:
    validate_data(settings, "pre_migration")
    bank.run("UPDATE postings SET account_id = 3 - account_id WHERE entry_id = 1")
    assert after(settings)["totals-changed"][0].startswith("2 of 8 sums")


def test_without_a_kept_state_after_is_errored_and_not_passed(settings) -> None:
    report = validate_data(settings, "post_migration")
    run = run_of(report, "totals-changed")
    assert run.outcome is Outcome.ERRORED
    assert "pre_migration" in run.reason
    assert report.exit_code == 3


def test_what_the_revision_declares_is_information_and_what_goes_beyond_it_is_not(settings, bank) -> None:
    validate_data(settings, "pre_migration")
    bank.run(
        "CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY); INSERT INTO alembic_version VALUES ('a1')"
    )
    bank.run("UPDATE postings SET amount = 10.26 WHERE id = 1; UPDATE postings SET amount = -10.26 WHERE id = 2")
    (finding,) = run_of(validate_data(settings, "post_migration"), "totals-changed").findings
    assert finding.severity is Severity.INFO
    assert "FIN-7" in finding.effect
    bank.run("UPDATE postings SET amount = 10.30 WHERE id = 1")
    (finding,) = run_of(validate_data(settings, "post_migration"), "totals-changed").findings
    assert finding.severity is Severity.CRITICAL


TIMES = """
ALTER TABLE journal_entries ADD COLUMN booked_at timestamp;
UPDATE journal_entries SET booked_at = '2024-01-31 23:30:00' WHERE id = 1;
UPDATE journal_entries SET booked_at = '2024-07-01 09:15:10' WHERE id = 2;
UPDATE journal_entries SET booked_at = '2024-07-02 10:00:00' WHERE id = 3;
UPDATE journal_entries SET booked_at = '1969-07-20 20:17:40' WHERE id = 4
"""


def plus(hours: int, dialect: str) -> str:
    value = f"datetime(booked_at, '{hours} hours')" if dialect == "sqlite" else f"booked_at + interval '{hours} hours'"
    return f"UPDATE journal_entries SET booked_at = {value}"


def moved(settings: Settings) -> list[str]:
    return [re.sub(r" of \S*booked_at", "", message) for message in after(settings)["times-moved"]]


@pytest.mark.parametrize("hours", [2, -5])
def test_times_that_all_moved_are_told_with_the_hours(settings, bank, hours) -> None:
    bank.run(TIMES)
    validate_data(settings, "pre_migration")
    assert moved(settings) == []
    bank.run(plus(hours, bank.url.split(":")[0]))
    assert moved(settings) == [f"all 4 times moved by {hours:+} h"]
    assert run_of(validate_data(settings, "post_migration"), "times-moved").findings[0].severity is Severity.ERROR


def test_times_that_moved_apart_or_only_in_part_are_no_shift_of_all(settings, bank) -> None:
    bank.run(TIMES)
    validate_data(settings, "pre_migration")
    bank.run(f"{plus(2, bank.url.split(':')[0])} WHERE id < 3")
    assert moved(settings) == []


@pytest.mark.parametrize(
    ("zone", "told"),
    [
        ("UTC", []),
        ("Asia/Kolkata", ["all 4 times moved by -5 h 30 min"]),
        ("America/New_York", ["all 4 times moved by +4 h to +5 h"]),
        ("Europe/Lisbon", ["3 of 4 times moved by -1 h"]),
    ],
)
def test_a_type_that_gains_a_zone_is_compared_by_the_clock(postgres_bank, tmp_path, zone, told) -> None:
    (tmp_path / "migrations").mkdir()
    (tmp_path / "alembic.ini").write_text("[alembic]\nscript_location = migrations\n")
    (tmp_path / "fingood.toml").write_text('[[ledger]]\ntable = "journal_entries"\ntime_zone = "UTC"\n')
    settings = load(start=tmp_path, options={"database_url": postgres_bank.url}, environ={})
    postgres_bank.run(TIMES)
    validate_data(settings, "pre_migration")
    kind = f"timestamptz USING booked_at AT TIME ZONE '{zone}'"
    postgres_bank.run(f"ALTER TABLE journal_entries ALTER COLUMN booked_at TYPE {kind}")
    assert moved(settings) == [f"{one} as UTC shows them" for one in told]


APART = st.integers(-(10**5), 2 * 10**5).map(lambda number: number * 7200 + number * 37 % 3600)
MOMENTS = st.lists(APART, min_size=2, max_size=40, unique=True)


def clock(seconds: list[int]) -> Times:
    slots = [0] * 96
    for second in seconds:
        slots[second % 86_400 // 900] += 1
    plain = Clock(slots=tuple(slots), first=min(seconds), last=max(seconds), total=sum(seconds))
    return Times(table=RelationName("ledger", "entries"), column="booked_at", rows=len(seconds), plain=plain)


@given(MOMENTS, st.integers(-52, 52).map(lambda quarters: quarters * 900), st.data())
def test_a_zones_move_is_told_whatever_the_times_are(moments, low, data) -> None:
    assert find_move(clock(moments), clock([one + low for one in moments])) == (
        Move(rows=len(moments), low=low, high=low) if low else None
    )
    summer = data.draw(st.sets(st.sampled_from(moments), min_size=1, max_size=len(moments) - 1))
    move = find_move(clock(moments), clock([one + low + 3600 * (one in summer) for one in moments]))
    some = {0: Move(rows=len(summer), low=3600, high=3600)}
    some[-3600] = Move(rows=len(moments) - len(summer), low=-3600, high=-3600)
    assert move == some.get(low, Move(rows=len(moments), low=low, high=low + 3600))


@given(MOMENTS, st.data())
def test_one_time_that_moved_by_itself_is_no_zones_move(moments, data) -> None:
    alone = data.draw(st.sampled_from(moments))
    by = data.draw(st.integers(1, 7199).filter(lambda seconds: seconds % 1800))
    assert find_move(clock(moments), clock([one + by * (one == alone) for one in moments])) is None


def test_moves_that_only_add_up_like_a_zones_are_none() -> None:
    moments = [0, 100_000, 200_000, 300_000]
    moved_by = [3600, 900, 2700, 3600]
    assert find_move(clock(moments), clock([one + by for one, by in zip(moments, moved_by, strict=True)])) is None


def test_a_line_without_a_reason_declares_nothing() -> None:
    assert read_reconciliations("Reconciles: ledger.postings.amount within 0.01", "a1") == ()
    (one,) = read_reconciliations("x\n\nReconciles: ledger.postings rows because moved", "a1")
    assert (one.table, one.column, one.reason) == ("ledger.postings", "", "moved")
    (one,) = read_reconciliations("Reconciles: ledger.postings.fee within 0.5 because of FIN-1", "a1")
    assert (one.table, one.column, one.within) == ("ledger.postings", "fee", Decimal("0.5"))


def kept_by(settings: Settings, bank, formula: str) -> None:
    """What was kept, as a version whose formula this is kept it."""
    file = file_of(settings)
    kept = json.loads(file.read_text())
    for one in kept["totals"]:
        name = RelationName(*one["table"])
        if formula in FORMULAS:
            like = {name: Fingerprint(table=name, rows=0, columns={}, formula=formula, key=tuple(one["key"]))}
            with connect(bank.url) as connection:
                older = take_fingerprints(connection, [name], like=like)[name]
            assert dict(older.columns) != one["contents"]
            one["contents"] = dict(older.columns)
        one["formula"] = formula
    file.write_text(json.dumps(kept))


@pytest.mark.parametrize("bank", ["postgres_bank"], indirect=True)
def test_what_an_earlier_version_kept_is_compared_by_its_formula(settings, bank) -> None:
    validate_data(settings, "pre_migration")
    kept_by(settings, bank, "fingood-2")
    assert after(settings)["content-changed"] == []
    bank.run("UPDATE postings SET account_id = 3 - account_id WHERE entry_id = 1")
    (message,) = after(settings)["content-changed"]
    assert "account_id are not those of before" in message


def test_what_a_later_version_kept_is_not_compared_and_says_why(settings, bank) -> None:
    validate_data(settings, "pre_migration")
    kept_by(settings, bank, "fingood-99")
    run = run_of(validate_data(settings, "post_migration"), "totals-changed")
    assert run.outcome is Outcome.ERRORED
    assert "fingood-99, which this version of fingood does not know: install the version" in run.reason


@pytest.mark.parametrize("bank", ["postgres_bank"], indirect=True)
def test_contents_stay_comparable_when_the_primary_key_changes(settings, bank) -> None:
    validate_data(settings, "pre_migration")
    bank.run("ALTER TABLE postings DROP CONSTRAINT postings_pkey; ALTER TABLE postings ADD PRIMARY KEY (entry_id, id)")
    assert after(settings)["content-changed"] == []
    bank.run("UPDATE postings SET account_id = 3 - account_id WHERE entry_id = 1")
    (message,) = after(settings)["content-changed"]
    assert "account_id are not those of before" in message


SUMS = st.dictionaries(
    st.tuples(st.text("abc", min_size=1, max_size=2), st.sampled_from(["EUR", "USD"])),
    st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**12), max_value=10**12),
    max_size=6,
)


def totals(sums: dict[tuple[str, str], Decimal]) -> Totals:
    return Totals(
        table=RelationName("ledger", "postings"),
        dimensions=("account", "currency"),
        amounts=("amount",),
        groups={group: (1, (str(amount),)) for group, amount in sums.items()},
        contents={},
    )


@given(SUMS)
def test_equal_totals_are_never_a_finding(sums) -> None:
    assert compare_totals([totals(sums)], [totals(dict(reversed(sums.items())))]) == ()


@given(SUMS.filter(bool), st.decimals(min_value="0.0001", max_value=1000, places=4), st.data())
def test_one_changed_sum_is_always_seen_and_alone(sums, change, data) -> None:
    group = data.draw(st.sampled_from(sorted(sums)))
    (finding,) = compare_totals([totals(sums)], [totals({**sums, group: sums[group] + change})])
    assert finding.message.startswith(f"1 of {len(sums)} sums of amount")
    assert f"account {group[0]}, currency {group[1]}" in finding.message
