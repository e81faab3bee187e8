"""A project's own folder is for its owner alone and out of version control, whatever comes into it first."""

from __future__ import annotations

from pathlib import Path

import pytest

from fingood.settings.own_folder import make_private_folder


@pytest.mark.parametrize("inside", ["", "proofs", "backups/of today"])
def test_the_own_folder_is_private_and_ignores_itself(tmp_path: Path, inside: str) -> None:
    own = tmp_path / "bank app" / ".fingood"
    for _ in range(2):
        make_private_folder(own / inside)
    assert (own / inside).stat().st_mode & 0o777 == 0o700
    assert own.stat().st_mode & 0o777 == 0o700
    assert (own / ".gitignore").read_text() == "*\n"


def test_a_folder_elsewhere_is_private_and_nothing_else_is_written(tmp_path: Path) -> None:
    make_private_folder(tmp_path / "kept")
    assert (tmp_path / "kept").stat().st_mode & 0o777 == 0o700
    assert list((tmp_path / "kept").iterdir()) == []
