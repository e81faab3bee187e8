"""Lines of text, with colours by rich where they are wanted; without them rich is not even imported."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console as RichConsole

_CONTROLS = dict.fromkeys((7, 8, 11, 12, 13))  # bell, backspace, tabs and returns: a terminal obeys them


class Line:
    """Pieces of one or more lines, each with its style (in rich's words)."""

    def __init__(self, text: str = "", style: str = "") -> None:
        self.pieces = [(text.translate(_CONTROLS), style)]

    def append(self, text: str, style: str = "") -> None:
        self.pieces.append((text.translate(_CONTROLS), style))


class Console:
    """Collects what is printed."""

    def __init__(self, *, colour: bool) -> None:
        self._buffer = io.StringIO()
        self._rich = _rich_console(self._buffer) if colour else None

    @property
    def written(self) -> str:
        return self._buffer.getvalue()

    def print(self, line: Line | None = None) -> None:
        """One line further; an empty one without an argument."""
        pieces = line.pieces if line is not None else []
        if self._rich is None:
            self._buffer.write("".join(text for text, _ in pieces) + "\n")
            return
        from rich.text import Text

        self._rich.print(Text.assemble(*pieces))


def _rich_console(file: io.StringIO) -> RichConsole:
    from rich.console import Console as RichConsole

    return RichConsole(
        file=file, force_terminal=True, color_system="standard", width=1000, highlight=False, soft_wrap=True
    )
