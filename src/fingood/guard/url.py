"""``guard.database_url(config)``: where env.py finds its database."""

from __future__ import annotations

import os
from typing import Any

from fingood.errors import ConfigError, FingoodError
from fingood.guard.environment import Environment
from fingood.guard.voice import Voice
from fingood.settings import is_placeholder, load, normalise_url
from fingood.statements.compat import read_url, with_driver


def database_url(config: Any) -> str:
    """The URL to migrate, driver included: DATABASE_URL, else what [tool.fingood] says, else ``sqlalchemy.url`` of
    Alembic's configuration, as it stands in the file or as a program set it.

    In a sandbox of ours it is always ``sqlalchemy.url``. Under Alembic's command line a missing URL ends in a line on
    stderr and exit code 2; a program gets the ConfigError.
    """
    environment = Environment.of_config(config)
    try:
        url = with_driver(read_url(_chosen(config, environment)))
    except FingoodError as error:
        voice = Voice(terminal=environment.has_terminal)
        if not voice.terminal:
            raise
        raise voice.refuse(error) from None
    return url.render_as_string(hide_password=False)


def _chosen(config: Any, environment: Environment) -> str:
    own = config.get_main_option("sqlalchemy.url") or ""
    if environment.in_sandbox and own:
        return str(own)
    if os.environ.get("DATABASE_URL"):
        return normalise_url(os.environ["DATABASE_URL"])
    settings = load(options=environment.settings_options, start=environment.start)
    origin = settings.origins.get("database_url")
    from_alembic = origin is None or "sqlalchemy.url" in origin.source
    if settings.database_url and not (from_alembic and own):
        return settings.database_url
    if own and not is_placeholder(own):
        return normalise_url(own)
    raise ConfigError(
        "no database: neither DATABASE_URL nor [tool.fingood] nor sqlalchemy.url names one",
        key="database_url",
        hint="export DATABASE_URL=postgresql://user@host/database",
    )
