"""``python -m fingood.scaffold.mark``: renews the marker of every stub in this package after its text was changed."""

from __future__ import annotations

from pathlib import Path

import fingood
from fingood.scaffold.files import FILES, Care
from fingood.scaffold.marker import read_marker, with_marker


def mark_stubs(package: Path, version: str) -> list[str]:
    """Writes a fresh marker into every stub whose text no longer fits its own; returns their paths."""
    renewed = []
    for file in (file for file in FILES if file.care is Care.STUB):
        path = package / file.path
        text = path.read_text(encoding="utf-8")
        marker = read_marker(text)
        if marker is None or not marker.intact:
            path.write_text(with_marker(text, version), encoding="utf-8")
            renewed.append(file.path)
    return renewed


if __name__ == "__main__":
    mark_stubs(Path(fingood.__file__).parent, fingood.__version__)
