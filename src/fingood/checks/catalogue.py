"""The one place that knows all checks: every file of :mod:`fingood.checks.rules` and :mod:`fingood.checks.live`."""

from __future__ import annotations

import difflib
import importlib
import pkgutil
from collections.abc import Collection, Mapping
from fnmatch import fnmatchcase
from types import MappingProxyType

from fingood.checks import live, rules
from fingood.checks._check import REGISTERED, Check
from fingood.checks.history_check import HISTORY_IDS
from fingood.errors import ConfigError


def _load() -> Mapping[str, Check]:
    for package in (rules, live):
        for module in pkgutil.iter_modules(package.__path__):
            importlib.import_module(f"{package.__name__}.{module.name}")
    return MappingProxyType(dict(sorted(REGISTERED.items())))


CHECKS: Mapping[str, Check] = _load()


def find_check(identity: str) -> Check:
    """The check of that id. Raises ConfigError with the nearest ids."""
    found = CHECKS.get(identity)
    if found is None:
        raise ConfigError(f"no check '{identity}'", hint=_nearest(identity))
    return found


def choose(select: Collection[str], ignore: Collection[str], known: Collection[str] = ()) -> tuple[Check, ...]:
    """The checks that fit a glob of ``select`` (all, if empty) and none of ``ignore``.

    ``known`` are further ids that may be named (checks of other rooms). Raises ConfigError for what fits no check.
    """
    for glob in (*select, *ignore):
        if not any(fnmatchcase(identity, glob) for identity in (*CHECKS, *HISTORY_IDS, *known)):
            raise ConfigError(f"no check '{glob}'", hint=_nearest(glob))
    if select and not known and not any(fnmatchcase(identity, glob) for identity in CHECKS for glob in select):
        raise ConfigError(
            f"'{next(iter(select))}' judges the history, not a revision", hint="fingood validate-migrations runs it"
        )
    return tuple(
        check
        for identity, check in CHECKS.items()
        if (not select or any(fnmatchcase(identity, glob) for glob in select))
        and not any(fnmatchcase(identity, glob) for glob in ignore)
    )


def _nearest(identity: str) -> str:
    near = difflib.get_close_matches(identity, (*CHECKS, *HISTORY_IDS), n=3, cutoff=0.5)
    return f"nearest: {', '.join(near)}" if near else "docs/checks.md lists the checks"
