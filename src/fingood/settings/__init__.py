"""The settings of a project: one frozen value that can say where each part came from.

In: options, environment variables, pyproject.toml or fingood.toml, alembic.ini. Out: Settings, with secrets only in
`database_url`. Neither SQLAlchemy nor Alembic is imported here, so that every command starts fast.
"""

from fingood.settings.load import load, require_database_url
from fingood.settings.url import describe_target, dialect_of, is_placeholder, mask_url, normalise_url
from fingood.settings.values import GuardSettings, LedgerMapping, Origin, PolicySettings, SandboxSettings, Settings

__all__ = [
    "GuardSettings",
    "LedgerMapping",
    "Origin",
    "PolicySettings",
    "SandboxSettings",
    "Settings",
    "describe_target",
    "dialect_of",
    "is_placeholder",
    "load",
    "mask_url",
    "normalise_url",
    "require_database_url",
]
