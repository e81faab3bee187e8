"""``fingood validate-migrations``: the history judged as a whole."""

from __future__ import annotations

import json

import pytest

from fingood.cli.main import run

DOC = '"""step {id}"""\n'
UP = "def upgrade():\n    from alembic import op\n    op.execute('select 1')\n\n"


@pytest.fixture
def verdict(workshop, monkeypatch, capsys):
    """Runs the verb on the workshop's project; gives the exit code and the findings by check."""

    def judge(*options: str):
        (workshop.root / "alembic.ini").write_text("[alembic]\nscript_location = migrations\nprepend_sys_path = .\n")
        monkeypatch.chdir(workshop.root)
        code = run(["validate-migrations", "--format", "json", *options])
        answer = json.loads(capsys.readouterr().out)
        return code, {finding["check"]: finding for check in answer["checks"] for finding in check["findings"]}, answer

    return judge


def whole(workshop, id, down=None, body="def downgrade():\n    op.drop_table('t')\n", head=""):
    workshop.write(
        f"{id}_x.py", f"{head or DOC.format(id=id)}revision = {id!r}\ndown_revision = {down!r}\n\n{UP}\n{body}"
    )


def test_a_sound_history_is_clean(workshop, verdict):
    whole(workshop, "a1b2")
    whole(workshop, "b2c3", "a1b2")
    code, findings, answer = verdict("--fail-on", "info")
    assert (code, findings) == (0, {})
    assert answer["headline"] == "2 revisions, head b2c3: sound"


def test_two_heads_come_with_the_merge_command(workshop, verdict):
    whole(workshop, "a1b2")
    whole(workshop, "b2c3", "a1b2")
    whole(workshop, "c3d4", "a1b2")
    code, findings, _ = verdict()
    assert code == 1
    remedy = findings["history-one-head"]["remedy"]
    assert remedy.startswith('alembic merge -m "merge heads" ')
    assert set(remedy.split()[-2:]) == {"b2c3", "c3d4"}


def test_branches_with_bases_of_their_own_are_only_a_warning(workshop, verdict):
    whole(workshop, "a1b2")
    whole(workshop, "b2c3")
    code, findings, _ = verdict()
    assert code == 0
    assert findings["history-one-head"]["severity"] == "warning"


def test_branches_that_are_named_where_they_begin_are_only_a_warning(workshop, verdict):
    whole(workshop, "a1b2")
    for name, first, last in (("expand", "b2c3", "c3d4"), ("contract", "d4e5", "e5f6")):
        whole(workshop, first, "a1b2")
        path = next(workshop.versions.glob(f"{first}*"))
        path.write_text(path.read_text() + f"\nbranch_labels = '{name}'\n")
        whole(workshop, last, first)
    code, findings, _ = verdict()
    assert code == 0
    assert findings["history-one-head"]["severity"] == "warning"
    assert findings["history-one-head"]["effect"].endswith("use heads, or name the branch.")


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("", "there is no downgrade()"),
        ("def downgrade():\n    pass\n", "downgrade() does nothing while upgrade() does something"),
        ("def downgrade():\n    '''No way.'''\n    return None\n", "downgrade() does nothing"),
        ("def downgrade():\n    raise NotImplementedError\n", "downgrade() only raises"),
    ],
)
def test_a_revision_without_a_way_back_is_named(workshop, verdict, body, message):
    whole(workshop, "a1b2", body=body)
    code, findings, _ = verdict("--fail-on", "warning")
    assert code == 1
    assert findings["history-downgrade"]["message"].startswith(message)


def test_a_merge_that_does_nothing_needs_no_downgrade(workshop, verdict):
    workshop.write(
        "m1m1_x.py",
        "'merge'\nrevision = 'm1m1'\ndown_revision = None\ndef upgrade():\n    pass\ndef downgrade():\n    pass\n",
    )
    assert verdict("--fail-on", "info")[:2] == (0, {})


def test_an_import_of_the_applications_models_is_named_and_of_libraries_not(workshop, verdict):
    (workshop.root / "bank").mkdir()
    (workshop.root / "bank" / "__init__.py").write_text("")
    whole(workshop, "a1b2", head="import json\nimport sqlalchemy\nimport bank\n")
    finding = verdict()[1]["history-app-import"]
    assert finding["location"]["line"] == 3
    assert "bank" in finding["message"]


def test_faults_that_keep_alembic_from_loading_are_all_reported(workshop, verdict):
    whole(workshop, "a1b2")
    workshop.write("bad.py", "def (:\n")
    workshop.write("copy.py", (workshop.versions / "a1b2_x.py").read_text())
    code, findings, answer = verdict()
    assert code == 1
    assert {"history-syntax", "history-duplicate-id"} == set(findings)
    skipped = [check for check in answer["checks"] if check["outcome"] == "skipped"]
    assert {check["check"] for check in skipped} >= {"history-one-head", "history-downgrade", "history-app-import"}
    assert {check["reason"] for check in skipped if check["check"] != "history-loads"} == {"the history does not load"}


def test_an_import_that_fails_is_reported_not_raised(workshop, verdict):
    whole(workshop, "a1b2", head="import no_such_module_anywhere\n")
    code, findings, _ = verdict()
    assert code == 1
    assert "no_such_module_anywhere" in findings["history-loads"]["message"]


def test_pre_commit_may_hand_over_file_names(workshop, verdict):
    whole(workshop, "a1b2")
    assert verdict("migrations/versions/a1b2_x.py")[0] == 0
