"""What is around a statement decides: new tables, small tables, proven constraints, acceptance by a comment."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fingood.checks import CHECKS, Subject, run_checks
from fingood.checks.rules import multiple_heads
from fingood.checks.type_changes import judge
from fingood.errors import ConfigError
from fingood.model.facts import ColumnFacts, ConstraintFacts, Facts, TableFacts
from fingood.model.finding import Direction, Finding, Location
from fingood.model.names import RelationName
from fingood.model.plan import Failure, Plan, Rendering, Statement
from fingood.model.report import CheckRun, Outcome
from fingood.model.severity import Confidence, SafetyLevel, Severity
from fingood.statements import locks_of, parse
from fingood.statements.reader import type_named

ACCOUNTS = RelationName("public", "accounts")


def plan(*statements: str, dialect: str = "postgresql", **options: object) -> Plan:
    parsed = [(sql, parse(sql, dialect)) for sql in statements]
    return Plan(
        revision="r1",
        path="versions/r1.py",
        direction=Direction.UPGRADE,
        rendering=Rendering.RECORDED,
        dialect=dialect,
        statements=tuple(
            Statement(
                index=number,
                sql=sql,
                actions=read.actions,
                locks=locks_of(read.actions),
                transaction=1,
                location=Location(path="versions/r1.py", line=number + 3),
                opaque=read.opaque,
                opaque_reason=read.opaque_reason,
            )
            for number, (sql, read) in enumerate(parsed)
        ),
        **options,
    )


def accounts(rows: int | None = None, *, target: bool = True, **options: object) -> Facts:
    columns = {"id": "bigint", "email": "text", "balance": "numeric(18,4)", "number": "character varying(20)"}
    table = TableFacts(
        name=ACCOUNTS,
        rows=rows,
        total_bytes=rows and rows * 100,
        columns={name: ColumnFacts(name=name, type=type_) for name, type_ in columns.items()},
        **options,
    )
    return Facts(dialect="postgresql", server_version=170004, target=target, tables={ACCOUNTS: table})


def subject(*statements: str, **options: object) -> Subject:
    return Subject(**{"revision": "r1", "path": "versions/r1.py", "upgrade": plan(*statements), **options})


def findings(subject: Subject, *select: str, level: SafetyLevel = SafetyLevel.MEDIUM) -> list[Finding]:
    return [finding for run in run_checks(subject, level=level, select=select) for finding in run.findings]


def ids(subject: Subject) -> set[str]:
    return {finding.check for finding in findings(subject) if finding.severity >= Severity.WARNING}


def only_run(subject: Subject, check: str) -> CheckRun:
    return run_checks(subject, select=[check])[0]


def test_tables_of_this_revision_and_of_pending_ones_may_be_locked() -> None:
    new = (
        "CREATE TABLE t (id bigint PRIMARY KEY, a int)",
        "CREATE INDEX i ON t (a)",
        "ALTER TABLE t ALTER a SET NOT NULL",
    )
    assert ids(subject(*new)) == set()
    assert ids(subject(*new[1:], earlier=(plan(new[0]),))) == set()
    assert ids(subject(*new[1:])) == {"index-nonconcurrent", "set-not-null"}


def test_a_renamed_new_table_is_still_new() -> None:
    assert "index-nonconcurrent" not in ids(
        subject("CREATE TABLE a (id int)", "ALTER TABLE a RENAME TO b", "CREATE INDEX i ON b (id)")
    )


@pytest.mark.parametrize(
    ("rows", "severity"), [(9_999, Severity.INFO), (10_000, Severity.ERROR), (None, Severity.ERROR)]
)
def test_a_lock_on_a_table_known_to_be_small_is_an_info(rows: int | None, severity: Severity) -> None:
    (finding,) = findings(subject("CREATE INDEX i ON accounts (number)", facts=accounts(rows)))
    assert finding.severity is severity


def test_nobody_concludes_from_a_sandbox_that_a_table_is_small() -> None:
    (finding,) = findings(subject("CREATE INDEX i ON accounts (number)", facts=accounts(0, target=False)))
    assert finding.severity is Severity.ERROR


def test_the_targets_size_stands_in_the_finding() -> None:
    (finding,) = findings(subject("CREATE INDEX i ON accounts (number)", facts=accounts(84_200_000)))
    assert "accounts holds about 84.2 million rows (7.8 GB)." in finding.effect


def test_protected_tables_weigh_more_but_a_lock_is_no_loss() -> None:
    loss, lock = "DROP TABLE journal_lines", "CREATE INDEX i ON ledger.entries (id)"
    assert findings(subject(loss))[0].severity is Severity.CRITICAL
    assert findings(subject(lock))[0].severity is Severity.ERROR
    assert findings(subject("DROP TABLE plain"))[0].severity is Severity.ERROR
    assert findings(subject("DROP TABLE plain", protected=("pl*",)))[0].severity is Severity.CRITICAL


def test_a_check_validated_before_makes_set_not_null_silent() -> None:
    proof = ConstraintFacts(name="k", kind="check", definition="CHECK ((email IS NOT NULL))")
    sql = "ALTER TABLE accounts ALTER email SET NOT NULL"
    assert "set-not-null" not in ids(subject(sql, facts=accounts(constraints=(proof,))))
    assert "set-not-null" in ids(subject(sql, facts=accounts(constraints=(replace(proof, validated=False),))))
    other = replace(proof, definition="CHECK ((email IS NOT NULL) OR (number IS NOT NULL))")
    assert "set-not-null" in ids(subject(sql, facts=accounts(constraints=(other,))))
    old = replace(accounts(constraints=(proof,)), server_version=110022)
    assert "set-not-null" in ids(subject(sql, facts=old))


@pytest.mark.parametrize(
    ("old", "new", "rewrites"),
    [
        ("character varying(50)", "character varying(100)", False),
        ("character varying(50)", "character varying", False),
        ("character varying(50)", "text", False),
        ("character varying(50)", "character varying(20)", True),
        ("text", "character varying(20)", True),
        ("numeric(18,2)", "numeric(20,2)", False),
        ("numeric(18,2)", "numeric(20,4)", True),
        ("numeric(18,2)", "numeric", False),
        ("numeric", "numeric(18,2)", True),
        ("integer", "bigint", True),
        ("cidr", "inet", False),
        ("inet", "cidr", True),
        ("character(3)", "character(4)", True),
        ("character(3)", "text", True),
        ("timestamp(6) without time zone", "timestamp(3) without time zone", True),
        ("timestamp(3) without time zone", "timestamp without time zone", False),
        ("bit varying(8)", "bit varying(16)", False),
        ("bytea", "text", True),
        ("json", "jsonb", True),
        ("integer[]", "bigint[]", True),
    ],
)
def test_type_changes_rewrite_as_a_real_server_does(postgres_url: str, old: str, new: str, rewrites: bool) -> None:
    before, after = type_named(old), type_named(new)
    assert before
    assert after
    assert judge(before, after).rewrites is rewrites
    assert _really_rewrites(postgres_url, old, new) is rewrites


def _really_rewrites(url: str, old: str, new: str) -> bool:
    import sqlalchemy as sa

    engine = sa.create_engine(url, poolclass=sa.pool.NullPool)
    with engine.begin() as connection:
        connection.exec_driver_sql(f"CREATE TABLE t (c {old})")
        file = "SELECT pg_relation_filenode('t')"
        before = connection.exec_driver_sql(file).scalar()
        using = "convert_from(c, 'UTF8')" if old == "bytea" else f"c::{new}"
        connection.exec_driver_sql(f"ALTER TABLE t ALTER c TYPE {new} USING {using}")
        return before != connection.exec_driver_sql(file).scalar()


def test_losing_decimals_is_told_from_losing_range() -> None:
    assert ids(subject("ALTER TABLE accounts ALTER balance TYPE numeric(18,2)", facts=accounts())) == {
        "scale-reduced",
        "type-change-rewrite",
    }
    assert "type-change-narrow" in ids(
        subject("ALTER TABLE accounts ALTER balance TYPE numeric(8,4)", facts=accounts())
    )
    assert "scale-reduced" in ids(subject("ALTER TABLE accounts ALTER balance TYPE float", facts=accounts()))


def test_alembics_own_table_is_no_finding() -> None:
    assert ids(subject("UPDATE alembic_version SET version_num = 'x'", "DELETE FROM alembic_version")) == set()


def test_filling_an_empty_column_of_a_ledger_is_a_warning() -> None:
    (fills,) = findings(subject("UPDATE ledger.e SET c = 1 WHERE c IS NULL"), "ledger-mutation")
    (changes,) = findings(subject("UPDATE ledger.e SET c = 1 WHERE id = 4"), "ledger-mutation")
    assert (fills.severity, changes.severity) == (Severity.WARNING, Severity.CRITICAL)


@pytest.mark.parametrize("name", ["amount", "totalFee", "interest_rate", "net_price", "fx", "BALANCE"])
def test_money_is_known_by_its_name(name: str) -> None:
    assert findings(subject(f'CREATE TABLE t ("{name}" double precision)'), "money-float")


@pytest.mark.parametrize("name", ["credit_score", "latitude", "amount_count", "generated", "iteration", "fee_ratio"])
def test_what_only_sounds_like_money_is_left_alone(name: str) -> None:
    assert not findings(subject(f'CREATE TABLE t ("{name}" double precision)'), "money-*")
    assert findings(subject(f'CREATE TABLE t ("{name}" double precision)', money=(name,)), "money-float")


def test_card_data_that_may_never_be_stored_is_critical() -> None:
    severities = {
        finding.subject: finding.severity
        for finding in findings(subject("CREATE TABLE t (pan text, cvv text, pan_token text, pin_code text)"), "card-*")
    }
    assert severities == {"t.pan": Severity.ERROR, "t.cvv": Severity.CRITICAL}


def test_a_batch_copy_of_sqlite_is_read_as_the_changes_it_makes() -> None:
    facts = Facts(
        dialect="sqlite",
        default_schema="main",
        tables={
            RelationName("main", "t"): TableFacts(
                name=RelationName("main", "t"),
                columns={n: ColumnFacts(name=n, type=k) for n, k in (("id", "INTEGER"), ("price", "NUMERIC(10, 4)"))},
            )
        },
    )
    steps = (
        "CREATE TABLE _alembic_tmp_t (id INTEGER NOT NULL, price NUMERIC(10, 2), fee FLOAT)",
        "INSERT INTO _alembic_tmp_t (id, price) SELECT id, price FROM t",
        "DROP TABLE t",
        "ALTER TABLE _alembic_tmp_t RENAME TO t",
    )
    seen = subject(dialect="sqlite", facts=facts, upgrade=plan(*steps, dialect="sqlite"))
    assert ids(seen) == {"scale-reduced", "money-float"}


def test_sqlite_has_no_lock_checks() -> None:
    runs = run_checks(subject(dialect="sqlite", upgrade=plan("CREATE INDEX i ON t (a)", dialect="sqlite")))
    assert not {"index-nonconcurrent", "set-not-null"} & {run.check for run in runs}
    assert "money-float" in {run.check for run in runs}


def test_what_a_check_lacks_is_said_and_is_not_passed() -> None:
    assert only_run(subject("SELECT 1", source=""), "downgrade-missing").outcome is Outcome.SKIPPED
    blind = Subject(revision="r1", path="r1.py", no_plan="r0 below it fails")
    assert only_run(blind, "set-not-null").outcome is Outcome.SKIPPED
    assert only_run(blind, "set-not-null").reason == "r0 below it fails"
    assert only_run(blind, "upgrade-fails").outcome is Outcome.ERRORED


def test_after_a_failed_upgrade_no_check_claims_to_have_passed() -> None:
    failed = plan("DROP TABLE t", failure=Failure(error="UndefinedTable", sqlstate="42P01"))
    seen = subject(upgrade=failed)
    assert only_run(seen, "upgrade-fails").findings[0].severity is Severity.CRITICAL
    assert only_run(seen, "drop-table").outcome is Outcome.FAILED
    assert only_run(seen, "set-not-null").outcome is Outcome.SKIPPED


def test_an_incomplete_rendering_is_a_finding_and_no_pass() -> None:
    seen = subject(upgrade=plan("SELECT 1", unrendered="line 12 asks the database"))
    assert only_run(seen, "not-rendered").findings
    assert only_run(seen, "set-not-null").outcome is Outcome.SKIPPED


def test_a_check_that_raises_is_errored_and_the_others_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(subject: Subject) -> list[object]:
        raise ZeroDivisionError

    broken = {**CHECKS, "drop-table": replace(CHECKS["drop-table"], function=breaks)}
    monkeypatch.setattr("fingood.checks.catalogue.CHECKS", broken)
    runs = {run.check: run for run in run_checks(subject("DROP TABLE t", "TRUNCATE u"))}
    assert runs["drop-table"].outcome is Outcome.ERRORED
    assert runs["drop-table"].reason.startswith("ZeroDivisionError")
    assert runs["truncate"].outcome is Outcome.FAILED


def test_an_unknown_function_makes_a_default_possibly_volatile() -> None:
    (finding,) = findings(subject("ALTER TABLE t ADD c int DEFAULT f()"), "add-column-volatile-default")
    assert finding.confidence is Confidence.POSSIBLE


SOURCE = """
def upgrade():
    {above}
    op.drop_table("t"){beside}
"""


@pytest.mark.parametrize(
    ("above", "beside", "found"),
    [
        ("# fingood: allow drop-table — kept in the archive", "", set()),
        ("# fingood: allow drop-table - kept", "", set()),
        (
            "# a word before\n    # fingood: allow drop-table, truncate because kept\n    # and after",
            "",
            {"suppression"},
        ),
        ("pass", "  # fingood: allow drop-table: kept", set()),
        ("# fingood: allow drop-table", "", {"drop-table", "suppression"}),
        ("# fingood: allow drop-tabel — kept", "", {"drop-table", "suppression"}),
        ("# fingood: allow drop-column — kept", "", {"drop-table", "suppression"}),
        ("print('# fingood: allow drop-table — kept')", "", {"drop-table"}),
    ],
)
def test_a_finding_is_accepted_with_a_reason_only(above: str, beside: str, found: set[str]) -> None:
    source = SOURCE.format(above=above, beside=beside)
    line = next(number for number, text in enumerate(source.splitlines(), 1) if "op.drop_table" in text)
    statement = replace(plan("DROP TABLE t").statements[0], location=Location(path="versions/r1.py", line=line))
    seen = subject(source=source, upgrade=replace(plan(), statements=(statement,)))
    assert {f.check for f in findings(seen, "drop-table", "truncate", "drop-column", "suppression")} == found


def test_unknown_ids_are_refused_with_the_nearest() -> None:
    with pytest.raises(ConfigError) as error:
        run_checks(subject("SELECT 1"), select=["set-notnull"])
    assert "set-not-null" in error.value.hint


def test_a_head_among_several_is_a_finding() -> None:
    seen = subject("SELECT 1", heads=("r1", "r2"))
    assert [hit.subject for hit in multiple_heads.multiple_heads(seen)] == ["heads"]
    assert findings(replace(seen, heads=("r1",)), "multiple-heads") == []


def test_the_level_decides_how_bad_an_opaque_statement_is() -> None:
    seen = subject("DO $$ BEGIN END $$")
    assert findings(seen)[0].severity is Severity.WARNING
    assert findings(seen, level=SafetyLevel.HIGH)[0].severity is Severity.ERROR


def test_locks_of_several_pending_revisions_in_one_transaction_are_a_finding() -> None:
    change = "ALTER TABLE accounts ADD COLUMN c{} int"
    several = subject(change.format(1), earlier=(plan(change.format(2)),), facts=accounts(10_000_000))
    assert findings(several, "one-transaction-for-all")
    apart = replace(several, upgrade=replace(several.upgrade, transaction_per_migration=True))
    assert not findings(apart, "one-transaction-for-all")
    assert not findings(replace(several, earlier=()), "one-transaction-for-all")
    assert not findings(replace(several, earlier=(plan("CREATE TABLE t (id int)"),)), "one-transaction-for-all")


def test_an_amount_finds_its_currency_in_the_table_it_refers_to() -> None:
    parent = "CREATE TABLE wallets (id bigint PRIMARY KEY, currency char(3))"
    child = "CREATE TABLE moves (id bigint PRIMARY KEY, amount numeric(19,4), wallet bigint REFERENCES {})"
    assert findings(subject(child.format("moves")), "amount-without-currency")
    assert not findings(subject(parent, child.format("wallets")), "amount-without-currency")
    assert not findings(subject(child.format("unknown")), "amount-without-currency")
    assert not findings(subject("CREATE TABLE fees (fee_eur numeric(19,4))"), "amount-without-currency")


def test_a_downgrade_that_brings_back_what_was_dropped_is_no_loss() -> None:
    facts = accounts()
    back = plan("DROP TABLE accounts")
    assert findings(subject("SELECT 1", downgrade=back, facts=facts), "downgrade-drops-more")
    assert not findings(subject("DROP TABLE accounts", downgrade=back, facts=facts), "downgrade-drops-more")
    new = subject("CREATE TABLE t (id int)", downgrade=plan("DROP TABLE t"), facts=facts)
    assert not findings(new, "downgrade-drops-more")
