"""The verbs of the command line, one file each; this table is the only list of them.

In: nothing. Out: VERBS, which `main` turns into lazy commands and `scripts` into the scripts under migrations/.
Each named module holds a click command called `command`; it is imported when its verb is used, not before.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Verb:
    """A command: its name, the heading it stands under in ``fingood --help``, one line of help and its module."""

    name: str
    heading: str
    summary: str
    module: str = ""

    @property
    def module_name(self) -> str:
        return "fingood.cli.verbs." + (self.module or self.name.replace("-", "_"))


BEFORE, DURING, AFTER, PROJECT = "Before a migration", "Apply and go back", "Watch and prove", "Project"

VERBS: tuple[Verb, ...] = (
    Verb("check", BEFORE, "Show what a migration locks, breaks and loses."),
    Verb("test-rollback", BEFORE, "Prove in a copy that a migration can be undone."),
    Verb("validate-all", BEFORE, "Check every revision and prove that each can be undone."),
    Verb("validate-migrations", BEFORE, "Check the history itself: heads, ids, parents, downgrades."),
    Verb("test-migrations", BEFORE, "Run migration, rollback and data tests in a copy."),
    Verb("plan", BEFORE, "Show the statements of a revision, with file and line."),
    Verb("approve", BEFORE, "Record an approval of a revision as it is now."),
    Verb("gate", DURING, "Show whether an upgrade may run, condition by condition."),
    Verb("create-backup", DURING, "Take a backup point of the database and prove it."),
    Verb("backups", DURING, "List, verify and prune the backup points."),
    Verb("emergency-rollback", DURING, "Show the ways back, or restore a backup."),
    Verb("validate", AFTER, "Check that the money adds up and the data is sound."),
    Verb("audit", AFTER, "Read, report and verify the audit log."),
    Verb("health-check", AFTER, "Look at the health of the database."),
    Verb("monitor-performance", AFTER, "Sample the database for a while."),
    Verb("monitor-queries", AFTER, "Show the statements that touch a migration's tables."),
    Verb("analyze-performance", AFTER, "Show what an upgrade made slower, and how long migrations took."),
    Verb("generate-compliance-report", AFTER, "Judge controls of SOX, PCI DSS and GDPR by evidence."),
    Verb("demo", PROJECT, "Run the whole way through on a reference ledger."),
    Verb("init", PROJECT, "Lay the framework's files into a project."),
    Verb("select-template", PROJECT, "Write a new revision from a template."),
    Verb("config", PROJECT, "Show the settings and where each comes from."),
    Verb("doctor", PROJECT, "Say what is missing or mismatched, and how to mend it."),
    Verb("validate-docs", PROJECT, "Check the project's migration documents."),
    Verb("completion", PROJECT, "Print the shell completion script."),
)


def find_verb(name: str) -> Verb | None:
    """The verb of that name."""
    return next((verb for verb in VERBS if verb.name == name), None)
