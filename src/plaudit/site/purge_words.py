"""A purge rule in short, in one reader's language: what it does, and how its method finds ballots."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from plaudit.site.rule_numbers import exact_percent
from plaudit.words.texts import code

if TYPE_CHECKING:
    from markupsafe import Markup

    from plaudit.site.rule_numbers import Section
    from plaudit.words.words import Words

__all__ = ["purge_sections"]

Method = dict[str, Any]


def purge_sections(rule: dict[str, Any], words: Words) -> list[Section]:
    """Give every choice of a purge rule, as sections of sentences.

    Parameters
    ----------
    rule : the rule as plain values
    """
    does = (
        words.text("This rule only flags. It shows whom it matches, and their ballots count like any other.")
        if rule["does"] == "flag only"
        else words.text(
            "The ballots that this rule matches are set aside. They stay in the log, and nobody counts them."
        )
    )
    looks = (
        words.text(
            "It looks at %(channels)s and at no other channel.",
            channels=words.list([code(channel) for channel in rule["channels"]]),
        )
        if rule["channels"]
        else words.text("It looks at every channel whose ballots are checked one by one.")
    )
    return [
        (words.text("What it does"), [does, looks]),
        (words.text("How voters and ballots are matched"), _FOUND[rule["method"]["name"]](rule["method"], words)),
    ]


def _regular_gaps(method: Method, words: Words) -> list[Markup]:
    return [
        words.text("The time between a voter's ballots in one channel is a gap."),
        words.text(
            "Gaps of %(tap)s seconds or less, and of more than %(pause)s seconds, are left out.",
            tap=words.number(method["tap_seconds"]),
            pause=words.number(method["pause_seconds"]),
        ),
        words.text(
            "A voter is looked at who has at least %(gaps)s other gaps, if these are at least %(share)s of all.",
            gaps=words.number(method["gaps_least"]),
            share=exact_percent(method["steady_ppm"], words),
        ),
        words.text(
            "The voter is matched when the gaps are too even for a hand: "
            "their standard deviation is at most %(share)s of their mean.",
            share=exact_percent(method["spread_ppm"], words),
        ),
    ]


def _sleepless(method: Method, words: Words) -> list[Markup]:
    return [
        words.text(
            "A day of a voter is sleepless when ballots were cast in at least %(hours)s of its 24 hours, in UTC.",
            hours=words.number(method["hours_least"]),
        ),
        words.count(
            "The voter is matched who has at least %(n)s such day in a row.",
            "The voter is matched who has at least %(n)s such days in a row.",
            method["days_least"],
        ),
    ]


def _young(method: Method, words: Words) -> Markup:
    return words.count(
        "An account is young when it was made at most %(n)s day before the first window opened, or later.",
        "An account is young when it was made at most %(n)s days before the first window opened, or later.",
        method["young_days"],
    )


def _young_burst(method: Method, words: Words) -> list[Markup]:
    return [
        _young(method, words),
        words.text(
            "Young accounts with at least %(ballots)s ballots are looked at. "
            "Those made within %(minutes)s minutes of each other are a burst.",
            ballots=words.number(method["ballots_least"]),
            minutes=words.number(method["made_within_minutes"]),
        ),
        words.text(
            "Accounts of a burst are matched when at least %(voters)s of them vote for the same nominee and as often, "
            "to within a tenth, and are at least %(share)s of the young accounts of that burst "
            "that vote for that nominee.",
            voters=words.number(method["voters_least"]),
            share=exact_percent(method["alike_ppm"], words),
        ),
    ]


def _young_clock(method: Method, words: Words) -> list[Markup]:
    return [
        _young(method, words),
        words.text(
            "Young accounts made within %(minutes)s minutes of each other that vote for the same nominee "
            "are made together.",
            minutes=words.number(method["made_within_minutes"]),
        ),
        words.text(
            "A day of a voter, in UTC, is by the clock when its first ballot came within the same %(within)s seconds "
            "as those of at least %(voters)s accounts made together, the voter's included, "
            "and these are at least %(share)s of all that were made together, come or not.",
            within=words.number(method["within_seconds"]),
            voters=words.number(method["voters_least"]),
            share=exact_percent(method["alike_ppm"], words),
        ),
        words.text(
            "The voter is matched who has at least %(days)s such days, "
            "when these are at least %(share)s of all days on which the voter voted.",
            days=words.number(method["days_least"]),
            share=exact_percent(method["share_ppm"], words),
        ),
        words.text("Fans who come on cue stay away now and then, and are not matched."),
    ]


def _lockstep(method: Method, words: Words) -> list[Markup]:
    return [
        words.text(
            "A ballot for a nominee after a pause of %(pause)s seconds or more is an occasion. "
            "Occasions within %(within)s seconds fall into the same moment.",
            pause=words.number(method["pause_seconds"]),
            within=words.number(method["within_seconds"]),
        ),
        words.text(
            "A run is %(run)s occasions in a row. It is shared when at least %(others)s other voters had occasions "
            "for the same nominee in the same moments, and these are at least %(crowd)s of the others who had one "
            "for that nominee in the least crowded of these moments.",
            run=words.number(method["run"]),
            others=words.number(method["others_least"]),
            crowd=exact_percent(method["crowd_ppm"], words),
        ),
        words.text(
            "A voter is matched when at least %(times)s of the voter's runs are shared, "
            "and these are at least %(share)s of all the voter's runs.",
            times=words.number(method["times_least"]),
            share=exact_percent(method["share_ppm"], words),
        ),
        words.text("A crowd that comes once, on cue, shares no run."),
    ]


def _repost_clique(method: Method, words: Words) -> list[Markup]:
    return [
        words.text(
            "Two accounts are joined when they reposted at least %(times)s posts "
            "within %(within)s seconds of each other.",
            times=words.number(method["times_least"]),
            within=words.number(method["within_seconds"]),
        ),
        words.text(
            "Accounts are matched that are in a set of at least %(members)s accounts, "
            "each of which is joined to all but one of the others, or to all.",
            members=words.number(method["members_least"]),
        ),
    ]


def _one_network(method: Method, words: Words) -> list[Markup]:
    return [
        words.text(
            "Voters are matched when more than %(voters)s of them vote from one network prefix.",
            voters=words.number(method["voters_most"]),
        ),
        words.text("A voter whose network no source states is not matched."),
    ]


def _account_state(method: Method, words: Words) -> list[Markup]:
    states = {"closed": words.text("closed"), "suspended": words.text("suspended")}
    shown = words.list([states[state] for state in method["states"]])
    return [
        words.text("Accounts are matched whose state on their platform is: %(states)s.", states=shown),
        words.text("An account whose state no source states is not matched."),
    ]


def _linked_accounts(method: Method, words: Words) -> list[Markup]:
    return [
        words.text("Accounts are linked when a source states that they are one person's."),
        words.text(
            "At least %(accounts)s linked accounts share one allowance. What they cast beyond it is matched.",
            accounts=words.number(method["accounts_least"]),
        ),
    ]


_FOUND: Final = {
    "regular_gaps": _regular_gaps,
    "sleepless": _sleepless,
    "young_burst": _young_burst,
    "young_clock": _young_clock,
    "lockstep": _lockstep,
    "repost_clique": _repost_clique,
    "one_network": _one_network,
    "account_state": _account_state,
    "linked_accounts": _linked_accounts,
}
