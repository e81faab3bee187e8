"""The one file that knows how versions of SQLAlchemy (1.4 to 2.1) and Alembic (1.8 to 1.20) and their drivers differ.

| what | differs since |
|---|---|
| a bare ``postgresql://`` means psycopg2, or psycopg | SQLAlchemy 2.1 |
| connections behave as 2.0 only when asked (``future=True``) | SQLAlchemy 2.0 |
| ``DBAPI`` connection under a pooled one has three names | SQLAlchemy 1.4.24 |
| escapes in a URL's database name are read | SQLAlchemy 2.1 |
| the SQLSTATE is ``sqlstate``, or ``pgcode`` | psycopg 3, psycopg2 |
| project facts in pyproject.toml (``toml_file``) | Alembic 1.16 |
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Collection, Iterable
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import sqlalchemy
from sqlalchemy.engine import URL, Connection, Engine, make_url
from sqlalchemy.pool import NullPool

from fingood.errors import ConfigError
from fingood.model.project import Project

if TYPE_CHECKING:
    from alembic.config import Config
    from alembic.script import ScriptDirectory

POSTGRESQL_DRIVERS = ("psycopg", "psycopg2")
"""The drivers for which a bare ``postgresql://`` may stand, the preferred one first."""

ASYNC_DRIVERS = {"postgresql": ("psycopg", "asyncpg"), "sqlite": ("aiosqlite",)}

SQLALCHEMY: tuple[int, ...] = tuple(int(part) for part in re.findall(r"\d+", sqlalchemy.__version__)[:2])
HAS_PSYCOPG_DIALECT = SQLALCHEMY >= (2, 0)


def sqlstate_of(error: BaseException | None) -> str:
    """The five letters that say what went wrong (PostgreSQL manual, appendix A), of a driver's error or SQLAlchemy's
    around it; '' where the server sent none."""
    driver = getattr(error, "orig", None) or error
    state = getattr(driver, "sqlstate", None) or getattr(driver, "pgcode", None)
    return state if isinstance(state, str) else ""


def make_engine(url: str | URL, **options: Any) -> Engine:
    """An engine of 2.0 behaviour that keeps no connection open. ``options`` go to ``create_engine``.

    A bare ``postgresql://`` takes the driver that is installed. Raises ConfigError for an unreadable URL, a database
    that SQLAlchemy does not know or a driver that is not installed.
    """
    chosen = with_driver(read_url(url))
    options.setdefault("poolclass", NullPool)
    if chosen.get_backend_name() == "postgresql" and "client_encoding" not in chosen.query:
        # A database of SQL_ASCII has no encoding that psycopg could take over: it would hand out bytes for texts.
        options["connect_args"] = {"client_encoding": "UTF8", **options.get("connect_args", {})}
    if chosen.drivername in ("postgresql+psycopg", "postgresql+psycopg2"):
        # To find hstore's oid they ask a pg_type of any schema of the search_path; nobody here reads its values.
        options.setdefault("use_native_hstore", False)
    try:
        return sqlalchemy.create_engine(chosen, future=True, **options)
    except sqlalchemy.exc.NoSuchModuleError:
        raise ConfigError(
            f"SQLAlchemy knows no database '{chosen.drivername}'", key="database_url", hint=_HINT_URL
        ) from None
    except ModuleNotFoundError as error:
        raise ConfigError(
            f"the driver of {chosen.drivername} is not installed: no module {error.name}",
            key="database_url",
            hint=f"pip install {error.name}, or name another driver in the URL",
        ) from None


_HINT_URL = (
    "write it as postgresql://user@host:5432/name or sqlite:///file.db; "
    "in a password @ is %40, : is %3A, / is %2F, ? is %3F, # is %23 and % is %25"
)


def read_url(url: str | URL) -> URL:
    """The URL's parts. Raises ConfigError, without repeating the URL: it may hold a password."""
    try:
        return make_url(url)
    except (sqlalchemy.exc.ArgumentError, ValueError):
        raise ConfigError("the database URL cannot be read", key="database_url", hint=_HINT_URL) from None


def with_driver(url: URL) -> URL:
    """The URL with the driver filled in where it says just ``postgresql`` (or the older ``postgres``)."""
    if url.drivername not in ("postgresql", "postgres"):
        return url
    usable = POSTGRESQL_DRIVERS if HAS_PSYCOPG_DIALECT else ("psycopg2",)
    driver = next((name for name in usable if find_spec(name)), None)
    if driver is None:
        raise ConfigError(
            "no PostgreSQL driver is installed", key="database_url", hint="pip install 'psycopg[binary]>=3.2'"
        )
    return url.set(drivername=f"postgresql+{driver}")


def spelled_database(name: str) -> str:
    """A database's name as it stands in the text of a URL: escaped where this SQLAlchemy takes escapes there (2.1)."""
    escapes = make_url("postgresql://host/%41").database == "A"
    return quote(name, safe="") if escapes else name


def driver_is_installed(drivername: str) -> bool:
    """Whether SQLAlchemy could use ``postgresql+asyncpg`` and the like here."""
    try:
        dialect: Any = make_url(f"{drivername}://").get_dialect()
        module = dialect.import_dbapi() if hasattr(dialect, "import_dbapi") else dialect.dbapi()
    except (ImportError, sqlalchemy.exc.SQLAlchemyError, AttributeError):
        return False
    return module is not None


def alembic_config(project: Project) -> Config:
    """The project's Alembic configuration from its ini file, its pyproject.toml or both.

    Raises ConfigError when the project is configured in pyproject.toml alone and Alembic is older than 1.16.
    """
    from alembic.config import Config

    arguments: dict[str, Any] = {"ini_section": project.ini_section}
    if project.config_file is not None:
        arguments["file_"] = str(project.config_file)
    if project.pyproject is not None and "toml_file" in inspect.signature(Config.__init__).parameters:
        arguments["toml_file"] = str(project.pyproject)
    config = Config(**arguments)
    if _script_location(config) is None:
        config.set_main_option("script_location", str(project.script_location).replace("%", "%%"))
    if project.database:
        config.set_main_option("databases", project.database)
    return config


def _script_location(config: Config) -> str | None:
    read: Callable[[str], str | None] = getattr(config, "get_alembic_option", config.get_main_option)
    return read("script_location")


def steps_between(script: ScriptDirectory, job: str, target: str, heads: Any) -> list[Any]:
    """Alembic's steps from the database's heads to a target, as ``alembic upgrade|downgrade|stamp`` take them."""
    steps: Iterable[Any]
    if job == "upgrade":
        steps = script._upgrade_revs(target, heads)
    elif job == "downgrade":
        steps = script._downgrade_revs(target, heads)
    else:
        steps = script._stamp_revs(target, heads)
    return list(steps)


def leave_out(files: Collection[Path]) -> None:
    """From now on Alembic does not see these revision files (resolved paths)."""
    from alembic.script import Script

    listed = Script.__dict__["_list_py_dir"].__func__

    def without(cls: type[Script], directory: Any, folder: Any) -> list[Any]:
        return [path for path in listed(cls, directory, folder) if (Path(folder) / path).resolve() not in files]

    Script._list_py_dir = classmethod(without)  # type: ignore[assignment,method-assign]


def load_revision(path: str) -> Any:
    """A revision's module, executed anew, as each run of the alembic command would."""
    from alembic.util import load_python_file

    file = Path(path)
    return load_python_file(str(file.parent), file.name)


def dbapi_connection(connection: Connection) -> Any:
    """The driver's connection as SQLAlchemy sees it: for an async driver its adapter."""
    pooled = connection.connection
    return getattr(pooled, "dbapi_connection", None) or pooled.connection


def cancel_query(connection: Connection) -> None:
    """Asks the server to end what the connection runs, from another thread; nothing where the server is gone."""
    dialect: Any = connection.dialect
    if not connection.invalidated:
        with suppress(dialect.dbapi.Error):
            dbapi_connection(connection).cancel()


def driver_connection(connection: Connection) -> Any:
    """The driver's own connection, under every adapter."""
    pooled = connection.connection
    adapter = dbapi_connection(connection)
    return getattr(pooled, "driver_connection", None) or getattr(adapter, "_connection", adapter)


def pooled_connection(record: Any) -> Any:
    """The driver's connection that a pool's record holds, None where it is closed (``connection`` before 1.4.24)."""
    return record.dbapi_connection if hasattr(record, "dbapi_connection") else record.connection
