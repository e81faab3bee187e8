"""Estimates in words: how long, how much, how sure."""

from __future__ import annotations

from fingood.model.estimate import Interval

_UNITS = ((1 << 40, "TB"), (1 << 30, "GB"), (1 << 20, "MB"), (1 << 10, "kB"))


def seconds_in_words(seconds: float) -> str:
    """``12 ms``, ``3.4 s``, ``41 s``, ``7 min``, ``2.5 h``: two figures, no more than is known."""
    if seconds < 0.9995:
        return f"{max(1, round(seconds * 1000))} ms" if seconds >= 0.0005 else "under 1 ms"
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    if seconds < 120:
        return f"{seconds:.0f} s"
    if seconds < 7200:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h"


def in_words(interval: Interval) -> str:
    """``about 41 s (25 s–70 s)``; ``under 10 ms`` where nobody would notice."""
    if interval.high < 0.01:
        return "under 10 ms"
    ends = f"{seconds_in_words(interval.low)}–{seconds_in_words(interval.high)}"
    return f"about {seconds_in_words(interval.likely)} ({ends})"


def size_in_words(size: float) -> str:
    """Bytes as ``31 GB``."""
    for unit, name in _UNITS:
        if size >= unit:
            amount = size / unit
            return f"{amount:.1f} {name}" if amount < 10 else f"{amount:.0f} {name}"
    return f"{size:.0f} bytes"
