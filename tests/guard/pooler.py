"""A pooler as PgBouncer is in transaction mode: a client gets a server session for one transaction, whichever is free.

Speaks PostgreSQL's protocol 3.0 (manual, chapter 55) as far as the tests need it: no COPY, no TLS, no passwords.
"""

from __future__ import annotations

import socket
import struct
import threading
from pathlib import Path

TERMINATE, SYNC, QUERY, READY = b"X", b"S", b"Q", b"Z"


class Pooler:
    """Listens on ``folder``/.s.PGSQL.5432 and passes transactions on to the server's socket."""

    def __init__(self, folder: Path, server_socket: str, user: str, database: str) -> None:
        self._server_socket = server_socket
        self._startup = _startup(user, database)
        self._free: list[socket.socket] = []
        self._lock = threading.Lock()
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(folder / ".s.PGSQL.5432"))
        self._listener.listen()
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._listener.close()
        for server in self._free:
            server.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        try:
            (length,) = struct.unpack("!i", _exactly(client, 4))
            _exactly(client, length - 4)
            server, greeting = self._connect()
            self._give_back(server)
            client.sendall(greeting)
            while self._transaction(client):
                pass
        except (ConnectionError, OSError):
            pass
        finally:
            client.close()

    def _transaction(self, client: socket.socket) -> bool:
        """Serves one transaction; False when the client leaves."""
        message = _message(client)
        if message[:1] == TERMINATE:
            return False
        with self._lock:
            server = self._free.pop() if self._free else None
        server = server or self._connect()[0]
        while True:
            server.sendall(message)
            if message[:1] in (SYNC, QUERY):
                answer = b""
                while answer[:1] != READY:
                    answer = _message(server)
                    client.sendall(answer)
                if answer[5:6] == b"I":
                    self._give_back(server)
                    return True
            message = _message(client)
            if message[:1] == TERMINATE:
                server.close()
                return False

    def _connect(self) -> tuple[socket.socket, bytes]:
        server = socket.socket(socket.AF_UNIX)
        server.connect(self._server_socket)
        server.sendall(self._startup)
        greeting = message = b""
        while message[:1] != READY:
            message = _message(server)
            greeting += message
        return server, greeting

    def _give_back(self, server: socket.socket) -> None:
        with self._lock:
            self._free.append(server)


def _startup(user: str, database: str) -> bytes:
    parameters = b"".join(part.encode() + b"\0" for part in ("user", user, "database", database)) + b"\0"
    return struct.pack("!ii", 8 + len(parameters), 196608) + parameters


def _message(peer: socket.socket) -> bytes:
    head = _exactly(peer, 5)
    return head + _exactly(peer, struct.unpack("!i", head[1:])[0] - 4)


def _exactly(peer: socket.socket, number: int) -> bytes:
    data = b""
    while len(data) < number:
        piece = peer.recv(number - len(data))
        if not piece:
            raise ConnectionError
        data += piece
    return data
