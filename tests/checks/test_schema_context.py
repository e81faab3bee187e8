"""What the schema and the server's version say decides: indexes, columns, types and constraints that are not alike."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.checks.test_context import accounts, findings, plan, subject

from fingood.model.facts import ColumnFacts, ConstraintFacts, DomainFacts, Facts, IndexFacts, TableFacts
from fingood.model.names import RelationName
from fingood.model.plan import Failure
from fingood.model.severity import Severity

NUMBER = IndexFacts(
    name="ix_number",
    columns=("number",),
    scans=812,
    definition="CREATE INDEX ix_number ON public.accounts USING btree (number)",
)


def found(*statements: str, check: str, facts: Facts | None = None, source: str = "") -> list[Severity]:
    return [one.severity for one in findings(subject(*statements, facts=facts, source=source), check)]


@pytest.mark.parametrize(("version", "count"), [(140003, 1), (140004, 0), (130020, 0), (170004, 0)])
def test_only_the_servers_that_corrupt_concurrent_indexes_are_told(version: int, count: int) -> None:
    facts = replace(accounts(), server_version=version)
    sql = "CREATE INDEX CONCURRENTLY i ON accounts (number)"
    assert len(found(sql, check="concurrent-index-corruption", facts=facts)) == count


@pytest.mark.parametrize(("version", "count"), [(100023, 1), (110000, 0), (0, 0)])
def test_a_constant_default_rewrites_before_postgresql_11(version: int, count: int) -> None:
    facts = replace(accounts(), server_version=version)
    sql = "ALTER TABLE accounts ADD tier text DEFAULT 'basic'"
    assert len(found(sql, check="add-column-constant-default", facts=facts)) == count


def test_an_index_in_use_is_missed_unless_another_serves_its_queries() -> None:
    facts = accounts(10**6, indexes=(NUMBER,))
    drop = "DROP INDEX CONCURRENTLY ix_number"
    assert found(drop, check="index-dropped-in-use", facts=facts) == [Severity.WARNING]
    wider = "CREATE INDEX CONCURRENTLY j ON accounts (number, id)"
    assert found(wider, drop, check="index-dropped-in-use", facts=facts) == []
    idle = accounts(10**6, indexes=(replace(NUMBER, scans=0),))
    assert found(drop, check="index-dropped-in-use", facts=idle) == []


@pytest.mark.parametrize(
    ("index", "severities"),
    [
        ("(number)", [Severity.WARNING]),
        ("(number text_pattern_ops)", []),
        ("(number DESC)", []),
        ("(number) WHERE number > '1'", []),
        ("USING hash (number)", []),
        ("(number, id)", []),
    ],
)
def test_only_the_same_key_makes_an_index_redundant(index: str, severities: list[Severity]) -> None:
    facts = accounts(indexes=(NUMBER,))
    on = f"ON accounts {index}"
    assert found(f"CREATE INDEX CONCURRENTLY i {on}", check="index-redundant", facts=facts) == severities


def test_an_invalid_index_of_the_name_is_an_error() -> None:
    facts = accounts(indexes=(replace(NUMBER, valid=False),))
    sql = "CREATE INDEX CONCURRENTLY ix_number ON accounts (number)"
    assert found(sql, check="invalid-index-leftover", facts=facts) == [Severity.ERROR]
    assert found("DROP INDEX ix_number", sql, check="invalid-index-leftover", facts=facts) == []


def test_a_reference_in_add_column_reads_rows_only_for_a_default() -> None:
    sql = "ALTER TABLE accounts ADD c bigint {} REFERENCES owners (id)"
    assert found(sql.format(""), check="add-column-inline-fk") == [Severity.INFO]
    assert found(sql.format("DEFAULT 1"), check="add-column-inline-fk") == [Severity.ERROR]


def test_a_widening_is_silent_unless_a_check_or_an_index_hangs_on_the_column() -> None:
    sql = "ALTER TABLE accounts ALTER number TYPE varchar(50)"
    plain = accounts(indexes=(NUMBER,))
    assert findings(subject(sql, facts=plain), "type-change-*") == []
    check = ConstraintFacts(name="k", kind="check", columns=("number",), definition="CHECK ((length(number) > 0))")
    assert found(sql, check="type-change-with-check", facts=accounts(constraints=(check,))) == [Severity.ERROR]
    lower = replace(NUMBER, definition="CREATE INDEX ix_number ON public.accounts USING btree (lower(number))")
    assert found(sql, check="type-change-rebuilds-index", facts=accounts(indexes=(lower,))) == [Severity.ERROR]


def test_only_a_domain_with_a_constraint_rewrites() -> None:
    name = RelationName("public", "positive")
    sql = "ALTER TABLE accounts ADD c positive"
    for constrained in (True, False):
        domain = DomainFacts(name=name, type="integer", constrained=constrained)
        facts = replace(accounts(), domains={name: domain})
        assert bool(found(sql, check="add-column-constrained-domain", facts=facts)) is constrained


def test_types_that_sqlalchemy_chose_are_left_alone() -> None:
    sql = "ALTER TABLE accounts ADD c JSON"
    assert found(sql, check="add-json-column", source="import sqlalchemy as sa\nkind = sa.JSON") == []
    assert found(sql, check="add-json-column", source=f'op.execute("{sql}")') == [Severity.INFO]
    sql = "ALTER TABLE accounts ADD c VARCHAR(8)"
    assert found(sql, check="varchar-limit", source="sa.String(8)") == []
    assert found(sql, check="varchar-limit", source=f'op.execute("{sql}")') == [Severity.INFO]


def test_a_view_in_the_way_comes_back_with_its_own_query() -> None:
    view = TableFacts(name=RelationName("public", "v"), kind="view", definition=" SELECT balance\n   FROM accounts;")
    base = accounts()
    table = next(iter(base.tables.values()))
    column = ColumnFacts(name="balance", type="numeric(18,4)", views=(view.name,))
    seen = replace(table, columns={**table.columns, "balance": column})
    facts = replace(base, tables={table.name: seen, view.name: view})
    change = "ALTER TABLE accounts ALTER balance TYPE numeric(22,4)"
    (finding,) = findings(subject(change, facts=facts), "type-change-under-view")
    assert """op.execute('CREATE VIEW "public"."v" AS SELECT balance FROM accounts')""" in finding.remedy
    assert found("DROP VIEW v", change, check="type-change-under-view", facts=facts) == []


def test_a_new_tables_foreign_key_without_index_is_no_warning() -> None:
    sql = "CREATE TABLE t (a bigint REFERENCES accounts (id) ON DELETE CASCADE)"
    assert found(sql, check="fk-without-index") == [Severity.INFO]
    indexed = (sql, "CREATE INDEX i ON t (a)")
    assert findings(subject(upgrade=plan(*indexed)), "fk-without-index") == []


def test_a_dropped_key_column_is_kept_once() -> None:
    key = ConstraintFacts(name="accounts_pkey", kind="primary key", columns=("id",))
    (finding,) = findings(subject("ALTER TABLE accounts DROP id", facts=accounts(constraints=(key,))), "drop-column")
    assert 'AS SELECT "id" FROM' in finding.remedy


def test_a_remedy_is_not_what_the_revision_does_already() -> None:
    for sql, code in (("CREATE EXTENSION hstore", True), ("CREATE EXTENSION IF NOT EXISTS hstore", False)):
        (finding,) = findings(subject(sql), "extension-changed")
        assert ("IF NOT EXISTS" in finding.remedy) == code


@pytest.mark.parametrize(
    ("below", "state", "told"),
    [((), "42P01", True), ((), "3F000", True), (("r0",), "42P01", False), ((), "42601", False)],
)
def test_a_first_revision_that_lacks_its_ground_is_told_of_the_baseline(
    below: tuple[str, ...], state: str, told: bool
) -> None:
    failed = replace(plan(), failure=Failure(error="E", sqlstate=state, message="no"), down_revisions=below)
    (finding,) = findings(replace(subject(), upgrade=failed), "upgrade-fails")
    assert ("baseline" in finding.remedy) == told


def test_a_failure_that_ends_in_a_period_gets_no_second_one() -> None:
    failed = replace(plan(), failure=Failure(error="E", message="outside."))
    (finding,) = findings(replace(subject(), upgrade=failed), "upgrade-fails")
    assert finding.message == "upgrade() fails: E: outside."
