"""Databases of a server as a restore sees them: how one is to be made again, and the names of those it makes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError

from fingood.backup.queries import ask
from fingood.catalog import connect
from fingood.errors import CannotConnect
from fingood.model.names import quote_always
from fingood.sandbox.driver import autocommit, literal, run, synchronous
from fingood.sandbox.source import Source
from fingood.statements.compat import read_url, spelled_database, sqlstate_of

DISK_FULL = "53100"
_LONGEST = 63
"""Bytes of a name that PostgreSQL keeps (NAMEDATALEN - 1)."""
_MARK = "fingood_restore"
_LISTS = ("search_path", "temp_tablespaces", "session_preload_libraries", "local_preload_libraries")


@dataclass(frozen=True, slots=True, kw_only=True)
class Database:
    """A database of the server. ``ours`` says that the connected role may act as its owner; ``prepared`` counts its
    prepared transactions, which no restart ends."""

    name: str
    owner: str
    ours: bool
    open: bool
    connection_limit: int
    tablespace: str
    encoding: str
    collate: str
    ctype: str
    provider: str
    locale: str
    icu_rules: str
    granted: bool
    comment: str
    prepared: int
    slots: int
    subscriptions: int

    @property
    def options(self) -> str:
        """For CREATE DATABASE: a database that compares and sorts as this one."""
        sorting = _sorting(
            self.encoding,
            self.collate,
            self.ctype,
            provider=self.provider,
            locale=self.locale,
            icu_rules=self.icu_rules,
        )
        return f"OWNER {quote_always(self.owner)} {sorting}{_place(self.tablespace)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Marked:
    """A database that a restore of ``live`` made or replaced; ``state`` is filling, proven, closing or kept."""

    name: str
    live: str
    backup: str
    state: str
    was: str = ""

    @property
    def text(self) -> str:
        """As it stands in the database's comment, which a rename carries along. ``was`` is the comment before."""
        words = {"live": self.live, "backup": self.backup, "state": self.state, "was": self.was}
        return json.dumps({_MARK: words}, ensure_ascii=False)


def options_of(source: Source) -> str:
    """For CREATE DATABASE: a database that compares, sorts and lies as a backup's source did. Its owner is not said."""
    sorting = _sorting(
        source.encoding,
        source.collation,
        source.ctype,
        provider=source.provider,
        locale=source.locale,
        icu_rules=source.icu_rules,
    )
    return f"{sorting}{_place(source.tablespace)}"


def _sorting(encoding: str, collate: str, ctype: str, *, provider: str, locale: str, icu_rules: str) -> str:
    words = [f"ENCODING {literal(encoding)} LC_COLLATE {literal(collate)} LC_CTYPE {literal(ctype)}"]
    if provider == "i":
        words.append(f"LOCALE_PROVIDER icu ICU_LOCALE {literal(locale)}")
        words += [f"ICU_RULES {literal(icu_rules)}"] if icu_rules else []
    elif provider == "b":
        words.append(f"LOCALE_PROVIDER builtin BUILTIN_LOCALE {literal(locale)}")
    elif provider == "c":
        words.append("LOCALE_PROVIDER libc")
    return " ".join(words)


def _place(tablespace: str) -> str:
    # Naming the default asks for a privilege that nobody needs who leaves it out.
    return f" TABLESPACE {quote_always(tablespace)}" if tablespace != "pg_default" else ""


def find_database(connection: Connection, name: str) -> Database | None:
    """The database of that name."""
    found = ask(connection, "database", name)
    if not found:
        return None
    # One that was kept and took its name back still says so in its comment.
    kept = _read_mark(name, found[0]["comment"])
    return Database(**{**found[0], **({"comment": kept.was} if kept else {})})


def marked_databases(connection: Connection, live: str) -> tuple[Marked, ...]:
    """What restores of a database left, the kept ones among it."""
    found = (_read_mark(row["name"], row["comment"]) for row in ask(connection, "restores"))
    return tuple(one for one in found if one is not None and one.live == live)


def _read_mark(name: str, comment: str) -> Marked | None:
    try:
        words = json.loads(comment)[_MARK]
        return Marked(name=name, **{key: str(words[key]) for key in ("live", "backup", "state", "was")})
    except (ValueError, KeyError, TypeError):
        return None


def mark(connection: Connection, database: str, text: str) -> None:
    """Puts a comment on a database; none for an empty text."""
    run(connection, f"COMMENT ON DATABASE {quote_always(database)} IS {literal(text) if text else 'NULL'}")


def dated(name: str, word: str, now: datetime) -> str:
    """``ledger_replaced_20261128t161502z``: the name cut so that it fits."""
    end = f"_{word}_{now.astimezone(UTC):%Y%m%dt%H%M%Sz}"
    return name.encode()[: _LONGEST - len(end)].decode("utf-8", errors="ignore") + end


def name_in(url: str) -> str:
    """The database that a URL names; libpq takes the user's name where it names none."""
    parts = read_url(url)
    return str(parts.database or parts.query.get("dbname") or parts.username or "")


def with_database(url: str, name: str) -> str:
    """The same server, role and options, another database; with a driver that waits."""
    bare = synchronous(read_url(url)).set(database="")
    text = bare.difference_update_query(["dbname"]).render_as_string(hide_password=False)
    head, question, query = text.partition("?")
    return f"{head.rstrip('/')}/{spelled_database(name)}{question}{query}"


@contextmanager
def from_beside(url: str) -> Iterator[Connection]:
    """A connection to another database of the same server, for statements about this one. Raises CannotConnect."""
    others = [name for name in ("postgres", "template1") if name != name_in(url)]
    refused: CannotConnect | None = None
    for name in others:
        beside = with_database(url, name)
        try:
            with connect(beside, read_only=False):
                pass
        except CannotConnect as error:
            refused = refused or error
            continue
        with autocommit(beside) as connection:
            yield connection
        return
    assert refused is not None
    raise refused


def carry_over(connection: Connection, old: Database, new: str) -> None:
    """What belongs to a database as such and stands in no dump: its limit of connections, privileges and settings."""
    name = quote_always(new)
    if old.connection_limit != -1:
        run(connection, f"ALTER DATABASE {name} CONNECTION LIMIT {old.connection_limit}")
    if old.granted:
        run(connection, f"REVOKE ALL ON DATABASE {name} FROM PUBLIC")
        for row in ask(connection, "database_grants", old.name):
            to = quote_always(row["grantee"]) if row["grantee"] else "PUBLIC"
            option = " WITH GRANT OPTION" if row["grantable"] and row["grantee"] else ""
            run(connection, f"GRANT {row['privilege']} ON DATABASE {name} TO {to}{option}")
    for row in ask(connection, "database_settings", old.name):
        key = ".".join(quote_always(part) for part in row["key"].split("."))
        value = row["value"] if row["key"] in _LISTS and row["value"] else literal(row["value"])
        subject = f"ROLE {quote_always(row['role'])} IN DATABASE {name}" if row["role"] else f"DATABASE {name}"
        run(connection, f"ALTER {subject} SET {key} TO {value}")


def state_of(error: DBAPIError) -> str:
    """The SQLSTATE of a failure, for people."""
    return sqlstate_of(error) or "unknown"
