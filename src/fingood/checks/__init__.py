"""Pure judgements on a revision: one file per check under ``rules``, with its page, its bad and its good example.

Those under ``live`` judge the moment: what was seen of the live database, and change control.

In: Subject (plans, facts, source, live facts). Out: CheckRun with Findings, remedies ready to paste with the user's own
names. No connection, no file and no clock: the same subject gives the same answer.
"""

from fingood.checks._check import Check, Family, Need
from fingood.checks.catalogue import CHECKS, choose, find_check
from fingood.checks.run import run_checks
from fingood.checks.subject import Subject

__all__ = ["CHECKS", "Check", "Family", "Need", "Subject", "choose", "find_check", "run_checks"]
