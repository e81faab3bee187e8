"""The Flask application that an env.py of Flask-Migrate works in, as ``flask db upgrade`` makes it.

Flask-Migrate's env.py asks ``current_app`` for the database's URL and the models, and such a project is never migrated
by ``alembic`` alone. The app is found as the ``flask`` command finds it: FLASK_APP (also in .flaskenv or .env), else
wsgi.py or app.py.
"""

from __future__ import annotations

import os
import re
from contextlib import AbstractContextManager, nullcontext
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from fingood.statements.failures import CannotRecord

_ASKS_FOR_IT = re.compile(r"\bcurrent_app\b")


class FlaskApp:
    """The app of one project, made once; nothing where env.py does not ask for one."""

    def __init__(self, script_location: Path) -> None:
        env = script_location / "env.py"
        text = env.read_text(encoding="utf-8", errors="replace") if env.is_file() else ""
        self._needed = _ASKS_FOR_IT.search(text) is not None and find_spec("flask") is not None
        self._app: Any = None

    def context(self) -> AbstractContextManager[object]:
        """What env.py is to run in. Raises CannotRecord where no app can be found or made."""
        if not self._needed:
            return nullcontext()
        self._app = self._app or _load()
        context: AbstractContextManager[object] = self._app.app_context()
        return context


def _load() -> Any:
    from flask import cli

    cli.load_dotenv()
    try:
        return cli.ScriptInfo(app_import_path=os.environ.get("FLASK_APP") or None).load_app()
    except cli.NoAppException as error:
        first, *more = str(error).strip().splitlines()
        reason = f"{first} {more[-1]}" if more else first.partition(". Use ")[0]
        raise CannotRecord(
            f"env.py works in a Flask app; set FLASK_APP as for flask db upgrade, it says: {reason}"
        ) from error
