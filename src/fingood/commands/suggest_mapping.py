"""`validate --suggest`: what was recognised, as settings to paste, so that nothing rests on a guess any more."""

from __future__ import annotations

import json
from collections.abc import Iterator

from fingood.catalog import connect
from fingood.model.names import RelationName
from fingood.settings import Settings, require_database_url
from fingood.validation import LedgerTable, look_over


def suggest_mapping(settings: Settings) -> str:
    """The mapping of every table that holds money, as TOML; a comment where there is none.

    Raises CannotConnect, and ConfigError where no database is configured or a mapping of the settings does not fit.
    """
    with connect(require_database_url(settings), application_name="fingood validate") as connection:
        recognised = look_over(connection, mappings=settings.ledger, money=settings.money)
    found = [table for table in recognised.tables if table.money]
    if not found:
        return "# no table with money was recognised here\n"
    blocks = ("\n".join(_block(table, recognised.facts.default_schema)) for table in found)
    return (
        "\n\n".join(("# what was recognised; correct what is wrong, and paste it into pyproject.toml", *blocks)) + "\n"
    )


def _block(table: LedgerTable, default_schema: str) -> Iterator[str]:
    yield f"[[tool.fingood.ledger]]  # {table.certainty}"
    yield f"table = {_quoted(_plain(table.name, default_schema))}"
    amounts = (
        {"debit_amount": table.debit, "credit_amount": table.credit} if table.debit else {"amount": _amount(table)}
    )
    own = {
        **amounts,
        "currency": table.currency or (table.currencies[0] if len(table.currencies) == 1 else ""),
        "currency_code": table.currency_code,
        "transaction": table.transaction,
        "account": table.account,
        "direction": table.direction if table.legs else "",
        "date": table.date,
    }
    yield from (f"{key} = {_quoted(value)}" for key, value in own.items() if value)
    if table.debit_values and table.credit_values:
        yield f"debit_values = [{', '.join(map(_quoted, table.debit_values))}]"
        yield f"credit_values = [{', '.join(map(_quoted, table.credit_values))}]"
    if table.minor:
        yield 'unit = "minor"'
    if table.retention is not None:
        yield f"retention = {_quoted(str(table.retention))}"
    if table.time_zone:
        yield f"time_zone = {_quoted(table.time_zone)}"
    yield f"double_entry = {'true' if table.legs else 'false'}"
    for role, columns in table.roles.items():
        if len(columns) == 1:
            yield f"{role.value} = {_quoted(columns[0])}"


def _amount(table: LedgerTable) -> str:
    return table.amount or (table.money[0].name if len(table.money) == 1 else "")


def _plain(name: RelationName, default_schema: str) -> str:
    return name.name if name.schema == default_schema and "." not in name.name else f"{name.schema}.{name.name}"


def _quoted(text: str) -> str:
    """A TOML basic string; JSON's escapes are all TOML's, too."""
    return json.dumps(text, ensure_ascii=False)
