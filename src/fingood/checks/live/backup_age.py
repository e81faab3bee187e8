"""There is no recent backup.

## What it does
Looks in the backup folder for the newest backup of this database that holds its data, compares its age with
policy.backup_max_age (24 h if not set), and its files with their checksums' sizes. What counts is a proven backup, one
that was restored on another server and was equal to its source; with policy.backup_state = "checksummed" also one that
was never restored.

## Why it matters
A data loss that a downgrade cannot undo is undone by a backup or not at all; what was written since is lost with it.

## Instead
`python migrations/create_backup.py --type deployment`

## Standard
PCI DSS 12.10; SOX change control: a tested way back. Since fingood 0.1.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.checks._check import Family, Hit, Need, check
from fingood.checks.live_tables import age, live_facts
from fingood.checks.subject import Subject
from fingood.model.live import Look
from fingood.model.severity import Confidence, SafetyLevel, Severity

_REMEDY = "python migrations/create_backup.py --type deployment"


@check(
    title="There is no recent backup",
    family=Family.LIVE,
    severity=Severity.ERROR,
    needs=(Need.LIVE, Need.CONTROL),
    at_level={SafetyLevel.HIGH: Severity.WARNING, SafetyLevel.CRITICAL: Severity.CRITICAL},
    from_level=SafetyLevel.HIGH,
    looks=(Look.BACKUPS,),
)
def backup_age(subject: Subject) -> Iterator[Hit]:
    live, control = live_facts(subject), subject.control
    assert control is not None
    policy = f"the policy allows {age(control.backup_max_age)}"
    if Look.BACKUPS in live.unseen:
        return
    if live.backup is None:
        message, effect = (
            f"There is no backup of this database's data; {policy}.",
            "What the migration loses stays lost.",
        )
    elif live.backup.damage:
        message = f"The newest backup {live.backup.id} is damaged: {live.backup.damage[0]}."
        effect = "It cannot be restored whole."
    elif not live.backup.reaches(control.backup_state):
        wanted = "proven by a restore" if control.backup_state == "proven" else control.backup_state
        message = f"The newest backup {live.backup.id} is {live.backup.state}, not {wanted}."
        effect = f"Whether it brings the data back is not known; the policy counts {control.backup_state} backups only."
    elif (seconds := (control.now - live.backup.taken).total_seconds()) > control.backup_max_age:
        message = f"The newest backup {live.backup.id} is {age(seconds)} old; {policy}."
        effect = f"What was written since is lost with a restore. It is {live.backup.state}."
    else:
        return
    yield Hit(message=message, effect=effect, remedy=_REMEDY, subject="backup", confidence=Confidence.OBSERVED)
