# ruff: noqa: E501 - tables of cases
"""The proof on revisions that can and cannot be undone: all start from one small bank, each on its own copy."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from fingood.model.report import Outcome
from fingood.revisions import History
from fingood.rollback import Judgement, Proof, findings_of, prove, runs_of
from fingood.sandbox import SandboxDatabase, open_sandbox
from fingood.settings import load
from fingood.settings.values import SandboxSettings
from fingood.statements import Recorder

ENV = """
from alembic import context
from sqlalchemy import create_engine, pool
engine = create_engine(context.config.get_main_option("sqlalchemy.url"), poolclass=pool.NullPool)
with engine.connect() as connection:
    context.configure(connection=connection, transaction_per_migration=True)
    with context.begin_transaction():
        context.run_migrations()
"""
BANK = """
    op.execute("CREATE TYPE mood AS ENUM ('calm', 'brave')")
    op.execute("CREATE TABLE customer (id serial PRIMARY KEY, name text NOT NULL, mail varchar(80) UNIQUE, mood mood)")
    op.execute("CREATE TABLE account (id uuid PRIMARY KEY, customer_id int NOT NULL REFERENCES customer, "
               "currency char(3) NOT NULL CHECK (currency IN ('EUR', 'JPY')), opened timestamptz NOT NULL DEFAULT now())")
    op.execute("CREATE TABLE entry (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, account_id uuid NOT NULL "
               "REFERENCES account, amount numeric(19, 4) NOT NULL CHECK (amount <> 0), memo varchar(120), extra jsonb)")
    op.execute("CREATE INDEX ix_entry_account ON entry (account_id) WHERE amount > 0")
    op.execute("CREATE VIEW balance AS SELECT account_id, sum(amount) AS total FROM entry GROUP BY 1")
    op.execute("CREATE TABLE audit (at timestamptz, who text)")
    op.execute("CREATE SEQUENCE statement_no")
    op.execute("SELECT lo_from_bytea(4711, 'scan of a contract')")
"""

# name: (upgrade, downgrade, judgement, what some finding must name: check and subject)
BAD = {
    "down_is_pass": ("op.add_column('entry', sa.Column('fee', sa.Numeric(19, 4)))", "pass", Judgement.REUPGRADE_BROKEN,
                     ("rollback-missing", "down_is_pass")),
    "down_raises": ("op.create_table('t', sa.Column('id', sa.Integer))", "raise NotImplementedError()",
                    Judgement.FAILING_DOWNGRADE, ("rollback-missing", "down_raises")),
    "column_dropped": ("op.drop_column('entry', 'memo')", "op.add_column('entry', sa.Column('memo', sa.String(120)))",
                       Judgement.LOSSY, ("rollback-lossy", "column public.entry.memo")),
    "scale_cut": ("op.execute('DROP VIEW balance'); op.execute('ALTER TABLE entry ALTER amount TYPE numeric(19, 2)')",
                  "op.execute('ALTER TABLE entry ALTER amount TYPE numeric(19, 4)'); op.execute('CREATE VIEW balance AS "
                  "SELECT account_id, sum(amount) AS total FROM entry GROUP BY 1')",
                  Judgement.LOSSY, ("rollback-lossy", "column public.entry.amount")),
    "values_changed": ("op.execute(\"UPDATE customer SET name = upper(name)\")", "pass", Judgement.LOSSY,
                       ("rollback-lossy", "column public.customer.name")),
    "rows_deleted": ("op.execute('DELETE FROM entry WHERE memo IS NULL')", "pass", Judgement.LOSSY,
                     ("rollback-lossy", "table public.entry")),
    "rows_left": ("op.execute(\"INSERT INTO customer (name) VALUES ('seed')\")", "pass", Judgement.RESIDUE,
                  ("rollback-residue", "table public.customer")),
    "table_dropped": ("op.drop_table('audit')", "op.create_table('audit', sa.Column('at', sa.DateTime(True)), "
                      "sa.Column('who', sa.Text))", Judgement.LOSSY, ("rollback-lossy", "table public.audit")),
    "index_without_predicate": ("op.drop_index('ix_entry_account', 'entry')",
                                "op.create_index('ix_entry_account', 'entry', ['account_id'])", Judgement.LOSSY,
                                ("rollback-lossy", "index public.ix_entry_account")),
    "enum_left": ("op.execute(\"CREATE TYPE shade AS ENUM ('a')\"); op.execute('ALTER TABLE audit ADD s shade')",
                  "op.drop_column('audit', 's')", Judgement.REUPGRADE_BROKEN, ("rollback-residue", "enum public.shade")),
    "label_left": ("op.execute(\"ALTER TYPE mood ADD VALUE IF NOT EXISTS 'proud'\")", "pass", Judgement.LOSSY,
                   ("rollback-lossy", "enum public.mood")),
    "default_lost": ("op.alter_column('account', 'opened', server_default=None)", "pass", Judgement.LOSSY,
                     ("rollback-lossy", "column public.account.opened")),
    "check_lost": ("op.drop_constraint('account_currency_check', 'account')", "pass", Judgement.LOSSY,
                   ("rollback-lossy", "constraint public.account.account_currency_check")),
    "action_changed": ("op.drop_constraint('entry_account_id_fkey', 'entry'); op.create_foreign_key("
                       "'entry_account_id_fkey', 'entry', 'account', ['account_id'], ['id'], ondelete='CASCADE')",
                       "pass", Judgement.LOSSY, ("rollback-lossy", "constraint public.entry.entry_account_id_fkey")),
    "not_null_on_rows": ("op.drop_column('account', 'currency')",
                         "op.add_column('account', sa.Column('currency', sa.CHAR(3), nullable=False))",
                         Judgement.FAILING_DOWNGRADE, ("rollback-fails", "account")),
    "down_wrong_name": ("op.create_index('ix_a', 'audit', ['who'])", "op.drop_index('ix_b', 'audit')",
                        Judgement.FAILING_DOWNGRADE, ("rollback-fails", "down_wrong_name")),
    "up_fails": ("op.drop_table('nowhere')", "pass", Judgement.FAILING_UPGRADE, ("upgrade-fails", "up_fails")),
    "large_object_changed": ("op.execute(\"SELECT lo_put(4711, 0, 'S')\")", "pass", Judgement.LOSSY,
                             ("rollback-lossy", "column pg_catalog.pg_largeobject.data")),
    "large_object_gone": ("op.execute('SELECT lo_unlink(4711)')", "pass", Judgement.LOSSY,
                          ("rollback-lossy", "table pg_catalog.pg_largeobject")),
    "large_object_granted": ("op.execute('GRANT SELECT ON LARGE OBJECT 4711 TO PUBLIC')", "pass", Judgement.LOSSY,
                             ("rollback-lossy", "large objects postgres")),
    "large_object_described": ("op.execute(\"COMMENT ON LARGE OBJECT 4711 IS 'signed'\")", "pass", Judgement.LOSSY,
                               ("rollback-lossy", "large objects postgres")),
    "sequence_back": ("op.execute(\"SELECT setval('customer_id_seq', 1, false)\")", "pass", Judgement.LOSSY,
                      ("rollback-lossy", "sequence public.customer_id_seq")),
    "grant_left": ("op.execute('GRANT SELECT ON audit TO PUBLIC')", "pass", Judgement.LOSSY,
                   ("rollback-lossy", "table public.audit")),
    "swapped": ("op.execute('ALTER TABLE audit RENAME who TO x'); op.execute('ALTER TABLE audit RENAME x TO who'); "
                "op.execute(\"UPDATE entry SET memo = (SELECT max(memo) FROM entry)\")", "pass", Judgement.LOSSY,
                ("rollback-lossy", "column public.entry.memo")),
}  # fmt: skip
GOOD = {
    "add_column": ("op.add_column('entry', sa.Column('fee', sa.Numeric(19, 4)))", "op.drop_column('entry', 'fee')"),
    "rename": ("op.rename_table('audit', 'trail')", "op.rename_table('trail', 'audit')"),
    "concurrently": ("with op.get_context().autocommit_block():\n        "
                     "op.create_index('ix_c', 'entry', ['memo'], postgresql_concurrently=True)",
                     "with op.get_context().autocommit_block():\n        "
                     "op.drop_index('ix_c', 'entry', postgresql_concurrently=True)"),
    "enum_made_anew": ("op.execute(\"ALTER TYPE mood RENAME TO old\"); op.execute(\"CREATE TYPE mood AS ENUM ('calm', "
                       "'brave', 'new')\"); op.execute('ALTER TABLE customer ALTER mood TYPE mood USING mood::text::mood');"
                       " op.execute('DROP TYPE old')",
                       "op.execute(\"ALTER TYPE mood RENAME TO old\"); op.execute(\"CREATE TYPE mood AS ENUM ('calm', "
                       "'brave')\"); op.execute('ALTER TABLE customer ALTER mood TYPE mood USING mood::text::mood'); "
                       "op.execute('DROP TYPE old')"),
    "preimage": ("op.execute('CREATE TABLE kept AS SELECT id, name FROM customer'); "
                 "op.execute('UPDATE customer SET name = upper(name)')",
                 "op.execute('UPDATE customer c SET name = k.name FROM kept k WHERE k.id = c.id'); op.drop_table('kept')"),
    "wider_integer": ("op.alter_column('customer', 'id', type_=sa.BigInteger)",
                      "op.alter_column('customer', 'id', type_=sa.Integer)"),
    "rewrites_rows": ("op.execute('UPDATE entry SET memo = memo')", "op.execute('UPDATE entry SET amount = amount')"),
    "seed_rows_removed": ("op.execute(\"INSERT INTO customer (name, mail) VALUES ('seed', 's@x')\")",
                          "op.execute(\"DELETE FROM customer WHERE mail = 's@x'\")"),
}  # fmt: skip
REVISION = '''"""{id}"""
import sqlalchemy as sa
from alembic import op
revision = "{id}"
down_revision = {down!r}
{extra}

def upgrade():
    {up}


def downgrade():
    {back}
'''


@dataclass
class Bank:
    recorder: Recorder
    below: SandboxDatabase
    history: History

    def prove(self, revision: str) -> Proof:
        return prove(self.recorder, self.below, self.history.get(revision))


def lay(root: Path, revisions: dict[str, tuple[str | tuple[str, ...] | None, str, str, str]]) -> None:
    (root / "migrations" / "versions").mkdir(parents=True)
    (root / "alembic.ini").write_text("[alembic]\nscript_location = %(here)s/migrations\n")
    (root / "migrations" / "env.py").write_text(textwrap.dedent(ENV))
    for id_, (down, up, back, extra) in revisions.items():
        file = root / "migrations" / "versions" / f"{id_}.py"
        file.write_text(REVISION.format(id=id_, down=down, up=up, back=back, extra=extra))


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory, postgres_server) -> Iterator[Bank]:
    """Every revision of the tables above as a branch of its own over the one that makes the bank."""
    root = tmp_path_factory.mktemp("bank")
    revisions: dict = {"bank": (None, BANK.strip(), "pass", "")}
    revisions |= {id_: ("bank", up, back, "") for id_, (up, back, _, _) in BAD.items()}
    revisions |= {id_: ("bank", up, back, "") for id_, (up, back) in GOOD.items()}
    revisions["declared"] = ("bank", "op.drop_table('audit')", "pass", 'irreversible = "the trail is on paper now"')
    revisions["merge"] = (("add_column", "rename"), "pass", "pass", "")
    revisions["second_base"] = (
        None,
        "op.create_table('other', sa.Column('id', sa.Integer))",
        "op.drop_table('other')",
        "",
    )
    lay(root, revisions)
    settings = load(start=root)
    server = SandboxSettings(server=postgres_server.url("postgres"))
    with open_sandbox("postgresql", settings=server) as sandbox, Recorder(settings.project) as recorder:
        below = sandbox.empty()
        recorder.upgrade(below.url, "bank", observe=False)
        yield Bank(recorder, below, History.load(settings.project))


@pytest.mark.parametrize("name", BAD)
def test_a_bad_way_back_is_judged_and_the_object_named(bank: Bank, name: str):
    _, _, judgement, wanted = BAD[name]
    proof = bank.prove(name)
    found = [(finding.check, finding.subject) for finding in findings_of(proof)]
    assert (proof.judgement, wanted in found) == (judgement, True), (found, proof.down and proof.down.failure)
    assert any(run.outcome is Outcome.FAILED for run in runs_of(proof))


@pytest.mark.parametrize("name", GOOD)
def test_a_good_way_back_raises_nothing(bank: Bank, name: str):
    proof = bank.prove(name)
    assert [finding.message for finding in findings_of(proof) if finding.severity.value != "info"] == []
    assert proof.proven
    assert not any(run.outcome is Outcome.FAILED for run in runs_of(proof))


def test_every_table_has_rows_to_lose(bank: Bank):
    proof = bank.prove("add_column")
    assert dict(proof.seeding.empty) == {}
    assert {str(name) for name in proof.seeding.generated} == {
        "public.customer", "public.account", "public.entry", "public.audit"
    }  # fmt: skip


def test_the_rows_that_differ_are_shown(bank: Bank):
    proof = bank.prove("scale_cut")
    loss = next(loss for loss in proof.losses if loss.difference.data)
    assert loss.rows
    assert loss.examples[0].before.startswith(loss.examples[0].after[:3])
    assert loss.examples[0].before != loss.examples[0].after


def test_a_downgrade_that_fails_on_any_row_says_so(bank: Bank):
    proof = bank.prove("not_null_on_rows")
    assert proof.only_with_rows
    finding = next(finding for finding in findings_of(proof) if finding.check == "rollback-fails")
    assert "as soon as the table holds rows" in finding.message
    assert finding.location is not None
    assert finding.location.line


def test_a_declared_revision_is_not_taken_back(bank: Bank):
    proof = bank.prove("declared")
    assert (proof.judgement, proof.reason, proof.down) == (Judgement.DECLARED, "the trail is on paper now", None)


def test_a_merge_point_goes_back_to_both_its_parents(bank: Bank):
    below = bank.below.clone()
    for id_ in ("add_column", "rename"):
        bank.recorder.upgrade(below.url, id_, observe=False)
    proof = prove(bank.recorder, below, bank.history.get("merge"))
    assert (proof.judgement, proof.down is not None) == (Judgement.LOSSLESS, True)
    below.drop()


def test_a_second_base_leaves_the_first_alone(bank: Bank):
    assert bank.prove("second_base").judgement is Judgement.LOSSLESS


def test_the_state_below_is_never_changed(bank: Bank):
    from fingood.catalog import compare_snapshots, connect, take_fingerprints, take_snapshot

    def look():
        with connect(bank.below.url) as connection:
            return take_snapshot(connection), take_fingerprints(connection)

    before = look()
    bank.prove("table_dropped")
    after = look()
    assert compare_snapshots(before[0], after[0]) == ()
    assert before[1] == after[1]
