"""Proofs as text that can be kept: frozen dataclasses, enums, tuples and mappings of the library as JSON and back."""

from __future__ import annotations

import dataclasses
import importlib
import json
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from functools import cache
from pathlib import Path
from typing import Any

_BARE = frozenset({bool, int, float, str})
_SPOKEN: dict[str, Callable[[str], object]] = {
    "datetime": datetime.fromisoformat,
    "date": date.fromisoformat,
    "decimal": Decimal,
    "path": Path,
}


def to_text(value: object) -> str:
    """One line of JSON. Raises TypeError for a value of a kind that is none of ours."""
    return json.dumps(_encode(value), separators=(",", ":"))


def from_text(text: str) -> Any:
    """The value again. Raises ValueError for what is no such text, or names a class that the library does not have."""
    try:
        return _decode(json.loads(text))
    except (KeyError, TypeError, AttributeError, ImportError, ArithmeticError) as error:
        raise ValueError(f"not a value of this version: {type(error).__name__}") from error


def _encode(value: Any) -> Any:
    # A proof is mostly texts.
    kind: type = type(value)
    return value if kind in _BARE else _encoder(kind)(value)


@cache
def _encoder(kind: type) -> Callable[[Any], Any]:
    """What encodes values of exactly this class, chosen once a class. An Enum may be a str too."""
    if issubclass(kind, Enum):
        return _encode_enum
    if kind is type(None) or issubclass(kind, (bool, int, float, str)):
        return lambda value: value
    if dataclasses.is_dataclass(kind):
        return _dataclass_encoder(kind)
    if issubclass(kind, Mapping):
        return lambda value: {"map": [[_encode(key), _encode(inner)] for key, inner in value.items()]}
    if issubclass(kind, (frozenset, set)):
        return lambda value: {"set": sorted((_encode(part) for part in value), key=json.dumps)}
    if issubclass(kind, tuple):
        return lambda value: {"tuple": [_encode(part) for part in value]}
    if issubclass(kind, list):
        return lambda value: [_encode(part) for part in value]
    return _encode_plain


def _encode_enum(value: Enum) -> dict[str, object]:
    return {"enum": _name(type(value)), "of": value.name}


def _dataclass_encoder(kind: type) -> Callable[[Any], Any]:
    """Of what a value of this class is made from."""
    name, fields = _name(kind), tuple(field.name for field in dataclasses.fields(kind) if field.init)
    return lambda value: {"class": name, "of": {field: _encode(getattr(value, field)) for field in fields}}


def _encode_plain(value: object) -> dict[str, object]:
    if isinstance(value, (datetime, date)):
        return {"datetime" if isinstance(value, datetime) else "date": value.isoformat()}
    if isinstance(value, Decimal):
        return {"decimal": str(value)}
    if isinstance(value, Path):
        return {"path": str(value)}
    if isinstance(value, bytes):
        return {"bytes": value.hex()}
    raise TypeError(f"no text for {type(value).__name__}")


def _decode(value: Any) -> Any:
    if isinstance(value, list):
        return [_decode(part) for part in value]
    if not isinstance(value, dict):
        return value
    if "class" in value:
        return _class(value["class"])(**{name: _decode(inner) for name, inner in value["of"].items()})
    if "enum" in value:
        return _class(value["enum"])[value["of"]]
    if "map" in value:
        return {_decode(key): _decode(inner) for key, inner in value["map"]}
    if "set" in value:
        return frozenset(_decode(part) for part in value["set"])
    if "tuple" in value:
        return tuple(_decode(part) for part in value["tuple"])
    if "bytes" in value:
        return bytes.fromhex(value["bytes"])
    kind, spoken = next(iter(value.items()))
    return _SPOKEN[kind](spoken)


def _name(kind: type) -> str:
    return f"{kind.__module__}:{kind.__qualname__}"


@cache
def _class(name: str) -> Any:
    """A dataclass or enum of the library; nothing else may be made from a file."""
    module, _, wanted = name.partition(":")
    if not module.startswith("fingood."):
        raise ValueError(f"{name} is not of this library")
    found = getattr(importlib.import_module(module), wanted)
    if not (isinstance(found, type) and (dataclasses.is_dataclass(found) or issubclass(found, Enum))):
        raise ValueError(f"{name} is no value")
    return found
