"""Controls of standards, rules that read evidence, and verdicts that name it.

In: Evidence, values that others have read (audit log, repository, backups, catalog). Out: one Verdict a control.
Nothing is looked up here. A verdict is about what the evidence shows, never about whether somebody is compliant.
"""

from fingood.compliance.catalogue import CONTROLS, RULES, STANDARDS, Control, choose_controls
from fingood.compliance.evidence import (
    BackupSeen,
    Change,
    Evidence,
    LogSeen,
    ProofSeen,
    Recorded,
    RevisionSeen,
    SecretSeen,
)
from fingood.compliance.judging import Judged, judge, judge_all
from fingood.compliance.verdict import Answer, Reference, Verdict

__all__ = [
    "CONTROLS",
    "RULES",
    "STANDARDS",
    "Answer",
    "BackupSeen",
    "Change",
    "Control",
    "Evidence",
    "Judged",
    "LogSeen",
    "ProofSeen",
    "Recorded",
    "Reference",
    "RevisionSeen",
    "SecretSeen",
    "Verdict",
    "choose_controls",
    "judge",
    "judge_all",
]
