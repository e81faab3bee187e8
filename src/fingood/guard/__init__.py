"""What env.py calls: one migration run at a time, with timeouts, every step in the audit log.

In: the connection that env.py migrates on, while Alembic runs. Out: nothing but the run itself, made safe; or the
refusal, with who holds the lock or what cannot be logged. The database's other users are never touched.
"""

from fingood.guard.connection import connect
from fingood.guard.entry import watch
from fingood.guard.url import database_url

__all__ = ["connect", "database_url", "watch"]
