"""One run of one contender over the table of peer_rules.py, in a process of its own, so that its memory is its own.

    python benchmarks/peer_drivers.py CONTENDER JOB

Run by validation_peers.py, in the contender's own environment; JOB is a file that says where the table is and what the
rules are. The last line printed is the outcome as JSON: bad rows by rule (null where it only says that there are some),
wall seconds from the connection to the answer, CPU and memory of this process.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from measuring import peak_memory

Job = dict[str, Any]
Counts = dict[str, int | None]


def run_limit(job: Job) -> Callable[[], Counts]:
    """The least that reading the table costs."""
    return _in_one_session(job, lambda connection: _rows(connection, job["limit"]) and {})


def run_naive(job: Job) -> Callable[[], Counts]:
    """One query a rule."""

    def count(connection: Any) -> Counts:
        return {
            rule["name"]: _rows(connection, f"SELECT count(*) FROM {job['table']} WHERE {rule['condition']}")[0][0]
            for rule in job["rules"]
        }

    return _in_one_session(job, count)


def run_fingood(job: Job) -> Callable[[], Counts]:
    """Its own rules in one statement, keys of a few bad rows included."""
    from peer_statement import statement_of

    from fingood.validation.judging import count

    def counted(connection: Any) -> Counts:
        names = [rule["name"] for rule in job["rules"]]
        found = count(connection, statement_of(connection, job["rules"]))
        return dict(zip(names, found.bad, strict=True))

    return _in_one_session(job, counted)


def _rows(connection: Any, text: str) -> Any:
    return connection.exec_driver_sql(text, execution_options={"no_parameters": True}).all()


def _in_one_session(job: Job, work: Callable[[Any], Counts]) -> Callable[[], Counts]:
    from fingood.catalog import connect

    def run() -> Counts:
        with connect(job["url"]) as connection:
            return work(connection)

    return run


def run_soda(job: Job) -> Callable[[], Counts]:
    """SodaCL: a metric of one's own for each rule, which Soda puts into one query."""
    from soda.scan import Scan

    checks = [
        {f"r{n} = 0": {"name": f"r{n}", f"r{n} expression": f"COUNT(CASE WHEN {rule['condition']} THEN 1 END)"}}
        for n, rule in enumerate(job["rules"])
    ]
    source = {
        "type": "postgres", "host": job["socket"], "username": job["user"], "password": "", "database": job["database"],
        "schema": "public",
    }  # fmt: skip

    def run() -> Counts:
        scan = Scan()
        scan.disable_telemetry()
        scan.set_data_source_name("ledger")
        scan.add_configuration_yaml_str(json.dumps({"data_source ledger": source}))
        scan.add_sodacl_yaml_str(json.dumps({f"checks for {job['table']}": checks}))
        scan.execute()
        if scan.has_error_logs():
            raise SystemExit(scan.get_error_logs_text())
        values = {check["name"]: check["diagnostics"]["value"] for check in scan.get_scan_results()["checks"]}
        return {rule["name"]: int(values[f"r{n}"]) for n, rule in enumerate(job["rules"])}

    return run


def run_gx_boolean(job: Job) -> Callable[[], Counts]:
    """Only whether each expectation holds."""
    return _great_expectations(job, "BOOLEAN_ONLY")


def run_gx_basic(job: Job) -> Callable[[], Counts]:
    """Counts, and a few of the values."""
    return _great_expectations(job, "BASIC")


def _great_expectations(job: Job, result_format: str) -> Callable[[], Counts]:
    import great_expectations as gx
    import great_expectations.expectations as gxe

    def expectation(rule: dict[str, Any]) -> Any:
        if rule["expectation"]:
            return getattr(gxe, rule["expectation"])(**rule["arguments"])
        condition = rule["condition"].replace("{", "{{").replace("}", "}}")
        return gxe.UnexpectedRowsExpectation(unexpected_rows_query=f"SELECT * FROM {{batch}} WHERE {condition}")

    def run() -> Counts:
        context = gx.get_context(mode="ephemeral")
        context.variables.progress_bars = {"globally": False}
        source = context.data_sources.add_postgres("ledger", connection_string=job["psycopg2"])
        batch = source.add_table_asset(job["table"], table_name=job["table"]).add_batch_definition_whole_table("all")
        # Each by itself would be a validation each; a suite shares its queries.
        suite = gx.ExpectationSuite(name="rules", expectations=list(map(expectation, job["rules"])))
        results = batch.get_batch().validate(suite, result_format=result_format).results
        found = {}
        for result in results:
            # One flat dictionary where nothing was raised, else one by metric.
            info = result.exception_info or {}
            if info.get("raised_exception") or any(isinstance(value, dict) for value in info.values()):
                raise SystemExit(f"an expectation failed: {info}")
            found[_key(result.expectation_config)] = result
        return {rule["name"]: _count(found[_key(expectation(rule).configuration)]) for rule in job["rules"]}

    return run


def _key(config: Any) -> str:
    kwargs = {key: value for key, value in config.kwargs.items() if key != "batch_id"}
    return config.type + json.dumps(kwargs, sort_keys=True, default=str)


def _count(result: Any) -> int | None:
    if result.success:
        return 0
    found = result.result.get("unexpected_count", result.result.get("observed_value"))
    return None if found is None else int(found)


CONTENDERS = {
    "limit": run_limit,
    "fingood": run_fingood,
    "naive": run_naive,
    "soda": run_soda,
    "gx-boolean": run_gx_boolean,
    "gx-basic": run_gx_basic,
}


def main() -> None:
    job = json.loads(Path(sys.argv[2]).read_text(encoding="utf-8"))
    run = CONTENDERS[sys.argv[1]](job)
    began = time.perf_counter()
    counts = run()
    wall = time.perf_counter() - began
    spent = os.times()
    outcome = {"counts": counts, "wall": wall, "client": spent.user + spent.system, "memory": peak_memory()}
    print("\n" + json.dumps(outcome))


if __name__ == "__main__":
    main()
