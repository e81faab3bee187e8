"""The exception tree and the exit-code table.

    FingoodError
    ├── ConfigError            a setting, option or project file is wrong            2
    ├── HistoryError           the revision history cannot answer the question       2
    │   ├── UnknownRevision
    │   └── AmbiguousRevision
    ├── CouldNotLook           something needed for an answer is out of reach        3
    │   ├── CannotConnect
    │   ├── SandboxUnavailable
    │   ├── EnvironmentFailed  env.py raised before any revision ran
    │   └── NotAvailable       a part of the framework that this version lacks
    ├── MigrationFailed        a revision raised while it ran                        1
    ├── Blocked                policy, approval or lock forbids it                   4
    │   └── LockHeld
    └── InternalError          our own fault                                        70

Every error carries one line that says what and where, a hint that says what to do, and its exit code.
No message is made from ``str(exception)`` of a driver: PostgreSQL's DETAIL carries row values.
"""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Sequence
from enum import IntEnum


class ExitCode(IntEnum):
    """What a command's exit code means. The documentation's table is generated from here."""

    CLEAN = 0
    FINDINGS = 1
    USAGE = 2
    COULD_NOT_LOOK = 3
    BLOCKED = 4
    INTERNAL = 70
    INTERRUPTED = 130

    @property
    def meaning(self) -> str:
        return _MEANINGS[self]


_MEANINGS = {
    ExitCode.CLEAN: "clean: everything asked for was looked at and nothing at or above --fail-on was found",
    ExitCode.FINDINGS: "findings at or above --fail-on",
    ExitCode.USAGE: "usage or configuration: an option, a setting, a file or a revision id is wrong",
    ExitCode.COULD_NOT_LOOK: "could not look: the database is unreachable or a needed part is not available",
    ExitCode.BLOCKED: "blocked by policy, approval or lock; nothing was changed",
    ExitCode.INTERNAL: "internal error of fingood itself; worth a bug report",
    ExitCode.INTERRUPTED: "interrupted by Ctrl-C or SIGTERM; nothing further was started",
}


class FingoodError(Exception):
    """Base of every error that fingood raises on purpose."""

    exit_code: ExitCode = ExitCode.INTERNAL

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class ConfigError(FingoodError):
    """A setting, option or project file is missing or wrong. ``origin`` says where it stands."""

    exit_code = ExitCode.USAGE

    def __init__(self, message: str, *, key: str = "", origin: str = "", hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.key = key
        self.origin = origin


class HistoryError(FingoodError):
    """The revision history cannot answer the question: a cycle, a missing parent, several heads."""

    exit_code = ExitCode.USAGE


class UnknownRevision(HistoryError):
    """No revision has this id, name or file. ``near`` holds the nearest ids."""

    def __init__(self, wanted: str, near: Sequence[str] = ()) -> None:
        hint = f"nearest: {', '.join(near)}" if near else "alembic history lists the revisions"
        super().__init__(f"no revision '{wanted}'", hint=hint)
        self.wanted = wanted
        self.near = tuple(near)


class AmbiguousRevision(HistoryError):
    """The id's prefix fits several revisions."""

    def __init__(self, wanted: str, candidates: Sequence[str]) -> None:
        super().__init__(f"'{wanted}' fits {len(candidates)} revisions", hint=f"one of: {', '.join(candidates)}")
        self.wanted = wanted
        self.candidates = tuple(candidates)


class CouldNotLook(FingoodError):
    """Something needed for an answer is out of reach; the answer is unknown, not good."""

    exit_code = ExitCode.COULD_NOT_LOOK


class CannotConnect(CouldNotLook):
    """The database does not answer or refuses us. ``target`` is the URL without its password."""

    def __init__(self, target: str, reason: str, *, hint: str = "") -> None:
        super().__init__(f"cannot connect to {target}: {reason}", hint=hint)
        self.target = target
        self.reason = reason


class SandboxUnavailable(CouldNotLook):
    """No isolated database can be had: no server binaries, no room, an extension that is missing."""


class EnvironmentFailed(CouldNotLook):
    """The project's Alembic cannot be run: its env.py or a revision's file raised before any revision ran."""


class NotAvailable(CouldNotLook):
    """A named part of the framework that this version does not have yet."""


class MigrationFailed(FingoodError):
    """A revision raised while it ran. ``location`` is ``file:line`` of the revision's own code where known."""

    exit_code = ExitCode.FINDINGS

    def __init__(
        self, revision: str, direction: str, reason: str, *, location: str = "", sqlstate: str = "", hint: str = ""
    ) -> None:
        where = f" ({location})" if location else ""
        super().__init__(f"{direction} of {revision} fails: {reason}{where}", hint=hint)
        self.revision = revision
        self.direction = direction
        self.reason = reason
        self.location = location
        self.sqlstate = sqlstate


class Blocked(FingoodError):
    """Policy, approval or a lock forbids it. Nothing was changed."""

    exit_code = ExitCode.BLOCKED


class LockHeld(Blocked):
    """Another run holds the migration lock. ``holder`` says who, since when and from where."""

    def __init__(self, holder: str, waited: float, *, hint: str = "") -> None:
        super().__init__(f"another migration run holds the lock: {holder} (waited {waited:.1f} s)", hint=hint)
        self.holder = holder
        self.waited = waited


class LedgerChanged(FingoodError):
    """A step changes what a ledger comes to, and no line of its revision declares that. The text names columns alone,
    for logs; ``message`` has the sums, for the person at the terminal."""

    exit_code = ExitCode.FINDINGS

    def __init__(self, text: str, detail: str, *, hint: str = "") -> None:
        super().__init__(f"{text}: {detail}", hint=hint)
        self.args = (text,)


def refusal_of(error: OSError) -> str:
    """Why the system refused, in its own words: a full disk, missing rights, too many open files; '' for what it would
    not say unasked, such as a file that is not there. Reads shutil.Error, which holds other errors' texts, too."""
    number = error.errno
    if number is None and (held := re.search(r"\[Errno (\d+)\]", str(error))):
        number = int(held.group(1))
    return os.strerror(number) if number in _REFUSALS else ""


_REFUSALS = frozenset(
    {
        *(errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EACCES, errno.EPERM, errno.EIO, errno.ESTALE),
        *(errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.ENAMETOOLONG),
    }
)


class InternalError(FingoodError):
    """Our own fault."""

    exit_code = ExitCode.INTERNAL
