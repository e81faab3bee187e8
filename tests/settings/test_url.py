"""Database URLs: never shown with a secret, always in one spelling."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fingood.errors import ConfigError
from fingood.settings import describe_target, dialect_of, mask_url, normalise_url


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql://u:p@h/d", "postgresql://u:***@h/d"),
        ("postgresql://u:p@ss:w/o@rd@h/d", "postgresql://u:***@h/d"),
        ("postgresql://:p@h/d", "postgresql://:***@h/d"),
        ("postgresql://u:a blank@h/d", "postgresql://u:***@h/d"),
        (
            "postgresql://h/d?password=p&sslmode=require&sslpassword=q",
            "postgresql://h/d?password=***&sslmode=require&sslpassword=***",
        ),
        ("postgresql://u@h/d", "postgresql://u@h/d"),
        ("host=h password='a b' dbname=d", "host=h password=*** dbname=d"),
        ("mssql+pyodbc:///?odbc_connect=DRIVER%3Dx%3BPWD%3Dy", "mssql+pyodbc:///?odbc_connect=***"),
    ],
)
def test_secrets_are_masked(url, shown):
    assert mask_url(url) == shown


@given(st.text(alphabet=st.characters(min_codepoint=32, max_codepoint=126), min_size=1))
def test_no_password_of_any_letters_is_shown(password):
    url = f"postgresql://user:Q{password}Q@host/database"
    assert mask_url(url) == "postgresql://user:***@host/database"
    # What stands behind an @ and looks like a host is one: nothing tells such a password from a URL.
    if "@" not in password:
        assert describe_target(url) == "PostgreSQL · user@host/database"


@pytest.mark.parametrize("text", ["s3cret", "bank:s3cret@db1/ledger", "postgresql:/bank:s3cret@db1/ledger"])
def test_what_is_no_url_is_not_repeated(text):
    with pytest.raises(ConfigError) as raised:
        normalise_url(text)
    assert raised.value.message == "database_url is not a database URL"


@pytest.mark.parametrize(
    ("url", "target"),
    [
        ("postgresql+psycopg://bank:p@db1/ledger", "PostgreSQL · bank@db1/ledger"),
        ("postgres://db1:6432/ledger?password=p", "PostgreSQL · db1:6432/ledger"),
        ("postgresql:///ledger?host=/run/pg&user=me", "PostgreSQL · me@/run/pg/ledger"),
        ("postgresql://bank:a/b@db1/ledger", "PostgreSQL · bank@db1/ledger"),
        ("postgresql://bank:a?b=c@db1/ledger", "PostgreSQL · bank@db1/ledger"),
        ("postgresql://bank:a?b#c@d/e@db1/ledger", "PostgreSQL · bank@db1/ledger"),
        ("postgresql://bank:a@:/%#?b@db1/ledger", "PostgreSQL · bank@db1/ledger"),
        ("postgresql://bank:a b@db1/ledger", "PostgreSQL · bank@db1/ledger"),
        ("postgresql://bank:p@db1/ledger?application_name=a@b", "PostgreSQL · bank@db1/ledger"),
        ("sqlite:////srv/ledger.db", "SQLite · ledger.db"),
        ("sqlite://", "SQLite · in memory"),
        ("", ""),
    ],
)
def test_a_target_is_described_without_secrets(url, target):
    assert describe_target(url) == target


def test_the_old_scheme_is_put_into_sqlalchemys_spelling():
    assert normalise_url("postgres://u@h/d") == "postgresql://u@h/d"
    assert dialect_of("postgres+psycopg2://u@h/d") == "postgresql"
