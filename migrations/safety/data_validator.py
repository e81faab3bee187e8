# fingood-migrations 0.1.0 sha256:95780542b49e9c12 (a stub: put your own code into files of your own)
"""Checks of the data itself, for your own code: FinancialDataValidator(database_url)."""

from fingood.api import FinancialDataValidator

__all__ = ["FinancialDataValidator"]
