"""Only what is new: by the database, by a revision, by git."""

from __future__ import annotations

import json
import subprocess

import pytest
from tests.commands.test_check import applied, project

from fingood.cli.main import run

STEPS = dict.fromkeys(("a1", "b2", "c3"), ('op.execute("SELECT 1")', 'op.execute("SELECT 2")'))


@pytest.fixture
def bank(tmp_path, monkeypatch):
    for name in ("GITHUB_BASE_REF", "CI_MERGE_REQUEST_TARGET_BRANCH_NAME", "DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)
    root = project(tmp_path / "bank", STEPS)
    monkeypatch.chdir(root)
    return root


@pytest.fixture
def checked(capsys):
    """The ids that a check with these options is about, its exit code and what it says."""

    def check(*options: str, verb: tuple[str, ...] = ("check", "--static")):
        code = run([*verb, "--format", "json", "--select", "opaque-statement", *options])
        out, err = capsys.readouterr()
        answer = json.loads(out) if out else {"data": {}, "headline": err}
        data = answer["data"]
        found = data.get("revisions", [data["revision"]] if "revision" in data else [])
        return [one if isinstance(one, str) else one["revision"] for one in found], code, answer["headline"]

    return check


def git(root, *arguments):
    identity = ("-c", "user.name=A", "-c", "user.email=a@b", "-c", "commit.gpgsign=false")
    done = subprocess.run(["git", *identity, *arguments], cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.fixture
def repository(bank):
    """The first two revisions on main, the third on a branch."""
    git(bank, "init", "-q", "-b", "main")
    third = bank / "migrations" / "versions" / "c3_step.py"
    text = third.read_text()
    third.unlink()
    git(bank, "add", ".")
    git(bank, "commit", "-qm", "first two")
    git(bank, "checkout", "-qb", "branch")
    third.write_text(text)
    return bank


def test_pending_is_what_the_database_does_not_have(bank, postgres_url, checked):
    applied(bank, postgres_url, "a1")
    assert checked("--pending", "--database-url", postgres_url)[0] == ["b2", "c3"]


def test_nothing_pending_is_one_clear_line_and_clean(bank, postgres_url, checked):
    applied(bank, postgres_url, "c3")
    found, code, line = checked("--pending", "--database-url", postgres_url)
    assert (found, code) == ([], 0)
    assert line.startswith("nothing to check: ")
    assert line.endswith("has all 3 revisions")
    assert checked("--pending", "--database-url", postgres_url, verb=("validate-all",))[1:] == (0, line)


def test_pending_needs_a_database_that_answers(bank, checked):
    assert checked("--pending")[1] == 2
    assert "no database is configured" in checked("--pending")[2]
    assert checked("--pending", "--database-url", "postgresql://nobody@127.0.0.1:1/none")[1] == 3


def test_a_database_ahead_of_the_history_is_named(bank, postgres_url, checked):
    applied(bank, postgres_url, "c3")
    (bank / "migrations" / "versions" / "c3_step.py").unlink()
    _, code, line = checked("--pending", "--database-url", postgres_url)
    assert code == 2
    assert "no revision 'c3'" in line


@pytest.mark.parametrize(("since", "found"), [("a1", ["b2", "c3"]), ("head-1", ["c3"]), ("base", ["a1", "b2", "c3"])])
def test_since_is_what_comes_after(bank, checked, since, found):
    assert checked("--since", since)[:2] == (found, 0)


def test_after_the_head_there_is_nothing(bank, checked):
    assert checked("--since", "head") == ([], 0, "nothing to check: no revision comes after head")


def test_all_is_the_whole_history(bank, checked):
    assert checked("--all")[0] == ["a1", "b2", "c3"]


def test_changed_sees_an_untracked_file(repository, checked):
    assert checked("--changed")[0] == ["c3"]


def test_changed_sees_staged_committed_and_edited_files(repository, checked):
    git(repository, "add", ".")
    assert checked("--changed")[0] == ["c3"]
    git(repository, "commit", "-qm", "third")
    assert checked("--changed")[0] == ["c3"]
    first = repository / "migrations" / "versions" / "a1_step.py"
    first.write_text(first.read_text() + "# a comment\n")
    assert checked("--changed")[0] == ["a1", "c3"]


def test_changed_takes_another_base_and_a_project_below_the_repositorys_root(repository, checked):
    git(repository, "add", ".")
    git(repository, "commit", "-qm", "third")
    assert checked("--changed=HEAD")[:2] == ([], 0)
    assert checked("--changed=main")[0] == ["c3"]


def test_what_went_on_on_the_default_branch_meanwhile_is_not_changed_here(repository, checked):
    git(repository, "add", ".")
    git(repository, "commit", "-qm", "third")
    git(repository, "checkout", "-q", "main")
    second = repository / "migrations" / "versions" / "b2_step.py"
    second.write_text(second.read_text() + "# on main\n")
    git(repository, "commit", "-qam", "on main")
    git(repository, "checkout", "-q", "branch")
    assert checked("--changed")[0] == ["c3"]


def test_changed_outside_of_a_repository_says_so(bank, checked, monkeypatch):
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(bank.parent))
    _, code, line = checked("--changed")
    assert (code, "is in no git repository" in line) == (2, True)


def test_a_base_that_git_does_not_know_is_named(repository, checked):
    _, code, line = checked("--changed=nowhere")
    assert (code, "git knows no 'nowhere' here" in line) == (2, True)


def test_without_git_it_says_so(repository, checked, monkeypatch):
    monkeypatch.setenv("PATH", "/nonexistent")
    _, code, line = checked("--changed")
    assert (code, "git is not installed" in line) == (3, True)


def test_two_scopes_exclude_each_other(bank, checked):
    _, code, line = checked("--all", "--since", "a1")
    assert (code, "--since and --all exclude each other" in line) == (2, True)


def test_validate_all_judges_the_scope_on_the_state_below_it(bank, postgres_url, checked):
    found, code, line = checked("--since", "b2", verb=("validate-all",))
    assert (found, code) == (["c3"], 0)
    assert line.startswith("1 of 1 revisions")
