"""Facts → which tables are a ledger's. Reads names, types and foreign keys, never rows."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import replace
from fnmatch import fnmatchcase
from typing import Any

from fingood.errors import ConfigError
from fingood.model.facts import ColumnFacts, Facts, TableFacts
from fingood.model.names import RelationName
from fingood.settings.values import LedgerMapping
from fingood.validation import lexicon
from fingood.validation.json_field import JsonField, as_column, find_field
from fingood.validation.ledger import AccountLink, Certainty, Kind, LedgerTable, MoneyColumn, Recognised
from fingood.validation.lexicon import last_word, words
from fingood.validation.roles import recognise_roles
from fingood.validation.stored_types import as_stored

_DECIMAL = re.compile(r"(numeric|decimal|money|number)\b")
_FLOAT = re.compile(r"(double precision|real|float|double)\b")
_INTEGER = re.compile(r"(bigint|integer|int\d?|smallint)\b")
_AMOUNTS = ("amount", "debit_amount", "credit_amount")
_TEXT = re.compile(r"(character varying|varchar|character|char|bpchar|text|nvarchar|nchar)\b")


def recognise(
    facts: Facts,
    *,
    mappings: Sequence[LedgerMapping] = (),
    money: Sequence[str] = (),
    partitions: Collection[RelationName] = (),
) -> Recognised:
    """What in the database is money, and how sure that is. ``money`` are globs of column names that certainly are.

    Raises ConfigError when a mapping names a table or column that is not there.
    """
    facts = as_stored(facts)
    tables: list[LedgerTable] = []
    for name, table in facts.tables.items():
        mapping = _mapping_of(facts, table, mappings)
        if (table.kind not in ("table", "partitioned") or name in partitions) and mapping is None:
            continue
        found = _recognise_table(facts, table, money)
        if mapping is not None:
            found = _apply(facts, table, mapping, found)
        known = {name: name for name in table.columns}
        said = {role: known.get(name, name) for role, name in mapping.columns.items()} if mapping else {}
        roles = recognise_roles(table, said)
        tables.append(replace(found, roles=roles, by_settings=frozenset(mapping.columns if mapping else ())))
    for mapping in mappings:
        if find_table(facts, mapping.table) is None:
            named = [str(table.name) for table in tables if table.money]
            raise ConfigError(
                f"the ledger mapping names the table '{mapping.table}', which this database does not have",
                key="ledger",
                hint=f"tables with money here: {', '.join(named) or 'none recognised'}",
            )
    return Recognised(facts=facts, everything=tuple(tables), notes=_notes(tables))


def kind_of(column: ColumnFacts) -> Kind | None:
    """How a column stores numbers; None for everything else."""
    type_ = column.type.lower()
    for pattern, kind in ((_DECIMAL, Kind.DECIMAL), (_FLOAT, Kind.FLOAT), (_INTEGER, Kind.INTEGER)):
        if pattern.match(type_):
            return kind
    return None


def _recognise_table(facts: Facts, table: TableFacts, globs: Sequence[str]) -> LedgerTable:
    currencies = tuple(column.name for column in table.columns.values() if _is_currency(column))
    named = tuple(name for name in table.columns if any(fnmatchcase(name, glob) for glob in globs))
    money = tuple(
        MoneyColumn(name=c.name, kind=kind, nullable=c.nullable, currency=_partner(c.name, currencies))
        for c in table.columns.values()
        if (kind := kind_of(c)) is not None and not c.generated and (c.name in named or _is_money(c, kind, currencies))
    )
    base = LedgerTable(
        shape=table,
        name=table.name,
        certainty=_certainty(table, currencies, named=bool(named), money=bool(money)),
        money=money,
        currencies=currencies,
        minor=all(column.kind is Kind.INTEGER for column in money),
        account_link=_account_link(facts, table),
        key=_key(table),
        rows=table.rows,
    )
    return _as_legs(table, base) if money else base


def _certainty(table: TableFacts, currencies: Sequence[str], *, named: bool, money: bool) -> Certainty:
    """Amounts next to a currency are clear; a currency alone is where its type or a foreign key says so."""
    if named:
        return Certainty.MAPPED
    declared = {column for k in table.constraints if k.kind == "foreign key" for column in k.columns}
    typed = [name for name in currencies if "(3)" in table.columns[name].type or name in declared]
    return Certainty.CLEAR if currencies and (money or len(typed) == len(currencies)) else Certainty.GUESSED


def _as_legs(table: TableFacts, base: LedgerTable) -> LedgerTable:
    """The same with the roles of a table of legs, where it looks like one."""
    roles = replace(
        base,
        transaction=_reference(table, lexicon.TRANSACTION),
        account=_reference(table, lexicon.ACCOUNT),
        direction=_direction(table),
        date=_date(table),
        amount=_main_amount(base.money),
        debit=_side(base.money, "debit"),
        credit=_side(base.money, "credit"),
    )
    if roles.debit and roles.credit:
        roles = replace(roles, amount="")
    if not (roles.transaction and roles.account and (roles.amount or roles.debit)):
        return replace(roles, transaction="", direction="", debit="", credit="")
    declared = {column for k in table.constraints if k.kind == "foreign key" for column in k.columns}
    sure = {roles.transaction, roles.account} <= declared and bool(words(table.name.name) & lexicon.LEGS)
    certainty = base.certainty if base.certainty is Certainty.MAPPED else Certainty.CLEAR if sure else Certainty.GUESSED
    return replace(roles, legs=True, certainty=certainty)


def _is_money(column: ColumnFacts, kind: Kind, currencies: Sequence[str]) -> bool:
    have = words(column.name)
    if last_word(column.name) in lexicon.NOT_MONEY or have & {"rate", "ratio", "percent", "percentage"}:
        return False
    if kind is Kind.INTEGER:
        counted = bool(have & lexicon.MINOR) and bool(have & lexicon.MONEY)
        return counted or (last_word(column.name) in ("amount", "balance") and bool(currencies))
    return bool(have & lexicon.MONEY)


def _is_currency(column: ColumnFacts) -> bool:
    have = words(column.name)
    return (
        bool(_TEXT.match(column.type.lower()))
        and bool(have & lexicon.CURRENCY)
        and (last_word(column.name) in lexicon.CURRENCY | {"code", "iso"})
    )


def _partner(money: str, currencies: Sequence[str]) -> str:
    """The currency column that shares the money column's qualifying words, or the only plain one."""
    qualifiers = words(money) - lexicon.MONEY - lexicon.MINOR
    plain = lexicon.CURRENCY | {"code", "iso"}
    for name in currencies:
        if qualifiers and words(name) - plain and words(name) - plain <= qualifiers:
            return name
    generic = [name for name in currencies if not words(name) - plain]
    return generic[0] if len(generic) == 1 else currencies[0] if len(currencies) == 1 else ""


def _main_amount(money: Sequence[MoneyColumn]) -> str:
    plain = [c.name for c in money if words(c.name) - lexicon.MINOR <= {"amount", "amt", "betrag", "value"}]
    if plain:
        return plain[0]
    amounts = [c.name for c in money if words(c.name) & {"amount", "amt", "betrag"}]
    return amounts[0] if len(amounts) == 1 else money[0].name if len(money) == 1 else ""


def _side(money: Sequence[MoneyColumn], side: str) -> str:
    found = [c.name for c in money if side in words(c.name)]
    return found[0] if len(found) == 1 else ""


def _reference(table: TableFacts, meaning: frozenset[str]) -> str:
    """The column that refers to a thing of that meaning: by a foreign key, else by its own name."""
    for constraint in table.constraints:
        parent = constraint.references
        if constraint.kind != "foreign key" or len(constraint.columns) != 1 or parent in (None, table.name):
            continue
        if parent is not None and words(parent.name) & meaning:
            return constraint.columns[0]
    endings = {"id", "no", "number", "key", "ref", *meaning}
    named = [name for name in table.columns if last_word(name) in endings and words(name) & meaning]
    return next((name for name in named if name not in _key(table)), "")


def _direction(table: TableFacts) -> str:
    """The column that says debit or credit: by its name, by a check constraint, or a type column as a last guess
    (its values decide, see the double entry invariant)."""
    candidates = [c for c in table.columns.values() if kind_of(c) in (None, Kind.INTEGER)]
    for column in candidates:
        have = words(column.name)
        if have & lexicon.DIRECTION or {"debit", "credit"} <= have:
            return column.name
        if column.type == "boolean" and have & {"debit", "credit"}:
            return column.name
    for constraint in table.constraints:
        text = constraint.definition.lower()
        if constraint.kind == "check" and len(constraint.columns) == 1 and "debit" in text and "credit" in text:
            return constraint.columns[0]
    return next((c.name for c in candidates if kind_of(c) is None and last_word(c.name) in ("type", "kind")), "")


def _date(table: TableFacts) -> str:
    dates = [c.name for c in table.columns.values() if c.type.lower().startswith(("date", "timestamp"))]
    preferred = [name for name in dates if words(name) & {"posted", "posting", "booked", "booking", "value", "date"}]
    return (preferred or dates or [""])[0]


def _key(table: TableFacts) -> tuple[str, ...]:
    return next((k.columns for k in table.constraints if k.kind == "primary key"), ())


def _account_link(facts: Facts, table: TableFacts, column: str = "") -> AccountLink | None:
    for constraint in table.constraints:
        if constraint.kind != "foreign key" or len(constraint.columns) != 1 or constraint.references is None:
            continue
        if column and constraint.columns[0] != column:
            continue
        accounts = facts.table(constraint.references)
        if accounts is None or not words(accounts.name.name) & lexicon.ACCOUNT or len(_key(accounts)) != 1:
            continue
        codes = [c.name for c in accounts.columns.values() if _is_currency(c)]
        if len(codes) == 1:
            return AccountLink(
                column=constraint.columns[0], table=accounts.name, key=_key(accounts)[0], currency=codes[0]
            )
    return None


def find_table(facts: Facts, text: str) -> TableFacts | None:
    """A table by its name as people write it, with or without schema; either may have points in it."""
    parts = text.split(".")
    for cut in range(len(parts) - 1, -1, -1):
        schema, name = ".".join(parts[:cut]), ".".join(parts[cut:])
        for said in (RelationName(schema, name), RelationName(_unquoted(schema), _unquoted(name))):
            found = facts.tables.get(RelationName(said.schema or facts.default_schema, said.name))
            if found is not None:
                return found
    return None


def _unquoted(name: str) -> str:
    return name[1:-1].replace('""', '"') if len(name) > 2 and name[0] == name[-1] == '"' else name


def _mapping_of(facts: Facts, table: TableFacts, mappings: Sequence[LedgerMapping]) -> LedgerMapping | None:
    return next((m for m in mappings if find_table(facts, m.table) is table), None)


def _apply(facts: Facts, table: TableFacts, mapping: LedgerMapping, base: LedgerTable) -> LedgerTable:
    """What the settings say, over what was recognised."""
    mapping = _as_known(table, mapping, facts.dialect)
    for name in _mapped_columns(mapping):
        if name not in table.columns and not isinstance(name, JsonField):
            raise ConfigError(
                f"the ledger mapping of {table.name} names the column '{name}', which the table does not have",
                key="ledger",
                hint=f"it has: {', '.join(table.columns)}",
            )
    inside: dict[str, ColumnFacts] = {
        name: as_column(name) for name in _mapped_columns(mapping) if isinstance(name, JsonField)
    }
    table = replace(table, columns={**table.columns, **inside}) if inside else table
    currencies = (mapping.currency,) if mapping.currency else base.currencies
    amounts = tuple(filter(None, (mapping.amount, mapping.debit_amount, mapping.credit_amount)))
    money = base.money
    if amounts:
        others = tuple(column for column in money if column.name not in amounts)
        money = (*(_mapped_money(table, name, mapping, currencies) for name in amounts), *others)
    elif mapping.currency:
        money = tuple(replace(column, currency=mapping.currency) for column in money)
    sided = bool(mapping.debit_amount and mapping.credit_amount)
    roles = replace(
        base,
        certainty=Certainty.MAPPED,
        money=money,
        currencies=currencies,
        currency_code=mapping.currency_code,
        amount="" if sided else mapping.amount or base.amount or _main_amount(money),
        debit=mapping.debit_amount or ("" if mapping.amount else base.debit),
        credit=mapping.credit_amount or ("" if mapping.amount else base.credit),
        transaction=mapping.transaction or base.transaction or _reference(table, lexicon.TRANSACTION),
        account=mapping.account or base.account or _reference(table, lexicon.ACCOUNT),
        account_link=_account_link(facts, table, mapping.account),
        direction=mapping.direction or base.direction,
        debit_values=mapping.debit_values,
        credit_values=mapping.credit_values,
        date=mapping.date or base.date,
        date_said=bool(mapping.date),
        retention=mapping.retention,
        time_zone=mapping.time_zone,
        minor=mapping.unit == "minor" or (bool(money) and all(column.kind is Kind.INTEGER for column in money)),
        shape=table,
    )
    return replace(roles, legs=mapping.double_entry and bool(roles.transaction and (roles.amount or roles.debit)))


def _mapped_money(table: TableFacts, name: str, mapping: LedgerMapping, currencies: Sequence[str]) -> MoneyColumn:
    kind = kind_of(table.columns[name])
    if kind is None:
        raise ConfigError(
            f"the ledger mapping names {table.name}.{name} as an amount; its type is {table.columns[name].type}",
            key="ledger",
            hint="amounts are numeric or integer columns",
        )
    currency = mapping.currency or _partner(name, currencies)
    return MoneyColumn(name=name, kind=kind, nullable=table.columns[name].nullable, currency=currency)


def _as_known(table: TableFacts, mapping: LedgerMapping, dialect: str) -> LedgerMapping:
    """The mapping with the names that the table itself has for its columns, and with what it names inside json columns
    found there; a column of that very name comes first."""
    known = {name: name for name in table.columns}
    found: dict[str, Any] = {}
    for part in (*_AMOUNTS, "currency", "transaction", "account", "direction"):
        name = getattr(mapping, part)
        if name:
            number = part in _AMOUNTS
            spelt = known.get(name) or known.get(_unquoted(name))
            found[part] = spelt or find_field(table, name, dialect, number=number) or name
    return replace(mapping, **found)


def _mapped_columns(mapping: LedgerMapping) -> list[str]:
    names = (mapping.amount, mapping.debit_amount, mapping.credit_amount, mapping.currency, mapping.transaction)
    return [
        name for name in (*names, mapping.account, mapping.direction, mapping.date, *mapping.columns.values()) if name
    ]


def _notes(tables: Sequence[LedgerTable]) -> tuple[str, ...]:
    return tuple(
        f"{table.name}: no currency is known, so digits beyond minor units were not judged"
        for table in tables
        if table.money and not table.currencies and not table.account_link and not table.currency_code
    )
