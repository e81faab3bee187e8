"""pg_dump and pg_restore: which client, with what environment, and what they really did.

No password stands on a command line: everything about the connection goes through libpq's environment variables
(PostgreSQL manual, 34.15). An exit code is no verdict: pg_restore ends with 1 where a newer client set an option that
an older server lacks although every row is there; so its complaints are read one by one.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from fingood.catalog import masked
from fingood.errors import CouldNotLook, SandboxUnavailable
from fingood.sandbox.supplier import Binaries, found_binaries
from fingood.sandbox.template import server_environment
from fingood.statements.compat import read_url

# Query part of a URL → libpq's environment variable.
_VARIABLES = {
    "host": "PGHOST",
    "hostaddr": "PGHOSTADDR",
    "port": "PGPORT",
    "user": "PGUSER",
    "dbname": "PGDATABASE",
    "password": "PGPASSWORD",
    "passfile": "PGPASSFILE",
    "service": "PGSERVICE",
    "options": "PGOPTIONS",
    "application_name": "PGAPPNAME",
    "sslmode": "PGSSLMODE",
    "sslcert": "PGSSLCERT",
    "sslkey": "PGSSLKEY",
    "sslrootcert": "PGSSLROOTCERT",
    "sslcrl": "PGSSLCRL",
    "sslsni": "PGSSLSNI",
    "sslnegotiation": "PGSSLNEGOTIATION",
    "channel_binding": "PGCHANNELBINDING",
    "gssencmode": "PGGSSENCMODE",
    "krbsrvname": "PGKRBSRVNAME",
    "connect_timeout": "PGCONNECT_TIMEOUT",
    "target_session_attrs": "PGTARGETSESSIONATTRS",
    "client_encoding": "PGCLIENTENCODING",
}
# Where libpq looks for what the URL does not say; taken over for a source, never for a sandbox.
_INHERITED = (
    "HOME", "PGHOST", "PGPORT", "PGUSER", "PGPASSWORD", "PGPASSFILE", "PGSERVICEFILE",
    "PGSSLMODE", "PGSSLROOTCERT", "PGSSLCERT", "PGSSLKEY",
)  # fmt: skip
_LOCK_WAIT = "10s"
_NO_ROOM = "No space left on device"
_FAILED = re.compile(
    r"pg_restore: error: (?:could not execute query: )?(?:COPY failed for table .*?: )?(?:ERROR:  )?(.*)"
)


@dataclass(frozen=True, slots=True)
class Complaint:
    """One thing that pg_restore could not do: the kind of object (``TABLE``), its tag (name and owner, as pg_restore
    writes them), and the server's main line. Of rows, whose error text may repeat them, only that there is no room."""

    kind: str
    tag: str
    message: str

    @property
    def is_harmless(self) -> bool:
        """A setting of a newer client's session that the server does not know; nothing of the content is concerned."""
        return self.message.startswith("unrecognized configuration parameter")

    @property
    def is_for_want_of_room(self) -> bool:
        """The server's disk is full: that says nothing of what was to be restored."""
        return self.message.endswith(_NO_ROOM)


@dataclass(frozen=True, slots=True)
class ArchiveEntry:
    """One line of an archive's table of contents. ``line`` is what pg_restore's ``-L`` takes."""

    line: str
    kind: str
    tag: str


def client_for(server_version: int) -> Binaries:
    """The oldest client programs here that are at least as new as the server: pg_dump refuses a newer server.

    Raises SandboxUnavailable naming what is there.
    """
    there = [one for one in found_binaries() if (one.bin_dir / "pg_dump").is_file()]
    fitting = [one for one in there if one.major >= server_version // 10_000]
    if fitting:
        return min(fitting, key=lambda one: one.major)
    names = ", ".join(f"{one.version} ({one.supplier})" for one in there) or "none"
    raise SandboxUnavailable(
        f"no pg_dump here is new enough for PostgreSQL {server_version // 10_000}; there is {names}",
        hint=f"set PG_BIN to the directory of PostgreSQL {server_version // 10_000}'s programs",
    )


def libpq_environment(url: str, *, read_only: bool, ambient: bool | None = None) -> dict[str, str]:
    """The environment for libpq's programs to reach this database; with ``read_only`` the server refuses writes.
    ``ambient`` says whether our own PG* variables stand in for what the URL leaves out; where it is not said, they do
    for a look that is ``read_only``."""
    parts = read_url(url)
    found = server_environment()
    if read_only if ambient is None else ambient:
        # A service goes before other variables in libpq, so it may only stand in for a URL that names no place.
        inherited = _INHERITED if parts.host or parts.query or parts.database else (*_INHERITED, "PGSERVICE")
        found |= {key: os.environ[key] for key in inherited if key in os.environ}
    told = {"PGHOST": parts.host, "PGPORT": parts.port, "PGUSER": parts.username, "PGDATABASE": parts.database}
    found |= {key: str(value) for key, value in told.items() if value}
    if parts.password is not None:
        found["PGPASSWORD"] = str(parts.password)
    for key, value in parts.query.items():
        if key in _VARIABLES:
            found[_VARIABLES[key]] = value if isinstance(value, str) else ",".join(value)
    if read_only:
        found["PGOPTIONS"] = f"{found.get('PGOPTIONS', '')} -c default_transaction_read_only=on".strip()
    return found | {"PGAPPNAME": "fingood", "PGCLIENTENCODING": "UTF8"}


def dump(url: str, archive: Path, *, client: Binaries, arguments: Sequence[str] = (), directory: bool = False) -> None:
    """Write an archive of a database, which is only read: in pg_dump's custom format, or as a ``directory``.

    Waits at most 10 s for a table's lock, so as not to queue behind a change of the schema and hold up others.
    Raises CouldNotLook with pg_dump's own reason.
    """
    form = "-Fd" if directory else "-Fc"
    command = [str(client.tool("pg_dump")), form, "--no-password", f"--lock-wait-timeout={_LOCK_WAIT}"]
    done = _run([*command, f"--file={archive}", *arguments], libpq_environment(url, read_only=True))
    if done.returncode != 0:
        reason, hint = _reason(done.stderr, done.returncode)
        raise CouldNotLook(f"pg_dump {client.version} of {masked(url)} fails: {reason}", hint=hint)


def read_archive(archive: Path, *, client: Binaries) -> tuple[ArchiveEntry, ...]:
    """The archive's table of contents."""
    done = _run([str(client.tool("pg_restore")), "--list", str(archive)], server_environment())
    if done.returncode != 0:
        raise CouldNotLook(f"pg_restore {client.version} cannot read {archive.name}", hint="is the archive whole?")
    return tuple(entry for line in done.stdout.splitlines() if (entry := _entry(line)) is not None)


def restore(
    archive: Path,
    url: str,
    *,
    client: Binaries,
    entries: Sequence[ArchiveEntry] | None = None,
    arguments: Sequence[str] = (),
    ambient: bool = False,
) -> tuple[Complaint, ...]:
    """Restore an archive, or these entries of it, into a database; returns what could not be done. ``ambient`` lets our
    own PG* variables stand in for what the URL leaves out: for a server of the user's, never for a sandbox.

    Raises SandboxUnavailable where pg_restore does not come to its end.
    """
    # As a connection string, because a bare name with "=" in it would be read as one.
    name = (read_url(url).database or "").replace("\\", "\\\\").replace("'", "\\'")
    command = [str(client.tool("pg_restore")), "--no-password", "--verbose", f"--dbname=dbname='{name}'", *arguments]
    # Only --verbose says which entry an error belongs to.
    with TemporaryDirectory(prefix="fingood-list-") as folder:
        if entries is not None:
            chosen = Path(folder) / "entries"
            chosen.write_text("\n".join(entry.line for entry in entries) + "\n", encoding="utf-8")
            command.append(f"--use-list={chosen}")
        done = _run([*command, str(archive)], libpq_environment(url, read_only=False, ambient=ambient))
    # A run that came to its end counts its errors; one without the count broke off.
    if done.returncode != 0 and "errors ignored on restore" not in done.stderr:
        reason, hint = _reason(done.stderr, done.returncode)
        raise SandboxUnavailable(f"pg_restore {client.version} fails: {reason}", hint=hint)
    return read_complaints(done.stderr)


def read_complaints(said: str) -> tuple[Complaint, ...]:
    """pg_restore's errors, each with the entry of the table of contents that it stands under."""
    kind = tag = ""
    found = []
    for line in said.splitlines():
        entry = re.match(r"pg_restore: from TOC entry \d+; \d+ \d+ (.*)", line)
        if entry:
            kind, tag = _kind_and_tag(entry[1])
        failed = _FAILED.match(line)
        if failed:
            of_rows = kind == "TABLE DATA" or "COPY failed" in line
            full = _NO_ROOM if failed[1].endswith(_NO_ROOM) else ""
            found.append(Complaint(kind, tag, full if of_rows else failed[1]))
    return tuple(found)


# The kinds of entries whose names hold blanks; the longest that fits is meant (pg_dump.c, the descriptions it writes).
_KINDS = tuple(sorted((
    "ACCESS METHOD", "AGGREGATE", "BLOB METADATA", "BLOB", "BLOBS", "CAST", "CHECK CONSTRAINT", "COLLATION", "COMMENT",
    "CONSTRAINT", "CONVERSION", "DATABASE", "DATABASE PROPERTIES", "DEFAULT", "DEFAULT ACL", "DOMAIN", "ENCODING",
    "EVENT TRIGGER", "EXTENSION", "FK CONSTRAINT", "FOREIGN DATA WRAPPER", "FOREIGN TABLE", "FUNCTION", "INDEX",
    "INDEX ATTACH", "MATERIALIZED VIEW", "MATERIALIZED VIEW DATA", "OPERATOR", "OPERATOR CLASS", "OPERATOR FAMILY",
    "POLICY", "PROCEDURE", "PROCEDURAL LANGUAGE", "PUBLICATION", "PUBLICATION TABLE", "PUBLICATION TABLES IN SCHEMA",
    "ROW SECURITY", "RULE", "SCHEMA", "SEARCHPATH", "SECURITY LABEL", "SEQUENCE", "SEQUENCE OWNED BY", "SEQUENCE SET",
    "SERVER", "SHELL TYPE", "STATISTICS", "STDSTRINGS", "SUBSCRIPTION", "SUBSCRIPTION TABLE", "TABLE", "TABLE ATTACH",
    "TABLE DATA", "TEXT SEARCH CONFIGURATION", "TEXT SEARCH DICTIONARY", "TEXT SEARCH PARSER", "TEXT SEARCH TEMPLATE",
    "TRANSFORM", "TRIGGER", "TYPE", "USER MAPPING", "VIEW", "ACL",
), key=len, reverse=True))  # fmt: skip


def _kind_and_tag(text: str) -> tuple[str, str]:
    kind = next((kind for kind in _KINDS if text.startswith(f"{kind} ")), text.partition(" ")[0])
    return kind, text[len(kind) :].strip()


def _entry(line: str) -> ArchiveEntry | None:
    """``215; 1259 16385 TABLE public accounts owner``; comment lines begin with a semicolon."""
    found = re.match(r"\d+; \d+ \d+ (.*)", line)
    return ArchiveEntry(line, *_kind_and_tag(found[1])) if found else None


def _run(command: Sequence[str], environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, capture_output=True, text=True, errors="replace", env=dict(environment), check=False,
        stdin=subprocess.DEVNULL,
    )  # fmt: skip


def _reason(said: str, code: int) -> tuple[str, str]:
    """The line that matters, and what follows from it."""
    errors = [line.partition("error: ")[2] for line in said.splitlines() if "error: " in line]
    silent = f"it was ended by {signal.Signals(-code).name}" if code < 0 else "it says nothing"
    reason = errors[-1] if errors else silent
    if "No space left" in said or "File too large" in said or code == -signal.SIGXFSZ:
        return reason, "there is no room for the file: make some, or set another folder"
    if "canceling statement due to" in said:
        return reason, (
            f"a table was locked for more than {_LOCK_WAIT}: try again when no schema change is under way; a prepared "
            "transaction keeps its locks until it is ended: SELECT gid FROM pg_prepared_xacts"
        )
    if "permission denied" in said:
        return reason, "grant SELECT on the named object to the role of the database URL"
    if "unsupported startup parameter" in said:
        return reason, "name the server itself in the database URL, not its connection pooler"
    return reason, "does the database URL work with psql?"
