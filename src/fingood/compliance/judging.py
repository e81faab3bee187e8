"""One verdict a control, from the answers of its rules."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from fingood.compliance.catalogue import RULES, Control
from fingood.compliance.evidence import Evidence
from fingood.compliance.verdict import Answer, Verdict

_SUPPORTING = frozenset({"log-whole", "log-times-in-order"})
"""Rules that say how good other evidence is, and nothing of what was done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A control, its verdict, each rule's answer by the rule's id, and answers that a person is shown."""

    control: Control
    verdict: Verdict
    answers: tuple[tuple[str, Answer], ...] = ()
    shown: tuple[tuple[str, Answer], ...] = ()

    @property
    def every(self) -> tuple[tuple[str, Answer], ...]:
        return self.answers + self.shown

    @property
    def says(self) -> str:
        """The answers that decided, in one line; those that say the same share it."""
        if not self.answers:
            told = _together(self.shown)
            return f"a person judges; shown: {told}" if told else "a person judges"
        return _together((id_, answer) for id_, answer in self.answers if answer.verdict is self.verdict)


def _together(answers: Iterable[tuple[str, Answer]]) -> str:
    by_words: dict[str, list[str]] = {}
    for id_, answer in answers:
        by_words.setdefault(answer.says, []).append(id_)
    return "; ".join(f"{', '.join(ids)}: {says}" for says, ids in by_words.items())


def judge(control: Control, answers: tuple[tuple[str, Answer], ...], shown: tuple[tuple[str, Answer], ...]) -> Judged:
    """The worst answer decides: one rule that is not satisfied, then one without evidence. Rules that do not apply are
    passed over, unless none applies but those that only support others."""
    given = {answer.verdict for _, answer in answers}
    deciding = {answer.verdict for id_, answer in answers if id_ not in _SUPPORTING}
    if not answers:
        verdict = Verdict.NEEDS_PERSON
    elif deciding == {Verdict.NOT_APPLICABLE} and given <= {Verdict.NOT_APPLICABLE, Verdict.SATISFIED}:
        verdict = Verdict.NOT_APPLICABLE
    else:
        order = (Verdict.NOT_SATISFIED, Verdict.NO_EVIDENCE, Verdict.SATISFIED, Verdict.NOT_APPLICABLE)
        verdict = next(each for each in order if each in given)
    return Judged(control=control, verdict=verdict, answers=answers, shown=shown)


def judge_all(controls: Iterable[Control], evidence: Evidence) -> tuple[Judged, ...]:
    """Every control; a rule that several name is asked once."""
    known: dict[str, Answer] = {}

    def ask(ids: Iterable[str]) -> tuple[tuple[str, Answer], ...]:
        for id_ in ids:
            if id_ not in known:
                known[id_] = RULES[id_].ask(evidence)
        return tuple((id_, known[id_]) for id_ in ids)

    return tuple(judge(control, ask(control.rules), ask(control.shows)) for control in controls)
