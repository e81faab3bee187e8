# fingood-migrations 0.1.0 sha256:a715247ee58a44d9 (a stub: put your own code into files of your own)
"""Safety checks of a migration, for your own code: MigrationSafetyValidator(database_url)."""

from fingood.api import MigrationSafetyValidator, SafetyLevel, ValidationResult

__all__ = ["MigrationSafetyValidator", "SafetyLevel", "ValidationResult"]
