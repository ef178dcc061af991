"""The operator page as HTML. Every value goes through `Markup.format`, which escapes it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from markupsafe import Markup

from tmcwall.domain.health import TileState
from tmcwall.server.health import Problem
from tmcwall.server.ops.standing import Desk, Standing
from tmcwall.texts import Language, Text, Translator
from tmcwall.texts import operator_page as texts
from tmcwall.texts.states import STATES

_PAGE = Markup(
    '<!DOCTYPE html><html lang="{language}"><head><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width, initial-scale=1">'
    '<title>{title}</title><link rel="stylesheet" href="/ops/ops.css"><script src="/ops/ops.js" defer></script></head>'
    "<body>{body}</body></html>"
)


def sign_in_page(say: Translator, *, provider: bool = False, problem: Text | None = None) -> str:
    """`provider`: there is an identity provider, too."""
    told = Markup('<p class="bad" role="alert">{}</p>').format(say(problem)) if problem else Markup("")
    form = Markup(
        '<form class="sign-in" method="post" action="/ops/sign-in"><h1>{title}</h1>{told}'
        '<label>{nrp}<input name="nrp" autocomplete="username" required autofocus maxlength="128"></label>'
        '<label>{password}<input name="password" type="password" autocomplete="current-password" required '
        'maxlength="256"></label><button>{sign_in}</button>{provider}{switch}</form>'
    ).format(
        title=say(texts.TITLE),
        told=told,
        nrp=say(texts.NRP),
        password=say(texts.PASSWORD),
        sign_in=say(texts.SIGN_IN),
        # A link and no form: the policy of the page lets forms go to this server only, also on a redirect.
        provider=Markup('<a href="/ops/provider">{}</a>').format(say(texts.BY_PROVIDER)) if provider else Markup(""),
        switch=_switch(say, "/ops/sign-in"),
    )
    return _page(say, Markup("<main>{}</main>").format(form))


def signed_in_page(say: Translator) -> str:
    """Goes on by itself: a browser gives the session's cookie to no address to which the provider has led it."""
    main = Markup('<main><meta http-equiv="refresh" content="0; url=/ops"><a href="/ops">{}</a></main>')
    return _page(say, main.format(say(texts.GO_ON)))


def page(standing: Standing, problems: Sequence[Problem], say: Translator, *, officer: str) -> str:
    head = Markup(
        '<header><h1>{title}</h1>{switch}<span class="soft">{officer}</span>'
        '<form method="post" action="/ops/sign-out"><button>{sign_out}</button></form></header>'
    ).format(
        title=say(texts.TITLE),
        switch=_switch(say, "/ops"),
        officer=officer,
        sign_out=say(texts.SIGN_OUT),
    )
    main = Markup("<main data-live>{}</main>").format(part(standing, problems, say))
    return _page(say, head + main)


def part(standing: Standing, problems: Sequence[Problem], say: Translator) -> Markup:
    """What is refreshed."""
    columns = Markup('<div class="columns"><div>{}</div><div>{}</div><div>{}</div></div>').format(
        _cameras(standing, say), _storage(standing, say), _sources(standing, say)
    )
    return Markup("").join(
        (
            Markup('<p class="soft">{} {}</p>').format(say(texts.AS_OF), _time(standing.at)),
            _readiness(problems, say),
            columns,
            _desks(standing, say),
            _quarantine(standing, say),
            _audit(standing, say),
        )
    )


def _page(say: Translator, body: Markup) -> str:
    return str(_PAGE.format(language=say.language.value, title=say(texts.TITLE), body=body))


def _switch(say: Translator, path: str) -> Markup:
    other = Language.EN if say.language is Language.ID else Language.ID
    link = Markup('<a href="{}?lang={}" hreflang="{}">{}</a>')
    return link.format(path, other.value, other.value, say(texts.OTHER_LANGUAGE))


def _readiness(problems: Sequence[Problem], say: Translator) -> Markup:
    if not problems:
        return Markup("<p>{}</p>").format(say(texts.READY))
    named = ", ".join(say(texts.PROBLEMS[problem.value]) for problem in problems)
    return Markup('<p class="bad" role="alert">{} {}</p>').format(say(texts.NOT_READY), named)


def _cameras(standing: Standing, say: Translator) -> Markup:
    rows = [
        (say(STATES[TileState(state)].word) if state in set(TileState) else state, _number(count))
        for state, count in standing.cameras().items()
    ]
    return _table(texts.CAMERAS, (texts.STATE, texts.COUNT), rows, say, empty=texts.NO_CAMERAS)


def _storage(standing: Standing, say: Translator) -> Markup:
    storage = standing.storage
    rows = [
        (say(texts.FREE), f"{_bytes(storage.free)} / {_bytes(storage.total)}"),
        (say(texts.CLIPS), f"{storage.clips} ({_bytes(storage.clip_bytes)})"),
        (say(texts.INCOMPLETE), _number(storage.incomplete)),
        (say(texts.OPERATIONS), _number(standing.operations)),
        (say(texts.CONFLICTS), _number(standing.conflicts)),
        (say(texts.QUARANTINE), _number(standing.quarantined)),
        (say(texts.REQUESTS), _number(standing.requests["requests"])),
        (say(texts.STREAMS), _number(standing.requests["streams"])),
    ]
    return _table(texts.STORAGE, (), rows, say)


def _sources(standing: Standing, say: Translator) -> Markup:
    rows = [
        (
            source.name,
            _number(source.last_minute),
            _number(source.last_hour),
            _time(source.former_until) if source.former_until else "",
        )
        for source in standing.sources
    ]
    head = (texts.SOURCE, texts.PER_MINUTE, texts.PER_HOUR, texts.FORMER)
    return _table(texts.SOURCES, head, rows, say, empty=texts.NO_SOURCES)


def _desks(standing: Standing, say: Translator) -> Markup:
    rows = [
        (
            desk.device,
            desk.officer,
            desk.version,
            _number(desk.pending),
            _time(desk.oldest_unsent_at) if desk.oldest_unsent_at else "",
            _last_word(desk, standing.at, say),
        )
        for desk in standing.desks
    ]
    head = (texts.DESK, texts.OFFICER, texts.VERSION, texts.PENDING, texts.OLDEST, texts.REPORTED)
    title = Text(f"{texts.DESKS.id} ({len(rows)})", f"{texts.DESKS.en} ({len(rows)})")
    return _table(title, head, rows, say, empty=texts.NO_DESKS)


def _last_word(desk: Desk, now: datetime, say: Translator) -> Markup:
    if not desk.is_silent(now):
        return _time(desk.reported_at)
    return Markup('{} <span class="bad">{}</span>').format(_time(desk.reported_at), say(texts.SILENT))


def _quarantine(standing: Standing, say: Translator) -> Markup:
    if not standing.newest_quarantined:
        return Markup("")
    rows = [(one.device, f"{one.entity}/{one.entity_id}", one.reason) for one in standing.newest_quarantined]
    return _table(texts.QUARANTINE, (texts.DESK, texts.ABOUT, texts.REASON), rows, say)


def _audit(standing: Standing, say: Translator) -> Markup:
    rows = [(_time(line.at), line.actor, line.action, line.about, line.outcome) for line in standing.audit]
    return _table(texts.AUDIT, (texts.TIME, texts.ACTOR, texts.ACTION, texts.ABOUT, texts.OUTCOME), rows, say)


def _table(
    title: Text,
    head: Sequence[Text],
    rows: Iterable[Sequence[str | Markup]],
    say: Translator,
    *,
    empty: Text | None = None,
) -> Markup:
    """Plain texts become escaped cells."""
    lines = [
        Markup("<tr>{}</tr>").format(Markup("").join(Markup("<td>{}</td>").format(cell) for cell in row))
        for row in rows
    ]  # fmt: skip
    heading = Markup("<h2>{}</h2>").format(say(title))
    if not lines and empty is not None:
        return heading + Markup('<p class="soft">{}</p>').format(say(empty))
    names = Markup("").join(Markup('<th scope="col">{}</th>').format(say(name)) for name in head)
    top = Markup("<thead><tr>{}</tr></thead>").format(names) if head else Markup("")
    return heading + Markup("<table>{}<tbody>{}</tbody></table>").format(top, Markup("").join(lines))


def _time(moment: datetime) -> Markup:
    """The script writes it in the reader's zone."""
    text = f"{moment:%Y-%m-%d %H:%M:%S} UTC"
    return Markup('<time datetime="{}">{}</time>').format(moment.isoformat(timespec="seconds"), text)


def _number(value: int) -> str:
    return f"{value:,}".replace(",", " ")


def _bytes(count: int) -> str:
    size = float(count)
    for unit in ("B", "KiB", "MiB", "GiB"):
        if size < 1024:
            return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}"
        size /= 1024
    return f"{size:.1f} TiB"
