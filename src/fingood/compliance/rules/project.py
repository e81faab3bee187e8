"""Rules about the project's files."""

from __future__ import annotations

from fingood.compliance.evidence import Evidence
from fingood.compliance.rule import rule
from fingood.compliance.verdict import Answer, EvidenceKind, Reference, no_evidence, not_satisfied, satisfied


@rule("No password, key or token stands in the clear in revisions, env.py or the settings.", EvidenceKind.FILES)
def no_secrets_in_files(evidence: Evidence) -> Answer:
    if not evidence.files_read:
        return no_evidence(evidence.no_history or "no file was read")
    if evidence.secrets:
        references = tuple(
            Reference(kind=EvidenceKind.FILES, name=f"{one.path}:{one.line}", observed=one.what)
            for one in evidence.secrets
        )
        says = "; ".join(f"{one.path}:{one.line} holds {one.what}" for one in evidence.secrets[:5])
        return not_satisfied(says, *references[:20])
    read = Reference(
        kind=EvidenceKind.FILES, name=evidence.files_read[0], observed=f"first of {len(evidence.files_read)} files read"
    )
    return satisfied(f"none in {len(evidence.files_read)} files", read)
