"""The indexes of a table as far as they are known: those below the revision, and those it has created so far."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from fingood.checks.places import Place
from fingood.checks.subject import Subject
from fingood.model.action import IndexSpec, Verb
from fingood.model.facts import IndexFacts
from fingood.model.names import RelationName, quote
from fingood.statements.reader import parse


def spec_of(index: IndexFacts, dialect: str) -> IndexSpec:
    """The index as it would be written."""
    actions = parse(index.definition, dialect).actions if index.definition else ()
    if len(actions) == 1 and actions[0].index:
        return actions[0].index
    return IndexSpec(name=index.name, columns=index.columns, unique=index.unique)


def indexes_below(subject: Subject, table: RelationName) -> list[IndexSpec]:
    """The table's valid indexes below the revision."""
    known = subject.table(table)
    return [spec_of(index, subject.dialect) for index in known.indexes if index.valid] if known else []


def indexes_written(subject: Subject, table: RelationName) -> Iterator[tuple[Place, IndexSpec]]:
    """The indexes that the revision creates on the table, those of its constraints included."""
    full = table.within(subject.schema)
    for place in subject.places(Verb.CREATE_INDEX, Verb.CREATE_TABLE, Verb.ADD_COLUMN, Verb.ADD_CONSTRAINT):
        if place.table.within(subject.schema) != full:
            continue
        if place.action.index:
            yield place, place.action.index
        columns = (*place.action.columns, *((place.action.column,) if place.action.column else ()))
        specs = [spec for column in columns for spec in column.constraints]
        specs += [*place.action.constraints, *((place.action.constraint,) if place.action.constraint else ())]
        for spec in specs:
            if spec.kind.builds_index and spec.columns:
                yield place, IndexSpec(name=spec.name, columns=spec.columns, unique=True)


def dropped_names(subject: Subject) -> set[str]:
    """Names of the indexes and constraints that the revision drops."""
    places = subject.places(Verb.DROP_INDEX, Verb.DROP_CONSTRAINT)
    return {place.action.object.name for place in places if place.action.object}


def is_column(subject: Subject, table: RelationName, key: str) -> bool:
    """Whether the index key is a column of the table and no expression. Of an unknown table, what reads as no
    expression is a column with an odd name."""
    known = subject.table(table)
    if re.fullmatch(r"\w+", key) is not None:
        return True
    return key in known.columns if known is not None else parse(f"SELECT ({key})", subject.dialect).opaque


def key_sql(subject: Subject, table: RelationName, key: str) -> str:
    """The index key as SQL needs it."""
    return quote(key) if is_column(subject, table, key) else key


def leads_with(index: IndexSpec, columns: tuple[str, ...]) -> bool:
    """Whether the server can look rows up by these columns with the index: it starts with them, in any order."""
    first = {column.strip('"') for column in index.columns[: len(columns)]}
    return index.method in ("btree", "hash") and not index.predicate and first == set(columns)


def same_key(one: IndexSpec, other: IndexSpec) -> bool:
    """Whether both indexes hold the same entries in the same order."""
    return _shape(one) == _shape(other)


def is_prefix(short: IndexSpec, long: IndexSpec) -> bool:
    """Whether the long index answers whatever the short one does."""
    count = len(short.columns)
    cut = replace(long, columns=long.columns[:count], options=long.options[:count])
    return short.method == "btree" and count < len(long.columns) and _shape(short) == _shape(cut)


def _shape(index: IndexSpec) -> tuple[object, ...]:
    keys = tuple(column.strip('"') for column in index.columns)
    options = index.options or ("",) * len(keys)
    predicate = re.sub(r"[()]|::\w+", "", index.predicate or "")
    return index.method, keys, options, frozenset(index.include), predicate
