"""A PostgreSQL database into a folder, by pg_dump."""

from __future__ import annotations

from pathlib import Path

from fingood.sandbox.dump import client_for, dump


def dump_postgres(url: str, folder: Path, server_version: int, *, schema_only: bool) -> str:
    """Writes ``database.dump`` (pg_dump's custom format, one snapshot) into ``folder``; returns pg_dump's version.

    The database is only read. Raises SandboxUnavailable where no pg_dump is new enough for the server, CouldNotLook
    with pg_dump's own reason when it fails.
    """
    client = client_for(server_version)
    folder.mkdir()
    # A deployment waits for this: the default level takes several times as long for a little less space.
    arguments = ("--compress=1", *(("--schema-only",) if schema_only else ()))
    dump(url, folder / "database.dump", client=client, arguments=arguments)
    return client.version
