"""Isolated databases: a private PostgreSQL server, clones by template, copies by dump and restore, SQLite by backup.

Enters: a dialect, a major version, SandboxSettings, the URL of a target, which is only ever read.
Leaves: databases that may be ruined, each with a URL, a clone and an end, and notes on how they differ from the target.
"""

from fingood.sandbox.choice import Foreseen, foresee
from fingood.sandbox.database import SandboxDatabase
from fingood.sandbox.opening import Sandbox, open_sandbox
from fingood.sandbox.server import Server
from fingood.sandbox.supplier import Binaries, choose_binaries, found_binaries

__all__ = [
    "Binaries",
    "Foreseen",
    "Sandbox",
    "SandboxDatabase",
    "Server",
    "choose_binaries",
    "foresee",
    "found_binaries",
    "open_sandbox",
]
