"""Number the prices and make the number their key."""

# also: add-column-serial-or-identity because every row is numbered as well

from alembic import op

revision = "add_primary_key_column_bad"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE prices ADD COLUMN number bigserial PRIMARY KEY")


def downgrade() -> None:
    op.drop_column("prices", "number")
