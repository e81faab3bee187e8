"""Known findings of an old project: written, hidden, and told when they are gone."""

from __future__ import annotations

import json

import pytest

from fingood.cli.main import run


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.sql").write_text("DROP TABLE fees;\n")
    return tmp_path


@pytest.fixture
def check(folder, capsys):
    def judge(*options: str):
        code = run(["check", "--sql", "a.sql", "--static", "--select", "drop-table", *options])
        out, err = capsys.readouterr()
        return code, out, err

    return judge


def test_what_is_written_is_not_counted_and_what_is_new_is(check, folder):
    assert check()[0] == 1
    code, out, err = check("--write-baseline", "known.json")
    assert (code, "1 findings written to known.json" in err) == (0, True)
    assert "nothing new · 1 known" in out
    (folder / "a.sql").write_text("-- moved down\n\nDROP TABLE fees;\nDROP TABLE more;\n")
    code, out, _ = check("--baseline", "known.json")
    assert (code, "a.sql:4" in out, "a.sql:3" in out) == (1, True, False)
    assert "1 known finding in known.json, not counted" in out
    assert "known    drop-table" in check("--baseline", "known.json", "-v")[1]


def test_the_file_is_sorted_keeps_reasons_and_can_be_read(check, folder):
    (folder / "a.sql").write_text("DROP TABLE fees;\nDROP TABLE b;\n")
    check("--write-baseline", "known.json")
    data = json.loads((folder / "known.json").read_text())
    entries = data["findings"]
    assert entries == sorted(entries, key=lambda one: (one["check"], one["path"], one["fingerprint"]))
    assert {(one["check"], one["path"], one["reason"]) for one in entries} == {("drop-table", "a.sql", "")}
    entries[0]["reason"] = "agreed in PAY-1"
    (folder / "known.json").write_text(json.dumps(data))
    check("--write-baseline", "known.json")
    assert "agreed in PAY-1" in (folder / "known.json").read_text()


def test_what_is_no_longer_found_is_told(check, folder):
    check("--write-baseline", "known.json")
    (folder / "a.sql").write_text("SELECT 1;\n")
    code, out, _ = check("--baseline", "known.json")
    assert (code, "no longer found: drop-table in a.sql" in out) == (0, True)


def test_json_carries_the_known_ones_apart(check):
    check("--write-baseline", "known.json")
    answer = json.loads(check("--baseline", "known.json", "--format", "json")[1])
    (one,) = answer["checks"]
    assert (one["findings"], len(one["known"]), answer["exit_code"]) == ([], 1, 0)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "line 1 is no JSON"),
        ("[]", "is no baseline"),
        ('{"fingood_baseline": 1}', "no list of findings"),
        ('{"fingood_baseline": 1, "findings": [{"check": "x"}]}', "entry 1 of known.json has no fingerprint"),
    ],
)
def test_another_file_is_refused_in_one_line(check, folder, text, words):
    (folder / "known.json").write_text(text)
    code, _, err = check("--baseline", "known.json")
    assert (code, words in err) == (2, True)


def test_a_missing_file_is_named(check):
    code, _, err = check("--baseline", "nowhere.json")
    assert (code, "cannot read nowhere.json" in err) == (2, True)


def test_it_works_for_the_history_too(folder, capsys):
    (folder / "alembic.ini").write_text("[alembic]\nscript_location = migrations\n")
    versions = folder / "migrations" / "versions"
    versions.mkdir(parents=True)
    body = '"""one"""\nrevision = "aa11"\ndown_revision = None\ndef upgrade():\n    print()\n'
    (versions / "aa11_one.py").write_text(body)
    verb = ["validate-migrations", "--fail-on", "warning"]
    assert run(verb) == 1
    assert run([*verb, "--write-baseline", "known.json"]) == 0
    assert run([*verb, "--baseline", "known.json"]) == 0
