"""A streaming standby gives the same answer as its primary, and where it ends a look, that is said in one line."""

from __future__ import annotations

import json
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator

import pytest
from sqlalchemy.engine import make_url
from tests.validation.conftest import LEDGER, Bank

from fingood.catalog import connect
from fingood.cli.main import run
from fingood.sandbox.place import runnable_bin_dir, server_user
from fingood.sandbox.server import Server
from fingood.sandbox.supplier import choose_binaries
from fingood.sandbox.template import server_environment
from fingood.statements.compat import make_engine

PLANTED = (
    "UPDATE postings SET amount = amount + 1 WHERE id = 1; UPDATE postings SET currency = 'EUX' WHERE id = 3;"
    "UPDATE postings SET amount = 1.12345 WHERE id = 5"
)


class Pair:
    """A primary and its standby, with the little ledger in them."""

    def __init__(self, primary: Bank, standby: Bank) -> None:
        self.primary, self.standby = primary, standby

    def catch_up(self) -> None:
        """Waits until the standby shows all that the primary has written."""
        with connect(self.primary.url) as connection:
            written = connection.exec_driver_sql("SELECT pg_current_wal_flush_lsn()").scalar()
        end = time.monotonic() + 20
        while time.monotonic() < end:
            with connect(self.standby.url) as connection:
                if connection.exec_driver_sql(f"SELECT pg_last_wal_replay_lsn() >= '{written}'").scalar():
                    return
            time.sleep(0.02)
        raise TimeoutError("the standby does not catch up")


@pytest.fixture(scope="module")
def pair() -> Iterator[Pair]:
    binaries = choose_binaries(None)
    tools = runnable_bin_dir(binaries)
    if not (tools / "pg_basebackup").exists():
        pytest.skip("these binaries come without pg_basebackup")
    user = server_user()
    rights = {"user": user, "group": user, "extra_groups": None if user is None else [], "env": server_environment()}
    with Server.start(binaries, settings={"synchronous_commit": "on"}) as primary:
        bank = Bank(primary.url(primary.create_database("ledger"))).run(LEDGER)
        socket = primary.base / "standby"
        data = socket / "data"
        socket.mkdir()
        if user is not None:
            shutil.chown(socket, user)
        port = str(make_url(bank.url).query.get("port", "5432"))
        copy = [tools / "pg_basebackup", "-D", data, "-R", "-c", "fast", "-X", "stream"]
        subprocess.run(
            [*copy, "-h", primary.base, "-p", port, "-U", make_url(bank.url).username],
            check=True, capture_output=True, timeout=120, cwd=primary.base, **rights,
        )  # fmt: skip
        options = {
            "unix_socket_directories": str(socket), "listen_addresses": "", "hot_standby": "on", "fsync": "off",
            "max_standby_streaming_delay": "0", "wal_receiver_status_interval": "1", "shared_buffers": "16MB",
        }  # fmt: skip
        flags = [part for key, value in options.items() for part in ("-c", f"{key}={value}")]
        process = subprocess.Popen(
            [tools / "postgres", "-D", data, *flags], cwd=socket, start_new_session=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **rights,
        )  # fmt: skip
        try:
            standby = Bank(bank.url.replace(str(primary.base), str(socket)))
            assert standby.url != bank.url
            _await(standby, process)
            yield Pair(bank, standby)
        finally:
            process.terminate()
            process.wait(timeout=60)


def _await(standby: Bank, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + 60
    while True:
        try:
            with connect(standby.url) as connection:
                assert connection.exec_driver_sql("SELECT pg_is_in_recovery()").scalar()
            return
        except Exception:
            if process.poll() is not None or time.monotonic() > end:
                raise
            time.sleep(0.1)


@pytest.fixture
def project(tmp_path, monkeypatch):
    (tmp_path / "migrations").mkdir()
    (tmp_path / "alembic.ini").write_text("[alembic]\nscript_location = migrations\n")
    monkeypatch.chdir(tmp_path)


def answer(bank, capsys, *options):
    code = run(["validate", "--database-url", bank.url, "--format", "json", *options])
    return code, json.loads(capsys.readouterr().out)


def told(report):
    return [
        (check["check"], check["outcome"], [(finding["message"], finding["severity"]) for finding in check["findings"]])
        for check in report["checks"]
    ]


def test_a_standby_gives_the_answer_of_its_primary(pair, project, capsys):
    """By two workers that share an exported snapshot, before and after something goes wrong."""
    for change in ("SELECT 1", PLANTED):
        pair.primary.run(change)
        pair.catch_up()
        own, replica = answer(pair.primary, capsys), answer(pair.standby, capsys)
        assert replica[0] == own[0]
        assert told(replica[1]) == told(own[1])
    assert own[0] == 1
    assert len([check for check in own[1]["checks"] if check["findings"]]) >= 3


def test_a_standby_looks_at_everything_in_incremental_mode_since_it_counts_no_change(pair, project, capsys):
    pair.primary.run(
        "CREATE TABLE payments (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, amount numeric, currency char(3));"
        "INSERT INTO payments (amount, currency) SELECT n, 'EUR' FROM generate_series(1, 100) n"
    )
    pair.catch_up()
    answer(pair.standby, capsys, "--mode", "full")
    pair.primary.run("UPDATE payments SET currency = 'EUX' WHERE id = 5")
    pair.catch_up()
    code, report = answer(pair.standby, capsys, "--mode", "incremental")
    messages = [finding["message"] for check in report["checks"] for finding in check["findings"]]
    assert code == 1
    assert any("public.payments have an unknown currency" in message for message in messages)


def test_a_look_that_the_standby_ends_is_one_line(pair, project, capsys):
    """A rule's condition sleeps a while; meanwhile the primary removes rows that the snapshot still shows."""
    pair.primary.run("CREATE TABLE slow (id int PRIMARY KEY, amount numeric, currency char(3))")
    pair.primary.run("INSERT INTO slow SELECT n, 1, 'EUR' FROM generate_series(1, 40) n")
    pair.catch_up()
    rule = '[[rule]]\nid = "slow"\ntable = "slow"\ncondition = "pg_sleep(0.1) IS NULL"\n'
    with open("fingood.toml", "w", encoding="utf-8") as file:
        file.write(rule)

    def remove() -> None:
        time.sleep(1.0)
        pair.primary.run("DELETE FROM slow WHERE id > 20")
        with make_engine(pair.primary.url, isolation_level="AUTOCOMMIT").connect() as connection:
            connection.exec_driver_sql("VACUUM slow")

    remover = threading.Thread(target=remove)
    remover.start()
    code = run(["validate", "--database-url", pair.standby.url])
    remover.join()
    said = capsys.readouterr()
    assert code == 3
    assert "the standby ended the look" in said.err
    assert "hot_standby_feedback" in said.err
    assert "Traceback" not in said.err
    assert len(said.err.strip().splitlines()) <= 3
