"""Find accounts by their mail address in lower case, at once."""

from alembic import op

revision = "analyze_after_index_good"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute("CREATE INDEX CONCURRENTLY ix_accounts_lower_email ON accounts (lower(email))")
        op.execute("ANALYZE accounts")


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute("DROP INDEX CONCURRENTLY ix_accounts_lower_email")
