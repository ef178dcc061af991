"""The check of a password against what this workstation keeps, slowed down after wrong ones."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

from tmcwall.db import officers as officer_rows
from tmcwall.db import sign_in_attempts
from tmcwall.db.store import Session
from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.domain.roster import Account
from tmcwall.log import get_logger
from tmcwall.services.future_dispatcher import StoreProtocol, settled

log = get_logger(__name__)


def check_kept_password(
    store: StoreProtocol, nrp: str, password: str, *, now: datetime, valid_for: timedelta = officer_rows.OFFLINE_FOR
) -> Account:
    """The account of whoever knows its password. Waits for the store and for the hash: not in the GUI thread.

    Raises Fault(SIGN_IN_DELAYED) after several wrong passwords, and what `db.officers.check` does.
    """
    settled(store.write(partial(sign_in_attempts.begin, nrp=nrp, at=now)))

    def check(session: Session) -> Account:
        officer_rows.check(session, nrp, password, now=now, valid_for=valid_for)
        account = officer_rows.account(session, nrp)
        assert account is not None, "it has just been checked, in the same look at the store"
        return account

    try:
        found = settled(store.read(check))
    except Fault as fault:
        if fault.code is FaultCode.SIGN_IN_REFUSED:
            log.warning("password_wrong", nrp=nrp)
        raise
    settled(store.write(partial(sign_in_attempts.forget, nrp=nrp)))
    return found
