"""Up, down, up on a copy: whether a migration can be undone with schema and data as before, and what is lost when not.

In: a Recorder, a sandbox database in the state below a revision, the Revision. Out: a Proof and its findings.
Each revision has a copy of its own, so one bad revision hides no other; the database below is never changed.
"""

from fingood.rollback.books import Books, books_of
from fingood.rollback.findings import describe, findings_of, runs_of
from fingood.rollback.kept import Judged, Shelf, base_of, keys_of
from fingood.rollback.ladder import Climb
from fingood.rollback.proof import Example, Judgement, Loss, Proof
from fingood.rollback.prove import prove, target_below
from fingood.rollback.seed import Seeding

__all__ = [
    "Books",
    "Climb",
    "Example",
    "Judged",
    "Judgement",
    "Loss",
    "Proof",
    "Seeding",
    "Shelf",
    "base_of",
    "books_of",
    "describe",
    "findings_of",
    "keys_of",
    "prove",
    "runs_of",
    "target_below",
]
