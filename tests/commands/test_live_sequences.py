"""Sequences near their end, in a real database."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa
from tests.commands import test_live
from tests.commands.test_live import STEPS, bank, check, runs_on, sql

from fingood.catalog import connect, read_live
from fingood.model.report import Outcome
from fingood.model.severity import Severity

pytestmark = pytest.mark.slow

plan, keep_plan = test_live.plan, test_live._keep_plan  # the fixtures that runs_on() takes its plan from


@pytest.mark.parametrize(
    ("column", "number", "severity"),
    [
        ("n serial", 1_600_000_000, Severity.WARNING),
        ("n smallint GENERATED ALWAYS AS IDENTITY", 32_000, Severity.ERROR),
        ("n bigserial", 2_147_000_000, None),
        ("n serial", 1_000, None),
    ],
)
def test_numbers_that_run_out_are_found(
    tmp_path: Path, postgres_url: str, column: str, number: int, severity: Severity | None
) -> None:
    settings = bank(tmp_path, postgres_url)
    sql(postgres_url, f"ALTER TABLE entries ADD COLUMN {column}", f"SELECT setval('entries_n_seq', {number})")
    report = check(settings, "sequence-near-end")
    assert [finding.severity for finding in report.findings] == ([severity] if severity else [])
    assert all("sa.BigInteger()" in finding.remedy for finding in report.findings)


def test_a_serials_sequence_stays_small_when_its_column_grows_and_an_identitys_grows_with_it(
    tmp_path: Path, postgres_url: str
) -> None:
    grow = 'op.execute("ALTER TABLE entries ALTER {0} TYPE bigint, ALTER i TYPE bigint")'
    settings = bank(tmp_path, postgres_url, {**STEPS, "b2": (grow.format("s"), "pass")})
    sql(
        postgres_url,
        "ALTER TABLE entries ADD COLUMN s serial, ADD COLUMN i int GENERATED ALWAYS AS IDENTITY",
        "SELECT setval(pg_get_serial_sequence('entries', c), 2147000000) FROM unnest('{s,i}'::text[]) AS c",
    )
    (finding,) = check(settings, "sequence-near-end").findings
    assert finding.subject == "public.entries.s"
    assert 'ALTER SEQUENCE "public"."entries_s_seq" AS bigint NO MAXVALUE' in finding.remedy.replace("\\", "")


def test_a_sequence_that_may_not_be_read_is_not_called_well(tmp_path: Path, postgres_url: str) -> None:
    bank(tmp_path, postgres_url)
    role = "reader_" + str(sa.engine.make_url(postgres_url).database).lower()[-16:]
    sql(postgres_url, "ALTER TABLE entries ADD COLUMN n serial", f'CREATE ROLE "{role}" LOGIN')
    weak = sa.engine.make_url(postgres_url).set(username=role).render_as_string(hide_password=False)
    try:
        with connect(weak, read_only=False) as connection:
            runs = {run.check: run for run in runs_on(read_live(connection, mask=str))}
        assert runs["sequence-near-end"].outcome is Outcome.SKIPPED
        assert "GRANT SELECT ON ALL SEQUENCES" in runs["sequence-near-end"].reason
    finally:
        sql(postgres_url, f'DROP ROLE "{role}"')
