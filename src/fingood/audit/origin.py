"""Who acts, from where: the operating system's user, an actor that the environment names, the host, the session."""

from __future__ import annotations

import getpass
import os
import socket
import uuid
from dataclasses import dataclass, field

from fingood.audit.redaction import redact


def _os_user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"uid {os.getuid()}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """``actor`` is FINGOOD_ACTOR where it is set (a pipeline acting for a person), else the operating system's user.

    ``session`` is the same for everything that one process writes, so that an end can be matched to its start.
    """

    actor: str
    os_user: str
    host: str
    session: str
    pid: int


@dataclass(slots=True)
class _Session:
    pid: int = 0
    id: str = field(default="")


_session = _Session()


def current_origin() -> Origin:
    """The origin of what this process does now. A forked child gets a session of its own."""
    if _session.pid != os.getpid():
        _session.pid, _session.id = os.getpid(), uuid.uuid4().hex
    user = _os_user()
    return Origin(
        actor=redact(os.environ.get("FINGOOD_ACTOR", "").strip()) or user,
        os_user=user,
        host=socket.gethostname(),
        session=_session.id,
        pid=os.getpid(),
    )
