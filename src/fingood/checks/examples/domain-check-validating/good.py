"""Every new IBAN has at least fifteen characters."""

from alembic import op

revision = "domain_check_validating_good"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER DOMAIN iban ADD CONSTRAINT iban_length CHECK (length(VALUE) >= 15) NOT VALID")


def downgrade() -> None:
    op.execute("ALTER DOMAIN iban DROP CONSTRAINT iban_length")
