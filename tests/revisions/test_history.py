"""A project's history: its order, what lies below and ahead, and faults named with file and line."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace

import alembic
import pytest

from fingood.errors import HistoryError, UnknownRevision
from fingood.revisions import History, find_problems

ALEMBIC = tuple(int(part) for part in alembic.__version__.split(".")[:2])


def ids(revisions):
    return [revision.id for revision in revisions]


def test_revisions_stand_in_order_with_their_files(chain):
    history = History.load(chain.project)
    assert ids(history.ordered()) == ["a1b2", "b2c3", "c3d4", "d4e5"]
    assert (history.bases, history.heads) == (("a1b2",), ("d4e5",))
    second = history.get("b2c3")
    assert second.path == "migrations/versions/b2c3_add_currency.py"
    assert second.doc == "add currency"
    assert second.down_revisions == ("a1b2",)


def test_a_dependency_comes_before_what_depends_on_it(tree):
    history = History.load(tree.project)
    order = ids(history.ordered())
    assert order.index("other1") < order.index("left02")
    assert set(history.heads) == {"left02", "rght01", "other1"}
    assert history.get("left02").depends_on == ("other1",)
    assert set(history.below(history.get("left02"))) == {"left01", "other1"}


def test_pending_is_what_the_current_heads_do_not_hold(tree):
    history = History.load(tree.project)
    assert ids(history.pending(["left01"])) == [i for i in ids(history.ordered()) if i not in ("root01", "left01")]
    assert history.pending(history.heads) == ()
    assert history.pending([]) == history.ordered()
    with pytest.raises(UnknownRevision):
        history.pending(["dead99"])


def test_a_merge_point_has_two_parents(tree):
    tree.add("merge1", ("left02", "rght01"))
    history = History.load(tree.project)
    assert set(history.below(history.get("merge1"))) == {"left02", "rght01"}
    assert history.heads == ("merge1",) or set(history.heads) == {"merge1", "other1"}


def test_an_empty_history_is_a_history(workshop):
    history = History.load(workshop.project)
    assert history.ordered() == ()
    assert history.heads == ()


def test_revisions_in_subfolders_count_only_when_recursive(chain):
    folder = chain.versions / "2024"
    folder.mkdir()
    chain.add("e5f6", "d4e5").rename(folder / "e5f6_later.py")
    assert len(History.load(chain.project).ordered()) == 4
    if ALEMBIC < (1, 10):
        with pytest.raises(HistoryError, match="needs Alembic"):
            History.load(replace(chain.project, recursive=True))
        return
    assert len(History.load(replace(chain.project, recursive=True)).ordered()) == 5


@pytest.mark.parametrize("named", [False, True])
def test_revisions_that_lie_in_subfolders_alone_are_no_empty_history(workshop, named):
    folder = workshop.versions / "postgresql"
    folder.mkdir()
    workshop.add("a1b2").rename(folder / "a1b2.py")
    if named:
        assert History.load(replace(workshop.project, version_locations=(folder,))).heads == ("a1b2",)
        return
    with pytest.raises(HistoryError, match="some lie in migrations/versions/postgresql") as caught:
        History.load(workshop.project)
    assert "version_locations" in caught.value.hint


def test_a_module_that_lies_in_the_project_is_not_to_be_installed(chain):
    for folder in ("src/bank", "teller"):
        (chain.root / folder).mkdir(parents=True)
        (chain.root / folder / "__init__.py").touch()
    for name, hint in (
        ("bank", "prepend_sys_path = src "),
        ("teller", "prepend_sys_path = . "),
        ("x", "install what provides x "),
    ):
        chain.write("e5f6_x.py", f"import {name}\nrevision = 'e5f6'\ndown_revision = 'd4e5'\n")
        with pytest.raises(HistoryError) as caught:
            History.load(chain.project)
        assert hint in caught.value.hint


def test_env_py_is_never_run(chain):
    (chain.root / "migrations" / "env.py").write_text("raise RuntimeError('env.py was run')\n")
    assert len(History.load(chain.project).ordered()) == 4


def test_what_a_revision_prints_while_loaded_stays_out_of_stdout(chain, capsys):
    chain.write("e5f6_noisy.py", "print('noise')\nrevision = 'e5f6'\ndown_revision = 'd4e5'\n")
    History.load(chain.project)
    assert capsys.readouterr().out == ""


def test_revisions_that_import_from_the_project_load(chain):
    (chain.root / "own_names.py").write_text("TABLE = 't'\n")
    chain.write("e5f6_x.py", "from own_names import TABLE\nrevision = 'e5f6'\ndown_revision = 'd4e5'\n")
    with pytest.raises(
        HistoryError, match=r"e5f6_x\.py:1: the file raises ModuleNotFoundError: No module named 'own_names'"
    ):
        History.load(chain.project)
    project = replace(chain.project, prepend_sys_path=(str(chain.root),))
    before = list(sys.path)
    assert History.load(project).heads == ("e5f6",)
    assert sys.path == before
    sys.modules.pop("own_names")


# faults


def test_a_syntax_error_is_named_with_its_line(chain):
    chain.write("e5f6_broken.py", "revision = 'e5f6'\n\ndef upgrade(:\n    pass\n")
    with pytest.raises(HistoryError, match=r"migrations/versions/e5f6_broken\.py:3: syntax error"):
        History.load(chain.project)


def test_two_files_with_one_id_are_both_named(chain):
    chain.write("copy.py", (chain.versions / "b2c3_add_currency.py").read_text())
    with pytest.raises(HistoryError) as caught:
        History.load(chain.project)
    assert "copy.py:7: revision id 'b2c3' is also in migrations/versions/b2c3_add_currency.py" in caught.value.message


def test_a_missing_parent_is_named_with_the_nearest_id(chain):
    chain.add("e5f6", "d4e6")
    with pytest.raises(HistoryError, match="down_revision 'd4e6' of e5f6 is no revision of this history") as caught:
        History.load(chain.project)
    assert "d4e5" in caught.value.hint


def test_a_circle_is_drawn(chain):
    chain.add("a1b2", "d4e5", doc="create accounts")
    with pytest.raises(HistoryError, match=r"runs in a circle: .* → .* → "):
        History.load(chain.project)


def test_a_file_without_an_id_is_named(chain):
    chain.write("helper.py", "X = 1\n")
    with pytest.raises(HistoryError, match=r"helper\.py:1: no revision id"):
        History.load(chain.project)


def test_a_file_that_raises_is_named_without_its_message(chain):
    chain.write("e5f6_x.py", "revision = 'e5f6'\ndown_revision = 'd4e5'\nraise ValueError('secret')\n")
    with pytest.raises(HistoryError, match=r"e5f6_x\.py:3: the file raises ValueError when it is imported") as caught:
        History.load(chain.project)
    assert "secret" not in caught.value.message


def test_a_missing_environment_variable_is_named(chain, monkeypatch):
    monkeypatch.delenv("BANK_ZONE", raising=False)
    chain.write("e5f6_x.py", "import os\nrevision = 'e5f6'\ndown_revision = 'd4e5'\nos.environ['BANK_ZONE']\n")
    with pytest.raises(HistoryError, match=r"raises KeyError for 'BANK_ZONE'") as caught:
        History.load(chain.project)
    assert caught.value.hint == "set the environment variable BANK_ZONE"
    chain.write("e5f6_x.py", "revision = 'e5f6'\ndown_revision = 'd4e5'\n{}['secret']\n")
    with pytest.raises(HistoryError, match=r"raises KeyError when"):
        History.load(chain.project)


def test_all_faults_are_found_at_once(chain):
    chain.write("e5f6_broken.py", "def (\n")
    chain.write("helper.py", "X = 1\n")
    assert {problem.kind for problem in find_problems(chain.project)} == {"syntax", "no-id"}


def test_ids_that_are_computed_are_left_to_alembic(chain):
    chain.write("zz.py", "import os\nrevision = ''.join(['f0', 'f1'])\ndown_revision = 'd4e5'\n")
    assert History.load(chain.project).heads == ("f0f1",)


# content hashes


def hash_of(workshop, text):
    workshop.write("x.py", "revision = 'e5f6'\ndown_revision = 'd4e5'\n" + text)
    return History.load(workshop.project).get("e5f6").content_hash


def test_comments_docstrings_and_layout_do_not_change_the_hash(chain):
    plain = hash_of(chain, "def upgrade():\n    op = 1\n    x = 'a'\n")
    assert plain == hash_of(chain, '# licence\ndef upgrade() -> None:\n    """Doc."""\n\n    op = 1; x = "a"  # why\n')
    assert plain == hash_of(chain, "def upgrade():\n    op: int = (1)\n    x = ('a')\n")


@pytest.mark.parametrize(
    "text", ["def upgrade():\n    op = 2\n    x = 'a'\n", "def upgrade():\n    x = 'a'\n    op = 1\n", ""]
)
def test_another_statement_changes_the_hash(chain, text):
    assert hash_of(chain, "def upgrade():\n    op = 1\n    x = 'a'\n") != hash_of(chain, text)


def test_the_hash_does_not_depend_on_the_interpreters_hash_seed(chain):
    code = (
        "import ast, sys; from fingood.revisions.source import content_hash;"
        "print(content_hash(ast.parse(\"x = {'a', 'b'}\\ndef f(*, a=1, **k): return f'{a!r:>{k}}'\")))"
    )
    seen = {
        subprocess.run(
            [sys.executable, "-c", code], env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, check=True
        ).stdout
        for seed in ("1", "2")
    }
    assert len(seen) == 1


@pytest.mark.parametrize(
    "header",
    [
        'revision, down_revision = "b2", "a1"',
        '(revision, (down_revision, depends_on)) = ("b2", ("a1", None))',
        'if True:\n    revision = "b2"\ndown_revision = "a1"',
    ],
)
def test_ids_count_however_python_assigns_them(workshop, header):
    workshop.add("a1")
    workshop.write("b2_odd.py", f"{header}\n\n\ndef upgrade():\n    pass\n\n\ndef downgrade():\n    pass\n")
    assert History.load(workshop.project).heads == ("b2",)
