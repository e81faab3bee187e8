"""Database URLs: told apart, put into one spelling, and shown without their secrets."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import parse_qs, unquote

from fingood.errors import ConfigError

MASK = "***"
PLACEHOLDER = "driver://user:pass@localhost/dbname"  # alembic/templates/*/alembic.ini.mako

_SCHEME = re.compile(r"\s*([A-Za-z][A-Za-z0-9_]*)(\+[A-Za-z0-9_]+)?://")
_USERINFO = re.compile(r"(://[^:/?#@\s]*):[^\s]*@")
# A text that begins as a URL is taken for one: there a password may hold blanks, too.
_ALONE = re.compile(r"\A(\s*[A-Za-z][\w+]*://[^:/?#@]*):.*@", re.DOTALL)
_SECRET_PARAMETER = re.compile(
    r"(?i)([?&;]\s*(?:[a-z_]*password|passwd|pwd|pass|[a-z_]*secret|[a-z_]*token|odbc_connect)=)[^&;\s]*"
)
_SECRET_KEYWORD = re.compile(r"(?i)\b((?:ssl)?password|pwd)\s*=\s*('(?:[^'\\]|\\.)*'|(?!\*\*\*)[^\s&;]+)")
# host:port/database?name=value: an @ may stand in the value.
_PLAIN_REST = re.compile(r"[^@?#/]+(?:/[^@?#/]*)?\?[a-z_]+=")
_PRODUCTS = {
    "postgresql": "PostgreSQL",
    "sqlite": "SQLite",
    "mysql": "MySQL",
    "mariadb": "MariaDB",
    "oracle": "Oracle",
    "mssql": "SQL Server",
}


def mask_url(text: str) -> str:
    """The text with every password in it replaced: in ``user:password@``, in query parameters such as ``password``
    and ``sslpassword``, and in libpq's ``password=...``. Masks too much rather than too little."""
    masked = _ALONE.sub(rf"\1:{MASK}@", text)
    masked = _USERINFO.sub(rf"\1:{MASK}@", masked)
    masked = _SECRET_PARAMETER.sub(rf"\1{MASK}", masked)
    return _SECRET_KEYWORD.sub(rf"\1={MASK}", masked)


def dialect_of(url: str) -> str:
    """``postgresql``, ``sqlite``, ...: the URL's dialect without its driver; empty where there is no URL."""
    match = _SCHEME.match(url)
    if match is None:
        return ""
    name = match.group(1).lower()
    return "postgresql" if name == "postgres" else name


def is_placeholder(url: str) -> bool:
    """Whether the URL is the one that ``alembic init`` writes for the user to replace."""
    return url.strip() in ("", PLACEHOLDER) or url.strip().startswith("driver://")


def normalise_url(url: str, folder: Path | None = None, *, key: str = "database_url", origin: str = "") -> str:
    """The URL in SQLAlchemy's spelling: ``postgres://`` becomes ``postgresql://``; a relative SQLite file is taken
    from ``folder``. Raises ConfigError when it is no URL."""
    match = _SCHEME.match(url)
    if match is None:
        # What it is instead is not repeated: a password, perhaps, or a URL that has lost its beginning.
        raise ConfigError(
            f"{key} is not a database URL",
            key=key,
            origin=origin,
            hint="like postgresql+psycopg://user@host:5432/database or sqlite:///file.db",
        )
    driver, rest = match.group(2) or "", url[match.end() :].rstrip()
    dialect = dialect_of(url)
    if dialect == "sqlite" and folder is not None:
        rest = _anchored(rest, folder)
    return f"{dialect}{driver}://{rest}"


def _anchored(rest: str, folder: Path) -> str:
    """SQLite's path part with a relative file made absolute; memory databases and file: URIs stay as they are."""
    path, mark, query = rest.partition("?")
    name = path.removeprefix("/")
    if not path.startswith("/") or not name or name.startswith(("/", ":memory:", "file:")) or Path(name).is_absolute():
        return rest
    return f"/{(folder / name).as_posix()}{mark}{query}"


def describe_target(url: str) -> str:
    """The database in words without secrets: ``PostgreSQL · user@host/database``; empty where there is no URL."""
    match = _SCHEME.match(url)
    if match is None:
        return ""
    dialect = dialect_of(url)
    product = _PRODUCTS.get(dialect, dialect)
    if dialect == "sqlite":
        name = url[match.end() :].partition("?")[0].removeprefix("/")
        return f"{product} · {Path(name).name if name and ':memory:' not in name else 'in memory'}"
    userinfo, rest = _split_off_user(url[match.end() :])
    rest, _, query = rest.partition("?")
    return f"{product} · {_server(userinfo, rest, parse_qs(query))}"


def _split_off_user(text: str) -> tuple[str, str]:
    """``user:password`` and the rest. A password may hold ``/``, ``?`` and ``#`` as they are (SQLAlchemy reads such a
    URL) and even an ``@``: what is not clearly behind it is taken for a part of it."""
    start, at, rest = text.partition("@")
    if at and ("@" not in rest or _PLAIN_REST.match(rest)):
        return start, rest
    userinfo, _, rest = text.rpartition("@")
    return userinfo, rest


def _server(userinfo: str, rest: str, query: dict[str, list[str]]) -> str:
    host, _, database = rest.partition("/")
    user = unquote(userinfo.partition(":")[0]) or next(iter(query.get("user", [])), "")
    host = host or ",".join(query.get("host", [])) or "localhost"
    name = unquote(database) or next(iter(query.get("dbname", [])), "")
    return f"{user + '@' if user else ''}{host}{'/' + name if name else ''}"
