"""Keeps user code in the worker from opening connections past SQLAlchemy, where nothing could redirect them."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import wraps
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import Any

from fingood.statements.failures import CannotRecord

_CONNECTION_CLASSES = {"psycopg": ("Connection", "AsyncConnection")}
_FUNCTIONS = {"psycopg": ("connect",), "psycopg2": ("connect",), "asyncpg": ("connect", "create_pool")}


class Gate:
    """Closed for everybody but :meth:`opened`."""

    def __init__(self) -> None:
        self._open = False

    @contextmanager
    def opened(self) -> Iterator[None]:
        """A block in which connections may be made."""
        self._open = True
        try:
            yield
        finally:
            self._open = False

    def guard_drivers(self) -> None:
        """Puts the gate before every way into PostgreSQL as soon as a driver is imported."""
        for name in _FUNCTIONS.keys() & sys.modules.keys():
            self.guard(sys.modules[name])
        sys.meta_path.insert(0, _DriverFinder(self))

    def guard(self, module: ModuleType) -> None:
        """Puts the gate before one driver's ways."""
        for function in _FUNCTIONS[module.__name__]:
            setattr(module, function, self._guarded(module.__name__, getattr(module, function)))
        for name in _CONNECTION_CLASSES.get(module.__name__, ()):
            class_ = getattr(module, name)
            connect = class_.__dict__["connect"].__func__
            class_.connect = classmethod(self._guarded(module.__name__, connect))

    def _guarded(self, driver: str, connect: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(connect)
        def guarded(*arguments: Any, **options: Any) -> Any:
            if not self._open:
                raise CannotRecord(
                    f"{driver} opens a connection itself, which cannot be sent to the sandbox; "
                    "where FINGOOD_SANDBOX is set, make it through SQLAlchemy from the URL in sqlalchemy.url"
                )
            return connect(*arguments, **options)

        return guarded


class _DriverFinder(MetaPathFinder):
    """Finds the drivers as usual, and has them guarded once they are loaded: importing them here would cost time."""

    def __init__(self, gate: Gate) -> None:
        self._gate = gate

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        spec = PathFinder.find_spec(fullname, path) if fullname in _FUNCTIONS else None
        if spec is not None and spec.loader is not None:
            spec.loader = _GuardingLoader(spec.loader, self._gate)
        return spec


class _GuardingLoader(Loader):
    def __init__(self, loader: Loader, gate: Gate) -> None:
        self._loader = loader
        self._gate = gate

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return self._loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        self._loader.exec_module(module)
        self._gate.guard(module)
