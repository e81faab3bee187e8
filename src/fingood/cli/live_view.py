"""The terminal's view of a database at work: sessions, and the tree of who waits for whom."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.tree import Tree

    from fingood.commands.sampling import Moment
    from fingood.monitoring.waits import Branch, Session


@contextmanager
def watch_live(seconds: float) -> Iterator[Callable[[Moment, tuple[Session, ...]], None]]:
    """A view on stderr that is drawn anew with every sample and gone at the end."""
    import time

    from rich.console import Console
    from rich.live import Live

    begun = time.monotonic()
    with Live(console=Console(stderr=True), transient=True, auto_refresh=False) as live:

        def show(sample: Moment, waits: tuple[Session, ...]) -> None:
            live.update(draw(sample, waits, time.monotonic() - begun, seconds), refresh=True)

        yield show


def draw(sample: Moment, waits: tuple[Session, ...], passed: float, seconds: float) -> Tree:
    """One moment as a tree; what holds up others stands above what waits for it."""
    from rich.text import Text
    from rich.tree import Tree

    from fingood.monitoring.waits import tree_of

    tree = Tree(Text(f"{passed:.0f} of {seconds:.0f} s · {sample.headline}", style="bold"))
    _hang(tree, tree_of(waits))
    if not waits:
        tree.add(Text("nobody waits for a lock", style="dim"))
    return tree


def _hang(tree: Tree, branches: Sequence[Branch]) -> None:
    from rich.text import Text

    for branch in branches:
        _hang(tree.add(Text(str(branch.session))), branch.waiting)
