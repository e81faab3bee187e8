"""Alembic's script directory: the revisions of a project, their order, and what names mean in it.

In: a Project. Out: History and Revision values, and Problems of files that Alembic could not load. env.py is never
run and no database is asked; revision files are imported, as Alembic itself imports them.
"""

from fingood.revisions.history import History
from fingood.revisions.partial import at_fault, is_meant, load_for, load_without_broken, standing_on
from fingood.revisions.revision import Revision
from fingood.revisions.scan import Problem, find_problems
from fingood.revisions.shape import Body, Shape

__all__ = [
    "Body",
    "History",
    "Problem",
    "Revision",
    "Shape",
    "at_fault",
    "find_problems",
    "is_meant",
    "load_for",
    "load_without_broken",
    "standing_on",
]
