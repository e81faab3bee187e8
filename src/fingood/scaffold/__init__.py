"""The files that `init` lays into a project, and how far a project has drifted from them.

In: a folder. Out: the plan of what to create, rewrite or leave alone; the same plan carried out.
Files of the user's are never overwritten here, and nothing is imported from `fingood.migrations`: it is only copied.
"""

from fingood.scaffold.existing import AlembicSetup, find_alembic
from fingood.scaffold.files import FILES, Care, ScaffoldFile
from fingood.scaffold.plan import Layout, State, Step, carry_out, plan_layout
from fingood.scaffold.wiring import lacks_guard, lines_for

__all__ = [
    "FILES",
    "AlembicSetup",
    "Care",
    "Layout",
    "ScaffoldFile",
    "State",
    "Step",
    "carry_out",
    "find_alembic",
    "lacks_guard",
    "lines_for",
    "plan_layout",
]
