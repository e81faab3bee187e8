"""FinGood Migration Framework: the safety layer for Alembic migrations of financial data."""

from __future__ import annotations

__version__ = "0.1.0"
__all__ = ["__version__"]
