"""The table of the scaffold's files: where each lies, and whose it is."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from importlib.resources import files


class Care(Enum):
    """Whose a file is. STUB: the library's, rewritten by --upgrade. OWNED: the user's from the first day, laid where it
    is missing. ONCE: laid together with its folder and never again."""

    STUB = "stub"
    OWNED = "yours"
    ONCE = "once"

    def __str__(self) -> str:
        return str(self.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScaffoldFile:
    """``path`` is relative to the project's root. ``alembic`` says that the file is part of Alembic's own set-up, which
    a project that already has one keeps as it is."""

    path: str
    care: Care
    alembic: bool = False

    @property
    def text(self) -> str:
        """The file's text as this version of the library lays it."""
        package = files("fingood")
        source = package / "scaffold" / self.path if self.path == "alembic.ini" else package / self.path
        return source.read_text(encoding="utf-8")


def _files(care: Care, folder: str, *names: str, alembic: bool = False) -> tuple[ScaffoldFile, ...]:
    return tuple(ScaffoldFile(path=f"{folder}{name}", care=care, alembic=alembic) for name in names)


FILES: tuple[ScaffoldFile, ...] = (
    *_files(Care.OWNED, "", "alembic.ini", alembic=True),
    *_files(Care.OWNED, "migrations/", "env.py", "script.py.mako", alembic=True),
    *_files(Care.ONCE, "migrations/versions/", ".gitkeep", alembic=True),
    *_files(Care.OWNED, "migrations/", "__init__.py", "safety/__init__.py", "tests/__init__.py"),
    *_files(
        Care.STUB,
        "migrations/safety/",
        "migration_safety.py",
        "rollback_tester.py",
        "data_validator.py",
        "audit_logger.py",
        "safety_cli.py",
    ),
    *_files(
        Care.STUB,
        "migrations/",
        "select_template.py",
        "test_migrations.py",
        "validate_migrations.py",
        "create_backup.py",
        "emergency_rollback.py",
        "monitor_performance.py",
        "monitor_queries.py",
        "health_check.py",
        "analyze_performance.py",
        "generate_compliance_report.py",
        "validate_docs.py",
    ),
    *_files(
        Care.OWNED,
        "migrations/templates/",
        "add_table_template.py",
        "add_column_template.py",
        "data_migration_template.py",
        "performance_index_template.py",
    ),
    *_files(
        Care.OWNED,
        "migrations/docs/",
        "README.md",
        "MIGRATION_RUNBOOK.md",
        "MIGRATION_SAFETY.md",
        "COMPLIANCE.md",
        "TROUBLESHOOTING.md",
        "api/safety_validator.md",
        "api/rollback_tester.md",
        "api/data_validator.md",
        "api/audit_logger.md",
    ),
    *_files(Care.ONCE, "migrations/tests/", "test_migrations.py"),
)
