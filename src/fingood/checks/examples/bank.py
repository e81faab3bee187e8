"""What every example starts from: a small bank with its ledger."""

import sqlalchemy as sa
import sqlalchemy.dialects.postgresql
from alembic import op

revision = "bank"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("CREATE SCHEMA ledger")
    op.create_table(
        "owners",
        sa.Column("id", sa.BigInteger(), primary_key=True),
        sa.Column("name", sa.String(50), nullable=False),
    )
    op.create_table(
        "accounts",
        sa.Column("id", sa.BigInteger(), primary_key=True),
        sa.Column("owner_id", sa.BigInteger()),
        sa.Column("number", sa.String(20), nullable=False),
        sa.Column("code", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.String(10)),
        sa.Column("email", sa.Text()),
        sa.Column("phone", sa.String(30)),
        sa.Column("balance", sa.Numeric(18, 4), server_default="0", nullable=False),
        sa.Column("opened_at", sa.DateTime()),
        sa.CheckConstraint("email IS NOT NULL", name="ck_accounts_email_not_null"),
        sa.CheckConstraint("balance >= 0", name="ck_accounts_balance"),
    )
    op.create_index("ix_accounts_status", "accounts", ["status"])
    op.create_index("ux_accounts_number", "accounts", ["number"], unique=True)
    op.create_table(
        "notes",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("text", sa.Text()),
        sa.Column("valid_during", sa.dialects.postgresql.INT8RANGE()),
    )
    op.create_index("ux_notes_id", "notes", ["id"], unique=True)
    op.create_table(
        "entries",
        sa.Column("id", sa.BigInteger(), primary_key=True),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.Numeric(18, 4), nullable=False),
        sa.Column("currency", sa.CHAR(3)),
        sa.Column("memo", sa.Text()),
        schema="ledger",
    )
    op.create_index("ix_entries_account", "entries", ["account_id"], schema="ledger")
    op.execute("CREATE DOMAIN iban AS text")
    op.create_table(
        "cards",
        sa.Column("id", sa.BigInteger(), primary_key=True),
        sa.Column("account_id", sa.BigInteger(), sa.ForeignKey("accounts.id", name="fk_cards_account")),
    )
    op.execute("ALTER TABLE cards ADD COLUMN iban iban")
    op.create_table("prices", sa.Column("id", sa.BigInteger(), nullable=False), sa.Column("amount", sa.Numeric(18, 4)))
    op.execute("CREATE MATERIALIZED VIEW totals AS SELECT account_id, sum(amount) FROM ledger.entries GROUP BY 1")
    op.execute("CREATE UNIQUE INDEX ux_totals ON totals (account_id)")


def downgrade() -> None:
    op.execute("DROP MATERIALIZED VIEW totals")
    op.drop_table("prices")
    op.drop_table("cards")
    op.execute("DROP DOMAIN iban")
    op.drop_table("entries", schema="ledger")
    op.drop_table("notes")
    op.drop_table("accounts")
    op.drop_table("owners")
    op.execute("DROP SCHEMA ledger")
