"""A headless Chromium, driven over its debugging pipe: what the operator page is in a real browser."""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.waiting import PATIENCE_S, until

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")


class Browser:
    """One page. https://chromedevtools.github.io/devtools-protocol/"""

    def __init__(self, requests: int, replies: int) -> None:
        self._requests = requests
        self._replies = replies
        self._last = 0
        self._rest = b""
        self._session = ""
        self.complaints: list[str] = []
        """What the page has written to the console, and what the security policy has kept from it."""
        target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Audits"):
            self.ask(f"{domain}.enable")
        self.ask(
            "Emulation.setDeviceMetricsOverride", width=1400, height=1100, deviceScaleFactor=1, mobile=False
        )  # fmt: skip

    def ask(self, method: str, **params: object) -> dict[str, Any]:  # Any: JSON of the protocol
        self._last += 1
        asked = {"id": self._last, "method": method, "params": params}
        os.write(
            self._requests, json.dumps(asked | ({"sessionId": self._session} if self._session else {})).encode() + b"\0"
        )
        while True:
            message = self._next()
            if message.get("id") == self._last:
                assert "error" not in message, message
                result: dict[str, Any] = message["result"]
                return result
            self._note(message)

    def open(self, url: str) -> None:
        self.ask("Page.navigate", url=url)
        self.wait_for("document.readyState === 'complete'")

    def run(self, script: str) -> object:
        """What the expression is."""
        found = self.ask("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        return found["result"].get("value")

    def wait_for(self, script: str) -> None:
        until(lambda: self.run(script))

    def picture(self, file: Path) -> None:
        file.write_bytes(base64.b64decode(self.ask("Page.captureScreenshot", format="png")["data"]))

    def _next(self) -> dict[str, Any]:
        while b"\0" not in self._rest:
            part = os.read(self._replies, 1 << 16)
            assert part, "the browser has ended"
            self._rest += part
        line, _, self._rest = self._rest.partition(b"\0")
        message: dict[str, Any] = json.loads(line)
        return message

    def _note(self, message: dict[str, Any]) -> None:
        said = json.dumps(message.get("params", {}))
        method = message.get("method")
        policy = method == "Audits.issueAdded" and "ContentSecurityPolicyIssue" in said
        if policy or method in {"Runtime.exceptionThrown", "Log.entryAdded"}:
            self.complaints.append(said)


@contextmanager
def browser(profile: Path) -> Iterator[Browser]:
    """Ended with its children at the end."""
    assert CHROMIUM is not None
    to_read, requests = os.pipe()
    replies, to_write = os.pipe()
    command = [
        CHROMIUM, "--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-dev-shm-usage",
        "--disable-background-networking", "--no-proxy-server", f"--user-data-dir={profile}", "--remote-debugging-pipe",
    ]  # fmt: skip
    pipes = f'exec 3<&{to_read} 4>&{to_write}; exec "$@"'
    process = subprocess.Popen(
        ["bash", "-c", pipes, "bash", *command],
        pass_fds=(to_read, to_write),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.close(to_read)
    os.close(to_write)
    try:
        opened = Browser(requests, replies)
        yield opened
        os.write(requests, b'{"id": 999999, "method": "Browser.close"}\0')
        process.wait(PATIENCE_S)
    finally:
        process.kill()
        process.wait()
        os.close(requests)
        os.close(replies)
