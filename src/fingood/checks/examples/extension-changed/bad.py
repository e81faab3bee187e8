"""The newest of everything."""

from alembic import op

revision = "extension_changed_bad"
down_revision = "bank"
branch_labels = None
depends_on = None
irreversible = "an extension has no way back to an older version"


def upgrade() -> None:
    op.execute("ALTER EXTENSION plpgsql UPDATE")


def downgrade() -> None:
    pass
