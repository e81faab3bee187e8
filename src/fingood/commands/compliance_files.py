"""Which files of a project may hold no secret, and the search for one. What is found is named, never shown."""

from __future__ import annotations

import re
from collections.abc import Iterable

from fingood.compliance import SecretSeen
from fingood.settings import Settings

_LARGEST = 1_000_000

# A placeholder, a variable or an interpolation in the password's place is none.
_STANDS_FOR = re.compile(r"^(?:pass(?:word)?|secret|changeme|\*+|x+|<.*>|\$.*|%.*|\{.*)$", re.IGNORECASE)
_SECRETS = (
    ("a password in a URL", re.compile(r"[a-z][a-z0-9+.\-]*://[^\s:/@'\"]+:(?P<secret>[^\s'\"/@]+)@", re.IGNORECASE)),
    (
        "a password in SQL",
        re.compile(r"\bPASSWORD\s+(?:E|U&)?\\?'(?P<secret>[^'\\]+)\\?'", re.IGNORECASE),
    ),
    (
        "a password or key",
        re.compile(
            r"\b(?:ssl)?(?:password|passwd|pgpassword|api_?key|secret_?key|access_?key|auth_?token)[\"']?\s*[=:]\s*"
            r"(?P<quote>[\"'])(?P<secret>[^\"'\s]{4,})(?P=quote)",
            re.IGNORECASE,
        ),
    ),
    ("a private key", re.compile(r"(?P<secret>-----BEGIN [A-Z ]*PRIVATE KEY-----)")),
    ("an access key", re.compile(r"\b(?P<secret>AKIA[0-9A-Z]{16})\b")),
    ("a bearer token", re.compile(r"\bBearer\s+(?P<secret>[A-Za-z0-9._~+/=\-]{16,})")),
)


def project_files(settings: Settings) -> tuple[tuple[str, str], ...]:
    """Revisions, env.py, alembic.ini and pyproject.toml, each with its text; what cannot be read is left out."""
    project = settings.project
    places = [project.root / name for name in ("alembic.ini", "pyproject.toml", "setup.cfg")]
    places += sorted(project.script_location.rglob("*.py")) + sorted(project.script_location.rglob("*.sql"))
    found = []
    for path in dict.fromkeys(places):
        try:
            if path.stat().st_size <= _LARGEST:
                shown = path.relative_to(project.root) if path.is_relative_to(project.root) else path
                found.append((str(shown), path.read_bytes().decode("utf-8", "replace")))
        except OSError:
            continue
    return tuple(found)


def find_secrets(files: Iterable[tuple[str, str]]) -> tuple[SecretSeen, ...]:
    """Lines that hold a secret in the clear, by path and line."""
    return tuple(
        SecretSeen(path=path, line=number, what=what)
        for path, text in files
        for number, line in enumerate(text.splitlines(), 1)
        for what in _kinds_in(line)
    )


def _kinds_in(line: str) -> tuple[str, ...]:
    """The kinds of secrets in a line, each once."""
    return tuple(
        what
        for what, pattern in _SECRETS
        if any(not _STANDS_FOR.match(found["secret"]) for found in pattern.finditer(line))
    )
