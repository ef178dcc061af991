"""One server, spoken to over HTTP: requests and replies as messages, everything that goes wrong as a `Fault`."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from typing import Final, TypeVar
from urllib.parse import urlsplit

import httpx2
from pydantic import BaseModel, ValidationError

from tmcwall import __version__
from tmcwall.domain.address import is_this_machine
from tmcwall.domain.fault import DomainCode, DomainError, Fault, FaultCode
from tmcwall.sync.protocol import API, PROTOCOL, Refusal, RefusalCode, ServerInfo

M = TypeVar("M", bound=BaseModel)

_FAULTS: Final[Mapping[RefusalCode | None, FaultCode]] = {
    RefusalCode.DEVICE_UNKNOWN: FaultCode.DEVICE_NOT_ENROLLED,
    RefusalCode.PROOF_REFUSED: FaultCode.DEVICE_NOT_ENROLLED,
    RefusalCode.SIGNATURE_REFUSED: FaultCode.DEVICE_NOT_ENROLLED,
    RefusalCode.DEVICE_REVOKED: FaultCode.DEVICE_REVOKED,
    RefusalCode.ENROLMENT_REFUSED: FaultCode.ENROLMENT_REFUSED,
    RefusalCode.PROVIDER_AWAY: FaultCode.PROVIDER_UNREACHABLE,
    RefusalCode.PROVIDER_REFUSED: FaultCode.PROVIDER_REFUSED,
    RefusalCode.IDENTITY_UNKNOWN: FaultCode.IDENTITY_UNKNOWN,
}

USER_AGENT = f"tmcwall/{__version__}"


class Refused(Fault):
    """The server answered, and said no. `retry_after_s` is what it asked for."""

    def __init__(
        self,
        code: FaultCode,
        detail: str,
        *,
        status: int,
        refusal: Refusal | None,
        retry_after_s: float = 0.0,
    ) -> None:
        super().__init__(code, detail, retryable=status >= 500 or status in {408, 425, 429})
        self.status = status
        self.refusal = refusal
        self.retry_after_s = retry_after_s

    @property
    def reason(self) -> RefusalCode | None:
        return self.refusal.code if self.refusal else None


def check_server_url(url: str, *, allow_plain: bool = False) -> str:
    """The server's address without a trailing slash. Plain HTTP is for this machine only unless `allow_plain`.

    Raises DomainError(SERVER_URL_*).
    """
    try:
        parts = urlsplit(url.strip())
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise DomainError(DomainCode.SERVER_URL_MALFORMED) from None
    if parts.username is not None or parts.password is not None:
        raise DomainError(DomainCode.SERVER_URL_PASSWORD)
    if parts.scheme not in {"http", "https"}:
        raise DomainError(DomainCode.SERVER_URL_MALFORMED, parts.scheme)
    if not host or parts.query or parts.fragment:
        raise DomainError(DomainCode.SERVER_URL_MALFORMED, url)
    if parts.scheme == "http" and not allow_plain and not is_this_machine(host):
        raise DomainError(DomainCode.SERVER_URL_PLAIN, host)
    return url.strip().rstrip("/")


@contextmanager
def sendable() -> Iterator[None]:
    """Around the making of a message. Raises Fault(MESSAGE_UNSENDABLE) if the protocol does not take what it is to say.

    The values stay out of it: one may be a password.
    """
    try:
        yield
    except ValidationError as error:
        places = {".".join(map(str, problem["loc"])) for problem in error.errors(include_input=False)}
        detail = ", ".join(sorted(places)[:3])
        raise Fault(FaultCode.MESSAGE_UNSENDABLE, f"{error.title}: {detail}", retryable=False) from None


def fault_of_transport(error: httpx2.HTTPError) -> Fault:
    """What it means for an officer that a request did not get through."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLError):
            return Fault(FaultCode.TLS_UNTRUSTED, type(cause).__name__, retryable=False)
        cause = cause.__cause__ or cause.__context__
    return Fault(FaultCode.SERVER_UNREACHABLE, type(error).__name__)


def check_reply(response: httpx2.Response) -> httpx2.Response:
    """Raises Refused for everything but 2xx. The body must have been read."""
    if response.is_success:
        return response
    try:
        refusal = Refusal.model_validate_json(response.content)
    except ValidationError:
        refusal = None
    reason = refusal.code if refusal else None
    code = FaultCode.SERVER_REFUSED
    if response.is_redirect or (refusal is None and response.status_code == 404):
        code = FaultCode.SERVER_INCOMPATIBLE
    elif reason is RefusalCode.SIGN_IN_REFUSED:
        code = FaultCode.SIGN_IN_REFUSED
    elif reason is RefusalCode.PASSWORD_DUE:
        code = FaultCode.PASSWORD_DUE
    elif reason in _FAULTS:
        code = _FAULTS[reason]
    elif response.status_code == 401:
        code = FaultCode.SIGN_IN_EXPIRED
    elif reason is RefusalCode.SCHEMA_NEWER:
        code = FaultCode.SERVER_INCOMPATIBLE
    detail = f"status {response.status_code}" + (f", {reason}" if reason else "")
    raise Refused(
        code, detail, status=response.status_code, refusal=refusal, retry_after_s=_retry_after_s(response.headers)
    )


def _retry_after_s(headers: Mapping[str, str]) -> float:
    try:
        return min(max(float(headers.get("retry-after", "0")), 0.0), 3600.0)
    except ValueError:  # an HTTP date: the ordinary back-off does
        return 0.0


def parse_reply(response: httpx2.Response, kind: type[M]) -> M:
    """Raises Fault(SERVER_INCOMPATIBLE) if the body is something else: a captive portal, another program."""
    try:
        return kind.model_validate_json(check_reply(response).content)
    except ValidationError as error:
        raise Fault(FaultCode.SERVER_INCOMPATIBLE, f"{kind.__name__}: {error.error_count()} fields") from None


def check_protocol(info: ServerInfo) -> None:
    """Raises Fault(SERVER_INCOMPATIBLE) if this version and the server's cannot work together."""
    if info.product != "tmcwall" or not info.oldest_protocol <= PROTOCOL <= info.protocol:
        detail = f"server {info.version}, protocol {info.oldest_protocol} to {info.protocol}, ours {PROTOCOL}"
        raise Fault(FaultCode.SERVER_INCOMPATIBLE, detail, retryable=False)


def open_client(address: str, *, timeout_s: float, transport: httpx2.BaseTransport | None) -> httpx2.Client:
    """For a few requests that are waited for. Redirects are not followed."""
    return httpx2.Client(
        base_url=address + API,
        timeout=httpx2.Timeout(timeout_s, connect=min(timeout_s, 5.0)),
        transport=transport,
        headers={"User-Agent": USER_AGENT},
        trust_env=False,
    )


class Connection:
    """Requests to one server with one officer's token. Redirects are not followed: the token goes nowhere else."""

    def __init__(self, client: httpx2.AsyncClient) -> None:
        self._client = client

    @classmethod
    @asynccontextmanager
    async def open(
        cls, server_url: str, *, timeout_s: float, transport: httpx2.AsyncBaseTransport | None
    ) -> AsyncIterator[Connection]:
        async with httpx2.AsyncClient(
            base_url=server_url + API,
            timeout=httpx2.Timeout(timeout_s, connect=min(timeout_s, 5.0)),
            transport=transport,
            headers={"User-Agent": USER_AGENT},
            # No proxy and no .netrc from the environment: the server is in the agency's network.
            trust_env=False,
        ) as client:
            yield cls(client)

    async def get(
        self, path: str, kind: type[M], *, token: str | None = None, params: Mapping[str, int | str] | None = None
    ) -> M:
        return parse_reply(await self.request("GET", path, token=token, params=params), kind)

    async def post(self, path: str, body: BaseModel, kind: type[M], *, token: str) -> M:
        headers = {"Content-Type": "application/json"}
        content = body.model_dump_json().encode()
        return parse_reply(await self.request("POST", path, token=token, headers=headers, content=content), kind)

    async def request(
        self,
        method: str,
        path: str,
        *,
        token: str | None = None,
        params: Mapping[str, int | str] | None = None,
        headers: Mapping[str, str] | None = None,
        content: bytes | None = None,
    ) -> httpx2.Response:
        """The reply as it is, of any status. Raises Fault(SERVER_UNREACHABLE, TLS_UNTRUSTED)."""
        try:
            return await self._client.request(
                method,
                path,
                params=None if params is None else dict(params),
                headers={**(headers or {}), **_authorization(token)},
                content=content,
            )
        except httpx2.HTTPError as error:
            raise fault_of_transport(error) from error

    @asynccontextmanager
    async def events(self, path: str, *, token: str, after: int, silence_s: float) -> AsyncIterator[httpx2.EventSource]:
        """The server's events from `after` on. Raises Fault; ReadTimeout becomes one after `silence_s`."""
        try:
            async with self._client.sse(
                path,
                headers={"Last-Event-ID": str(after), **_authorization(token)},
                timeout=httpx2.Timeout(silence_s, connect=5.0),
            ) as source:
                if not source.response.is_success:
                    await source.response.aread()
                    check_reply(source.response)
                yield source
        except (httpx2.HTTPError, httpx2.SSEError) as error:
            raise Fault(FaultCode.SERVER_UNREACHABLE, type(error).__name__) from error


def _authorization(token: str | None) -> dict[str, str]:
    return {} if token is None else {"Authorization": f"Bearer {token}"}
