"""What signing and checking cost: a signature, a check, and a push of 1,000 operations with and without the check.

`python -m benchmarks.signatures`. Processor time, so that what else runs on the machine counts little. The server runs
in this process, on SQLite in a temporary folder.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from fastapi.testclient import TestClient

from tests.clocks import FakeClock
from tests.enrolled import ask_in, key_of
from tests.exchange import CHEAP_HASHER, NRP, OFFICER, PASSWORD, START, operations, settings_in
from tmcwall.server import reading
from tmcwall.server.accounts import add_user
from tmcwall.server.app import create_app
from tmcwall.signatures import Purpose, verifies
from tmcwall.sync.protocol import API, MAX_BATCH, OperationMessage
from tmcwall.sync.register import is_signed

COUNT = 1000
ROUNDS = 5


def microseconds(do: Callable[[], object], *, times: int = 2000) -> float:
    """Of this process, the median of five runs."""
    runs = []
    for _ in range(5):
        began = time.process_time()
        for _ in range(times):
            do()
        runs.append((time.process_time() - began) / times * 1e6)
    return statistics.median(runs)


def push_s(*, checked: bool) -> float:
    """Seconds of this process, server and client, for 1,000 operations in pushes of 200."""
    reading.is_signed = is_signed if checked else lambda _message, _keys: True  # type: ignore[attr-defined, assignment]
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(settings_in(Path(folder)), clock=FakeClock(START), hasher=CHEAP_HASHER)
        with app.state.context.database.write() as session:
            add_user(session, OFFICER, PASSWORD, hasher=CHEAP_HASHER, now=START)
        made = [OperationMessage.of(one).model_dump(mode="json") for one in operations(COUNT)]
        with TestClient(app, base_url=f"http://test{API}") as client:
            headers = {"Authorization": f"Bearer {ask_in(client, NRP, PASSWORD, 'ws1').json()['token']}"}
            began = time.process_time()
            for first in range(0, COUNT, MAX_BATCH):
                reply = client.post(
                    "/operations", json={"operations": made[first : first + MAX_BATCH]}, headers=headers
                )
                assert reply.status_code == 200, reply.text
            return time.process_time() - began


def main() -> None:
    (made,) = operations(1)
    key = key_of("ws1")
    print(f"sign    {microseconds(lambda: key.sign(Purpose.OPERATION, made.hash)):7.1f} us")
    hashed, public = made.hash, key.public
    print(f"sign    {microseconds(lambda: key.sign(Purpose.OPERATION, hashed)):7.1f} us without the hash")
    check = microseconds(lambda: verifies(public, Purpose.OPERATION, hashed, made.signature))
    print(f"verify  {check:7.1f} us")
    without, with_check = [], []
    for _ in range(ROUNDS):  # in turn, so that both meet the same machine
        without.append(push_s(checked=False))
        with_check.append(push_s(checked=True))
    before, after = statistics.median(without), statistics.median(with_check)
    print(f"push of {COUNT}: {before:.2f} s without, {after:.2f} s with the check, ratio {after / before:.3f}")


if __name__ == "__main__":
    main()
