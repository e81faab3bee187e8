"""Where the reference ledger's files lie, and which of its revisions the demo holds back."""

from __future__ import annotations

import shutil
from pathlib import Path

_HOME = Path(__file__).parent
VERSIONS = _HOME / "versions"
SETTINGS = _HOME / "fingood.toml"

# A revision that nobody should run. It follows the head and lies outside of the history.
REJECTED = next((_HOME / "rejected").glob("*.py"))

# The ledger as it runs before the demo: everything up to here is applied, then the data comes in.
READY = "e24f81d60b9c"

# What is left to do: postings get a currency of their own, in five steps that block nobody.
PENDING = ("38c6a9f05d17", "d70e14bc29a8", "92b5e8d3c70f", "0ae7d46f81b3", "b6192fc7e5d0")


def lay_versions(folder: Path) -> tuple[Path, ...]:
    """Copies the revisions into an existing folder of versions and returns the files written, oldest first."""
    return tuple(Path(shutil.copyfile(path, folder / path.name)) for path in sorted(VERSIONS.glob("*.py")))
