"""Seconds, bytes and intervals in words, as every report tells them."""

from __future__ import annotations

from fingood.model.estimate import Interval

_SIZES = ((1 << 40, "TB"), (1 << 30, "GB"), (1 << 20, "MB"), (1 << 10, "kB"))
_TIMES = ((7200.0, 3600.0, "h"), (120.0, 60.0, "min"), (0.9995, 1.0, "s"), (0.0, 0.001, "ms"))
_NOTHING = 0.0005


def seconds_in_words(seconds: float) -> str:
    """``12 ms``, ``3.4 s``, ``41 s``, ``7.2 min``, ``2.5 h``: two figures, no more than is known."""
    if seconds < _NOTHING:
        return "under 1 ms"
    scale, unit = next((scale, unit) for least, scale, unit in _TIMES if seconds >= least)
    return f"{_two_figures(seconds / scale)} {unit}"


def in_words(interval: Interval) -> str:
    """``about 41 s (25–70 s)``; ``under 10 ms`` where nobody would notice."""
    if interval.high < 0.01:
        return "under 10 ms"
    if interval.low == interval.high:
        return seconds_in_words(interval.likely)
    low, high = seconds_in_words(interval.low), seconds_in_words(interval.high)
    if interval.low < _NOTHING:
        return f"about {seconds_in_words(interval.likely)} (up to {high})"
    number, _, unit = low.rpartition(" ")
    shown = number if high.endswith(f" {unit}") else low
    return f"about {seconds_in_words(interval.likely)} ({shown}–{high})"


def size_in_words(size: float) -> str:
    """Bytes as ``31 GB``."""
    for unit, name in _SIZES:
        if size >= unit:
            return f"{_two_figures(size / unit)} {name}"
    return f"{size:.0f} bytes"


def _two_figures(number: float) -> str:
    if number < 9.95:
        return f"{number:.1f}".removesuffix(".0")
    if number < 100:
        return f"{number:.0f}"
    return f"{round(number, -1):.0f}"
