"""The table of lock modes agrees with the manual, and with a running server where one is at hand."""

from __future__ import annotations

import pytest

from fingood.statements.locks import locks_of
from fingood.statements.reader import parse

CASES = [
    ("CREATE INDEX i ON t (a)", {"t": "SHARE"}),
    ("CREATE INDEX CONCURRENTLY i ON t (a)", {"t": "SHARE UPDATE EXCLUSIVE"}),
    ("ALTER TABLE t ALTER a SET NOT NULL", {"t": "ACCESS EXCLUSIVE"}),
    (
        "ALTER TABLE t ADD FOREIGN KEY (a) REFERENCES p (id)",
        {"t": "SHARE ROW EXCLUSIVE", "p": "SHARE ROW EXCLUSIVE"},
    ),
    ("ALTER TABLE t ADD COLUMN b int REFERENCES p (id)", {"t": "ACCESS EXCLUSIVE", "p": "SHARE ROW EXCLUSIVE"}),
    ("ALTER TABLE t VALIDATE CONSTRAINT c", {"t": "SHARE UPDATE EXCLUSIVE"}),
    ("CREATE TABLE n (a int REFERENCES p (id))", {"p": "SHARE ROW EXCLUSIVE"}),
    ("TRUNCATE t, p", {"t": "ACCESS EXCLUSIVE", "p": "ACCESS EXCLUSIVE"}),
    ("UPDATE t SET a = 1 FROM p", {"t": "ROW EXCLUSIVE", "p": "ACCESS SHARE"}),
    ("LOCK TABLE t IN SHARE MODE", {"t": "SHARE"}),
    ("ALTER TABLE t SET (fillfactor = 70)", {"t": "SHARE UPDATE EXCLUSIVE"}),
    ("ALTER TABLE t ALTER a SET STATISTICS 500", {"t": "SHARE UPDATE EXCLUSIVE"}),
    ("COMMENT ON TABLE t IS 'x'", {"t": "SHARE UPDATE EXCLUSIVE"}),
    ("ALTER TABLE t DISABLE TRIGGER ALL", {"t": "SHARE ROW EXCLUSIVE"}),
    ("ALTER TABLE t ADD COLUMN b int, VALIDATE CONSTRAINT c", {"t": "ACCESS EXCLUSIVE"}),
]


@pytest.mark.parametrize(("sql", "expected"), CASES, ids=[case[0] for case in CASES])
def test_a_statement_takes_these_locks(sql: str, expected: dict[str, str]) -> None:
    assert {str(lock.relation): lock.mode.value for lock in locks_of(parse(sql).actions)} == expected


def test_attaching_a_partition_was_heavier_before_12() -> None:
    actions = parse("ALTER TABLE t ATTACH PARTITION p DEFAULT").actions
    assert {str(k.relation): k.mode.value for k in locks_of(actions, 110022)}["t"] == "ACCESS EXCLUSIVE"
    assert {str(k.relation): k.mode.value for k in locks_of(actions, 150000)}["t"] == "SHARE UPDATE EXCLUSIVE"
