"""What a project's conftest.py may say."""

from __future__ import annotations

from typing import Any


def pytest_fingood_data(revision: str, connection: Any) -> None:
    """Puts data into a sandbox that stands at ``revision``, before anything above it is applied.

    ``connection`` is a SQLAlchemy connection in a transaction that is committed afterwards. Called once for each
    revision on the way, parents first.
    """
