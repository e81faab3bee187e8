"""Sends every connection of the worker process to the sandbox, whatever URL env.py or a revision asked for."""

from __future__ import annotations

from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import URL, Engine
from sqlalchemy.pool import Pool

from fingood.statements.compat import ASYNC_DRIVERS, driver_is_installed, pooled_connection, read_url, with_driver
from fingood.statements.cursors import Watch, sqlite_connection, watch_connection
from fingood.statements.failures import CannotRecord
from fingood.statements.gate import Gate
from fingood.statements.questions import limit_statements

_KEPT = frozenset(
    {
        "application_name",
        "async_fallback",
        "autocommit",
        "check_same_thread",
        "client_encoding",
        "command_timeout",
        "cursor_factory",
        "detect_types",
        "isolation_level",
        "prepare_threshold",
        "prepared_statement_cache_size",
        "prepared_statement_name_func",
        "row_factory",
        "server_settings",
        "statement_cache_size",
        "timeout",
    }
)
"""Connect arguments that say how to talk, not to whom; only these survive."""

_MARK = "fingood.redirected"


class Redirect:
    """Where connections go now. Until a URL is set none is allowed. ``watch`` is told of the driver's own cursors."""

    def __init__(self, watch: Watch) -> None:
        self._watch = watch
        self._gate = Gate()
        self._sqlite = sqlite_connection(watch)
        self._url: URL | None = None
        self._longest = 0.0
        self._records: list[Any] = []

    def attach(self) -> None:
        """Takes over every engine of this process, also those that are made later."""
        self._gate.guard_drivers()
        event.listen(Engine, "do_connect", self._connect)
        event.listen(Pool, "connect", self._connected)

    def to(self, url: URL | None) -> None:
        """Sets the sandbox, None to forbid every connection."""
        self._url = url

    def limit(self, seconds: float) -> None:
        """Sets the statement timeout that connections begin with."""
        self._longest = seconds

    def close(self) -> bool:
        """Closes what env.py left open, so that the sandbox can be cloned and a cached pool does not return to it.

        False when a connection could not be closed here (an async one without its loop).
        """
        records, self._records = self._records, []
        closed = True
        for record in records:
            if pooled_connection(record) is None:
                continue
            if _is_async(record):
                closed = False
            else:
                record.invalidate()
        return closed

    def _connect(self, dialect: Any, record: Any, cargs: list[Any], cparams: dict[str, Any]) -> Any:
        url = self._url
        if url is None:
            raise CannotRecord("a connection is opened where none is needed (Alembic's offline mode)")
        if dialect.name != url.get_backend_name():
            raise CannotRecord(f"a {dialect.name} connection is opened, but the sandbox is {url.get_backend_name()}")
        own, named = dialect.create_connect_args(url.set(drivername=f"{dialect.name}+{dialect.driver}"))
        kept = {key: value for key, value in cparams.items() if key in _KEPT or _is_session_option(key, value)}
        if dialect.driver == "pysqlite":
            named["factory"] = self._sqlite
        with self._gate.opened():
            connection = dialect.connect(*own, **{**kept, **named})
        if record is not None:
            record.info[_MARK] = True
        return connection

    def _connected(self, connection: Any, record: Any) -> None:
        if not record.info.get(_MARK):
            connection.close()
            raise CannotRecord(
                "an engine is made with creator=..., which cannot be sent to the sandbox; "
                "where FINGOOD_SANDBOX is set, make it from the URL in sqlalchemy.url"
            )
        self._records.append(record)
        if self._longest:
            limit_statements(connection, self._longest)
        watch_connection(connection, self._watch)


def _is_session_option(key: str, value: object) -> bool:
    """libpq's ``options`` with ``-c`` settings (search_path and the like); some hosts put their endpoint there."""
    return key == "options" and isinstance(value, str) and value.lstrip().startswith("-c")


def _is_async(record: Any) -> bool:
    connection = pooled_connection(record)
    return hasattr(connection, "await_") or hasattr(connection, "_adapt_connection")


def url_for(sandbox: str, project: str, *, asynchronous: bool) -> URL:
    """The sandbox's URL with the driver that the project uses, where it can be told and is installed.

    ``project`` is the project's own URL, perhaps empty; ``asynchronous`` says that env.py makes an async engine.
    """
    url = read_url(sandbox)
    backend = url.get_backend_name()
    if not driver_is_installed(url.drivername):
        url = with_driver(url.set(drivername=backend))
    wanted = _drivername(project)
    if wanted.split("+")[0] == backend and "+" in wanted and driver_is_installed(wanted):
        url = url.set(drivername=wanted)
    if asynchronous and url.drivername.partition("+")[2] not in ASYNC_DRIVERS.get(backend, ()):
        for driver in ASYNC_DRIVERS.get(backend, ()):
            if driver_is_installed(f"{backend}+{driver}"):
                return url.set(drivername=f"{backend}+{driver}")
        raise CannotRecord(f"env.py makes an async engine, but no async driver for {backend} is installed")
    return url


def with_host(url: URL) -> URL:
    """The URL with a host where the server listens on a socket named in its query, as settings classes want one
    (pydantic's PostgresDsn). For every driver the query comes before the host, and connections are redirected anyhow.
    """
    return url if url.host or url.get_backend_name() == "sqlite" else url.set(host="localhost")


def _drivername(url: str) -> str:
    return url.partition("://")[0] if "://" in url else ""


def plain(url: URL) -> str:
    """The URL as text without percent signs in its query, which ConfigParser would take for interpolation."""
    text: str = url.render_as_string(hide_password=False)
    before, mark, query = text.partition("?")
    return before + mark + query.replace("%2F", "/").replace("%2C", ",")
