"""The same twenty rules over one ledger by fingood, by one query a rule, by Soda Core and by Great Expectations.

    python benchmarks/validation_peers.py [--rows 5000000]

One private server with the table in its memory, parallel plans off for all. Soda Core 3.5.6 and Great Expectations
1.24.1 get virtual environments of their own, made for this run, without telemetry. All are given the same conditions:
Soda as metrics of one query, Great Expectations as UnexpectedRowsExpectation. Known numbers of bad rows are planted,
and what a tool counts is compared with fingood's. CPU is that of all backends a tool used; wall leaves out the start of
its process; memory is its process's largest.

The others get the conditions twice: as one would write them by hand, and as fingood writes them, which are quicker by
themselves since they look for something cheap first.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
import venv
from pathlib import Path
from typing import Any

PLANTED = """
ALTER TABLE postings ALTER amount DROP NOT NULL, ALTER currency DROP NOT NULL, ALTER booked_at DROP NOT NULL;
UPDATE postings SET amount = NULL WHERE id BETWEEN 101 AND 103;
UPDATE postings SET currency = NULL WHERE id BETWEEN 111 AND 112;
UPDATE postings SET amount = 'NaN' WHERE id BETWEEN 121 AND 124;
UPDATE postings SET amount = 10.001 WHERE id BETWEEN 131 AND 135;
UPDATE postings SET currency = 'QQQ' WHERE id BETWEEN 141 AND 142;
UPDATE postings SET currency = 'eur' WHERE id BETWEEN 151 AND 153;
UPDATE postings SET currency = 'XXX' WHERE id BETWEEN 161 AND 162;
UPDATE postings SET currency = 'XAU' WHERE id BETWEEN 171 AND 174;
UPDATE postings SET currency = 'DEM' WHERE id BETWEEN 181 AND 186;
UPDATE postings SET booked_at = '2091-03-04 12:00+00' WHERE id BETWEEN 191 AND 192;
UPDATE postings SET booked_at = '1970-01-01 00:00+00' WHERE id BETWEEN 201 AND 205;
UPDATE postings SET booked_at = 'infinity' WHERE id BETWEEN 211 AND 212;
UPDATE postings SET amount = 9950000000000000 WHERE id BETWEEN 221 AND 223;
UPDATE postings SET memo = 'card 4539 5787 6362 1486 thanks' WHERE id BETWEEN 231 AND 237;
UPDATE postings SET memo = 'ask erika.muster@bank-of-spring.de' WHERE id BETWEEN 241 AND 245;
UPDATE postings SET memo = 'ssn 536-22-1234' WHERE id BETWEEN 251 AND 253;
UPDATE postings SET memo = 'K' || chr(65533) || 'ln' WHERE id BETWEEN 261 AND 262;
UPDATE postings SET memo = 'M' || chr(195) || chr(188) || 'ller' WHERE id BETWEEN 271 AND 274;
UPDATE postings SET memo = 'bell' || chr(7) WHERE id BETWEEN 281 AND 283;
"""
PLAIN, TEXTS = 14, 6
# In the order of the chosen rules; CURRENCIES stands for the codes in force, None for fingood's own condition.
BY_HAND = (
    "t.amount IS NULL",
    "t.amount IS NOT NULL AND t.currency IS NULL",
    "t.amount IN ('NaN', 'Infinity', '-Infinity')",
    "upper(trim(t.currency)) NOT IN CURRENCIES",
    "t.currency <> upper(t.currency) AND upper(t.currency) IN CURRENCIES",
    "t.currency <> trim(t.currency)",
    "t.booked_at > now() + interval '2 days' AND t.booked_at < '9999-01-01'",
    "t.booked_at < '1970-01-02'",
    "t.booked_at >= '9999-01-01'",
    "t.currency IN ('XXX', 'XTS')",
    None,
    None,
    "abs(t.amount) >= 9900000000000000 AND t.amount <> 'NaN'",
    "t.amount = 0",
    r"t.memo ~ '\m[2-6](?:[ -]?[0-9]){12,18}\M'",
    "t.memo ~ '[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+[.][A-Za-z]{2,}'",
    r"t.memo ~ '\m[0-9]{3}-[0-9]{2}-[0-9]{4}\M'",
    "t.memo LIKE '%' || chr(65533) || '%'",
    "t.memo ~ '[ÂÃ][\u0080-\u00bf]|â€'",
    r"t.memo ~ '[\x01-\x08\x0b\x0c\x0e-\x1f\x7f]'",
)
SODA = ("soda-core-postgres==3.5.6", "setuptools<81")
GX = ("great-expectations[postgresql]==1.24.1",)
TOOLS: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "count(*), sum(amount): the limit": ("limit", "", ()),
    "fingood, one statement": ("fingood", "", ()),
    f"fingood, the {PLAIN} without texts": ("fingood-plain", "", ()),
    "one query a rule": ("queries", "by hand", ()),
    "one query a rule, fingood's conditions": ("queries", "ours", ()),
    "Soda Core 3.5.6": ("soda", "by hand", SODA),
    "Soda Core 3.5.6, fingood's conditions": ("soda", "ours", SODA),
    "Great Expectations 1.24.1, counts only": ("gx", "by hand", GX),
    "Great Expectations 1.24.1, with rows": ("gx-rows", "by hand", GX),
    "Great Expectations 1.24.1, counts only, fingood's conditions": ("gx", "ours", GX),
}
QUIET = {"GX_ANALYTICS_ENABLED": "false", "SODA_TELEMETRY": "false"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=5_000_000)
    parser.add_argument("--drive")
    parser.add_argument("--job", type=Path)
    options = parser.parse_args()
    if options.drive:
        job = json.loads(options.job.read_text(encoding="utf-8"))
        began = time.perf_counter()
        counts = DRIVERS[options.drive](job)
        print("\n" + json.dumps({"seconds": time.perf_counter() - began, "counts": counts}), flush=True)
        return
    from ledger import MEMORY, fill

    from fingood.sandbox.server import Server

    settings = {**MEMORY, "max_parallel_workers_per_gather": "0", "jit": "off", "autovacuum": "off"}
    with Server.start(settings=settings) as server, tempfile.TemporaryDirectory(prefix="peers-") as directory:
        url = server.url(server.create_database())
        fill(url, options.rows, also=PLANTED)
        print(f"PostgreSQL {server.version}, {options.rows:,} postings", flush=True)
        compare(Path(directory), url, int((server.base / "data" / "postmaster.pid").read_text().split()[0]))


def compare(place: Path, url: str, postmaster: int) -> None:
    """Runs every tool on the whole and prints the table."""
    from sqlalchemy.engine import make_url

    rules = chosen_rules(url)
    told = make_url(url)
    parts = {"socket": told.query["host"], "user": told.username, "database": told.database}
    ours = [rule.condition for rule in rules]
    in_force = ours[3].partition("NOT IN ")[2]
    by_hand = [(hand or own).replace("CURRENCIES", in_force) for hand, own in zip(BY_HAND, ours, strict=True)]
    jobs = {}
    for form, conditions in (("ours", ours), ("by hand", by_hand), ("", ours)):
        jobs[form] = place / f"job {form}.json"
        jobs[form].write_text(json.dumps({"url": url, **parts, "conditions": conditions}), encoding="utf-8")
    print(
        "| what | CPU of the server | of the limit | wall | of fingood | memory | counts |\n|---|---|---|---|---|---|---|"
    )
    seen: dict[str, dict[str, Any]] = {}
    for name, (driver, form, packages) in TOOLS.items():
        answer = run_tool(place, driver, packages, jobs[form], postmaster)
        if "failed" in answer:
            print(f"| {name} | did not run: {answer['failed']} | | | | | |", flush=True)
            continue
        seen.setdefault(driver, answer)
        limit, mine = seen["limit"]["cpu"], seen.get("fingood", {}).get("seconds")
        times = f"{answer['seconds'] / mine:.1f}" if mine else ""
        print(
            f"| {name} | {answer['cpu']:.2f} s | {answer['cpu'] / limit:.1f} | {answer['seconds']:.2f} s | {times}"
            f" | {answer['memory']:.0f} MB | {said(driver, answer['counts'], seen)} |",
            flush=True,
        )


def said(driver: str, counts: list[int], seen: dict[str, dict[str, Any]]) -> str:
    if driver in ("limit", "fingood-plain"):
        return ""
    ours = seen["fingood"]["counts"]
    if driver == "fingood":
        return f"{sum(counts)} bad rows, {sum(map(bool, counts))} rules"
    differing = [
        n for n, (one, other) in enumerate(zip(ours, counts, strict=True)) if (other != one if other >= 0 else not one)
    ]
    return "the same" if not differing else f"other for {len(differing)} rules: {differing}"


def chosen_rules(url: str) -> list[Any]:
    """Fourteen rules without texts and six of the memo, none that reads another table."""
    from validation import is_of_text, rules_of_rows

    from fingood.catalog import connect

    with connect(url) as connection:
        rules = [rule for rule in rules_of_rows(connection).rules if not rule.joins]
    plain = [rule for rule in rules if not is_of_text(rule)][:PLAIN]
    texts = [rule for rule in rules if rule.subject.endswith(".memo")]
    # Of the two rules about card numbers the one about certain ones, and not that of magnetic stripes.
    texts = [texts[0], *texts[-(TEXTS - 1) :]]
    return [*plain, *texts]


def run_tool(place: Path, driver: str, packages: tuple[str, ...], job: Path, postmaster: int) -> dict[str, Any]:
    """A tool in a process of its own; the CPU is what the server's children that ended meanwhile had used."""
    from ledger import cpu_of

    try:
        python = environment(place, packages) if packages else Path(sys.executable)
    except subprocess.CalledProcessError as error:
        return {"failed": f"{' '.join(packages)} could not be installed ({error.returncode})"}
    before = cpu_of(postmaster, ended_children=True)
    with (place / f"{driver}.log").open("wb+") as log:
        process = subprocess.Popen(
            [python, __file__, "--drive", driver, "--job", job],
            stdout=log, stderr=subprocess.STDOUT, cwd=place,
            env={**os.environ, **QUIET, "HOME": str(place)},
        )  # fmt: skip
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        log.seek(0)
        lines = log.read().decode("utf-8", "replace").strip().splitlines()
    if process.returncode or not lines:
        return {"failed": " ".join(lines[-1:])[:200] or f"exit {process.returncode}"}
    time.sleep(0.5)
    answer: dict[str, Any] = json.loads(lines[-1])
    return {**answer, "cpu": cpu_of(postmaster, ended_children=True) - before, "memory": usage.ru_maxrss / 1024}


def environment(place: Path, packages: tuple[str, ...]) -> Path:
    home = place / packages[0].partition("=")[0]
    python = home / "bin" / "python"
    if not python.exists():
        venv.create(home, with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "-q", "--disable-pip-version-check", *packages], check=True)
    return python


def drive_limit(job: dict[str, Any]) -> list[int]:
    from fingood.catalog import connect

    with connect(job["url"]) as connection:
        connection.exec_driver_sql("SELECT count(*), sum(amount) FROM postings").all()
    return []


def drive_fingood(job: dict[str, Any]) -> list[int]:
    """Counts and examples of all rules, as the command takes them."""
    return _counted(job["url"], PLAIN + TEXTS)


def drive_plain(job: dict[str, Any]) -> list[int]:
    return _counted(job["url"], PLAIN)


def _counted(url: str, number: int) -> list[int]:
    from validation import rules_of_rows

    from fingood.catalog import connect
    from fingood.validation.judging import count
    from fingood.validation.statement import Statement

    with connect(url) as connection:
        statement = rules_of_rows(connection)
        rules = tuple(chosen_rules(url)[:number])
        return count(connection, Statement(table=statement.table, source=statement.source, rules=rules)).bad


def drive_queries(job: dict[str, Any]) -> list[int]:
    from fingood.catalog import connect

    with connect(job["url"]) as connection:
        return [
            int(
                connection.exec_driver_sql(
                    f"SELECT count(*) FROM postings t WHERE {condition}", execution_options={"no_parameters": True}
                ).scalar_one()
            )
            for condition in job["conditions"]
        ]


def drive_soda(job: dict[str, Any]) -> list[int]:
    """Metrics with expressions, which Soda puts into as few queries as it can."""
    from soda.scan import Scan

    scan = Scan()
    scan.set_data_source_name("ledger")
    source = {"type": "postgres", "host": job["socket"], "username": job["user"], "database": job["database"]}
    source |= {"port": "5432", "password": "none", "schema": "public"}
    scan.add_configuration_yaml_str(json.dumps({"data_source ledger": source}))
    checks = []
    for number, condition in enumerate(job["conditions"]):
        metric = f"broken_{number}"
        expression = f"COUNT(CASE WHEN {condition.replace('t.', '')} THEN 1 END)"
        checks.append({f"{metric} = 0": {f"{metric} expression": expression}})
    scan.add_sodacl_yaml_str(json.dumps({"checks for postings": checks}))
    scan.execute()
    results = scan.get_scan_results()
    values = {check["name"].split()[0]: check["diagnostics"]["value"] for check in results["checks"]}
    return [int(values[f"broken_{number}"]) for number in range(len(job["conditions"]))]


def drive_gx(job: dict[str, Any], form: str = "BOOLEAN_ONLY") -> list[int]:
    import great_expectations as gx
    from great_expectations.expectations import UnexpectedRowsExpectation

    context = gx.get_context(mode="ephemeral")
    connection = f"postgresql+psycopg2://{job['user']}@localhost/{job['database']}?host={job['socket']}"
    source = context.data_sources.add_postgres("ledger", connection_string=connection)
    batch = source.add_table_asset("postings", table_name="postings").add_batch_definition_whole_table("all")
    expectations = []
    for number, condition in enumerate(job["conditions"]):
        # Braces and colons mean something to what fills in the batch and to SQLAlchemy; the batch has its own alias.
        told = condition.replace("t.", "").replace("{", "{{").replace("}", "}}").replace(":", r"\:")
        query = f"SELECT * FROM {{batch}} WHERE {told}"
        expectations.append(UnexpectedRowsExpectation(unexpected_rows_query=query, meta={"number": number}))
    suite = context.suites.add(gx.ExpectationSuite("rules", expectations=expectations))
    result = batch.get_batch().validate(suite, result_format=form)
    counts = [-1] * len(expectations)
    for one in result.results:
        if one.exception_info.get("raised_exception", one.exception_info):
            sys.exit(f"rule {one.expectation_config.meta['number']}: {str(one.exception_info)[:300]}")
        # Counts only: what the expectation counted is not told, only whether it was none.
        found = one.result.get("observed_value", 0 if one.success else -1)
        counts[one.expectation_config.meta["number"]] = int(str(found).split()[0])
    return counts


def drive_gx_rows(job: dict[str, Any]) -> list[int]:
    return drive_gx(job, "BASIC")


DRIVERS = {
    "limit": drive_limit,
    "fingood": drive_fingood,
    "fingood-plain": drive_plain,
    "queries": drive_queries,
    "soda": drive_soda,
    "gx": drive_gx,
    "gx-rows": drive_gx_rows,
}


if __name__ == "__main__":
    main()
