"""How two looks at one database differ: objects and properties, rows and columns."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace

from fingood.catalog.snapshot import object_name, parts_of
from fingood.errors import InternalError
from fingood.model.names import RelationName
from fingood.model.snapshot import Difference, Fingerprint, Grade, ObjectKey, Snapshot

Objects = Mapping[ObjectKey, Mapping[str, str]]

_RELATIONS = ("table", "view", "materialized view", "foreign table", "domain")
_TYPES = ("enum", "domain", "composite type", "range")
_NEED_ALL = ("definition", "partition key", "replica identity", "server")
_OWN_NAME = re.compile(r"(_pkey|_key|_fkey|_check|_excl|_idx|_not_null)\d*\Z")


def compare_snapshots(before: Snapshot, after: Snapshot) -> tuple[Difference, ...]:
    """What is lost, left behind or changed after compared with before, by object and property.

    What belongs to a lost or left table is not repeated. An object that only has another name is one difference;
    another order of columns and another name that the server made up are cosmetic.
    """
    if before.dialect != after.dialect or before.server_version != after.server_version:
        raise InternalError("snapshots of two different servers cannot be compared")
    lost = {key: props for key, props in before.objects.items() if key not in after.objects}
    left = {key: props for key, props in after.objects.items() if key not in before.objects}
    old, new = _Around(before.objects), _Around(after.objects)
    lost_relations, left_relations = _relations(lost), _relations(left)
    lost = {key: props for key, props in lost.items() if props.get("of") not in lost_relations}
    left = {key: props for key, props in left.items() if props.get("of") not in left_relations}
    found = list(_renamed(lost, left))
    found += [
        Difference(object=key, grade=Grade.LOST, before=_summary(props), details=old.whole(key))
        for key, props in lost.items()
    ]
    found += [
        Difference(object=key, grade=Grade.LEFT, after=_summary(props), details=_of_left(key, old, new))
        for key, props in left.items()
    ]
    for key, props in before.objects.items():
        if key in after.objects and props != after.objects[key]:
            found += (replace(d, details=old.of_change(d)) for d in _changed(key, props, after.objects[key]))
    return tuple(sorted(found, key=lambda d: (d.grade is Grade.COSMETIC, d.object, d.property)))


class _Around:
    """What belongs to an object of one snapshot, what it belongs to, and which columns are of a type."""

    def __init__(self, objects: Objects) -> None:
        self._objects = objects
        self._parts: defaultdict[str, list[ObjectKey]] = defaultdict(list)
        self._users: defaultdict[str, list[ObjectKey]] = defaultdict(list)
        for key, props in objects.items():
            self._parts[props.get("of", "")].append(key)
            if key.kind == "column":
                self._users[props.get("type", "").removesuffix("[]")].append(key)

    def whole(self, key: ObjectKey) -> Objects:
        """The object, its owner, and all that is reported with it or stands on it."""
        if key.kind in ("column", "constraint") and (table := self.table_in_sqlite(self.own(key).get("of", ""))):
            return {**table, key: self.own(key)}
        keys = [key, *self._owners(key)]
        if key.kind in _RELATIONS:
            keys += self._parts[key.name]
        if key.kind in _TYPES:
            keys += self._users[key.name]
        return {one: self._objects[one] for one in keys}

    def of_change(self, difference: Difference) -> Objects:
        """Less where one property can be set by itself: a wide table is not repeated for its fillfactor."""
        key = difference.object
        in_sqlite = "autoincrement" in self.own(key) or self.table_in_sqlite(self.own(key).get("of", ""))
        if key.kind in _TYPES or difference.property in _NEED_ALL or in_sqlite:
            return self.whole(key)
        return {one: self._objects[one] for one in (key, *self._owners(key))}

    def own(self, key: ObjectKey) -> Mapping[str, str]:
        """The object's own properties; empty where it is not there."""
        return self._objects.get(key, {})

    def table_in_sqlite(self, name: str) -> Objects:
        """A table with all that belongs to it; empty in PostgreSQL, which makes no table anew for a column."""
        key = ObjectKey("table", name)
        return self.whole(key) if "autoincrement" in self.own(key) else {}

    def _owners(self, key: ObjectKey) -> list[ObjectKey]:
        owner = self._objects[key].get("of")
        return [one for kind in _RELATIONS if owner and (one := ObjectKey(kind, owner)) in self._objects]


def _of_left(key: ObjectKey, old: _Around, new: _Around) -> Objects:
    """SQLite drops no constraint: the table has to be made anew as it was."""
    was = old.table_in_sqlite(new.own(key).get("of", "")) if key.kind == "constraint" else {}
    return {**was, key: new.own(key)} if was else new.whole(key)


def _relations(objects: Objects) -> set[str]:
    return {key.name for key in objects if key.kind in _RELATIONS}


def _summary(properties: Mapping[str, str]) -> str:
    """What an object is, in a few words."""
    for name in ("definition", "type", "labels", "base", "version", "attributes", "subtype"):
        if name in properties:
            return properties[name]
    return ""


def _renamed(
    lost: dict[ObjectKey, Mapping[str, str]], left: dict[ObjectKey, Mapping[str, str]]
) -> Iterator[Difference]:
    """Takes out of both the indexes and constraints that differ in their name alone."""
    by_meaning: defaultdict[object, list[ObjectKey]] = defaultdict(list)
    for key, props in left.items():
        by_meaning[_meaning(key, props)].append(key)
    for key in list(lost):
        meaning = _meaning(key, lost[key])
        if key.kind not in ("index", "constraint") or not by_meaning[meaning]:
            continue
        other = by_meaning[meaning].pop(0)
        own = _OWN_NAME.search(key.name) and _OWN_NAME.search(other.name)
        yield Difference(
            object=key,
            grade=Grade.COSMETIC if own else Grade.CHANGED,
            property="name",
            before=_last(key.name),
            after=_last(other.name),
        )
        del lost[key], left[other]


def _meaning(key: ObjectKey, properties: Mapping[str, str]) -> object:
    name = _last(key.name)
    return key.kind, tuple(sorted((k, v.replace(f" {name} ON ", " ON ")) for k, v in properties.items()))


def _last(name: str) -> str:
    parts: list[str] = re.findall(r'"(?:[^"]|"")*"|[^.]+', name)
    return parts[-1]


def _changed(key: ObjectKey, before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[Difference]:
    for name in sorted(before.keys() | after.keys()):
        was, now = before.get(name, ""), after.get(name, "")
        if was == now or name == "of":
            continue
        if name == "column order":
            yield from _order(key, was, now)
        else:
            yield Difference(
                object=key, grade=_grade(key, name, was, now, before), property=name, before=was, after=now
            )


def _order(key: ObjectKey, was: str, now: str) -> Iterator[Difference]:
    """Whether the columns that both have stand in another order; lost and left columns are reported as such."""
    before, after = json.loads(was), json.loads(now)
    common = set(before) & set(after)
    old = [name for name in before if name in common]
    new = [name for name in after if name in common]
    if old != new:
        yield Difference(
            object=key, grade=Grade.COSMETIC, property="column order", before=", ".join(old), after=", ".join(new)
        )


def _grade(key: ObjectKey, name: str, was: str, now: str, before: Mapping[str, str]) -> Grade:
    """A sequence that has moved on skips numbers and harms nobody; one that went back hands out keys twice."""
    if key.kind == "sequence" and name == "next value" and was and now:
        onward = (int(now) - int(was)) * int(before.get("increment", "1")) > 0
        return Grade.COSMETIC if onward else Grade.CHANGED
    return Grade.CHANGED


def compare_fingerprints(
    before: Mapping[RelationName, Fingerprint], after: Mapping[RelationName, Fingerprint]
) -> tuple[Difference, ...]:
    """Which tables have other rows and which columns hold other values. Tables and columns that exist on one side only
    are the schema's matter, except that rows or values were lost with them. What only one side could read is left out.
    Raises InternalError for two formulas or strengths: what is compared with an earlier fingerprint has to be taken
    ``like`` it."""
    found: list[Difference] = []
    for table, was in sorted(before.items()):
        now = after.get(table)
        key = ObjectKey("table", object_name(*parts_of(table)))
        if now is None:
            if was.rows:
                found.append(_data(key, Grade.LOST, "rows", str(was.rows), "0"))
        else:
            found += _table(key, was, now)
    return tuple(found)


def _table(key: ObjectKey, was: Fingerprint, now: Fingerprint) -> Iterator[Difference]:
    if (was.formula, was.strength) != (now.formula, now.strength):
        raise InternalError(f"fingerprints of {key.name} by two formulas cannot be compared")
    if was.unread != now.unread:
        return
    if was.rows != now.rows:
        grade = Grade.LOST if now.rows < was.rows else Grade.LEFT
        yield _data(key, grade, "rows", str(was.rows), str(now.rows))
    lost = [column for column in was.columns if column not in now.columns]
    for column in lost:
        if filled := _filled(was.columns[column]):
            yield _data(_column(key, column), Grade.LOST, "values", f"{filled} of {was.rows}", "0")
    if was.rows == now.rows:
        yield from _values(key, was, now)


def _values(key: ObjectKey, was: Fingerprint, now: Fingerprint) -> Iterator[Difference]:
    """The columns that both have, of as many rows. Where a key column moved, or keys were combined anew, every row's
    seed is another and the other columns' hashes say nothing."""
    common = [column for column in was.columns if column in now.columns]
    if was.key != now.key:
        # The key was lost: without it only numbers that no row is bound to can be compared.
        changed = [column for column in common if _plain(was, column) != _plain(now, column)]
    else:
        changed = [column for column in common if was.columns[column] != now.columns[column]]
    moved = [column for column in changed if column in was.key and was.key == now.key]
    recombined = was.row != now.row and was.key == now.key and was.columns.keys() == now.columns.keys()
    if recombined and not moved and (was.keyed or not changed):
        yield _data(key, Grade.CHANGED, "rows", "the same values", "combined into other rows")
        return
    for column in moved or changed:
        yield _column_change(_column(key, column), was, now, column)


def _plain(one: Fingerprint, column: str) -> tuple[int, str | None]:
    return _filled(one.columns[column]), one.sums.get(column)


def _column(table: ObjectKey, column: str) -> ObjectKey:
    return ObjectKey("column", f"{table.name}.{object_name(column)}")


def _column_change(key: ObjectKey, was: Fingerprint, now: Fingerprint, column: str) -> Difference:
    filled, still = _filled(was.columns[column]), _filled(now.columns[column])
    if still < filled:
        return _data(key, Grade.LOST, "values", f"{filled} of {was.rows}", f"{still} of {now.rows}")
    if still > filled:
        # Some that were empty are filled; whether others changed too the numbers cannot say.
        return _data(key, Grade.CHANGED, "values", f"{filled} of {was.rows}", f"{still} of {now.rows}")
    sums = was.sums.get(column), now.sums.get(column)
    if None not in sums and sums[0] != sums[1]:
        return _data(key, Grade.CHANGED, "values", _told(sums[0]), _told(sums[1]))
    return _data(key, Grade.CHANGED, "values", f"{filled} values", "other values")


def _told(total: str | None) -> str:
    return "sum NaN (not every value is a number)" if total == "NaN" else f"sum {total}"


def _filled(digest: str) -> int:
    return int(digest.partition(":")[0])


def _data(key: ObjectKey, grade: Grade, what: str, before: str, after: str) -> Difference:
    return Difference(object=key, grade=grade, property=what, before=before, after=after, data=True)
