"""One event as one stored line, and back.

The line is canonical JSON (UTF-8, keys sorted, no blanks, no floats). ``previous`` is the SHA-256 of the stored bytes
of the line before; ``sum``, always last, is the SHA-256 of this line's own bytes before it. Hashes are taken over
stored bytes and never over a value that was parsed and written again.
"""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime

from fingood.model.event import AuditEvent, EventKind

FORMAT = 1
FIRST = "0" * 64
_SUM = b',"sum":"'
_TAIL = len(_SUM) + 64 + len(b'"}')


def encode(event: AuditEvent) -> bytes:
    """The event's line without its line end."""
    fields = {
        "actor": event.actor,
        "at": event.at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z"),
        "format": FORMAT,
        "host": event.host,
        "kind": event.kind.value,
        "os_user": event.os_user,
        "payload": dict(event.payload),
        "pid": event.pid,
        "previous": event.previous,
        "sequence": event.sequence,
        "session": event.session,
        "subject": event.subject,
    }
    body = canonical(fields)[:-1]
    return body + _SUM + hash_of(body).encode() + b'"}'


def canonical(value: object) -> bytes:
    """The one way to write this value as JSON."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return text.encode("utf-8", "backslashreplace")


def hash_of(stored: bytes) -> str:
    return hashlib.sha256(stored).hexdigest()


def sum_holds(line: bytes) -> bool:
    """Whether the line's own bytes are those that were written."""
    body, tail = line[:-_TAIL], line[-_TAIL:]
    return tail == _SUM + hash_of(body).encode() + b'"}'


def decode(line: bytes) -> AuditEvent:
    """The event of a stored line. Raises ValueError where the line is none."""
    try:
        fields = json.loads(line)
        if fields["format"] != FORMAT:
            raise ValueError(f"format {fields['format']} is not known")
        at = datetime.fromisoformat(fields["at"])
        if at.tzinfo is None or type(fields["sequence"]) is not int or not isinstance(fields["payload"], dict):
            raise ValueError("not an event (a field of another type)")
        return AuditEvent(
            sequence=fields["sequence"],
            at=at,
            kind=EventKind(fields["kind"]),
            subject=fields["subject"],
            actor=fields["actor"],
            os_user=fields["os_user"],
            host=fields["host"],
            session=fields["session"],
            pid=fields["pid"],
            payload=fields["payload"],
            previous=fields["previous"],
        )
    except (KeyError, TypeError, UnicodeDecodeError, RecursionError) as error:
        raise ValueError(f"not an event ({type(error).__name__})") from None
