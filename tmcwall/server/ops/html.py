"""The operator page as HTML. Every value goes through `Markup.format`, which escapes it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from markupsafe import Markup

from tmcwall.server.health import Problem
from tmcwall.server.ops import words
from tmcwall.server.ops.standing import Desk, Standing
from tmcwall.server.ops.words import PageLanguage, Word

_PAGE = Markup(
    '<!DOCTYPE html><html lang="{language}"><head><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width, initial-scale=1">'
    '<title>{title}</title><link rel="stylesheet" href="/ops/ops.css"><script src="/ops/ops.js" defer></script></head>'
    "<body>{body}</body></html>"
)


def sign_in_page(language: PageLanguage, *, problem: Word | None = None) -> str:
    told = Markup('<p class="bad" role="alert">{}</p>').format(problem.say(language)) if problem else Markup("")
    form = Markup(
        '<form class="sign-in" method="post" action="/ops/sign-in"><h1>{title}</h1>{told}'
        '<label>{nrp}<input name="nrp" autocomplete="username" required autofocus maxlength="128"></label>'
        '<label>{password}<input name="password" type="password" autocomplete="current-password" required '
        'maxlength="256"></label><button>{sign_in}</button>{switch}</form>'
    ).format(
        title=words.TITLE.say(language),
        told=told,
        nrp=words.NRP.say(language),
        password=words.PASSWORD.say(language),
        sign_in=words.SIGN_IN.say(language),
        switch=_switch(language, "/ops/sign-in"),
    )
    return _page(language, Markup("<main>{}</main>").format(form))


def page(standing: Standing, problems: Sequence[Problem], language: PageLanguage, *, officer: str) -> str:
    head = Markup(
        '<header><h1>{title}</h1>{switch}<span class="soft">{officer}</span>'
        '<form method="post" action="/ops/sign-out"><button>{sign_out}</button></form></header>'
    ).format(
        title=words.TITLE.say(language),
        switch=_switch(language, "/ops"),
        officer=officer,
        sign_out=words.SIGN_OUT.say(language),
    )
    main = Markup("<main data-live>{}</main>").format(part(standing, problems, language))
    return _page(language, head + main)


def part(standing: Standing, problems: Sequence[Problem], language: PageLanguage) -> Markup:
    """What is refreshed."""
    say = language
    columns = Markup('<div class="columns"><div>{}</div><div>{}</div><div>{}</div></div>').format(
        _cameras(standing, say), _storage(standing, say), _sources(standing, say)
    )
    return Markup("").join(
        (
            Markup('<p class="soft">{} {}</p>').format(words.AS_OF.say(say), _time(standing.at)),
            _readiness(problems, say),
            columns,
            _desks(standing, say),
            _quarantine(standing, say),
            _audit(standing, say),
        )
    )


def _page(language: PageLanguage, body: Markup) -> str:
    return str(_PAGE.format(language=language.value, title=words.TITLE.say(language), body=body))


def _switch(language: PageLanguage, path: str) -> Markup:
    other = PageLanguage.ENGLISH if language is PageLanguage.INDONESIAN else PageLanguage.INDONESIAN
    link = Markup('<a href="{}?lang={}" hreflang="{}">{}</a>')
    return link.format(path, other.value, other.value, words.OTHER_LANGUAGE.say(language))


def _readiness(problems: Sequence[Problem], say: PageLanguage) -> Markup:
    if not problems:
        return Markup("<p>{}</p>").format(words.READY.say(say))
    named = ", ".join(words.PROBLEMS[problem.value].say(say) for problem in problems)
    return Markup('<p class="bad" role="alert">{} {}</p>').format(words.NOT_READY.say(say), named)


def _cameras(standing: Standing, say: PageLanguage) -> Markup:
    rows = [
        (words.STATES[state].say(say) if state in words.STATES else state, _number(count))
        for state, count in standing.cameras().items()
    ]
    return _table(words.CAMERAS, (words.STATE, words.COUNT), rows, say, empty=words.NO_CAMERAS)


def _storage(standing: Standing, say: PageLanguage) -> Markup:
    storage = standing.storage
    rows = [
        (words.FREE.say(say), f"{_bytes(storage.free)} / {_bytes(storage.total)}"),
        (words.CLIPS.say(say), f"{storage.clips} ({_bytes(storage.clip_bytes)})"),
        (words.INCOMPLETE.say(say), _number(storage.incomplete)),
        (words.OPERATIONS.say(say), _number(standing.operations)),
        (words.CONFLICTS.say(say), _number(standing.conflicts)),
        (words.QUARANTINE.say(say), _number(standing.quarantined)),
        (words.REQUESTS.say(say), _number(standing.requests["requests"])),
        (words.STREAMS.say(say), _number(standing.requests["streams"])),
    ]
    return _table(words.STORAGE, (), rows, say)


def _sources(standing: Standing, say: PageLanguage) -> Markup:
    rows = [
        (
            source.name,
            _number(source.last_minute),
            _number(source.last_hour),
            _time(source.former_until) if source.former_until else "",
        )
        for source in standing.sources
    ]
    head = (words.SOURCE, words.PER_MINUTE, words.PER_HOUR, words.FORMER)
    return _table(words.SOURCES, head, rows, say, empty=words.NO_SOURCES)


def _desks(standing: Standing, say: PageLanguage) -> Markup:
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
    head = (words.DESK, words.OFFICER, words.VERSION, words.PENDING, words.OLDEST, words.REPORTED)
    title = Word(f"{words.DESKS.id} ({len(rows)})", f"{words.DESKS.en} ({len(rows)})")
    return _table(title, head, rows, say, empty=words.NO_DESKS)


def _last_word(desk: Desk, now: datetime, say: PageLanguage) -> Markup:
    if not desk.is_silent(now):
        return _time(desk.reported_at)
    return Markup('{} <span class="bad">{}</span>').format(_time(desk.reported_at), words.SILENT.say(say))


def _quarantine(standing: Standing, say: PageLanguage) -> Markup:
    if not standing.newest_quarantined:
        return Markup("")
    rows = [(one.device, f"{one.entity}/{one.entity_id}", one.reason) for one in standing.newest_quarantined]
    return _table(words.QUARANTINE, (words.DESK, words.ABOUT, words.REASON), rows, say)


def _audit(standing: Standing, say: PageLanguage) -> Markup:
    rows = [(_time(line.at), line.actor, line.action, line.about, line.outcome) for line in standing.audit]
    return _table(words.AUDIT, (words.TIME, words.ACTOR, words.ACTION, words.ABOUT, words.OUTCOME), rows, say)


def _table(
    title: Word,
    head: Sequence[Word],
    rows: Iterable[Sequence[str | Markup]],
    say: PageLanguage,
    *,
    empty: Word | None = None,
) -> Markup:
    """Plain texts become escaped cells."""
    lines = [
        Markup("<tr>{}</tr>").format(Markup("").join(Markup("<td>{}</td>").format(cell) for cell in row))
        for row in rows
    ]  # fmt: skip
    heading = Markup("<h2>{}</h2>").format(title.say(say))
    if not lines and empty is not None:
        return heading + Markup('<p class="soft">{}</p>').format(empty.say(say))
    names = Markup("").join(Markup('<th scope="col">{}</th>').format(name.say(say)) for name in head)
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
