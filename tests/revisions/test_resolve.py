"""What a word for a revision means."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fingood.errors import AmbiguousRevision, FingoodError, HistoryError, UnknownRevision
from fingood.revisions import History, Revision

ALL = ["a1b2", "b2c3", "c3d4", "d4e5"]


def names(history, text):
    return [revision.id for revision in history.resolve(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("b2c3", ["b2c3"]),
        ("b2", ["b2c3"]),
        ("head", ["d4e5"]),
        ("heads", ["d4e5"]),
        ("head-1", ["c3d4"]),
        ("a1b2+2", ["c3d4"]),
        ("c3-1", ["b2c3"]),
        ("base+1", ["a1b2"]),
        ("base:head", ALL),
        (":", ALL),
        ("base:", ALL),
        (":b2c3", ["a1b2", "b2c3"]),
        ("b2:c3", ["b2c3", "c3d4"]),
        ("head-1:head", ["c3d4", "d4e5"]),
        ("b2c3_add_currency", ["b2c3"]),
        ("b2c3_add_currency.py", ["b2c3"]),
        ("migrations/versions/b2c3_add_currency.py", ["b2c3"]),
        ("./versions/b2c3_add_currency.py", ["b2c3"]),
        ("add_currency", ["b2c3"]),
        (" head ", ["d4e5"]),
    ],
)
def test_a_word_means_these_revisions(chain, text, expected):
    assert names(History.load(chain.project), text) == expected


def test_an_absolute_path_names_a_revision(chain):
    assert names(History.load(chain.project), str(chain.versions / "b2c3_add_currency.py")) == ["b2c3"]


@pytest.mark.parametrize(
    ("text", "near"),
    [("b2c4", "b2c3"), ("add_curency", "b2c3"), ("settlement", "c3d4"), ("c3d4_add_setlement.py", "c3d4")],
)
def test_a_wrong_word_gets_the_nearest_ids(chain, text, near):
    with pytest.raises(UnknownRevision) as caught:
        History.load(chain.project).resolve(text)
    assert near in caught.value.near


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("base", "before the first revision"),
        ("current", "counts from where a database stands"),
        ("current:head", "counts from where a database stands"),
        ("+1", "counts from where a database stands"),
        ("-1", "counts from where a database stands"),
        ("head+1", "beyond the last revision"),
        ("a1b2-2", "below the first revision"),
        ("d4e5:a1b2", "does not lie below"),
        ("", "no revision is named"),
    ],
)
def test_a_word_without_an_answer_says_why(chain, text, part):
    with pytest.raises(HistoryError, match=part):
        History.load(chain.project).resolve(text)


def test_a_prefix_of_two_revisions_is_ambiguous(chain):
    chain.add("b2ff", "d4e5")
    with pytest.raises(AmbiguousRevision) as caught:
        History.load(chain.project).resolve("b2")
    assert caught.value.candidates == ("b2c3", "b2ff")


def test_branches_narrow_symbols(tree):
    history = History.load(tree.project)
    assert names(history, "left@head") == ["left02"]
    assert names(history, "right@head") == ["rght01"]
    assert names(history, "left@head-1") == ["left01"]
    assert names(history, "right") == ["rght01"]
    assert names(history, "rght01@head") == ["rght01"]
    assert set(names(history, "heads")) == {"left02", "rght01", "other1"}
    assert set(names(history, ":left@head")) == {"root01", "left01", "other1", "left02"}
    with pytest.raises(AmbiguousRevision):
        history.resolve("head")
    with pytest.raises(AmbiguousRevision):
        history.resolve("root01+1")


def test_two_files_of_one_name_in_two_locations_are_ambiguous():
    one, two = Revision(id="x1", path="a/step.py"), Revision(id="x2", path="b/step.py")
    history = History((one, two), ("x1", "x2"), ("x1", "x2"), {"x1": one, "x2": two})
    with pytest.raises(AmbiguousRevision):
        history.resolve("step.py")
    assert names(history, "b/step.py") == ["x2"]


ONE = Revision(id="a1b2", path="m/versions/a1b2_first.py", doc="first")
TWO = Revision(
    id="b2c3", path="m/versions/b2c3_second.py", doc="second", down_revisions=("a1b2",), branch_labels=("x",)
)
SMALL = History((ONE, TWO), ("b2c3",), ("a1b2",), {"a1b2": ONE, "b2c3": TWO})


@given(st.text(alphabet="ab12c3:@+-/.headsbxcurnt \\%", max_size=12))
def test_any_word_has_an_answer_or_a_clear_error(text):
    with contextlib.suppress(FingoodError):
        assert SMALL.resolve(text), "never an empty answer"
