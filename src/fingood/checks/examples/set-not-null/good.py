"""Every account has an e-mail: a validated CHECK has proven it already."""

from alembic import op

revision = "set_not_null_good"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.alter_column("accounts", "email", nullable=False)
    op.drop_constraint("ck_accounts_email_not_null", "accounts")


def downgrade() -> None:
    op.create_check_constraint("ck_accounts_email_not_null", "accounts", "email IS NOT NULL")
    op.alter_column("accounts", "email", nullable=True)
