"""``check --sql``: plain SQL files, without and with a database, run and by their text."""

from __future__ import annotations

import json

import pytest
import sqlalchemy as sa

from fingood.cli.main import run
from fingood.statements.sql_file import read_sql_file
from fingood.statements.sql_plan import plan_of


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def check(folder, capsys):
    """Runs check --sql on files; gives the exit code, the (check, file:line) pairs and the answer."""

    def judge(*options: str, **files: str):
        for name, text in files.items():
            (folder / f"{name}.sql").write_text(text)
        paths = [word for name in files for word in ("--sql", f"{name}.sql")]
        code = run(["check", "--format", "json", *paths, *options])
        out, err = capsys.readouterr()
        answer = json.loads(out) if out else {"checks": [], "error": err}
        found = {
            (finding["check"], f"{finding['location']['path']}:{finding['location']['line']}")
            for one in answer["checks"]
            for finding in one["findings"]
        }
        return code, found, answer

    return judge


def prepared(url, *statements):
    with sa.create_engine(url).begin() as connection:
        for statement in statements:
            connection.execute(sa.text(statement))
    return url


ENTRIES = "CREATE TABLE entries (id bigint PRIMARY KEY, amount numeric(18,4) NOT NULL, memo text)"


def notes(answer):
    return " ".join(line for section in answer["sections"] for line in section.get("lines", []))


def test_without_a_project_a_file_is_judged_by_its_text(check):
    code, found, answer = check("--static", a="CREATE INDEX ix ON entries (memo);\n\n\nDROP TABLE fees;\n")
    assert code == 1
    assert {("index-nonconcurrent", "a.sql:1"), ("drop-table", "a.sql:4")} <= found
    assert not [f for one in answer["checks"] for f in one["findings"] if f["location"]["revision"]]


def test_neither_sqlalchemy_nor_alembic_is_imported_for_text(folder):
    import subprocess
    import sys

    (folder / "a.sql").write_text("SELECT 1;\n")
    code = (
        "import sys; from fingood.cli.main import run; run(['check', '--sql', 'a.sql', '--static', '-q']); "
        "sys.exit(sorted({'sqlalchemy', 'alembic', 'rich'} & sys.modules.keys()) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_what_a_revision_has_is_not_applicable_and_not_failed(check):
    _, found, answer = check("--static", a="CREATE TABLE t (id bigint PRIMARY KEY);\n")
    run_of = {one["check"]: one for one in answer["checks"]}
    for name in ("downgrade-missing", "frozen-default", "multiple-heads"):
        assert (run_of[name]["outcome"], run_of[name]["reason"][:14]) == ("skipped", "not applicable")
    assert not [name for name, _ in found if name.startswith("downgrade")]


def test_each_file_is_judged_on_its_own(check):
    first = "CREATE TABLE t (id bigint PRIMARY KEY, v text);\nCREATE INDEX i1 ON t (v);\n"
    _, found, _ = check("--static", a=first, b="CREATE INDEX i2 ON t (v);\n")
    assert {place for name, place in found if name == "index-nonconcurrent"} == {"b.sql:1"}


def test_a_folder_means_the_files_below_it(check, folder):
    (folder / "v1").mkdir()
    (folder / "v1" / "x.sql").write_text("DROP TABLE fees;\n")
    (folder / "v1" / "notes.txt").write_text("DROP TABLE fees;\n")
    _, found, answer = check("--static", "--sql", "v1")
    assert ("drop-table", "v1/x.sql:1") in found
    assert [file["path"] for file in answer["data"]["files"]] == ["v1/x.sql"]


def test_a_file_runs_and_is_observed(check):
    code, found, answer = check(
        a="CREATE TABLE t (id bigint PRIMARY KEY);\nINSERT INTO t VALUES (1);\nINSERT INTO t VALUES (1);\n"
    )
    assert code == 1
    assert ("upgrade-fails", "a.sql:3") in found
    assert "each file ran on an empty database" in notes(answer)


def test_a_rewrite_on_a_copy_of_the_target_is_observed_and_the_target_untouched(check, postgres_url):
    prepared(postgres_url, ENTRIES)
    sql = "-- wider\nSELECT 1;\nALTER TABLE entries ALTER COLUMN amount TYPE numeric(18, 2);\n"
    _, found, answer = check("--database-url", postgres_url, a=sql)
    assert ("scale-reduced", "a.sql:3") in found
    (finding,) = [f for one in answer["checks"] for f in one["findings"] if f["check"] == "type-change-rewrite"]
    assert (finding["confidence"], "entries rewritten" in finding["evidence"]["observed"]) == ("observed", True)
    with sa.create_engine(postgres_url).connect() as connection:
        (column,) = [c for c in sa.inspect(connection).get_columns("entries") if c["name"] == "amount"]
        assert column["type"].scale == 4


def test_the_targets_schema_tells_what_text_cannot(check, postgres_url):
    prepared(postgres_url, "CREATE TABLE entries (id bigint PRIMARY KEY, memo varchar(20))")
    wider = "ALTER TABLE entries ALTER COLUMN memo TYPE varchar(40);\n"
    _, found, _ = check("--static", "--database-url", postgres_url, a=wider)
    assert not {name for name, _ in found if name.startswith("type-change")}


def test_a_file_that_needs_what_an_empty_database_lacks_is_judged_by_its_text(check):
    code, found, answer = check(a="CREATE INDEX ix ON entries (memo);\n")
    assert (code, ("index-nonconcurrent", "a.sql:1") in found) == (1, True)
    assert not [name for name, _ in found if name == "upgrade-fails"]
    assert "--database-url gives the schema" in notes(answer)


def test_on_the_target_a_missing_table_is_the_files_fault(check, postgres_url):
    prepared(postgres_url, ENTRIES)
    _, found, _ = check("--database-url", postgres_url, a="CREATE INDEX ix ON nowhere (memo);\n")
    assert ("upgrade-fails", "a.sql:1") in found


def test_what_stands_behind_a_failure_is_still_judged_by_its_text(check, postgres_url):
    prepared(postgres_url, ENTRIES)
    _, found, _ = check("--database-url", postgres_url, a="SELECT 1/0;\nDROP TABLE entries;\n")
    assert {("upgrade-fails", "a.sql:1"), ("drop-table", "a.sql:2")} <= found


@pytest.mark.parametrize(
    ("sql", "autocommit"),
    [
        ("ALTER TABLE entries ADD COLUMN x int;\n", False),
        ("CREATE INDEX CONCURRENTLY ix ON entries (memo);\n", True),
        ("BEGIN;\nALTER TABLE entries ADD COLUMN x int;\nCOMMIT;\nANALYZE entries;\n", True),
    ],
)
def test_it_runs_in_one_transaction_or_as_psql_would(check, postgres_url, sql, autocommit):
    prepared(postgres_url, ENTRIES)
    _, found, answer = check("--database-url", postgres_url, a=sql)
    assert not [name for name, _ in found if name in ("upgrade-fails", "concurrently-in-transaction")]
    assert answer["data"]["files"][0]["transaction"] == ("statement by statement" if autocommit else "one")


def test_transactions_of_the_text_are_those_that_a_client_would_open():
    text = "SELECT 1;\nBEGIN;\nSELECT 2;\nCOMMIT;\nSELECT 3;\nSTART TRANSACTION;\nSELECT 4;\nROLLBACK;\n"
    plan = plan_of(read_sql_file(text, "a.sql"))
    assert [one.transaction for one in plan.statements] == [None, 1, 1, 1, None, 2, 2, 2]
    assert {one.transaction for one in plan_of(read_sql_file("SELECT 1; SELECT 2;", "a.sql")).statements} == {1}


def test_psqls_own_commands_and_variables_are_opaque_with_their_line(check):
    text = "\\set branch 'it'\nSELECT ';' || :'branch';\n\\i other.sql\nSELECT 1 \\gset\nDROP TABLE fees;\n"
    _, found, answer = check("--static", a=text)
    assert {place for name, place in found if name == "opaque-statement"} == {f"a.sql:{n}" for n in (1, 2, 3, 4)}
    assert ("drop-table", "a.sql:5") in found
    messages = " ".join(f["message"] for one in answer["checks"] for f in one["findings"])
    assert "\\i is a command of psql" in messages


def test_the_rows_of_a_copy_are_loaded_and_no_statements(check, postgres_url):
    rows = (
        "CREATE TABLE t (id int PRIMARY KEY, v text);\nCOPY t (id, v) FROM stdin;\n1\tit's; DROP TABLE x\n2\t\\N\n\\.\n"
    )
    _, found, _ = check(a=rows + "SELECT 1/(count(*) - 2) FROM t;\n")
    assert ("upgrade-fails", "a.sql:6") in found  # two rows were loaded
    assert not {name for name, _ in found} & {"opaque-statement", "drop-table"}


def test_lines_count_through_literals_comments_and_letters_of_several_bytes(check):
    text = "/* é\n; */ SELECT 'ü;\n', $$ ;\n\n $$;  DROP TABLE a;\n-- ß\n\n  DROP\n TABLE b;\n"
    _, found, _ = check("--static", "--select", "drop-table", a=text)
    assert found == {("drop-table", "a.sql:5"), ("drop-table", "a.sql:8")}


def test_one_unreadable_statement_hides_no_other(check):
    _, found, _ = check("--static", a="SELECT 1;\nTHIS IS NO SQL;\nDROP TABLE fees;\n")
    assert {("opaque-statement", "a.sql:2"), ("drop-table", "a.sql:3")} <= found


def test_a_comment_in_sql_accepts_a_finding_and_is_reported_when_nothing_needs_it(check):
    text = (
        "-- fingood: allow drop-table because it moved (PAY-1)\nDROP TABLE fees;\n\n"
        "DROP TABLE more; -- fingood: allow drop-column because wrong\n"
    )
    _, found, answer = check(
        "--static", "--select", "drop-table", "--select", "suppression", "--select", "drop-column", a=text
    )
    assert found == {("drop-table", "a.sql:4"), ("suppression", "a.sql:4")}
    (accepted,) = [item for one in answer["checks"] for item in one["accepted"]]
    assert (accepted["ticket"], accepted["line"]) == ("PAY-1", 1)


def test_sqlite_with_its_triggers(check, tmp_path):
    text = (
        "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, [v x] TEXT);\n"
        "CREATE TRIGGER g AFTER INSERT ON t BEGIN\n  UPDATE t SET [v x] = 1;\n  DELETE FROM t;\nEND;\nDROP TABLE t;\n"
    )
    _code, found, answer = check("--dialect", "sqlite", a=text)
    assert answer["data"]["files"][0]["statements"] == 3
    assert not [name for name, _ in found if name in ("opaque-statement", "upgrade-fails")]
    url = f"sqlite:///{tmp_path}/x.db"
    prepared(url, "CREATE TABLE fees (id INTEGER PRIMARY KEY)")
    _, found, _ = check("--database-url", url, a="SELECT 1;\nDROP TABLE fees;\n")
    assert ("drop-table", "a.sql:2") in found


def test_settings_hold_where_there_are_some_and_the_answer_is_recorded(check, folder):
    (folder / "pyproject.toml").write_text("[tool.fingood]\nselect = ['drop-table']\n")
    _, found, _answer = check("--static", a="DROP TABLE fees;\nCREATE INDEX i ON t (v);\n")
    assert {name for name, _ in found} == {"drop-table"}
    events = [json.loads(line) for line in (folder / ".fingood" / "audit.jsonl").read_text().splitlines()]
    assert [(event["kind"], event["payload"]["result"]) for event in events] == [("safety_check", "blocked")]


def test_a_folder_without_settings_is_left_as_it_is(check, folder):
    check("--static", a="SELECT 1;\n")
    assert sorted(path.name for path in folder.iterdir()) == ["a.sql"]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--sql", "nowhere.sql"), "no file nowhere.sql"),
        (("--sql", "."), "no .sql file in ."),
        (("--sql", ".", "head"), "--sql takes files"),
        (("--sql", ".", "--pending"), "--sql takes files"),
    ],
)
def test_bad_input_is_one_line_and_exit_code_2(check, options, words):
    code, _, answer = check(*options)
    assert (code, words in answer["error"]) == (2, True)


def test_a_file_in_another_encoding_is_named(check, folder):
    (folder / "l.sql").write_bytes("SELECT 'é';".encode("latin-1"))
    code, _, answer = check("--sql", "l.sql")
    assert (code, "l.sql is not UTF-8" in answer["error"]) == (2, True)


def test_an_unreachable_database_is_exit_code_3(check):
    assert check("--database-url", "postgresql://nobody@127.0.0.1:1/none", a="SELECT 1;\n")[0] == 3


def test_a_statement_that_would_leave_the_sandbox_is_not_run_and_is_a_finding(check, tmp_path):
    trace = tmp_path / "trace"
    code, found, answer = check(
        a=f"CREATE TABLE t (id int);\nCOPY t TO PROGRAM 'touch {trace}';\n", b="DROP TABLE IF EXISTS fees;\n"
    )
    assert code == 1
    assert ("upgrade-fails", "a.sql:2") in found
    assert "not run in the sandbox" in json.dumps(answer)
    assert not trace.exists()
