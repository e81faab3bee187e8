"""An index with a telling name."""

from alembic import op

revision = "identifier_too_long_bad"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute(
            "CREATE INDEX CONCURRENTLY ix_accounts_of_owners_who_have_opened_them_by_telephone_or_in_a_branch "
            "ON accounts (opened_at)"
        )


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute("DROP INDEX CONCURRENTLY ix_accounts_of_owners_who_have_opened_them_by_telephone_or_in_a")
