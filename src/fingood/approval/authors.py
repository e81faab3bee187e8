"""Who wrote a revision, by the repository's history and the revision's own words; and who is at the keyboard."""

from __future__ import annotations

import getpass
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

_AUTHOR = re.compile(r"^\s*Authors?\s*:\s*(?P<names>\S.*?)\s*$", re.MULTILINE | re.IGNORECASE)
_ADDRESS = re.compile(r"(?P<name>[^<>]*?)\s*<(?P<address>[^<>]+)>")
_TIMEOUT = 10


@dataclass(frozen=True, slots=True)
class Authors:
    """Every name, address and local part that the authors go by, in lower case; ``reason`` says why there is none."""

    names: frozenset[str]
    reason: str = ""


def find_authors(root: Path, path: Path, docstring: str) -> Authors:
    """The authors of a file: those of its commits, whoever changed it since, and ``Author:`` in its docstring."""
    said = [name for found in _AUTHOR.finditer(docstring) for name in re.split(r"\s*[,;]\s*", found["names"])]
    log = _git(root, "log", "--follow", "--format=%aN <%aE>", "--", str(path))
    committed = sorted(set(log.splitlines())) if log else []
    if log is not None and _git(root, "status", "--porcelain", "--", str(path)):
        committed.append(_git_identity(root))
    names = frozenset(name for text in (*said, *committed) for name in known_as(text))
    reason = "" if names else "no commit of the file and no 'Author:' in its docstring"
    return Authors(names, reason)


def known_as(text: str) -> frozenset[str]:
    """``Asha Rao <asha@bank>`` goes by the name, the address, and what stands before its @."""
    found = _ADDRESS.search(text)
    parts = [found["name"], found["address"]] if found else [text]
    parts += [part.partition("@")[0] for part in parts if "@" in part]
    return frozenset(part.strip().casefold() for part in parts if part.strip())


def whoami(root: Path) -> str:
    """The address of git's configuration, else the operating system's user; '' where neither is known."""
    configured = (_git(root, "config", "user.email") or "").strip()
    if configured:
        return configured
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return ""


def _git_identity(root: Path) -> str:
    name, address = ((_git(root, "config", key) or "").strip() for key in ("user.name", "user.email"))
    return f"{name} <{address}>" if address else name


def _git(root: Path, *words: str) -> str | None:
    """What git prints; None where there is no git, no repository or no answer."""
    try:
        ran = subprocess.run(
            ["git", "-C", str(root), *words], capture_output=True, text=True, timeout=_TIMEOUT, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return ran.stdout if ran.returncode == 0 else None
