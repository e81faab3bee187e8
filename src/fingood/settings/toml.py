"""TOML files read together with the line each key stands on (the standard library's parser does not tell)."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fingood.errors import ConfigError

_HEADER = re.compile(r"\s*\[(\[?)\s*([^\[\]]+?)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r"""\s*((?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*'))*)\s*=""")
_PART = re.compile(r"""[A-Za-z0-9_-]+|"[^"]*"|'[^']*'""")


@dataclass(frozen=True, slots=True)
class TomlFile:
    """A parsed TOML file. ``data`` is its content; :meth:`line` says where a key stands."""

    path: Path
    data: dict[str, Any]
    text: str

    def line(self, *path: str | int) -> int | None:
        """The line of the key, or of the nearest table around it; a number counts ``[[array]]`` entries from 0."""
        best: int | None = None
        depth = 0
        for place, number in _places(self.text):
            if place == path:
                return number
            if path[: len(place)] == place and len(place) >= depth:
                best, depth = number, len(place)
        return best


def read_toml(path: Path) -> TomlFile:
    """Reads a TOML file. Raises ConfigError with the line when it cannot be read."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"cannot read {path}: {error.strerror}", origin=str(path)) from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path} is not UTF-8 at byte {error.start}", origin=str(path)) from error
    try:
        return TomlFile(path, tomllib.loads(text), text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path} is not valid TOML: {error}", origin=str(path)) from error


def _places(text: str) -> Iterator[tuple[tuple[str | int, ...], int]]:
    """Every header and key of the text with its line. Lines inside multi-line strings may yield false keys, which
    costs a wrong line number at worst."""
    table: tuple[str | int, ...] = ()
    counts: dict[tuple[str, ...], int] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if header := _HEADER.match(line):
            names = _split(header.group(2))
            if header.group(1):
                counts[names] = counts.get(names, -1) + 1
            table = (*names, counts[names]) if header.group(1) else names
            yield table, number
        elif key := _KEY.match(line):
            yield (*table, *_split(key.group(1))), number


def _split(dotted: str) -> tuple[str, ...]:
    return tuple(part.strip("\"'") for part in _PART.findall(dotted))
