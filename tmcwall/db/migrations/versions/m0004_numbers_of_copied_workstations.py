"""Operations of a copied workstation may have the numbers of the original's, which come from the server."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("operations", recreate="always", table_kwargs={"sqlite_autoincrement": True}) as table:
        table.drop_constraint(op.f("uq_operations_device"), type_="unique")
    op.create_index(
        "ix_operations_own_number", "operations", ["device", "number"], unique=True, sqlite_where=sa.text("own")
    )
