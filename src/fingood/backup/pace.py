"""How far a long step is, told while somebody else's program does it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

_EVERY = 1.0


@contextmanager
def timed(what: str, watch: Callable[[str], None], measure: Callable[[], str] = str) -> Iterator[None]:
    """Tells once a second how long it has taken, and what ``measure`` says."""
    ended = threading.Event()
    began = time.monotonic()

    def tell() -> None:
        while not ended.wait(_EVERY):
            told = measure()
            watch(f"{what}{': ' + told if told else ''} · {time.monotonic() - began:.0f} s")

    watch(what)
    thread = threading.Thread(target=tell, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def measured(what: str, folder: Path, watch: Callable[[str], None]) -> AbstractContextManager[None]:
    """Tells how much lies in ``folder`` by now."""
    return timed(what, watch, lambda: f"{size_of(folder) / 1e6:,.1f} MB written")


def size_of(folder: Path) -> int:
    """Bytes of the files below a folder that somebody is writing to."""
    total = 0
    for path in folder.rglob("*"):
        try:
            total += path.stat().st_size if path.is_file() else 0
        except FileNotFoundError:
            continue
    return total
