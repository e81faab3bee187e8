"""Nothing else goes along: whoever depends on it makes the revision fail."""

from alembic import op

revision = "drop_cascade_good"
down_revision = "bank"
branch_labels = None
depends_on = None
irreversible = "nothing is left to take back"


def upgrade() -> None:
    op.execute("CREATE MATERIALIZED VIEW helper AS SELECT count(*) FROM owners")
    op.execute("DROP MATERIALIZED VIEW helper")


def downgrade() -> None:
    pass
