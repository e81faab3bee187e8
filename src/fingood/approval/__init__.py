"""Approvals of revisions: who said yes to what, recorded in the project's repository, and who wrote the revision.

In: a project's folder, a revision with its content hash. Out: Approval values, and files under ``approvals/``.
An approval holds for the revision's meaning at that time; who is named in it is as sure as the repository's history.
"""

from fingood.approval.authors import Authors, find_authors, whoami
from fingood.approval.judgement import is_author, others_than, standing
from fingood.approval.record import read_approvals, write_approval

__all__ = [
    "Authors",
    "find_authors",
    "is_author",
    "others_than",
    "read_approvals",
    "standing",
    "whoami",
    "write_approval",
]
