"""Route: what a workstation says of itself."""

from __future__ import annotations

import json

from fastapi import APIRouter, Response

from tmcwall.server.context import Asker, Context
from tmcwall.server.tables import DeskReportRow
from tmcwall.sync.oversight import DeskReport

router = APIRouter()


@router.put("/desk", status_code=204)
def report(context: Context, asker: Asker, told: DeskReport) -> Response:
    """The newest report of the workstation whose token this is takes the place of the one before."""
    row = DeskReportRow(
        device=asker.device,
        officer=asker.officer.nrp,
        version=told.version,
        pending=told.pending,
        oldest_unsent_at=told.oldest_unsent_at,
        cameras=json.dumps(told.cameras),
        reported_at=context.clock.utc(),
    )
    with context.database.write() as session:
        session.merge(row)
    return Response(status_code=204)
