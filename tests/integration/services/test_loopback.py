"""What this workstation hears on its loopback while an officer is at the browser."""

import socket
import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import httpx2
import pytest

from tmcwall.sync.loopback import Answer, LoopbackListener

STATE = "a-state-that-nobody-guesses"


@pytest.fixture
def listener() -> Iterator[LoopbackListener]:
    with LoopbackListener("Selesai <b>", longest_s=20.0) as opened:
        yield opened


@pytest.fixture
def stop() -> threading.Event:
    return threading.Event()


@pytest.fixture
def waiting(listener: LoopbackListener, stop: threading.Event) -> Iterator[Future[Answer | None]]:
    with ThreadPoolExecutor(1) as pool:
        yield pool.submit(listener.wait, STATE, stop=stop)
        stop.set()


def ask(listener: LoopbackListener, query: str, path: str = "/", method: str = "GET") -> httpx2.Response:
    return httpx2.request(method, f"http://127.0.0.1:{listener.port}{path}?{query}", trust_env=False)


def test_the_answer_with_the_state_is_taken_and_the_browser_is_told(
    listener: LoopbackListener, waiting: Future[Answer | None]
) -> None:
    reply = ask(listener, f"code=c1&state={STATE}&iss=https%3A%2F%2Fsso.example")
    assert waiting.result(10) == Answer("c1", "https://sso.example")
    assert (reply.status_code, "Selesai &lt;b&gt;" in reply.text) == (200, True)
    assert reply.headers["cache-control"] == "no-store"


def test_what_another_program_of_this_machine_sends_is_no_answer(
    listener: LoopbackListener, waiting: Future[Answer | None]
) -> None:
    for query, path, method in (
        ("code=c1", "/", "GET"), ("code=c1&state=guessed", "/", "GET"), (f"code=c1&state={STATE}", "/x", "GET"),
        (f"code=c1&state={STATE}", "/", "POST"), ("&".join(f"a{n}=1" for n in range(40)), "/", "GET"),
    ):  # fmt: skip
        assert ask(listener, query, path, method).status_code >= 400
    with socket.create_connection(("127.0.0.1", listener.port)) as broken:
        broken.sendall(b"\x16\x03\x01 not http\r\n\r\n")
    ask(listener, f"code=real&state={STATE}")
    assert waiting.result(10) == Answer("real")


def test_a_refusal_of_the_provider_is_told_apart(listener: LoopbackListener, waiting: Future[Answer | None]) -> None:
    ask(listener, f"error=access_denied&state={STATE}")
    assert waiting.result(10) == Answer("", error="access_denied")


def test_giving_up_and_time_end_the_waiting(listener: LoopbackListener, stop: threading.Event) -> None:
    stop.set()
    assert listener.wait(STATE, stop=stop) is None
    with LoopbackListener("", longest_s=0.0) as short:
        assert short.wait(STATE, stop=threading.Event()) is None
