"""The Alembic code that would restore what a downgrade does not, with the user's own names.

Differences of one proof enter; each leaves with code for downgrade(), in the order in which to paste it. Code has
``op.…`` where Alembic has an operation and ``op.execute("…")`` elsewhere; comments where no code can restore.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import cache

from fingood.model.snapshot import Difference, Grade, ObjectKey
from fingood.rollback.remedies import (
    columns,
    constraints,
    database,
    relations,
    rights,
    routines,
    sequences,
    sqlite,
    types,
)
from fingood.rollback.remedies.code import Subject, literal, split
from fingood.rollback.remedies.order import place_of

_PREIMAGE = "# keep the old values in a pre-image table before upgrade() changes them:  fingood select-template"

Lines = Callable[[Subject], list[str]]
Change = Callable[[Subject, str, str, str], list[str]]


@dataclass(frozen=True, slots=True)
class Kind:
    """How objects of one kind come back, go, and change. Without ``change`` they are dropped and made anew."""

    create: Lines
    drop: Lines
    change: Change | None = None
    # What has owner, grants and comment like a table has; the others say them in their own way.
    has_rights: bool = True


def remedy_for(difference: Difference) -> str:
    """Code for downgrade(); empty where there is nothing to restore."""
    if difference.data:
        return _PREIMAGE if difference.grade in (Grade.LOST, Grade.CHANGED) else ""
    if difference.grade is Grade.COSMETIC:
        return ""
    return "\n".join(_of_sqlite(difference) if _is_sqlite(difference) else _of_postgresql(difference))


def in_order(differences: Collection[Difference]) -> list[tuple[Difference, str]]:
    """Each difference with its remedy, in the order in which the remedies have to run.

    A lost table or column beside a left one that is just like it has been renamed: it is named back.
    """
    renames = _renames(differences)
    special = {**renames, **_views_made_anew(differences)}
    found = sorted(differences, key=lambda one: (one.object not in renames, *place_of(one)))
    return [(one, _special(one, special) or remedy_for(one)) for one in found]


def _special(difference: Difference, special: Mapping[ObjectKey, str]) -> str:
    whole = difference.property in ("", "definition") and not difference.data
    return special.get(difference.object, "") if whole else ""


def _views_made_anew(differences: Collection[Difference]) -> dict[ObjectKey, str]:
    """CREATE OR REPLACE VIEW cannot take columns away or change their types."""
    moved = {
        difference.details[difference.object].get("of")
        for difference in differences
        if difference.object.kind == "column" and difference.property in ("", "type", "collation")
        and not difference.data and difference.object in difference.details
    }  # fmt: skip
    return {
        one.object: "\n".join(relations.again(Subject(one.object, one.details[one.object], one.details)))
        for one in differences
        if one.object.kind == "view" and one.property == "definition" and one.object.name in moved
    }


def _is_sqlite(difference: Difference) -> bool:
    """PostgreSQL's relations have a schema in their names; its other kinds SQLite does not have."""
    key = difference.object
    of = difference.details.get(key, {}).get("of", key.name)
    if key.kind == "database":
        return difference.property in ("user_version", "application_id", "encoding")
    return key.kind in ("table", "column", "constraint", "index", "view", "trigger") and len(split(of)) == 1


def _of_sqlite(difference: Difference) -> list[str]:
    return sqlite.remedy(difference)


def _of_postgresql(difference: Difference) -> list[str]:
    key = difference.object
    kind = _kinds().get(key.kind)
    if kind is None:
        return []
    subject = Subject(key, difference.details.get(key, {}), difference.details)
    if difference.grade is Grade.LEFT:
        return kind.drop(subject)
    if difference.grade is Grade.LOST:
        return kind.create(subject)
    if kind.has_rights and difference.property in _RIGHTS:
        return _RIGHTS[difference.property](subject, difference.before, difference.after)
    if kind.change is None:
        return [*kind.drop(subject), *kind.create(subject)]
    return kind.change(subject, difference.property, difference.before, difference.after)


_RIGHTS: dict[str, Callable[[Subject, str, str], list[str]]] = {
    "owner": lambda subject, _before, _after: rights.change_owner(subject),
    "grants": rights.change_grants,
    "comment": lambda subject, before, _: [rights.comment(rights.phrase(subject), before)],
}


@cache
def _kinds() -> dict[str, Kind]:
    relation = Kind(relations.create, relations.drop, relations.change)
    routine = Kind(routines.create_function, routines.drop, routines.change_function)
    type_ = Kind(types.create, types.drop, types.change)
    plain = Kind(database.create, database.drop)
    return {
        **dict.fromkeys(("table", "view", "materialized view", "foreign table"), relation),
        **dict.fromkeys(("enum", "domain", "composite type", "range", "type"), type_),
        **dict.fromkeys(("function", "procedure"), routine),
        **dict.fromkeys(("schema", "access method", "collation"), plain),
        **dict.fromkeys(
            ("foreign server", "foreign data wrapper"), Kind(database.create, database.drop, database.change_server)
        ),
        "column": Kind(columns.create, columns.drop, columns.change, has_rights=False),
        "constraint": Kind(
            constraints.create_constraint, constraints.drop_constraint, constraints.change_constraint, has_rights=False
        ),
        "index": Kind(
            constraints.create_index, constraints.drop_index, constraints.change_index, has_rights=False
        ),
        "sequence": Kind(sequences.create, sequences.drop, sequences.change),
        "aggregate": Kind(routines.create_aggregate, routines.drop),
        "operator": Kind(routines.create_operator, routines.drop, routines.change_operator),
        "operator class": Kind(routines.create_operator_class, routines.drop),
        "cast": Kind(routines.create_cast, routines.drop),
        "trigger": Kind(
            routines.create_trigger, routines.drop, routines.change_firing(routines.create_trigger)
        ),
        "foreign key trigger": Kind(routines.silence_foreign_key, routines.wake_foreign_key),
        "rule": Kind(routines.create_rule, routines.drop, routines.change_firing(routines.create_rule)),
        "policy": Kind(routines.create_policy, routines.drop),
        "event trigger": Kind(
            routines.create_event_trigger, routines.drop, routines.change_firing(routines.create_event_trigger)
        ),
        "statistics": Kind(routines.create_statistics, routines.drop, routines.change_statistics),
        "user mapping": Kind(database.create_user_mapping, database.drop_user_mapping),
        "extension": Kind(
            database.create_extension, database.drop, database.change_extension, has_rights=False
        ),
        "conversion": Kind(database.create_conversion, database.drop),
        "language": Kind(database.create_language, database.drop),
        "text search dictionary": Kind(
            database.create_dictionary, database.drop, database.change_dictionary
        ),
        "text search configuration": Kind(
            database.create_configuration, database.drop, database.change_configuration
        ),
        "publication": Kind(database.create_publication, database.drop, database.change_publication),
        "subscription": Kind(database.create_subscription, database.drop, database.change_subscription),
        "default privileges": Kind(
            lambda subject: database.set_default_privileges(subject, subject.get("grants"), ""),
            lambda subject: database.set_default_privileges(subject, "", subject.get("grants")),
            lambda subject, _name, before, after: database.set_default_privileges(subject, before, after),
            has_rights=False,
        ),
        "database": Kind(lambda _: [], lambda _: [], database.change_database, has_rights=False),
        "security label": Kind(
            lambda subject: database.set_security_label(subject, subject.get("label")),
            lambda subject: database.set_security_label(subject, ""),
            lambda subject, _name, before, _after: database.set_security_label(subject, before),
            has_rights=False,
        ),
        "large objects": Kind(
            database.large_objects,
            database.large_objects,
            lambda subject, *_: database.large_objects(subject),
            has_rights=False,
        ),
    }  # fmt: skip


def _renames(differences: Collection[Difference]) -> dict[ObjectKey, str]:
    """The code that names a table or column back, for the lost one and for the one that is left in its stead."""
    found: dict[ObjectKey, str] = {}
    whole = [one for one in differences if not one.property and one.object.kind in ("table", "column")]
    for lost in (one for one in whole if one.grade is Grade.LOST):
        likes = [one for one in whole if one.grade is Grade.LEFT and _meaning(one) == _meaning(lost)]
        rivals = [one for one in whole if one.grade is Grade.LOST and _meaning(one) == _meaning(lost)]
        if len(likes) == 1 and len(rivals) == 1:
            found[lost.object] = found[likes[0].object] = _rename(likes[0].object, lost.object)
    return found


def _meaning(difference: Difference) -> object:
    """What the object is but for its name: kind, place, and for a table its columns."""
    key, details = difference.object, difference.details
    place = split(key.name)[:-1]
    own = {name: text for name, text in details.get(key, {}).items() if name not in ("comment", "grants")}
    inside = [] if key.kind == "column" else sorted(
        (split(one.name)[-1], sorted((n, t) for n, t in properties.items() if n != "of"))
        for one, properties in details.items() if one.kind == "column"
    )  # fmt: skip
    return key.kind, tuple(place), tuple(sorted(own.items())), repr(inside)


def _rename(now: ObjectKey, before: ObjectKey) -> str:
    new, old = split(now.name)[-1], split(before.name)[-1]
    subject = Subject(now, {}, {})
    if now.kind == "column":
        on = subject.on
        return f"op.alter_column({literal(on.table)}, {literal(new)}, new_column_name={literal(old)}{on.keyword})"
    return f"op.rename_table({literal(new)}, {literal(old)}{subject.alone.keyword})"
