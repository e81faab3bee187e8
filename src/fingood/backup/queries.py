"""The named SQL files beside this module, and the one way they are run."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

from sqlalchemy.engine import Connection


def ask(connection: Connection, name: str, *parameters: str) -> list[Mapping[str, Any]]:
    """The rows of a named query."""
    sql = load_sql(name)
    if parameters:
        result = connection.exec_driver_sql(sql, tuple(parameters))
    else:
        result = connection.exec_driver_sql(sql, execution_options={"no_parameters": True})
    keys = list(result.keys())
    return [dict(zip(keys, row, strict=True)) for row in result]


@cache
def load_sql(name: str) -> str:
    """The text of ``sql/postgresql/<name>.sql``."""
    return (resources.files(__package__) / "sql" / "postgresql" / f"{name}.sql").read_text(encoding="utf-8")
