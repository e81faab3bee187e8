"""The reader turns SQL into actions and says when it cannot."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fingood.model.action import Action, ConstraintKind, Verb
from fingood.model.names import RelationName, quote_always
from fingood.statements.placeholders import fill_placeholders, tokens_of
from fingood.statements.reader import parse

identifiers = st.text(
    st.characters(blacklist_categories=("Cs",), blacklist_characters="\0\ue000\ue001"), min_size=1, max_size=20
).filter(lambda name: len(name.encode()) < 60)


def only(sql: str, dialect: str = "postgresql") -> Action:
    parsed = parse(sql, dialect)
    assert len(parsed.actions) == 1, parsed
    assert not parsed.opaque, parsed.opaque_reason
    return parsed.actions[0]


def verbs(sql: str, dialect: str = "postgresql") -> list[Verb]:
    return [action.verb for action in parse(sql, dialect).actions]


@given(st.text(max_size=200), st.sampled_from(["postgresql", "sqlite"]))
@settings(max_examples=400, deadline=None)
def test_any_text_is_read_or_called_opaque(sql: str, dialect: str) -> None:
    parsed = parse(sql, dialect)
    assert parsed.opaque == bool(parsed.opaque_reason)


@given(
    st.lists(
        st.sampled_from(
            ["'", '"', "$$", "$a$", "/*", "*/", "--", "\n", "%s", ":a", "?", "%%", "E'", "\\", "x ", "1", "(", ";"]
        )
    )
)
@settings(max_examples=400, deadline=None)
def test_cutting_a_text_into_tokens_loses_nothing(pieces: list[str]) -> None:
    sql = "".join(pieces)
    assert "".join(text for _, text in tokens_of(sql)) == sql
    parse(sql)


@given(identifiers, identifiers, identifiers)
@settings(max_examples=200, deadline=None)
def test_odd_names_come_back_as_they_were_written(schema: str, table: str, column: str) -> None:
    name = RelationName(schema, table)
    action = only(f"ALTER TABLE {name.sql} ADD COLUMN {quote_always(column)} int")
    assert (action.relation, action.column and action.column.name) == (name, column)


@given(identifiers, identifiers)
@settings(max_examples=100, deadline=None)
def test_odd_names_come_back_from_sqlite_too(table: str, column: str) -> None:
    action = only(f"CREATE TABLE {quote_always(table)} ({quote_always(column)} DATETIME)", "sqlite")
    assert action.relation == RelationName(None, table)
    assert [spec.name for spec in action.columns] == [column]


def test_each_sub_command_of_alter_table_is_an_action() -> None:
    sql = "ALTER TABLE t ADD COLUMN a int, ALTER b SET NOT NULL, DROP COLUMN c CASCADE, ADD CONSTRAINT k UNIQUE (a)"
    assert verbs(sql) == [Verb.ADD_COLUMN, Verb.SET_NOT_NULL, Verb.DROP_COLUMN, Verb.ADD_CONSTRAINT]
    assert parse(sql).actions[2].cascade


def test_every_statement_of_a_string_is_read() -> None:
    assert verbs("DROP TABLE a; -- ;\nUPDATE b SET c = ';'; TRUNCATE d") == [
        Verb.DROP_TABLE,
        Verb.UPDATE,
        Verb.TRUNCATE,
    ]


@pytest.mark.parametrize("sql", ["DO $$ BEGIN DROP TABLE t; END $$", "CALL tidy_up()", "EXECUTE plan"])
def test_code_that_the_text_does_not_show_is_opaque(sql: str) -> None:
    parsed = parse(sql)
    assert parsed.opaque
    assert parsed.opaque_reason


def test_the_readable_part_of_an_unreadable_text_is_read() -> None:
    parsed = parse("DROP TABLE a; SELEC 1; DROP TABLE b")
    assert [action.verb for action in parsed.actions] == [Verb.DROP_TABLE, Verb.OPAQUE, Verb.DROP_TABLE]
    assert parsed.opaque


def test_a_nested_monster_is_opaque_and_no_crash() -> None:
    assert parse("SELECT " + "+".join(["1"] * 3000)).opaque_reason.endswith("nested too deeply")


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE t SET a = %(a)s WHERE b = %(b c)s",
        "UPDATE t SET a = %s WHERE b = %s",
        "UPDATE t SET a = :a WHERE b = :b",
        "UPDATE t SET a = $1 WHERE b = $2::int",
        "UPDATE t SET a = ? WHERE b = ?",
        "UPDATE t SET a = a %% 2 WHERE b IN %s",
        "UPDATE t SET a = now() + INTERVAL %s WHERE b",
        "UPDATE t SET a = data ? 'k' WHERE b",
    ],
)
def test_the_drivers_placeholders_are_understood(sql: str) -> None:
    action = only(sql)
    assert action.verb is Verb.UPDATE
    assert action.where is True


def test_placeholders_in_literals_and_comments_stay() -> None:
    kept = "SELECT '%s :a ?', $x$ :b %s $x$, \"%s\", E'\\' :c' /* :d /* %s */ :e */ -- :f\n, a::int, b[1:2]"
    assert fill_placeholders(kept, "FILLED", questions=True) == kept


@pytest.mark.parametrize(
    ("default", "volatile"),
    [
        ("now()", False),
        ("CURRENT_TIMESTAMP", False),
        ("date_trunc('day', now())", False),
        ("'x'", False),
        ("timezone('utc', now())", False),
        ("gen_random_uuid()", True),
        ("random()", True),
        ("clock_timestamp()", True),
        ("nextval('s')", True),
        ("my_function()", True),
        ("date_trunc('day', clock_timestamp())", True),
    ],
)
def test_volatile_defaults_are_told_from_stable_ones(default: str, volatile: bool) -> None:
    column = only(f"ALTER TABLE t ADD COLUMN c text DEFAULT {default}").column
    assert column is not None
    assert column.volatile_default is volatile


def test_a_foreign_key_is_read_with_all_its_parts() -> None:
    sql = "ALTER TABLE t ADD CONSTRAINT f FOREIGN KEY (a, b) REFERENCES s.p (x, y) ON DELETE CASCADE NOT VALID"
    spec = only(sql).constraint
    assert spec is not None
    assert (spec.kind, spec.name, spec.columns) == (ConstraintKind.FOREIGN_KEY, "f", ("a", "b"))
    assert (spec.references, spec.referenced_columns) == (RelationName("s", "p"), ("x", "y"))
    assert (spec.on_delete, spec.valid) == ("cascade", False)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("double precision", "float8"),
        ("FLOAT", "float8"),
        ("real", "float4"),
        ("decimal(19, 4)", "numeric(19, 4)"),
        ("character varying(20)", "varchar(20)"),
        ("timestamp with time zone", "timestamptz"),
        ("bigint[]", "int8[]"),
        ("app.currency", "app.currency"),
    ],
)
def test_types_are_spelled_as_in_the_catalog(written: str, read: str) -> None:
    column = only(f"ALTER TABLE t ADD COLUMN c {written}").column
    assert column is not None
    assert str(column.type) == read


def test_writes_hidden_in_a_with_clause_are_seen() -> None:
    assert verbs("WITH d AS (DELETE FROM t RETURNING *) INSERT INTO u SELECT * FROM d") == [Verb.DELETE, Verb.INSERT]


def test_a_where_that_bounds_nothing_is_no_where() -> None:
    assert only("DELETE FROM t WHERE true").where is False
    assert only("UPDATE t SET a = 1 WHERE 1 = 1").where is False
    assert only("DELETE FROM t WHERE a = 1").where is True


@pytest.mark.parametrize(
    ("sql", "verb"),
    [
        ("PRAGMA foreign_keys=OFF", Verb.SET),
        (
            "CREATE TABLE `t x` (id INTEGER PRIMARY KEY AUTOINCREMENT, [c d] VARCHAR(3)) WITHOUT ROWID",
            Verb.CREATE_TABLE,
        ),
        ("INSERT OR REPLACE INTO t VALUES (?, :x)", Verb.INSERT),
        ("CREATE TRIGGER tr AFTER UPDATE ON t BEGIN SELECT 1; END", Verb.CREATE_TRIGGER),
        ("BEGIN IMMEDIATE", Verb.TRANSACTION),
    ],
)
def test_sqlite_has_its_own_words(sql: str, verb: Verb) -> None:
    assert only(sql, "sqlite").verb is verb


def test_what_sqlite_alone_can_do_is_opaque() -> None:
    assert parse("CREATE VIRTUAL TABLE x USING fts5(a)", "sqlite").opaque
