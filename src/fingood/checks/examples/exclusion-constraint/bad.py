"""Notes do not overlap."""

from alembic import op

revision = "exclusion_constraint_bad"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE notes ADD CONSTRAINT ex_notes EXCLUDE USING gist (valid_during WITH &&)")


def downgrade() -> None:
    op.drop_constraint("ex_notes", "notes")
