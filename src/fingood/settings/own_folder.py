"""Folders that hold what is of one machine: for the owner alone, and never in version control."""

from __future__ import annotations

from pathlib import Path

OWN = ".fingood"
"""A project's own folder: audit log, proofs, results, samples and, if not said otherwise, backups."""


def make_private_folder(folder: Path) -> None:
    """Makes the folder for the owner alone. Where it lies in a project's own, that one too is for the owner alone,
    whatever comes into it first, and ignores itself. What is there already stays as it is. Raises OSError."""
    own = next((one for one in (folder, *folder.parents) if one.name == OWN), None)
    if own is not None:
        # The mode counts for the last folder alone: those above it are made as the umask says (pathlib, mkdir).
        own.mkdir(mode=0o700, parents=True, exist_ok=True)
        ignore_itself(own)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)


def ignore_itself(folder: Path) -> None:
    """Git passes over everything in the folder. Raises OSError."""
    ignore = folder / ".gitignore"
    if not ignore.exists():
        ignore.write_text("*\n", encoding="utf-8")
