"""Currencies that are no longer in force, with the first day on which an amount in them is out of date.

Written by hand after ISO 4217 list three (codes for historic denominations); for the euro's members the day is that of
Council regulation, the euro's introduction as the only legal tender or, from Slovenia on, as the currency.
"""

from __future__ import annotations

from collections.abc import Mapping

WITHDRAWN: Mapping[str, str] = {
    **dict.fromkeys(["ATS", "BEF", "DEM", "ESP", "FIM", "FRF", "GRD", "IEP", "ITL", "LUF", "NLG", "PTE"], "2002-03-01"),
    "SIT": "2007-01-15",
    "CYP": "2008-02-01",
    "MTL": "2008-02-01",
    "SKK": "2009-01-17",
    "EEK": "2011-01-15",
    "LVL": "2014-01-15",
    "LTL": "2015-01-16",
    "HRK": "2023-01-15",
    "BGN": "2026-02-01",
    "TRL": "2006-01-01",
    "ROL": "2007-01-01",
    "BYR": "2017-01-01",
    "MRO": "2018-01-01",
    "STD": "2018-01-01",
    "VEF": "2018-08-20",
    "SLL": "2024-04-01",
    "ZWL": "2024-09-01",
    "ANG": "2025-07-01",
}
