"""A Report without secrets: the last net before anything is shown. Statements and errors are other people's texts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from typing import Any

from fingood.audit import mask_secrets
from fingood.model.report import Report


def without_secrets(report: Report) -> Report:
    """The same report; in every text passwords, tokens, keys, card and account numbers are masked."""
    cleaned: Report = _clean(report)
    return cleaned


def _clean(value: Any) -> Any:
    """The value itself where nothing in it changes, so that large reports are not copied."""
    if isinstance(value, Enum):
        return value
    if isinstance(value, str):
        return mask_secrets(value)
    if is_dataclass(value) and not isinstance(value, type):
        changed = {}
        for field in fields(value):
            old = getattr(value, field.name)
            new = _clean(old)
            if field.init and new is not old and new != old:
                changed[field.name] = new
        return replace(value, **changed) if changed else value
    if isinstance(value, Mapping):
        return {key: _clean(inner) for key, inner in value.items()}
    if isinstance(value, (tuple, list)):
        return type(value)(_clean(inner) for inner in value)
    return value
