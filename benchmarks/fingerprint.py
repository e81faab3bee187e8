"""What a fingerprint of a ledger's table costs, beside a bare count(*) and the hashes of whole rows' texts.

    python benchmarks/fingerprint.py [--rows 5000000] [--rounds 3] [--json FILE]

A private server with the table in its memory. CPU is that of the session's own backend, parallel plans off, the least
of the rounds; every round runs all formulas, so that what else the machine does weighs on all alike. Wall is that of a
session which may use two parallel workers, the least of the rounds too.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from pathlib import Path

from measuring import TICK, Cost, backend_of, cpu_of, fill, measure, sql
from sqlalchemy.engine import Connection

from fingood.catalog import connect, take_fingerprints
from fingood.model.names import RelationName
from fingood.model.snapshot import Strength
from fingood.sandbox.server import Server

TABLE = RelationName("public", "entry")
LEDGER = """
CREATE TABLE entry (
    id bigint PRIMARY KEY,
    posting_id bigint NOT NULL,
    account_id integer NOT NULL,
    amount numeric(20,4) NOT NULL,
    currency char(3) NOT NULL,
    booked_at timestamptz NOT NULL,
    memo text
)
"""
ENTRIES = """
INSERT INTO entry
SELECT g, g / 2, hashint4(g) % 100000, (CASE g % 2 WHEN 0 THEN 1 ELSE -1 END) * ((g::bigint * 7919) % 100000000) / 100.0,
       (ARRAY['EUR', 'USD', 'GBP', 'CHF'])[1 + g % 4], '2024-01-01 00:00+00'::timestamptz + g * interval '1.7 s',
       CASE WHEN g % 10 <> 0 THEN 'invoice ' || md5(g::text) END
  FROM generate_series(1, {rows}) g
"""
# A hash a column in its plainest forms: neither sees a bigint's upper half, and neither sums the money. NATIVE does not
# see a sign either, nor more of a timestamp than 32 bits.
NATIVE = """
SELECT sum(hashint8extended(posting_id, id)), sum(hashint4extended(account_id, id)),
       sum(hash_numeric_extended(amount, id)), sum(scale(amount)), sum(hashbpcharextended(currency, id)),
       sum(hash_record_extended(ROW(booked_at), id)), sum(hashtextextended(memo, id))
  FROM entry
"""
SENT = """
SELECT sum(hashint8extended(posting_id, id)), sum(hashint4extended(account_id, id)),
       sum(hashtextextended(encode(numeric_send(amount), 'hex'), id)),
       sum(hashtextextended(encode(bpcharsend(currency), 'hex'), id)),
       sum(hashtextextended(encode(timestamptz_send(booked_at), 'hex'), id)), sum(hashtextextended(memo, id))
  FROM entry
"""
MEMORY = {"shared_buffers": "1536MB", "max_parallel_workers": "2"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=5_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    costs = [
        Cost(name="count(*)", run=sql("SELECT count(*) FROM entry")),
        *(Cost(name=f"fingerprint, {strength.value}", run=fingerprint(strength)) for strength in Strength),
        Cost(name="the server's own hashes, six columns", run=sql(NATIVE)),
        Cost(name="the same by send functions", run=sql(SENT)),
        Cost(name="sum of a hash of t::text", run=sql("SELECT sum(hashtextextended(t::text, 0)) FROM entry t")),
        Cost(
            name="sum of 64 bits of md5(t::text)",
            run=sql("SELECT sum(('x' || substr(md5(t::text), 1, 16))::bit(64)::bigint) FROM entry t"),
        ),
    ]
    with Server.start(settings=MEMORY) as server:
        url = server.url(server.create_database())
        fill(url, [LEDGER, ENTRIES.format(rows=options.rows)])
        with connect(url) as connection:
            megabytes = connection.exec_driver_sql("SELECT pg_table_size('entry') / 1000000").scalar()
            print(f"PostgreSQL {server.version}, {options.rows:,} rows, {megabytes} MB")
            compare(connection, costs, options.rounds)
    tell(costs, options.rows)
    if options.json:
        kept = [{key: value for key, value in asdict(cost).items() if key != "run"} for cost in costs]
        options.json.write_text(json.dumps(kept, indent=1))


def fingerprint(strength: Strength) -> Callable[[Connection], object]:
    return lambda connection: take_fingerprints(connection, [TABLE], strength=strength)


def compare(connection: Connection, costs: list[Cost], rounds: int) -> None:
    cpu_now = partial(cpu_of, backend_of(connection))
    for cost in costs[:2]:
        cost.run(connection)
    for _ in range(rounds):
        for cost in costs:
            connection.exec_driver_sql("SET max_parallel_workers_per_gather = 0")
            cost.add(cpu=measure(partial(cost.run, connection), cpu_now)[0])
            connection.exec_driver_sql("SET max_parallel_workers_per_gather = 2")
            cost.add(wall=measure(partial(cost.run, connection), cpu_now)[1])


def tell(costs: list[Cost], rows: int) -> None:
    base = costs[0]
    print("| formula | CPU | of count(*) | rows a CPU second | wall, two workers |\n|---|---|---|---|---|")
    for cost in costs:
        ratio, speed = cost.cpu / max(base.cpu, TICK), rows / max(cost.cpu, TICK) / 1e6
        print(f"| {cost.name} | {cost.cpu:.2f} s | {ratio:.1f} | {speed:.2f} million | {cost.wall:.2f} s |")


if __name__ == "__main__":
    main()
