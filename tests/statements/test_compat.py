"""Engines for any URL a user may write, and statements as the server sees them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fingood.errors import ConfigError
from fingood.statements.compat import driver_connection, make_engine
from fingood.statements.listener import as_the_server_sees, shapes
from fingood.statements.wire import Fault, JobEnded, StatementEnded, decode, encode


@pytest.mark.parametrize("scheme", ["postgresql", "postgres"])
def test_a_url_without_a_driver_takes_one_that_is_installed(scheme):
    engine = make_engine(f"{scheme}://me@host/db")
    assert engine.dialect.name == "postgresql"
    assert engine.dialect.driver in ("psycopg", "psycopg2")


def test_an_engine_keeps_no_connection_open(sqlite_url):
    engine = make_engine(sqlite_url)
    with engine.connect() as first:
        kept = driver_connection(first)
    with engine.connect() as second:
        assert driver_connection(second) is not kept


@pytest.mark.parametrize("url", ["hunter2", "nosuchdb://me:hunter2@host/db", "postgresql://me:hunter2@host:port/db"])
def test_a_wrong_url_is_told_without_being_repeated(url):
    with pytest.raises(ConfigError) as raised:
        make_engine(url)
    assert "hunter2" not in raised.value.message + raised.value.hint


def test_a_driver_that_is_not_installed_is_named():
    with pytest.raises(ConfigError, match="pg8000"):
        make_engine("postgresql+pg8000://me@host/db")


@given(st.lists(st.sampled_from(["a", "b", "c d"]), max_size=6), st.text("xy '%\n", max_size=5))
def test_named_parameters_become_numbers_and_percents_single(names, text):
    escaped = text.replace("%", "%%")
    sql = f"{escaped}|" + "|".join(f"%({name})s" for name in names)
    seen, order = as_the_server_sees(sql, "pyformat")
    numbers = {name: number for number, name in enumerate(dict.fromkeys(names), 1)}
    assert seen == (f"{text}|" + "|".join(f"${numbers[name]}" for name in names)).strip()
    assert list(order) == list(numbers)
    assert shapes(dict.fromkeys(names, 1), order) == ("int",) * len(numbers)


@given(st.text(), st.one_of(st.none(), st.integers(1)), st.one_of(st.none(), st.builds(Fault, message=st.text())))
def test_a_message_survives_the_wire(sql, line, fault):
    message = StatementEnded(
        sql=sql,
        path="a b.py",
        line=line,
        parameters=("int",),
        executions=2,
        transaction=None,
        duration=0.5,
        rows=None,
        fault=fault,
    )
    for sent in (message, JobEnded(fault=fault)):
        assert encode(sent).count(b"\n") == 1
        assert decode(encode(sent)) == sent
