"""What going back to a backup would lose: what was written, changed and deleted since."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.engine import URL, Connection
from sqlalchemy.exc import DBAPIError

from fingood.backup.content import LOCK_WAIT, Content, read_content
from fingood.backup.databases import state_of
from fingood.catalog import compare_fingerprints, compare_snapshots, connect, find_different_rows
from fingood.errors import FingoodError
from fingood.model.names import RelationName
from fingood.model.project import ALEMBICS, VersionTable
from fingood.model.snapshot import Fingerprint, Grade


@dataclass(frozen=True, slots=True, kw_only=True)
class TableLoss:
    """A table that is not as the backup has it. ``then`` and ``now`` are rows, None where there is no such table;
    ``columns`` those whose values differ, where the numbers of rows do not already say so."""

    table: RelationName
    then: int | None
    now: int | None
    columns: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """What follows for the rows, in one line."""
        if self.then is None:
            return f"the table was made since, its rows are lost: {self.now or 0:,}"
        if self.now is None:
            return f"the table is gone since, its rows come back: {self.then:,}"
        rows = f"{self.then:,} rows then, {self.now:,} now"
        if self.now > self.then:
            return f"{rows}: {self.now - self.then:,} or more written since are lost"
        if self.now < self.then:
            return f"{rows}: {self.then - self.now:,} or more deleted since come back"
        return f"{self.then:,} rows; changes since are lost{' in ' if self.columns else ''}{', '.join(self.columns)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """Everything in which the database of now differs from the backup. ``objects`` counts differences of the schema;
    ``heads`` are the revisions of now."""

    tables: tuple[TableLoss, ...]
    objects: int
    heads: tuple[str, ...]
    now: Mapping[RelationName, Fingerprint]


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """Rows of a table since the backup, by its key: written, changed (at least), deleted. ``reason`` says why they were
    not counted; where ``complete`` is False all are lower bounds."""

    table: RelationName
    written: int = 0
    changed: int = 0
    deleted: int = 0
    complete: bool = True
    reason: str = ""


def read_loss(url: str, content: Content, version_table: VersionTable = ALEMBICS) -> Loss:
    """Compares the database with the backup's fingerprints. Reads only; raises CannotConnect, CouldNotLook."""
    with connect(url, application_name="fingood restore", lock_timeout=LOCK_WAIT) as connection:
        now = read_content(connection, rows=True, like=content.fingerprints, version_table=version_table)
    comparable = now.snapshot.server_version == content.snapshot.server_version
    differences = compare_snapshots(content.snapshot, now.snapshot) if comparable else ()
    objects = sum(one.grade is not Grade.COSMETIC and one.property != "next value" for one in differences)
    return Loss(
        tables=_tables(content.fingerprints, now.fingerprints),
        objects=objects,
        heads=now.heads,
        now=now.fingerprints,
    )


def _tables(then: Mapping[RelationName, Fingerprint], now: Mapping[RelationName, Fingerprint]) -> tuple[TableLoss, ...]:
    found = []
    for name in sorted({*then, *now}, key=lambda one: (one.schema or "", one.name)):
        was, is_now = then.get(name), now.get(name)
        if was is None or is_now is None:
            found.append(TableLoss(table=name, then=was.rows if was else None, now=is_now.rows if is_now else None))
            continue
        differences = compare_fingerprints({name: was}, {name: is_now})
        if differences:
            changed = [column for column in was.columns if was.columns[column] != is_now.columns.get(column)]
            columns = tuple(changed) if was.rows == is_now.rows else ()
            found.append(TableLoss(table=name, then=was.rows, now=is_now.rows, columns=columns))
    return tuple(found)


def count_rows(backup_url: str, kept_url: str | URL, loss: Loss, content: Content) -> tuple[Counted, ...]:
    """Row by row, between the restored database and the one it replaced. What cannot be counted says why."""
    try:
        with (
            connect(backup_url, application_name="fingood restore") as old,
            connect(kept_url, application_name="fingood restore") as new,
        ):
            return tuple(_counted(old, new, one, loss, content) for one in loss.tables)
    except FingoodError as error:
        return tuple(Counted(table=one.table, reason=error.message) for one in loss.tables)


def _counted(old: Connection, new: Connection, one: TableLoss, loss: Loss, content: Content) -> Counted:
    was, is_now = content.fingerprints.get(one.table), loss.now.get(one.table)
    if was is None or is_now is None:
        return Counted(table=one.table, written=one.now or 0, deleted=one.then or 0)
    common = tuple(column for column in was.columns if column in is_now.columns)
    try:
        rows = find_different_rows(old, new, one.table, was.key, common, limit=1) if was.key else None
    except DBAPIError as error:
        return Counted(table=one.table, reason=f"SQLSTATE {state_of(error)}")
    if rows is None:
        return Counted(table=one.table, reason="it has no key to tell rows by")
    changed = max((column.count for column in rows.columns.values()), default=0)
    return Counted(table=one.table, written=rows.added, changed=changed, deleted=rows.missing, complete=rows.complete)
