"""Every IBAN has at least fifteen characters."""

from alembic import op

revision = "domain_check_validating_bad"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER DOMAIN iban ADD CONSTRAINT iban_length CHECK (length(VALUE) >= 15)")


def downgrade() -> None:
    op.execute("ALTER DOMAIN iban DROP CONSTRAINT iban_length")
