"""The append-only log: one file, many writers, one chain."""

from __future__ import annotations

import errno
import fcntl
import os
import stat
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from fingood.audit.origin import current_origin
from fingood.audit.record import FIRST, decode, encode, hash_of, sum_holds
from fingood.audit.redaction import redact
from fingood.audit.schema import clean_payload
from fingood.audit.verification import Verification, verify_lines
from fingood.errors import Blocked, CouldNotLook
from fingood.model.event import AuditEvent, EventKind
from fingood.settings.own_folder import make_private_folder

_BLOCK = 64 * 1024


@dataclass(frozen=True, slots=True)
class Stored:
    """An event and the SHA-256 of its stored line, which the next line repeats."""

    event: AuditEvent
    sha256: str


class AuditLog:
    """A log at ``path``. The file and its folder are made, for the owner alone, with the first event."""

    def __init__(self, path: Path | str) -> None:
        self.path = Path(path).absolute()

    def append(self, kind: EventKind, subject: str, payload: Mapping[str, object]) -> AuditEvent:
        """Stores one event and returns when it is on disk.

        Safe for many processes: sequence and chain are taken under an exclusive lock of the file. A line that a crash
        left without its end is ended and stays as evidence, and the chain goes on over it.
        Raises Blocked where the log cannot be written: whoever cannot log must not act.
        """
        cleaned = clean_payload(kind, payload)
        try:
            with self._open_locked() as descriptor:
                return self._append(descriptor, kind, redact(subject), cleaned)
        except OSError as error:
            raise _unwritable(self.path, error) from None

    def ensure_writable(self) -> None:
        """Makes the log where it is missing. Raises Blocked where it could not be written."""
        try:
            with self._open_locked():
                return
        except OSError as error:
            raise _unwritable(self.path, error) from None

    def events(self, kinds: Collection[EventKind] = ()) -> Iterator[AuditEvent]:
        """Every whole event in order, or those of some kinds; a torn or changed line is passed over (`verify`
        reports it)."""
        return (stored.event for stored in self.stored(kinds))

    def stored(self, kinds: Collection[EventKind] = ()) -> Iterator[Stored]:
        """The same events, each with the SHA-256 of its line."""
        # Inside a text a quote is escaped, so that only the line's own kind can look like this.
        marks = [f'"kind":"{kind.value}"'.encode() for kind in kinds]
        for ended in self._lines():
            line = ended.removesuffix(b"\n")
            if marks and not any(mark in line for mark in marks):
                continue
            if not sum_holds(line):
                continue
            try:
                yield Stored(decode(line), hash_of(line))
            except ValueError:
                continue

    def verify(self) -> Verification:
        """Checks every line's own sum, the chain and the sequence. Raises CouldNotLook where there is no log."""
        try:
            self.path.stat()
        except (FileNotFoundError, NotADirectoryError):
            raise CouldNotLook(f"no audit log at {self.path}", hint="it is made with the first event") from None
        except OSError as error:
            raise _unreadable(self.path, error) from None
        return verify_lines(self._lines())

    def _lines(self) -> Iterator[bytes]:
        try:
            # A pipe would be waited for, and a device read, without end.
            if not stat.S_ISREG(self.path.stat().st_mode) and not self.path.is_dir():
                raise CouldNotLook(f"the audit log {self.path} is no regular file", hint="--log names another file")
            with self.path.open("rb") as file:
                yield from file
        except FileNotFoundError:
            return
        except OSError as error:
            raise _unreadable(self.path, error) from None

    @contextmanager
    def _open_locked(self) -> Iterator[int]:
        """The log's descriptor under an exclusive lock. A log renamed away while we waited is opened anew."""
        while True:
            descriptor = self._open()
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX)
                if not self._is_current(descriptor):
                    continue
                yield descriptor
                return
            finally:
                os.close(descriptor)

    def _open(self) -> int:
        flags = os.O_RDWR | os.O_APPEND | os.O_CLOEXEC
        try:
            return os.open(self.path, flags)
        except FileNotFoundError:
            make_private_folder(self.path.parent)
            descriptor = os.open(self.path, flags | os.O_CREAT, 0o600)
            _sync_folder(self.path.parent)
            return descriptor

    def _is_current(self, descriptor: int) -> bool:
        try:
            return os.path.samestat(os.fstat(descriptor), os.stat(self.path))
        except FileNotFoundError:
            return False

    def _append(self, descriptor: int, kind: EventKind, subject: str, payload: dict[str, object]) -> AuditEvent:
        last, ended = _last_line(descriptor)
        origin = current_origin()
        event = AuditEvent(
            sequence=_sequence_before_end(descriptor) + 1,
            at=datetime.now(UTC),
            kind=kind,
            subject=subject,
            actor=origin.actor,
            os_user=origin.os_user,
            host=origin.host,
            session=origin.session,
            pid=origin.pid,
            payload=payload,
            previous=hash_of(last) if last is not None else FIRST,
        )
        _write(descriptor, (b"" if ended else b"\n") + encode(event) + b"\n")
        os.fsync(descriptor)
        return event


def _write(descriptor: int, data: bytes) -> None:
    """Writes everything, or nothing: what a full disk still took is taken back, or the log would look tampered with.

    A short write is tried once more and then raises.
    """
    before = os.fstat(descriptor).st_size
    try:
        while data:
            written = os.write(descriptor, data)
            if written == 0:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            data = data[written:]
    except OSError:
        os.ftruncate(descriptor, before)
        raise


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _last_line(descriptor: int) -> tuple[bytes | None, bool]:
    """The last line's stored bytes without its end, None in an empty file, and whether its end is there."""
    for line, ended in _lines_backwards(descriptor):
        return line, ended
    return None, True


def _sequence_before_end(descriptor: int) -> int:
    """The sequence of the last line that is whole; 0 where there is none."""
    for line, _ in _lines_backwards(descriptor):
        if sum_holds(line):
            return decode(line).sequence
    return 0


def _lines_backwards(descriptor: int) -> Iterator[tuple[bytes, bool]]:
    end = os.fstat(descriptor).st_size
    tail, ended = b"", True
    first = True
    while end > 0:
        start = max(0, end - _BLOCK)
        tail = os.pread(descriptor, end - start, start) + tail
        end = start
        if first:
            ended = tail.endswith(b"\n")
            tail = tail.removesuffix(b"\n")
            first = False
        *lines, tail = reversed(tail.split(b"\n"))
        for line in lines:
            yield line, ended
            ended = True
    if not first:
        yield tail, ended


def _unreadable(path: Path, error: OSError) -> CouldNotLook:
    reason = os.strerror(error.errno) if error.errno else type(error).__name__
    return CouldNotLook(f"cannot read the audit log {path}: {reason}", hint="--log names another file")


def _unwritable(path: Path, error: OSError) -> Blocked:
    reason = os.strerror(error.errno) if error.errno else type(error).__name__
    hints = {
        errno.ENOSPC: "make room on that disk",
        errno.EDQUOT: "make room within the quota",
        errno.EACCES: "give this user write access, or name another file: audit_log in [tool.fingood]",
        errno.EROFS: "name a file on a writable disk: audit_log in [tool.fingood]",
    }
    hint = hints.get(error.errno or 0, "name another file: audit_log in [tool.fingood]")
    return Blocked(f"cannot write the audit log {path}: {reason}", hint=hint)
