"""A counting rule in short, in one reader's language."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from plaudit.site.rule_numbers import clock, exact_percent
from plaudit.site.rule_texts import titled
from plaudit.words.texts import N_, bdi, code

if TYPE_CHECKING:
    from markupsafe import Markup

    from plaudit.site.rule_numbers import Section
    from plaudit.words.words import Words

__all__ = ["counting_sections"]

_GESTURES: Final = {
    "vote": N_("a vote on a site or in an app"),
    "post": N_("a post of the voter's own"),
    "repost": N_("a repost"),
    "quote": N_("a quote"),
}


def counting_sections(rule: dict[str, Any], words: Words) -> list[Section]:
    """Give every choice of a counting rule, as sections of sentences.

    Parameters
    ----------
    rule : the rule as plain values
    """
    day = words.text(
        "A voting day starts at %(time)s in the zone %(zone)s.",
        time=clock(rule["day"]["starts_at"]),
        zone=bdi(rule["day"]["zone"]),
    )
    sections: list[Section] = [(words.text("Voting days"), [day])]
    for channel in rule["channel"]:
        heading = words.text("Channel: %(name)s", name=titled(words, channel["name"], channel["id"]))
        sections.append((heading, _channel(channel, rule, words)))
    sections.append((words.text("When a voter has more votes than allowed"), _allowance(rule, words)))
    if rule["multiplier"]:
        sections.append((words.text("Votes that are worth several"), _multipliers(rule["multiplier"], words)))
    sections.append((words.text("From channels to a result"), _combined(rule, words)))
    sections.append((words.text("Ties"), _ties(rule["ties"], words)))
    if any(channel["counts"] == "ballots" for channel in rule["channel"]):
        sections.append((words.text("When the vote is live"), _intake(rule["intake"], words)))
    return sections


def _channel(channel: dict[str, Any], rule: dict[str, Any], words: Words) -> list[Markup]:
    if channel["counts"] == "totals":
        said = [
            words.text(
                "Somebody else counted this channel. Its totals are taken as they are, and nobody can check a cap."
            )
        ]
    else:
        said = [*_accepted(channel, words), *_cap(channel["cap"], words), *_conditions(channel, words)]
    if rule["combine"]["method"] == "shares":
        share = exact_percent(channel["share_ppm"], words)
        said.append(words.text("The channel gives %(share)s of the result.", share=share))
    return said


def _accepted(channel: dict[str, Any], words: Words) -> list[Markup]:
    counts = [text for gesture, text in _GESTURES.items() if channel["gestures"][gesture] == "counts"]
    void = [text for text in _GESTURES.values() if text not in counts]
    said = [words.text("Each ballot is checked.")]
    if counts:
        said.append(words.text("What counts: %(gestures)s.", gestures=_listed(counts, words)))
    if void:
        said.append(words.text("What does not count: %(gestures)s.", gestures=_listed(void, words)))
    return said


def _listed(messages: list[str], words: Words) -> str:
    return words.text(", ").join(words.text(message) for message in messages)


def _cap(cap: dict[str, Any] | None, words: Words) -> list[Markup]:
    if cap is None:
        return [words.text("There is no cap on the votes of a voter.")]
    n = cap["votes"]
    per = {
        "day": words.count(
            "A voter has at most %(n)s vote on each voting day",
            "A voter has at most %(n)s votes on each voting day",
            n,
        ),
        "window": words.count(
            "A voter has at most %(n)s vote in each voting window",
            "A voter has at most %(n)s votes in each voting window",
            n,
        ),
        "vote": words.count(
            "A voter has at most %(n)s vote in the whole vote", "A voter has at most %(n)s votes in the whole vote", n
        ),
    }[cap["per"]]
    if cap["scope"] == "award":
        return [words.text("%(cap)s, over all nominees together.", cap=per)]
    return [words.text("%(cap)s, for each nominee.", cap=per)]


def _conditions(channel: dict[str, Any], words: Words) -> list[Markup]:
    tags = words.count(
        "A ballot may name at most %(n)s nominee. A ballot that names more is void.",
        "A ballot may name at most %(n)s nominees. A ballot that names more is void.",
        channel["tags_most"],
    )
    deleted = (
        words.text("A ballot whose post was deleted still counts.")
        if channel["deleted"] == "counts"
        else words.text("A ballot whose post was deleted is void.")
    )
    private = (
        words.text("A ballot from a private account counts too.")
        if channel["private"] == "counts"
        else words.text("A ballot from a private account is void.")
    )
    age = words.text("An account may vote from its first day.")
    if channel["account_age_days"]:
        age = words.count(
            "An account must be %(n)s day old. One of unknown age cannot vote.",
            "An account must be %(n)s days old. One of unknown age cannot vote.",
            channel["account_age_days"],
        )
    return [tags, deleted, private, age]


def _allowance(rule: dict[str, Any], words: Words) -> list[Markup]:
    if all(channel["cap"] is None for channel in rule["channel"]):
        return [words.text("No channel has a cap, so no vote is over it.")]
    keep = (
        words.text("The first votes count. What comes after them is over the cap.")
        if rule["keep"] == "first"
        else words.text("The last votes count. They replace those before them, which become void.")
    )
    partial = (
        words.text("A ballot that fits in part counts in part.")
        if rule["partial"] == "count"
        else words.text(
            "A ballot that fits in part is refused whole, and so is every one that follows it in the same period."
        )
    )
    at_once = {
        "raise": words.text(
            "Where the cap lets only some of a voter's ballots of one instant count, and they differ, "
            "that is an error: no order of rows decides."
        ),
        "none": words.text(
            "Where the cap lets only some of a voter's ballots of one instant count, and they differ, "
            "none of them does."
        ),
        "recorded": words.text("Of a voter's ballots of one instant, those recorded first come first."),
    }[rule["same_instant"]["then"]]
    return [keep, partial, at_once]


def _multipliers(multipliers: list[dict[str, Any]], words: Words) -> list[Markup]:
    said = []
    for one in multipliers:
        when = words.days(one["days"]) if one["days"] else words.text("on every day")
        if one["from_time"] is not None and one["to_time"] is not None:
            when = words.text(
                "%(days)s from %(from)s to %(to)s",
                days=when,
                **{"from": clock(one["from_time"]), "to": clock(one["to_time"])},
            )
        said.append(
            words.text(
                "A counted vote is worth %(times)s votes: %(when)s; %(where)s.",
                times=words.number(one["times"]),
                when=when,
                where=words.list([code(channel) for channel in one["channels"]])
                if one["channels"]
                else words.text("in every channel"),
            )
        )
    if len(said) > 1:
        said.append(words.text("Where several of these apply, the greatest does, alone."))
    return [*said, words.text("Caps are applied before votes are multiplied.")]


def _combined(rule: dict[str, Any], words: Words) -> list[Markup]:
    if rule["combine"]["method"] == "sum":
        return [words.text("The counted votes of all channels are added. The most votes win.")]
    return [
        words.text(
            "Each channel's share of the result is split among the nominees by their shares of its counted votes."
        ),
        words.text("A result is counted in parts per million. The most points win."),
        words.text("Shares are added exactly and rounded once; positions go by the sums before they are rounded."),
    ]


def _ties(ties: dict[str, Any], words: Words) -> list[Markup]:
    said = [
        words.text("Equal results are settled by the votes in %(channel)s.", channel=code(one))
        for one in ties["channels"]
    ]
    if ties["then"] == "raise":
        return [*said, words.text("A tie that is left is an error. Nothing is decided until the rule says more.")]
    return [*said, words.text("All who are equal then share the title.")]


def _intake(intake: dict[str, Any], words: Words) -> list[Markup]:
    seen = {
        "public": words.text("The standings are seen all along: accepted ballots, before any audit."),
        "hidden": words.text("Nobody sees standings, nor who was voted for, until the vote is closed."),
        "sealed": words.text(
            "Nobody sees standings, nor who was voted for, until the result is revealed. "
            "A commitment to the sealed result is published before."
        ),
    }[intake["standings"]]
    cast = (
        words.text("A ballot is cast at the instant it was received whole, by the server's clock.")
        if intake["in_flight"] == "received"
        else words.text("A ballot is cast at the instant it was committed, by the server's clock.")
    )
    step = words.count(
        "The server's clock may step by %(n)s second. After a larger step no ballot is taken until it is right again.",
        "The server's clock may step by %(n)s seconds. After a larger step no ballot is taken until it is right again.",
        intake["clock_step_seconds"],
    )
    waits = words.count(
        "A repost waits %(n)s hour for the post it passes on; %(most)s wait at most.",
        "A repost waits %(n)s hours for the post it passes on; %(most)s wait at most.",
        intake["repost_waits_hours"],
        most=words.number(intake["reposts_waiting_most"]),
    )
    late = words.text("At the closing instant it is too late. Closing is final.")
    return [seen, cast, late, step, waits]
