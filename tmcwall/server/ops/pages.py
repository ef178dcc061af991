"""Routes of the operator page: it only shows; what changes anything is done on the command line."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from functools import partial
from typing import Annotated, Final, Literal
from urllib.parse import parse_qs, urlsplit

from fastapi import APIRouter, Cookie, Depends, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import HTMLResponse, RedirectResponse, Response

from tmcwall.domain.officer import Officer, Role
from tmcwall.server.audit import AuditAction, audit
from tmcwall.server.connections import note_proof
from tmcwall.server.context import Context, ServerContext, address_of
from tmcwall.server.health import Problem, Readiness
from tmcwall.server.identity_provider import Named
from tmcwall.server.ops import html, provider
from tmcwall.server.ops.assets import SCRIPT, STYLE
from tmcwall.server.ops.standing import Standing, standing
from tmcwall.server.provider_sessions import keep_provider_session
from tmcwall.server.refusal import RequestRefused
from tmcwall.server.rights import OPERATOR_PAGE, Identity
from tmcwall.server.sessions import begin_session, end_session, hash_token
from tmcwall.sync.protocol import RefusalCode
from tmcwall.texts import Language, Translator
from tmcwall.texts import operator_page as texts

router = APIRouter(prefix="/ops", include_in_schema=False)

READERS: Final = frozenset({Role.ADMIN, Role.HEAD, Role.SUPERVISOR, Role.AUDITOR})

_SESSION: Final = "tmcwall_ops"
_LANGUAGE: Final = "tmcwall_lang"
_ATTEMPT: Final = "tmcwall_ops_attempt"
_PROVIDER_PATH: Final = "/ops/provider"
_PROBLEMS: Final = {
    RefusalCode.TOO_MANY: texts.TOO_MANY,
    RefusalCode.PROVIDER_REFUSED: texts.PROVIDER_REFUSED,
    RefusalCode.PROOF_REFUSED: texts.PROVIDER_REFUSED,
    RefusalCode.PROVIDER_AWAY: texts.PROVIDER_AWAY,
    RefusalCode.IDENTITY_UNKNOWN: texts.IDENTITY_UNKNOWN,
}
_HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "same-origin",  # with `no-referrer` a form of our own would come from origin `null`
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def _language(
    request: Request,
    lang: Annotated[Language | None, Query()] = None,
    kept: Annotated[str, Cookie(alias=_LANGUAGE)] = "",
) -> Language:
    """As chosen just now, as chosen before, as the browser asks, Indonesian."""
    if lang is not None:
        return lang
    if kept in set(Language):
        return Language(kept)
    asked = request.headers.get("accept-language", "")
    for part in asked.split(","):
        code = part.split(";")[0].strip().lower()[:2]
        if code in set(Language):
            return Language(code)
    return Language.ID


async def _reader(
    request: Request, context: Context, session: Annotated[str, Cookie(alias=_SESSION)] = ""
) -> Identity | None:
    """Who has signed in on this page and may read it still."""
    if not 0 < len(session) <= 256:
        return None
    try:
        identity = await run_in_threadpool(context.identity, hash_token(session))
    except RequestRefused:
        return None
    if identity.device != OPERATOR_PAGE or identity.officer.role not in READERS:
        return None
    note_proof(request)
    return identity


def _from_this_page(request: Request) -> None:
    """Raises RequestRefused(FORBIDDEN) for a form that another site has sent (CSRF)."""
    if request.headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        raise RequestRefused(RefusalCode.FORBIDDEN)
    origin = request.headers.get("origin")
    if origin is not None and urlsplit(origin).netloc != request.headers.get("host"):
        raise RequestRefused(RefusalCode.FORBIDDEN)


Wanted = Annotated[Language, Depends(_language)]
Reader = Annotated[Identity | None, Depends(_reader)]


@router.get("")
async def whole(request: Request, context: Context, language: Wanted, reader: Reader) -> Response:
    if reader is None:
        return _to("/ops/sign-in")
    found, problems = await _look(request, context)
    text = html.page(found, problems, Translator(language), officer=reader.officer.name)
    return _remembering(HTMLResponse(text, headers=_HEADERS), request, language)


@router.get("/part")
async def part(request: Request, context: Context, language: Wanted, reader: Reader) -> Response:
    if reader is None:
        return Response(status_code=401, headers=_HEADERS)
    found, problems = await _look(request, context)
    return HTMLResponse(str(html.part(found, problems, Translator(language))), headers=_HEADERS)


@router.get("/sign-in")
async def sign_in_form(request: Request, context: Context, language: Wanted) -> Response:
    page = html.sign_in_page(Translator(language), provider=_has_provider(context))
    return _remembering(HTMLResponse(page, headers=_HEADERS), request, language)


@router.post("/sign-in", dependencies=[Depends(_from_this_page)])
async def sign_in(request: Request, context: Context, language: Wanted) -> Response:
    given = parse_qs((await request.body()).decode("utf-8", "replace"), max_num_fields=8)
    nrp, password = (given.get(name, [""])[0] for name in ("nrp", "password"))
    address = address_of(request)
    check = partial(context.sign_in.check, context.database, nrp, password, device=OPERATOR_PAGE, address=address)
    try:
        if not (0 < len(nrp) <= 128 and 0 < len(password) <= 256):
            raise RequestRefused(RefusalCode.SIGN_IN_REFUSED)
        async with context.password_checks.turn(address):
            officer = await asyncio.get_running_loop().run_in_executor(context.password_threads, check)
    except RequestRefused as refused:
        code = refused.refusal.code
        note = partial(context.note, AuditAction.SIGN_IN, request, actor=nrp, about=OPERATOR_PAGE, outcome=code)
        await run_in_threadpool(note)
        return _sign_in_again(context, refused, language)
    return await _let_in(request, context, officer, language=language)


@router.get("/provider")
async def begin_at_provider(request: Request, context: Context, language: Wanted) -> Response:
    """On to the identity provider. Somebody unknown asks here, so each address is counted."""
    address = address_of(request)
    try:
        context.strangers.count(address)
        async with context.browser_sign_ins.turn(address):
            url, sealed = await run_in_threadpool(provider.begin, context, base=str(request.base_url))
    except RequestRefused as refused:
        return _sign_in_again(context, refused, language)
    reply = RedirectResponse(url, 303, headers=_HEADERS)
    # Lax: the provider leads the browser back here from another site.
    _put_cookie(reply, request, _ATTEMPT, sealed, path=_PROVIDER_PATH, same_site="lax")
    return reply


@router.get("/provider/return")
async def return_from_provider(
    request: Request,
    context: Context,
    language: Wanted,
    attempt: Annotated[str, Cookie(alias=_ATTEMPT)] = "",
) -> Response:
    """The browser comes back with a code, or with an error, which is a refusal."""
    given = {name: request.query_params.get(name, "")[: provider.LONGEST] for name in ("state", "code", "iss")}
    address = address_of(request)
    complete = partial(
        provider.complete, context, attempt, state=given["state"], code=given["code"], issuer=given["iss"]
    )  # fmt: skip
    try:
        context.strangers.count(address)
        if not given["code"]:
            raise RequestRefused(RefusalCode.PROVIDER_REFUSED)
        async with context.browser_sign_ins.turn(address):
            officer, named = await run_in_threadpool(complete)
    except RequestRefused as refused:
        code = refused.refusal.code
        issuer = context.identity_provider.issuer if context.identity_provider is not None else ""
        note = partial(context.note, AuditAction.SIGN_IN, request, actor=issuer, about=OPERATOR_PAGE, outcome=code)
        await run_in_threadpool(note)
        return _sign_in_again(context, refused, language)
    reply = await _let_in(request, context, officer, language=language, named=named)
    reply.delete_cookie(_ATTEMPT, path=_PROVIDER_PATH, httponly=True, samesite="lax")
    return reply


async def _let_in(
    request: Request, context: ServerContext, officer: Officer, *, language: Language, named: Named | None = None
) -> Response:
    """The session's cookie, for who may read the page. `named`: by the provider."""
    say = Translator(language)
    if officer.role not in READERS:
        note = partial(context.note, AuditAction.SIGN_IN, request, about=OPERATOR_PAGE, outcome="forbidden")
        await run_in_threadpool(note, actor=officer.nrp)
        page = html.sign_in_page(say, provider=_has_provider(context), problem=texts.FORBIDDEN)
        return HTMLResponse(page, 403, headers=_HEADERS)
    token = await run_in_threadpool(_begin, context, officer, address=address_of(request), named=named)
    reply = _to("/ops") if named is None else HTMLResponse(html.signed_in_page(say), headers=_HEADERS)
    _put_cookie(reply, request, _SESSION, token, path="/ops", same_site="strict")
    return reply


@router.post("/sign-out", dependencies=[Depends(_from_this_page)])
async def sign_out(context: Context, reader: Reader) -> Response:
    if reader is not None:
        await run_in_threadpool(_end, context, reader)
    reply = _to("/ops/sign-in")
    reply.delete_cookie(_SESSION, path="/ops", httponly=True, samesite="strict")
    return reply


@router.get("/ops.css")
async def style() -> Response:
    return Response(STYLE, media_type="text/css", headers=_HEADERS)


@router.get("/ops.js")
async def script() -> Response:
    return Response(SCRIPT, media_type="text/javascript", headers=_HEADERS)


async def _look(request: Request, context: ServerContext) -> tuple[Standing, tuple[Problem, ...]]:
    readiness = request.app.state.readiness
    assert isinstance(readiness, Readiness)
    problems = await run_in_threadpool(readiness.problems, context)
    return await run_in_threadpool(standing, context), problems


def _has_provider(context: ServerContext) -> bool:
    return context.identity_provider is not None


def _sign_in_again(context: ServerContext, refused: RequestRefused, language: Language) -> Response:
    problem = _PROBLEMS.get(refused.refusal.code, texts.REFUSED)
    page = html.sign_in_page(Translator(language), provider=_has_provider(context), problem=problem)
    return HTMLResponse(page, refused.status, headers=_HEADERS)


def _put_cookie(
    reply: Response, request: Request, name: str, value: str, *, path: str, same_site: Literal["lax", "strict"]
) -> None:
    secure = request.url.scheme == "https"
    reply.set_cookie(name, value, path=path, secure=secure, httponly=True, samesite=same_site)


def _begin(context: ServerContext, officer: Officer, *, address: str, named: Named | None = None) -> str:
    now = context.clock.utc()
    with context.database.write() as session:
        # A browser renews no token, so the page has one for the whole session.
        policy = replace(context.session_policy, token=context.session_policy.longest)
        token = begin_session(session, officer, device=OPERATOR_PAGE, policy=policy, now=now).token
        if named is not None:
            keep_provider_session(session, hash_token(token), named, now=now)
        audit(session, AuditAction.SIGN_IN, at=now, actor=officer.nrp, about=OPERATOR_PAGE, address=address)
    return token


def _end(context: ServerContext, reader: Identity) -> None:
    now = context.clock.utc()
    with context.database.write() as session:
        end_session(session, reader.session, now=now)
        audit(session, AuditAction.SIGN_OUT, at=now, actor=reader.officer.nrp, about=OPERATOR_PAGE)


def _to(path: str) -> RedirectResponse:
    return RedirectResponse(path, 303, headers=_HEADERS)


def _remembering(reply: Response, request: Request, language: Language) -> Response:
    """Only what was chosen: a browser says itself what it prefers."""
    if "lang" not in request.query_params:
        return reply
    secure = request.url.scheme == "https"
    reply.set_cookie(_LANGUAGE, language.value, path="/ops", secure=secure, httponly=True, samesite="strict")
    return reply
