"""Which columns tell who somebody is; and whether a row still does."""

from __future__ import annotations

from fingood.model.column_role import Role
from fingood.validation.ledger import LedgerTable, column_sql
from fingood.validation.lexicon import words

_WORDS = frozenset({"birth", "birthday", "birthdate", "dob", "phone", "mobile", "telephone", "street", "postcode"})


def personal_columns(table: LedgerTable) -> tuple[str, ...]:
    """E-mail addresses, national identity numbers, birthdays, telephones and addresses, by the settings or by name."""
    named = {name for role in (Role.EMAIL, Role.NATIONAL_ID) for name in table.roles.get(role, ())}
    return tuple(name for name in table.shape.columns if name in named or words(name) & _WORDS)


def still_personal_sql(table: LedgerTable) -> str:
    """A condition that the row was not emptied of what tells who it is about; '' where no such column can be empty."""
    columns = [name for name in personal_columns(table) if table.shape.columns[name].nullable]
    return " OR ".join(f"{column_sql('t', name)} IS NOT NULL" for name in columns)
