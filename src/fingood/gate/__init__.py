"""The conditions that an upgrade has to meet, each with what shows it: checked, proven, backed up, approved, in time.

In: the settings, the database's description and the pending revisions. Out: a Decision, and its event in the audit log.
Nothing is run here but reading: a condition that could not be looked at is not met, and says why.
"""

from fingood.gate.condition import Condition, Decision, State
from fingood.gate.decide import CONDITIONS, decide
from fingood.gate.question import Question
from fingood.gate.record import record_decision

__all__ = ["CONDITIONS", "Condition", "Decision", "Question", "State", "decide", "record_decision"]
