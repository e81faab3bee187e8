"""Audit events: every change of a booked row is kept, and nothing kept can be changed

Revision ID: 5c0f92d7b3a6
Revises: 86ea39c50d7b
Create Date: 2022-09-05 09:33:20

"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "5c0f92d7b3a6"
down_revision = "86ea39c50d7b"
branch_labels = None
depends_on = None

RECORD_CHANGE = """
CREATE FUNCTION audit.record_change() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO audit.events (relation, operation, row_id, before, after)
    VALUES (
        TG_TABLE_SCHEMA || '.' || TG_TABLE_NAME,
        TG_OP,
        OLD.id,
        to_jsonb(OLD),
        CASE WHEN TG_OP = 'UPDATE' THEN to_jsonb(NEW) END
    );
    RETURN NULL;
END
$$
"""
REFUSE_CHANGE = """
CREATE FUNCTION audit.refuse_change() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RAISE EXCEPTION '% of audit.events is refused: events are kept as they were written', TG_OP
        USING ERRCODE = 'insufficient_privilege';
END
$$
"""
KEEP_EVENTS = """
CREATE TRIGGER keep_events BEFORE UPDATE OR DELETE OR TRUNCATE ON audit.events
FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse_change()
"""
# A posting's other columns may be filled later; what it books may not change unseen.
RECORD_POSTINGS = """
CREATE TRIGGER record_change AFTER DELETE OR UPDATE OF entry_id, line, account_id, amount ON ledger.postings
FOR EACH ROW EXECUTE FUNCTION audit.record_change()
"""
RECORD_ENTRIES = """
CREATE TRIGGER record_change AFTER UPDATE OR DELETE ON ledger.journal_entries
FOR EACH ROW EXECUTE FUNCTION audit.record_change()
"""
RECORD_ACCOUNTS = """
CREATE TRIGGER record_change AFTER UPDATE OR DELETE ON ledger.accounts
FOR EACH ROW EXECUTE FUNCTION audit.record_change()
"""


def upgrade() -> None:
    op.create_table(
        "events",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column(
            "occurred_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("actor", sa.Text(), server_default=sa.text("session_user"), nullable=False),
        sa.Column("relation", sa.Text(), nullable=False),
        sa.Column("operation", sa.String(8), nullable=False),
        sa.Column("row_id", sa.BigInteger(), nullable=False),
        sa.Column("before", postgresql.JSONB(), nullable=False),
        sa.Column("after", postgresql.JSONB(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_events"),
        sa.CheckConstraint("operation IN ('UPDATE', 'DELETE')", name="ck_events_operation"),
        schema="audit",
    )
    op.create_index("ix_events_relation_row_id", "events", ["relation", "row_id"], schema="audit")
    op.execute(RECORD_CHANGE)
    op.execute(REFUSE_CHANGE)
    op.execute(KEEP_EVENTS)
    op.execute(RECORD_POSTINGS)
    op.execute(RECORD_ENTRIES)
    op.execute(RECORD_ACCOUNTS)


def downgrade() -> None:
    op.execute("DROP TRIGGER record_change ON ledger.accounts")
    op.execute("DROP TRIGGER record_change ON ledger.journal_entries")
    op.execute("DROP TRIGGER record_change ON ledger.postings")
    op.drop_table("events", schema="audit")
    op.execute("DROP FUNCTION audit.refuse_change()")
    op.execute("DROP FUNCTION audit.record_change()")
