"""One revision of a history."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import PurePosixPath

from fingood.revisions.shape import Shape


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """``path`` is the file relative to the project's root (absolute where it lies outside). ``depends_on`` are full
    ids; ``branch_labels`` are those the file itself declares. ``content_hash`` changes when the
    file's meaning changes, not when a comment, a docstring or the layout does. ``shape`` says what its functions
    amount to."""

    id: str
    path: str
    down_revisions: tuple[str, ...] = ()
    depends_on: tuple[str, ...] = ()
    branch_labels: tuple[str, ...] = ()
    doc: str = ""
    content_hash: str = ""
    shape: Shape = field(default_factory=Shape)

    @property
    def stem(self) -> str:
        """The file's name without ``.py``."""
        return PurePosixPath(self.path).stem

    @property
    def slug(self) -> str:
        """The file's name without the id: ``add_settlement`` of ``4f2a_add_settlement.py``."""
        return self.stem.removeprefix(self.id).strip("_-") if self.stem.startswith(self.id) else self.stem
