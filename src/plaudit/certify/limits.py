"""What a result cannot show, and what nobody could look at: sentences by code, as the certificate cites them."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final

from plaudit.audit.checks.findings import SENTENCES, found, subject
from plaudit.base.weeks import instant_text, to_instant
from plaudit.certify.nominated import NOMINATED
from plaudit.certify.scenarios import scenario, winners
from plaudit.certify.unchecked import UNCHECKED
from plaudit.vote.log import last_close
from plaudit.vote.witnesses import was_seen_before
from plaudit.words.message import Code, Instant, Message, Own, Value, say
from plaudit.words.names import known
from plaudit.words.sentence import Sentence, catalogue

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from plaudit.rulebook.season import Season
    from plaudit.rulebook.sources import Source

__all__ = ["KNOWN", "audit_limits", "season_limits", "unseen"]


def _instant(text: str) -> Instant:
    return Instant(to_instant(datetime.fromisoformat(text)))


def _checked(values: Mapping[str, Any]) -> dict[str, Value]:
    return {
        "check": known("check", values["check"]),
        "subject": subject(values["check"], values["subject"]),
        "found": found(values["found"]),
        "expected": found(values.get("expected", [])),
    }


def _moved(values: Mapping[str, Any]) -> dict[str, Value]:
    return {"scenario": scenario(values), "winners": winners(values["winners"]) if values["winners"] else say("nobody")}


_GUESTS: Final = Sentence("limits.guests", "Anyone could vote, any number of times: this is a demonstration.")
_EARLY: Final = Sentence(
    "limits.closed-early",
    "The vote was closed early, at %(at)s; its last window ended at %(end)s: %(why)s",
    at=_instant,
    end=_instant,
    why=Own,
)
_SYNTHETIC: Final = Sentence(
    "limits.synthetic", "The source “%(title)s” is made up: nobody cast or posted any of it.", title=Own
)
_TOTALS: Final = Sentence(
    "limits.totals",
    "The source “%(title)s” holds totals that somebody else counted: no ballot and no cap can be checked, and no purge "
    "rule can look into them.",
    title=Own,
)
_WITHHELD: Final = Sentence(
    "limits.withheld",
    "Posts and readings of the source “%(title)s” may not be published: what is made of them is here, they are not. "
    "Why: %(why)s",
    title=Own,
    why=Own,
)
_CHOICE: Final = Sentence(
    "limits.choice",
    "No source of the rule %(rule)s says (%(key)s): %(choice)s",
    rule=Code,
    key=Code,
    choice=Own,
)
_UNPROVEN: Final = Sentence(
    "limits.not-provably-declared",
    "The purge rule %(rule)s was not provably declared before the vote: no witness signed the opening of the log by "
    "then.",
    rule=Code,
)
_FAILED: Final = Sentence(
    "limits.check-fails",
    "A check fails: %(check)s (%(subject)s). Found: %(found)s. Expected: %(expected)s.",
    shape=_checked,
)
_MOVED: Final = Sentence(
    "limits.another-winner", "The result would have been another (%(scenario)s): %(winners)s.", shape=_moved
)
_GAP: Final = Sentence(
    "unseen.gap",
    "The source “%(title)s” saw nothing from %(first)s to %(last)s: %(why)s",
    title=Own,
    first=date.fromisoformat,
    last=date.fromisoformat,
    why=Own,
)
_GAP_OF: Final = Sentence(
    "unseen.gap-of-account",
    "The source “%(title)s” saw nothing of %(account)s from %(first)s to %(last)s: %(why)s",
    title=Own,
    first=date.fromisoformat,
    last=date.fromisoformat,
    why=Own,
)
_UNCHECKED: Final = Sentence(
    "unseen.not-checked", "Not checked: %(check)s (%(subject)s). Why: %(found)s.", shape=_checked
)
_LIMITS: Final = (
    _GUESTS,
    _EARLY,
    _SYNTHETIC,
    _TOTALS,
    _WITHHELD,
    _CHOICE,
    _UNPROVEN,
    _FAILED,
    _MOVED,
    _GAP,
    _GAP_OF,
    _UNCHECKED,
)
KNOWN: Final[dict[str, Sentence]] = catalogue([*SENTENCES.values(), *_LIMITS, *UNCHECKED, *NOMINATED])
"""Every sentence that a certificate or a notice may cite, by code."""


def season_limits(season: Season, log: dict[str, Any] | None) -> list[Message]:
    """Say what the result cannot show, whatever was counted.

    Parameters
    ----------
    log : what the certificate cites of the log, or None where there is none
    """
    limits: list[Message] = []
    if season.live and season.live.guests:
        limits.append(_GUESTS())
    if log is not None and to_instant(datetime.fromisoformat(log["closed_at"])) < (last := last_close(season)):
        limits.append(_EARLY(at=log["closed_at"], end=instant_text(last), why=log["because"]))
    for source in season.sources:
        if source.coverage.synthetic:
            limits.append(_SYNTHETIC(**_named(source)))
        if source.kind == "totals":
            limits.append(_TOTALS(**_named(source)))
        if source.is_withheld and source.terms is not None:
            limits.append(_WITHHELD(why=source.terms.because, **_named(source)))
    if season.vote:
        rule = season.counting_rule()
        limits += [_CHOICE(rule=rule.name, key=key, choice=said) for key, said in sorted(rule.not_found.items())]
        limits += _unproven(season, log)
    return limits


def audit_limits(stated: dict[str, Any]) -> list[Message]:
    """Say which checks fail and under which other rules another nominee would win.

    Parameters
    ----------
    stated : the certificate's `audit`
    """
    failed = [
        _FAILED(**{key: row[key] for key in ("check", "subject", "found", "expected")})
        for row in stated["findings"]
        if row["verdict"] == "fails"
    ]
    rows = {row["scenario"]: row for row in stated["sensitivity"]["rows"]}
    return failed + [
        _MOVED(**{key: rows[name][key] for key in ("kind", "scenario", "winners")})
        for name in stated["sensitivity"]["changes"]
    ]


def unseen(season: Season, findings: Iterable[Mapping[str, Any]], log: dict[str, Any] | None = None) -> list[Message]:
    """Say what no purge rule and no check could look at, and which rules nobody saw before the vote.

    Parameters
    ----------
    findings : as the certificate states them
    log : what it cites of the log
    """
    told = _unproven(season, log)
    for source in season.sources:
        if source.kind == "totals":
            told.append(_TOTALS(**_named(source)))
        for gap in source.coverage.gaps:
            days = {"first": gap.first_on.isoformat(), "last": gap.last_on.isoformat(), "why": gap.because}
            named = _named(source)
            told.append(_GAP_OF(account=gap.account, **days, **named) if gap.account else _GAP(**days, **named))
    return told + [
        _UNCHECKED(**{key: row[key] for key in ("check", "subject", "found")})
        for row in findings
        if row["verdict"] == "not checked" and not isinstance(row["found"], str)
    ]


def _unproven(season: Season, log: dict[str, Any] | None) -> list[Message]:
    """Say which purge rules may have been declared once the votes were known; a live log shows that they were not."""
    if season.live is not None or was_seen_before(log):
        return []
    return [_UNPROVEN(rule=name) for name in season.audit.purges]


def _named(source: Source) -> dict[str, str]:
    return {"source": source.id, "title": source.title or source.id}
