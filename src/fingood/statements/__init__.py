"""A revision becomes a Plan: every statement it runs, with the file and line it comes from.

In: a Project, a database's URL (a sandbox) and a target; or SQL text. Out: Plans, parsed actions, locks.
User code runs in the worker process and nowhere else; nothing here writes to a database that was not handed in.
"""

from fingood.statements.locks import locks_of
from fingood.statements.reader import Parsed, parse
from fingood.statements.recorder import Recorder, render_static

__all__ = ["Parsed", "Recorder", "locks_of", "parse", "render_static"]
