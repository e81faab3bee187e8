"""Which table of a database holds the applied revisions."""

from __future__ import annotations

from collections.abc import Mapping

from fingood.errors import CouldNotLook
from fingood.model.facts import TableFacts
from fingood.model.names import RelationName
from fingood.model.project import VersionTable

# The one column that Alembic gives it (alembic/ddl/impl.py, version_table_impl).
_COLUMNS = {"version_num"}


def find_version_table(
    tables: Mapping[RelationName, TableFacts], wanted: VersionTable, default_schema: str
) -> RelationName | None:
    """The version table; None where nothing was ever applied. Raises CouldNotLook where several could be it."""
    if wanted.certain:
        named = RelationName(wanted.schema or default_schema, wanted.name)
        return named if named in tables else None
    alike = [name for name, table in tables.items() if table.kind == "table" and set(table.columns) == _COLUMNS]
    if len(alike) > 1:
        raise CouldNotLook(
            f"{', '.join(map(str, sorted(alike, key=str)))} could each hold the applied revisions: "
            "env.py says which only when it runs",
            hint="name it: version_table in [tool.fingood]",
        )
    return alike[0] if alike else None
