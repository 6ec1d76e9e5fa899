"""The parts of the plain page, as HTML."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import UNSET

from plaudit.rulebook.live import EMAIL, GUEST
from plaudit.web.edition import edition_answer
from plaudit.web.markup import Markup, joined, markup
from plaudit.web.standings import standings_answer

if TYPE_CHECKING:
    from collections.abc import Iterable

    from plaudit.vote.live import LiveVote
    from plaudit.web.ballots import BallotAnswer
    from plaudit.web.edition import EditionAnswer, SignInWay
    from plaudit.web.sessions import Session

__all__ = ["cast_part", "page_body"]

_WORK_SCRIPT: Final = Markup('<script src="/static/work.js" defer></script>\n')
_PER: Final = {"day": "a day", "window": "in this window", "vote": "in all"}


def page_body(
    vote: LiveVote, names: dict[str, str], session: Session | None, csrf: str, key: str, notice: str
) -> tuple[Markup, Markup]:
    """Give the page's body, and what its head needs beside the style sheet."""
    about = edition_answer(vote, names)
    if session is None:
        part = _sign_in_part(about)
    else:
        part = joined([_vote_part(vote, about, session, csrf, key), _sign_out_part(about, csrf)])
    parts = [
        markup(
            '<header><h1>{title}</h1>\n<p>{edition} · {when}</p>\n<p class="label">{evidence}</p></header>\n<main>',
            title=about.title,
            edition=about.edition,
            when=_when(about),
            evidence=about.evidence,
        ),
        markup('<p class="notice" role="status">{notice}</p>', notice=notice) if notice else Markup(),
        part,
        _standings_part(vote, names),
        _about_part(about),
        Markup("</main>"),
    ]
    return joined(parts), _WORK_SCRIPT if session is None and about.work else Markup()


def cast_part(cast: BallotAnswer, name: str, receipts: str) -> Markup:
    """Give what is shown for an accepted ballot."""
    return markup(
        "<main><h1>Your ballot is taken</h1>\n"
        "<p>{votes} for <bdi>{name}</bdi>, cast at {cast_at}; leaf {leaf} of the log.{again}{left}</p>\n"
        "<h2>Receipt</h2>\n<p>Keep this text. It proves that the ballot was taken.</p>\n<pre>{receipt}</pre>\n"
        '<p><a href="{receipts}/{leaf}">The receipt under the published checkpoint</a>, a second from now.</p>\n'
        '<p><a href="/">Back to the vote</a></p></main>',
        votes=_votes(cast.votes),
        name=name,
        cast_at=cast.cast_at,
        leaf=cast.leaf,
        again=" This form had been sent before; the ballot counts once." if cast.is_replay else "",
        left="" if cast.left is None else f" {_counted(cast.left, 'vote')} left.",
        receipt=cast.receipt,
        receipts=receipts,
    )


def _when(about: EditionAnswer) -> str:
    if about.closes_at is None or about.opens_at is None:
        return "the vote is closed"
    if about.is_open:
        return f"open until {about.closes_at:%Y-%m-%d %H:%M} UTC"
    return f"opens at {about.opens_at:%Y-%m-%d %H:%M} UTC"


def _sign_in_part(about: EditionAnswer) -> Markup:
    ways = joined(_sign_in_way(way, has_work=about.work > 0) for way in about.sign_in)
    needs_script = Markup("<noscript><p>Signing in here needs JavaScript: it costs a proof of work.</p></noscript>")
    return markup(
        "<section><h2>Sign in</h2>\n{script}{ways}\n</section>",
        script=needs_script if about.work else Markup(),
        ways=ways,
    )


def _sign_in_way(way: SignInWay, *, has_work: bool) -> Markup:
    work = Markup('<input type="hidden" name="work" data-work>') if has_work else Markup()
    if way.id == GUEST:
        form = '<form method="post" action="{path}">{work}<button>Vote as a guest</button></form>'
    elif way.id == EMAIL:
        form = (
            '<form method="post" action="{path}">{work}<label>E-mail address '
            '<input type="email" name="email" required maxlength="254" autocomplete="email"></label>'
            "<button>Send me a code</button></form>\n"
            '<form method="post" action="{path}/code"><label>E-mail address '
            '<input type="email" name="email" required maxlength="254" autocomplete="email"></label>'
            '<label>Code <input name="code" required inputmode="numeric" maxlength="16" autocomplete="one-time-code">'
            "</label><button>Sign in</button></form>"
        )
    else:
        form = '<p><a href="{path}">Sign in with <bdi>{name}</bdi></a></p>'
    return markup(form, path=way.path, name=way.name, work=work)


def _vote_part(vote: LiveVote, about: EditionAnswer, session: Session, csrf: str, key: str) -> Markup:
    if not about.is_open:
        return Markup("<section><h2>Vote</h2>\n<p>No ballots are taken now.</p></section>")
    left = vote.left(session.voter)
    if left is not None and left < 1:
        spent = "<section><h2>Vote</h2>\n<p>No votes left. {allowance}</p></section>"
        return markup(spent, allowance=_allowance(about))
    return markup(
        '<section><h2>Vote</h2>\n<p>{left} {allowance}</p>\n<form method="post" action="/vote">\n'
        '<input type="hidden" name="csrf" value="{csrf}"><input type="hidden" name="key" value="{key}">\n'
        "<fieldset><legend>Choose one</legend>\n{nominees}\n</fieldset>\n"
        '<label>Votes <input type="number" name="votes" value="1" min="1" max="{most}" required></label>\n'
        "<button>Vote</button></form></section>",
        left="" if left is None else f"{_counted(left, 'vote')} left.",
        allowance=_allowance(about),
        csrf=csrf,
        key=key,
        nominees=joined(
            markup(
                '<label><input type="radio" name="nominee" value="{id}" required> <bdi>{name}</bdi></label>',
                id=nominee.id,
                name=nominee.name,
            )
            for nominee in about.nominees
        ),
        most=1_000_000 if left is None else left,
    )


def _allowance(about: EditionAnswer) -> str:
    if about.cap is None:
        return "There is no cap."
    scope = " for each nominee" if about.cap.scope == "nominee" else ""
    return f"The cap is {_counted(about.cap.votes, 'vote')} {_PER[about.cap.per]}{scope}."


def _sign_out_part(about: EditionAnswer, csrf: str) -> Markup:
    return markup(
        '<form method="post" action="{path}"><input type="hidden" name="csrf" value="{csrf}">'
        "<button>Sign out</button></form>",
        path=f"{about.log.path.removesuffix('log/')}sign-out",
        csrf=csrf,
    )


def _standings_part(vote: LiveVote, names: dict[str, str]) -> Markup:
    now = standings_answer(vote)
    said = markup("<p>{ballots}, {label}.</p>", ballots=_counted(now.ballots, "ballot"), label=now.label)
    if now.nominees is UNSET:
        shown = markup("<p>Votes are {policy} for now: the rule says so.</p>", policy=now.policy)
    else:
        ordered = sorted(now.nominees, key=lambda nominee: (-nominee.votes, nominee.id))
        shown = _table(["nominee", "votes"], ((names.get(one.id, one.id), f"{one.votes:,}") for one in ordered))
    return markup("<section><h2>Standings</h2>\n{said}\n{shown}</section>", said=said, shown=shown)


def _table(columns: Iterable[str], rows: Iterable[tuple[str, str]]) -> Markup:
    head = joined(markup('<th scope="col">{column}</th>', column=column) for column in columns)
    body = joined(
        markup('<tr><th scope="row"><bdi>{name}</bdi></th><td>{value}</td></tr>', name=name, value=value)
        for name, value in rows
    )
    return markup("<table><thead><tr>{head}</tr></thead>\n<tbody>{body}</tbody></table>", head=head, body=body)


def _about_part(about: EditionAnswer) -> Markup:
    return markup(
        "<section><h2>About this vote</h2>\n<p>{about}</p>\n"
        '<p>Ballots are counted by rule {rule} and written in the log <a href="{log}checkpoint">{origin}</a>, which '
        'anybody may copy and check. Programs vote as <a href="/docs">the API</a> says.</p></section>',
        about=about.about,
        rule=about.rule,
        log=about.log.path,
        origin=about.log.origin,
    )


def _votes(number: int) -> str:
    return _counted(number, "vote")


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}" + ("" if number == 1 else "s")
