"""What validating a ledger costs, beside the least that reading it costs and beside one query a rule.

    python benchmarks/validation.py [--rows 5000000] [--rounds 3]
    python benchmarks/validation.py --growth 500000,2000000,5000000,20000000

A private server with the table in its memory. The limit is ``count(*), sum(amount)`` in one scan. CPU is that of the
session's own backend, parallel plans off, the least of the rounds; wall is that of two workers. ``--growth`` runs the
whole validation and the totals once at each of these sizes, each in a process of its own, whose memory is told.
"""

from __future__ import annotations

import argparse
import datetime
import os
import resource
import time
from functools import partial

from ledger import MAPPING, MEMORY, Cost, fill, measure, sql
from sqlalchemy.engine import Connection

from fingood.catalog import connect
from fingood.sandbox.server import Server
from fingood.validation import INVARIANTS, RuleInvariant, look_over, validate
from fingood.validation.invariants.base import Look
from fingood.validation.jobs import hold_snapshot
from fingood.validation.rule import Rule
from fingood.validation.statement import Statement, mask_sql, statements_of
from fingood.validation.totals import take_totals


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=5_000_000)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--growth", type=lambda text: [int(rows) for rows in text.split(",")])
    options = parser.parse_args()
    for rows in options.growth or ():
        grow(rows)
    if options.growth:
        return
    with Server.start(settings=MEMORY) as server:
        url = server.url(server.create_database())
        fill(url, options.rows)
        with connect(url) as connection:
            print(f"PostgreSQL {server.version}, {options.rows:,} postings")
            statement = rules_of_rows(connection)
            print(f"{len(statement.rules)} rules judge single rows")
            measure(connection, costs_of(statement), options.rounds)
        whole(url)


def grow(rows: int) -> None:
    """One size in a process of its own."""
    with Server.start(settings=MEMORY) as server:
        url = server.url(server.create_database())
        fill(url, rows)
        with connect(url) as connection:
            megabytes = connection.exec_driver_sql("SELECT pg_total_relation_size('postings') / 1000000").scalar()
        print(f"\n{rows:,} postings, {megabytes:,} MB with indexes", flush=True)
        child = os.fork()
        if not child:
            try:
                whole(url)
            finally:
                os._exit(0)
        os.waitpid(child, 0)


def rules_of_rows(connection: Connection) -> Statement:
    """The statement that judges the postings' rows."""
    known = look_over(connection, mappings=MAPPING)
    look = Look(connection=connection, recognised=known, today=datetime.datetime.now(datetime.UTC).date())
    table = next(table for table in known.tables if table.name.name == "postings")
    rules = [rule for one in INVARIANTS.values() if isinstance(one, RuleInvariant) for rule in one.rules(table, look)]
    return next(statement for statement in statements_of(table, rules) if not statement.source.by)


def costs_of(statement: Statement) -> list[Cost]:
    costs = [
        Cost(name="count(*), sum(amount)", run=sql("SELECT count(*), sum(amount) FROM postings")),
        Cost(name=f"all {len(statement.rules)} rules, one statement", run=sql(mask_sql(statement))),
    ]
    plain = tuple(rule for rule in statement.rules if not is_of_text(rule))
    if len(plain) < len(statement.rules):
        fewer = Statement(table=statement.table, source=statement.source, rules=plain)
        costs.append(Cost(name=f"the {len(plain)} without texts, one statement", run=sql(mask_sql(fewer))))
    costs.append(Cost(name="one query a rule", run=partial(one_by_one, statement)))
    return costs


def is_of_text(rule: Rule) -> bool:
    return rule.subject.endswith((".memo", ".reference"))


def one_by_one(statement: Statement, connection: Connection) -> list[int]:
    """How many rows break each rule, a query a rule."""
    found = []
    for rule in statement.rules:
        alone = Statement(table=statement.table, source=statement.source, rules=(rule,))
        run = f"SELECT count(*) FROM {alone.relation} WHERE {rule.condition}"
        found.append(connection.exec_driver_sql(run, execution_options={"no_parameters": True}).scalar_one())
    return found


def whole(url: str) -> None:
    """The command as users run it, with two workers; and the totals before and after."""
    with connect(url) as connection:
        snapshot, began = hold_snapshot(connection), time.perf_counter()
        runs = validate(
            connection, "full", mappings=MAPPING, workers=2, snapshot=snapshot, another=partial(connect, url)
        )
        found = sum(len(run.findings) for run in runs)
        print(f"every invariant, two workers: {time.perf_counter() - began:.1f} s, {found} findings", flush=True)
    with connect(url) as connection:
        known, began = look_over(connection, mappings=MAPPING), time.perf_counter()
        take_totals(connection, known)
        print(f"totals by account and currency, and a hash of every column: {time.perf_counter() - began:.1f} s")
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"memory of this process: {most:.0f} MB at most", flush=True)


if __name__ == "__main__":
    main()
