"""Writes docs/invariants.md from the invariants' own files.

python -m fingood.validation.pages            writes the page
python -m fingood.validation.pages --check    exits 1 when the page is out of date
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent

from fingood.validation.invariants import INVARIANTS, Invariant, source_of

_DOCS = Path(__file__).resolve().parents[3] / "docs"


def write_page() -> str:
    """The whole page as Markdown."""
    return "\n".join((*_head(), *(line for invariant in INVARIANTS.values() for line in _section(invariant)))) + "\n"


def _head() -> Iterator[str]:
    yield "# Invariants"
    yield ""
    yield f"What `fingood validate` holds data to: {len(INVARIANTS)} invariants. Written from their files by"
    yield "`python -m fingood.validation.pages`; the tests compare the two, and run every example."
    yield from ("", "| invariant | what must hold | at worst |", "|---|---|---|")
    for invariant in INVARIANTS.values():
        yield f"| [{invariant.id}](#{invariant.id}) | {invariant.meaning} | {invariant.severity} |"


def _section(invariant: Invariant) -> Iterator[str]:
    yield from ("", f"## {invariant.id}", "")
    yield from dedent(source_of(invariant).__doc__ or "").strip().splitlines()
    yield from ("", f"After: {invariant.standard}. At worst: {invariant.severity}.")
    for example in invariant.examples[:1]:
        yield from _sql("Sound:", f"{example.tables.strip()}\n{example.good.strip()}")
        yield from _sql(f"Found, {example.count}:", example.bad)


def _sql(title: str, text: str) -> Iterator[str]:
    yield from ("", title, "", "```sql")
    yield from re.sub(r";\s*(?=\S)", ";\n", dedent(text).strip()).splitlines()
    yield "```"


def main() -> int:
    """Writes the page, or compares it."""
    page = _DOCS / "invariants.md"
    if "--check" in sys.argv:
        if not page.exists() or page.read_text(encoding="utf-8") != write_page():
            sys.stderr.write("docs/invariants.md is out of date: python -m fingood.validation.pages\n")
            return 1
        return 0
    page.write_text(write_page(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
