"""How Alembic reaches the database. This file is yours: name your models in target_metadata.

guard.watch() makes upgrade, downgrade and stamp run one at a time, with a lock_timeout, and records every step in the
audit log. Nothing may be executed on the connection before context.configure().
"""

from logging.config import fileConfig

from alembic import context
from sqlalchemy import create_engine, pool

from fingood import guard

config = context.config

# Logging is set up only for the alembic command: a program that runs migrations has its own.
if config.cmd_opts is not None and config.config_file_name is not None and config.file_config.has_section("loggers"):
    fileConfig(config.config_file_name, disable_existing_loggers=False)

# For alembic revision --autogenerate and alembic check:
# from myapp.models import Base
# target_metadata = Base.metadata
target_metadata = None


def run_migrations_offline() -> None:
    """alembic upgrade --sql: the statements are written out, nothing is connected to."""
    context.configure(
        url=guard.database_url(config),
        target_metadata=target_metadata,
        literal_binds=True,
        dialect_opts={"paramstyle": "named"},
    )
    with context.begin_transaction():
        context.run_migrations()


def run_migrations_online() -> None:
    """The database is DATABASE_URL, else the one of [tool.fingood], else sqlalchemy.url of alembic.ini."""
    connectable = create_engine(guard.database_url(config), poolclass=pool.NullPool)
    with guard.connect(connectable) as connection, guard.watch(connection):
        context.configure(
            connection=connection,
            target_metadata=target_metadata,
            transaction_per_migration=True,
            render_as_batch=connection.dialect.name == "sqlite",
        )
        with context.begin_transaction():
            context.run_migrations()


if context.is_offline_mode():
    run_migrations_offline()
else:
    run_migrations_online()
