"""Of the old ones too."""

from alembic import op

revision = "never_validated_good"
down_revision = "never_validated_before"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE accounts VALIDATE CONSTRAINT fk_accounts_owner")


def downgrade() -> None:
    pass
