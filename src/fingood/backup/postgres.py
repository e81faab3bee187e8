"""A PostgreSQL database into a folder: pg_dump and the look at what it dumps, both of one instant."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from fingood.backup.content import LOCK_WAIT, Content, read_content, read_positions
from fingood.backup.pace import measured
from fingood.catalog import connect
from fingood.model.project import VersionTable
from fingood.model.snapshot import Snapshot
from fingood.sandbox.driver import literal, run
from fingood.sandbox.dump import dump
from fingood.sandbox.supplier import Binaries
from fingood.statements.compat import cancel_query
from fingood.validation.jobs import hold_snapshot

ARCHIVE = "database.dump"
SQL_ASCII = "SQL_ASCII"

# The session that holds the snapshot waits, without a statement, until pg_dump has come to its end.
_PATIENT = (
    "SELECT set_config(name, '0', true) FROM pg_catalog.pg_settings"
    " WHERE name IN ('idle_in_transaction_session_timeout', 'transaction_timeout', 'idle_session_timeout')"
)


def _at(snapshot: Snapshot, positions: Mapping[str, int]) -> Snapshot:
    """The snapshot with the sequences' next values of another moment."""
    objects = dict(snapshot.objects)
    for key, props in snapshot.objects.items():
        if "next value" in props and key.name in positions:
            objects[key] = {**props, "next value": str(positions[key.name])}
    return replace(snapshot, objects=objects)


def dump_postgres(
    url: str,
    folder: Path,
    *,
    client: Binaries,
    schema_only: bool,
    jobs: int,
    version_table: VersionTable,
    watch: Callable[[str], None],
) -> Content:
    """Writes pg_dump's directory format into ``folder`` and returns what the database held at the same instant.

    The database is only read. Raises CouldNotLook with pg_dump's own reason when it fails.
    """
    folder.mkdir()
    with (
        connect(url, application_name="fingood backup", lock_timeout=LOCK_WAIT) as holder,
        connect(url, application_name="fingood backup", lock_timeout=LOCK_WAIT) as connection,
    ):
        # Held by a session of its own: a look that fails would take the snapshot along, and pg_dump's reason with it.
        snapshot = hold_snapshot(holder)
        run(holder, _PATIENT)
        run(connection, "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        run(connection, f"SET TRANSACTION SNAPSHOT {literal(snapshot)}")
        before = read_positions(holder)
        # A deployment waits for this: the default level takes several times as long for a little less space.
        arguments = ["--compress=1", f"--jobs={jobs}", f"--snapshot={snapshot}"]
        arguments += ["--schema-only"] if schema_only else []
        if run(holder, "SHOW server_encoding")[0][0] == SQL_ASCII:
            # Whatever bytes it holds are none of ours to judge; in any other encoding pg_dump would refuse some.
            arguments.append(f"--encoding={SQL_ASCII}")
        with ThreadPoolExecutor(1) as pool:
            looking = pool.submit(read_content, connection, rows=not schema_only, version_table=version_table)
            try:
                with measured("pg_dump", folder, watch):
                    dump(url, folder / ARCHIVE, client=client, arguments=arguments, directory=True)
                watch("fingerprints of the source")
                content = looking.result()
                return replace(content, snapshot=_at(content.snapshot, before), positions=read_positions(holder))
            except BaseException:
                cancel_query(connection)
                raise
