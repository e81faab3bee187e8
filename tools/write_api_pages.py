"""Writes the four pages under migrations/docs/api from the code: docstrings, signatures and the answers' fields.

python tools/write_api_pages.py            writes the pages, in the scaffold and in this repository's own tree
python tools/write_api_pages.py --check    exits 1 when a page is out of date
"""

from __future__ import annotations

import dataclasses
import inspect
import re
import sys
import textwrap
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from fingood import api
from fingood.audit import get_audit_logger
from fingood.audit.logger import AuditLogger

ROOT = Path(__file__).resolve().parents[1]
FOLDERS = (ROOT / "src/fingood/migrations/docs/api", ROOT / "migrations/docs/api")
_WIDTH = 118


@dataclasses.dataclass(frozen=True)
class Page:
    """A page: what it opens with, the class whose methods it lists, and the answer whose fields it lists."""

    opens: Callable[..., object]
    methods: type
    answer: type | None


PAGES: Mapping[str, Page] = {
    "safety_validator": Page(api.MigrationSafetyValidator, api.MigrationSafetyValidator, api.SafetyReport),
    "rollback_tester": Page(api.MigrationRollbackTester, api.MigrationRollbackTester, api.RollbackReport),
    "data_validator": Page(api.FinancialDataValidator, api.FinancialDataValidator, api.FinancialReport),
    "audit_logger": Page(get_audit_logger, AuditLogger, None),
}


def write_page(page: Page) -> str:
    """One page as Markdown."""
    lines = [f"# {page.opens.__name__}", "", *_words(page.opens)]
    if page.methods is not page.opens:
        lines += ["", f"## {page.methods.__name__}", "", *_words(page.methods)]
    for name, method in inspect.getmembers(page.methods, inspect.isfunction):
        if not name.startswith("_"):
            lines += ["", f"## {name}", "", "```", *_signature(name, method), "```", "", *_words(method)]
    if page.answer is not None:
        lines += ["", f"## {page.answer.__name__}", "", *_words(page.answer), "", *_fields(page.answer)]
    lines += ["", "Every call may raise `fingood.errors.FingoodError`, with `message` and `hint`."]
    return "\n".join(lines) + "\n"


def _words(thing: object) -> Iterator[str]:
    """A docstring as Markdown: paragraphs, and indented examples as Python."""
    for number, block in enumerate(_blocks(inspect.getdoc(thing) or "")):
        if number:
            yield ""
        if block.startswith("    "):
            yield from ("```python", *textwrap.dedent(block).splitlines(), "```")
        else:
            text = re.sub(r":\w+:`([^`]+)`", r"`\1`", block).replace("``", "`")
            # What stands in backticks stays on one line.
            text = re.sub(r"`[^`]+`", lambda code: code[0].replace(" ", "\0"), " ".join(text.split()))
            wrapped = textwrap.wrap(text, _WIDTH, break_long_words=False, break_on_hyphens=False)
            yield from (line.replace("\0", " ") for line in wrapped)


def _blocks(doc: str) -> list[str]:
    """Paragraphs; an example with empty lines in it is one block."""
    blocks: list[str] = []
    for block in doc.split("\n\n"):
        if blocks and block.startswith("    ") and blocks[-1].startswith("    "):
            blocks[-1] += f"\n\n{block}"
        else:
            blocks.append(block)
    return blocks


def _signature(name: str, method: Callable[..., object]) -> Iterator[str]:
    signature = inspect.signature(method)
    own = [one for one in signature.parameters.values() if one.name != "self"]
    line = name + str(signature.replace(parameters=own))
    line = re.sub(r"<(\w+\.\w+): [^>]*>", r"\1", line).replace("'", "")
    yield from textwrap.wrap(line, _WIDTH, subsequent_indent="    ")


def _fields(answer: type) -> Iterator[str]:
    yield from ("| field | type |", "|---|---|")
    for field in dataclasses.fields(answer):
        yield f"| `{field.name}` | `{str(field.type).replace('|', 'or')}` |"
    for name, member in inspect.getmembers(answer, lambda one: isinstance(one, property)):
        kind = inspect.signature(member.fget).return_annotation
        yield f"| `{name}` | `{str(kind).replace('|', 'or')}` |"


def main(arguments: list[str]) -> int:
    stale = []
    for name, page in PAGES.items():
        text = write_page(page)
        for folder in FOLDERS:
            path = folder / f"{name}.md"
            if path.read_text(encoding="utf-8") == text:
                continue
            stale.append(str(path.relative_to(ROOT)))
            if "--check" not in arguments:
                path.write_text(text, encoding="utf-8")
    if stale and "--check" in arguments:
        sys.stderr.write(f"out of date: {', '.join(stale)}; python tools/write_api_pages.py\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
