"""Markdown documents as far as checking them needs it: headings, links, fenced code, commands named in code."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_FENCE = re.compile(r"^(?P<mark>`{3,}|~{3,})\s*(?P<language>[\w+-]*)")
_LINK = re.compile(r"(?<!\\)\[[^\]]*\]\((?P<target>[^()\s]+)(?:\s+\"[^\"]*\")?\)")
_CODE = re.compile(r"`([^`]+)`")
_NOT_RUN = re.compile(r"^<!--\s*not run:\s*(?P<reason>\S.*?)\s*-->$")
_HEADING = re.compile(r"^#{1,6}\s+(?P<text>.+?)\s*#*$")


@dataclass(frozen=True, slots=True)
class Fence:
    """A fenced block of code; ``line`` is that of its first line of code. ``not_run`` is the reason that a comment on
    the line before gives for not running it: ``<!-- not run: it needs a server -->``; '' where there is none."""

    language: str
    line: int
    code: str
    not_run: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """A link's target as it is written."""

    line: int
    target: str


@dataclass(frozen=True, slots=True)
class CommandLine:
    """A command that a document tells its reader to type, split as a shell would."""

    line: int
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One document, read."""

    path: Path
    anchors: frozenset[str]
    links: tuple[Link, ...]
    fences: tuple[Fence, ...]
    commands: tuple[CommandLine, ...]


def read_document(path: Path) -> Document:
    """Reads a Markdown file."""
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    fences = tuple(_fences(lines))
    inside = {number for f in fences for number in range(f.line - 1, f.line + f.code.count("\n") + 2)}
    prose = [(number, line) for number, line in enumerate(lines, start=1) if number not in inside]
    return Document(
        path=path,
        anchors=frozenset(_anchor(match["text"]) for _, line in prose if (match := _HEADING.match(line))),
        links=tuple(Link(n, m["target"]) for n, line in prose for m in _LINK.finditer(_CODE.sub("", line))),
        fences=fences,
        commands=tuple(_commands(prose, fences)),
    )


def _fences(lines: list[str]) -> Iterator[Fence]:
    start, mark, language, reason = 0, "", "", ""
    for number, line in enumerate(lines, start=1):
        match = _FENCE.match(line)
        if not mark and match:
            start, mark, language = number, match["mark"], match["language"].lower()
            said = _NOT_RUN.match(lines[number - 2].strip()) if number > 1 else None
            reason = said["reason"] if said else ""
        elif mark and line.strip().startswith(mark) and not line.strip().strip(mark[0]):
            yield Fence(language, start + 1, "\n".join(lines[start : number - 1]), reason)
            mark = ""
    if mark:
        yield Fence(language, start + 1, "\n".join(lines[start:]), reason)


def _anchor(heading: str) -> str:
    """The anchor that GitHub gives a heading: lower case, spaces as hyphens, other signs dropped."""
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).strip().lower()
    return re.sub(r"[^\w\- ]", "", text).replace(" ", "-")


def _commands(prose: list[tuple[int, str]], fences: tuple[Fence, ...]) -> Iterator[CommandLine]:
    for number, line in prose:
        for code in _CODE.findall(line):
            yield from _command(number, code)
    for fence in fences:
        if fence.language in ("", "sh", "bash", "shell", "console"):
            for offset, line in enumerate(fence.code.splitlines()):
                yield from _command(fence.line + offset, line.strip().removeprefix("$ "))


def _command(line: int, text: str) -> Iterator[CommandLine]:
    try:
        words = tuple(shlex.split(text, comments=True))
    except ValueError:
        return
    if words and (words[0] in ("fingood", "alembic") or (words[0].startswith("python") and len(words) > 1)):
        yield CommandLine(line, words)
