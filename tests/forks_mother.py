"""The process that the tests' Python processes are forked from. It imports, and then runs nothing but forks."""

from __future__ import annotations

import atexit
import contextlib
import gc
import importlib
import json
import os
import runpy
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import traceback
from typing import Any

_OURS = [folder for folder in os.environ.get("PYTHONPATH", "").split(os.pathsep) if folder]
_BASE = [folder for folder in sys.path if folder not in _OURS]
_IMPORTED = (
    "alembic.config", "alembic.command", "alembic.autogenerate", "psycopg", "psycopg2", "pytest", "rich.console",
    "sqlalchemy.dialects.postgresql", "sqlalchemy.dialects.sqlite", "sqlalchemy.ext.asyncio", "aiosqlite",
    "fingood.statements.worker", "fingood.cli.main", "fingood.guard", "fingood.commands.proving_worker",
    "fingood.commands.check", "fingood.commands.demo", "fingood.pytest_plugin.ground", "fingood.render",
)  # fmt: skip


def serve(place: str) -> None:
    """Forks what is asked for until stdin ends, which it does when the tests do."""
    children: dict[int, socket.socket] = {}
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(place)
    listening.listen(64)
    wakes, woken = socket.socketpair()
    for one in (wakes, woken):
        one.setblocking(False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(woken.fileno(), warn_on_full_buffer=False)
    gc.collect()
    gc.freeze()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    while True:
        ready, _, _ = select.select([0, listening, wakes], [], [])
        if wakes in ready:
            with contextlib.suppress(BlockingIOError):
                wakes.recv(4096)
            _tell_ends(children)
        if listening in ready:
            line, _ = listening.accept()
            order, descriptors = _read(line)
            child = os.fork()
            if child == 0:
                for one in (listening, wakes, woken, line, *children.values()):
                    one.close()
                _become(order, descriptors)
            for descriptor in descriptors:
                os.close(descriptor)
            children[child] = line
            with contextlib.suppress(OSError):
                line.sendall(str(child).encode())
        if 0 in ready:
            for child in children:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(child, signal.SIGTERM)
            return


def _tell_ends(children: dict[int, socket.socket]) -> None:
    while children:
        child, status = os.waitpid(-1, os.WNOHANG)
        if not child:
            return
        with children.pop(child) as line, contextlib.suppress(OSError):
            line.sendall(str(status).encode())


def _read(line: socket.socket) -> tuple[dict[str, Any], list[int]]:
    head, descriptors, _, _ = socket.recv_fds(line, 4, 3)
    size, text = int.from_bytes(head, "big"), b""
    while len(text) < size:
        text += line.recv(size - len(text))
    return json.loads(text), descriptors


def _become(order: dict[str, Any], descriptors: list[int]) -> None:
    """In the child: what a fresh interpreter would have found, then the program, then an end like an interpreter's."""
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    if order["session"]:
        os.setsid()
    for own, descriptor in enumerate(descriptors):
        os.dup2(descriptor, own)
    for descriptor in descriptors:
        os.close(descriptor)
    os.chdir(order["folder"])
    os.environ.clear()
    os.environ.update(order["environment"])
    time.tzset()
    tempfile.tempdir = None
    paths = [folder for folder in os.environ.get("PYTHONPATH", "").split(os.pathsep) if folder]
    sys.path[:] = [*([] if order["safe"] else [order["folder"]]), *paths, *_BASE]
    code = 0
    try:
        _run(order)
    except SystemExit as error:
        code = _code_of(error)
    except KeyboardInterrupt:
        traceback.print_exc()
        code = 130
    except BaseException:  # noqa: BLE001 - the outermost door of a program
        traceback.print_exc()
        code = 1
    try:
        threading._shutdown()
        atexit._run_exitfuncs()
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
    except BrokenPipeError:
        code = 120
    finally:
        os._exit(code)


def _run(order: dict[str, Any]) -> None:
    if "module" in order:
        sys.argv[:] = [order["module"], *order["arguments"]]
        runpy.run_module(order["module"], run_name="__main__", alter_sys=True)
    else:
        sys.argv[:] = ["-c", *order["arguments"]]
        exec(compile(order["code"], "<string>", "exec"), {"__name__": "__main__"})


def _code_of(error: SystemExit) -> int:
    if error.code is None or isinstance(error.code, int):
        return (error.code or 0) & 0xFF
    print(error.code, file=sys.stderr)
    return 1


if __name__ == "__main__":
    _, socket_place, root = sys.argv
    for name in _IMPORTED:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    sys.path.append(root)
    forks = importlib.import_module("tests.forks")
    sys.path.remove(root)
    subprocess.Popen = forks.ForkedPopen
    serve(socket_place)
