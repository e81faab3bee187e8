"""Names of database objects, kept as the server spells them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

_PLAIN = re.compile(r"[a-z_][a-z0-9_$]*\Z")


@lru_cache(maxsize=1 << 16)
def quote(identifier: str) -> str:
    """The identifier as SQL would need it: bare where it is plain lower case, else in double quotes.

    Reserved words stay bare here because this is for people to read; use :func:`quote_always` in SQL that is run.
    """
    return identifier if _PLAIN.match(identifier) else quote_always(identifier)


def quote_always(identifier: str) -> str:
    """The identifier in double quotes (PostgreSQL manual, 4.1.1)."""
    return '"' + identifier.replace('"', '""') + '"'


@dataclass(frozen=True, slots=True, order=True)
class RelationName:
    """A table, index, view or sequence. ``schema`` is None where the SQL did not say one."""

    schema: str | None
    name: str

    def __str__(self) -> str:
        return quote(self.name) if self.schema is None else f"{quote(self.schema)}.{quote(self.name)}"

    @property
    def sql(self) -> str:
        """The name for SQL that is run."""
        name = quote_always(self.name)
        return name if self.schema is None else f"{quote_always(self.schema)}.{name}"

    def within(self, schema: str) -> RelationName:
        """The same name with ``schema`` filled in where none was said."""
        return self if self.schema is not None else RelationName(schema, self.name)
