"""The database that a migration is meant for, looked at once and never written to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from fingood.catalog import connect, known_heads, read_facts
from fingood.errors import CannotConnect
from fingood.model.facts import Facts, TableFacts
from fingood.model.names import RelationName
from fingood.settings import Settings
from fingood.statements.compat import read_url

_LOCK_TIMEOUT = 3.0


@dataclass(frozen=True, slots=True)
class Target:
    """``facts`` are None where no database is configured; ``shown`` names it without its password."""

    url: str = ""
    shown: str = ""
    dialect: str = "postgresql"
    facts: Facts | None = None

    @property
    def major(self) -> int | None:
        """PostgreSQL's major version; None where unknown."""
        return self.facts.server_version // 10000 if self.facts and self.facts.server_version else None

    @property
    def line(self) -> str:
        """What a report's head says about it."""
        if self.facts is None:
            return "no database configured"
        server = "SQLite" if self.dialect == "sqlite" else f"PostgreSQL {version_words(self.facts.server_version)}"
        return f"{server} · {self.shown.partition(' · ')[2] or self.shown}"


def version_words(number: int) -> str:
    """170004 as 17.4."""
    return f"{number // 10000}.{number % 10000}"


def look_at_target(settings: Settings) -> Target:
    """Reads the configured database's facts. Raises CannotConnect where it does not answer, CouldNotLook where a
    lock or a missing privilege keeps it from being read.

    A SQLite file that is not there is a database that the first upgrade will make: it counts as empty.
    """
    if not settings.database_url:
        return Target()
    if _is_unmade_file(settings.database_url):
        return Target("", f"{settings.target} (no such file yet)", "sqlite", Facts(dialect="sqlite", target=True))
    # Sizes need a lock; a table that somebody has locked against everybody is not waited for.
    with (
        _or_without(),
        connect(settings.database_url, application_name="fingood check", lock_timeout=_LOCK_TIMEOUT) as connection,
    ):
        facts = read_facts(connection, target=True, version_table=settings.project.version_table)
    known_heads(facts)
    backend = read_url(settings.database_url).get_backend_name()
    return Target(settings.database_url, settings.target, "sqlite" if backend == "sqlite" else "postgresql", facts)


@contextmanager
def _or_without() -> Iterator[None]:
    """A block that says, where the database does not answer, how to judge without it."""
    try:
        yield
    except CannotConnect as error:
        hint = "; ".join(part for part in (error.hint, "--database-url none judges without a database") if part)
        raise CannotConnect(error.target, error.reason, hint=hint) from error


def _is_unmade_file(url: str) -> bool:
    parts = read_url(url)
    name = parts.database or ""
    if parts.get_backend_name() != "sqlite" or name in ("", ":memory:") or name.startswith("file:"):
        return False
    return Path(name).parent.is_dir() and not Path(name).exists()


def with_sizes(below: Facts, target: Facts | None) -> Facts:
    """The state below a revision, with the sizes, the version and the time zone of the target."""
    if target is None:
        return below
    return replace(
        below,
        target=True,
        timezone=target.timezone,
        server_version=target.server_version,
        tables=_sized(below.tables, target.tables),
    )


def _sized(
    below: Mapping[RelationName, TableFacts], target: Mapping[RelationName, TableFacts]
) -> dict[RelationName, TableFacts]:
    return {name: _with_size_of(table, target.get(name)) for name, table in below.items()}


def _with_size_of(table: TableFacts, other: TableFacts | None) -> TableFacts:
    if other is None:
        return replace(table, rows=None, bytes=None, total_bytes=None)
    return replace(table, rows=other.rows, bytes=other.bytes, total_bytes=other.total_bytes)
