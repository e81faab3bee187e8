"""Approval records: one TOML file per revision and approver, so that two who approve at once do not conflict."""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from datetime import UTC, datetime
from pathlib import Path

from fingood.errors import CouldNotLook
from fingood.model.change import Approval

FOLDER = "approvals"


def read_approvals(script_location: Path, revision: str) -> tuple[tuple[Approval, ...], tuple[str, ...]]:
    """The approvals of a revision, the oldest first, and what is wrong with files that cannot be read."""
    found, wrong = [], []
    for path in sorted((script_location / FOLDER / _safe(revision)).glob("*.toml")):
        try:
            found.append(_read(path, revision))
        except (OSError, ValueError, KeyError, TypeError) as error:
            wrong.append(f"{path.name}: {_words(error)}")
    return tuple(sorted(found, key=lambda approval: approval.at)), tuple(wrong)


def _read(path: Path, revision: str) -> Approval:
    """Raises ValueError, KeyError or TypeError where it is no approval of that revision."""
    values = tomllib.loads(path.read_text(encoding="utf-8"))
    at = values["at"]
    if not isinstance(at, datetime) or at.tzinfo is None:
        raise ValueError("at is not a time with its offset")
    texts = {key: values.get(key, "") for key in ("revision", "content_hash", "approver", "role", "comment")}
    if not all(isinstance(text, str) for text in texts.values()):
        raise TypeError("a value is not a text")
    if texts["revision"] != revision:
        raise ValueError(f"it is about {texts['revision'] or 'no revision'}")
    if not texts["approver"].strip() or not texts["content_hash"]:
        raise ValueError("it names no approver or no content_hash")
    return Approval(**texts, at=at.astimezone(UTC), path=str(path))


def _words(error: Exception) -> str:
    if isinstance(error, KeyError):
        return f"it has no {error.args[0]}"
    return str(error.strerror) if isinstance(error, OSError) else str(error)


def write_approval(script_location: Path, approval: Approval) -> Path:
    """Writes the record; an earlier one of the same approver for the same revision is replaced. Raises CouldNotLook
    where the folder cannot be written."""
    folder = script_location / FOLDER / _safe(approval.revision)
    path = folder / f"{_safe(approval.approver)}.toml"
    lines = [f"{key} = {_quoted(getattr(approval, key))}" for key in ("revision", "content_hash", "approver")]
    lines += [f"{key} = {_quoted(getattr(approval, key))}" for key in ("role", "comment") if getattr(approval, key)]
    lines.append(f"at = {approval.at.astimezone(UTC).isoformat(timespec='seconds')}")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    except OSError as error:
        raise CouldNotLook(f"cannot write {path}: {error.strerror}") from None
    return path


def _quoted(text: str) -> str:
    """A TOML basic string. JSON's escapes are TOML's, but TOML wants DEL escaped too (TOML 1.0, String)."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _safe(name: str) -> str:
    """The name as part of a path: unlike names stay unlike, whatever is taken out of them."""
    plain = re.sub(r"[^\w@.+-]", "_", name).strip(".")
    if plain == name and plain.lower() == name:
        return plain
    return f"{plain.lower()}-{hashlib.sha256(name.encode()).hexdigest()[:8]}"
