"""Words for what sources, findings, rulings and rows set aside are called in the data."""

from __future__ import annotations

from typing import Final

from plaudit.words.texts import N_

__all__ = ["AUDIT_NAMES"]

AUDIT_NAMES: Final = {
    "source": {
        "counters": N_("readings of posts"),
        "posts": N_("posts with one reading each"),
        "readings": N_("readings of accounts"),
        "ballots": N_("single ballots"),
        "totals": N_("totals that somebody else counted"),
        "voters": N_("facts about voters"),
    },
    "ground": {"chart": N_("via chart"), "named": N_("by name")},
    "column": {
        "cast": N_("cast"),
        "counted": N_("counted"),
        "over_cap": N_("over the cap"),
        "outside_window": N_("outside the window"),
        "void": N_("void"),
        "set_aside": N_("set aside"),
    },
    "finding": {
        "passes": N_("passes"),
        "fails": N_("fails"),
        "alarm": N_("alarm"),
        "not checked": N_("not checked"),
    },
    "check": {
        "categories-equal": N_("equal categories have equal totals"),
        "columns-add-up": N_("the columns add up"),
        "common-factor": N_("totals share no hidden factor"),
        "first-digit": N_("first digits fall as numbers grow"),
        "gaps": N_("no silence where ballots were due"),
        "log-holds-all": N_("the log holds every ballot"),
        "picks-divide": N_("votes divide into ballots"),
        "rate": N_("votes come no faster than they can"),
        "running-totals": N_("running totals only grow"),
        "two-ways": N_("two ways of counting agree"),
        "voters-fit": N_("votes fit the number of voters"),
    },
    "appeal": {
        "reinstate ballot": N_("the ballot was given back"),
        "reinstate voter": N_("the voter's ballots were given back"),
        "uphold": N_("the ruling stands"),
    },
    "ruling": {
        "set aside": N_("this rule sets the ballot aside"),
        "also": N_("this rule matches the ballot too; an earlier one sets it aside"),
        "late": N_("this rule came late: it matches the ballot and does not set it aside"),
        "reinstated": N_("this rule matches the ballot; an appeal gave it back"),
    },
    "void": {
        "unknown nominee": N_("no such nominee"),
        "unknown channel": N_("no such channel"),
        "replaced": N_("replaced by a later vote"),
        "vote does not count": N_("a vote on a site does not count there"),
        "post does not count": N_("a post does not count there"),
        "repost does not count": N_("a repost does not count there"),
        "quote does not count": N_("a quote does not count there"),
        "names too many nominees": N_("it names too many nominees"),
        "deleted": N_("the post was deleted"),
        "private": N_("the account is private"),
        "account too young": N_("the account is too young"),
        "account age unknown": N_("the age of the account is unknown"),
    },
    "set_aside": {
        "unknown account": N_("an account that no artist of the season has"),
        "unknown post": N_("a post that no source describes"),
        "unknown media": N_("an unknown kind of post"),
        "unknown gesture": N_("an unknown way of voting"),
        "unknown state": N_("an unknown state of an account"),
        "missing value": N_("a value is missing"),
        "not a text": N_("a value is no text"),
        "not UTF-8": N_("a text cannot be read"),
        "not a whole number": N_("a number is not whole"),
        "not yes or no": N_("neither yes nor no"),
        "out of range": N_("a value that cannot be"),
        "malformed row": N_("a malformed row"),
        "malformed time": N_("a malformed time"),
        "no such local time": N_("a local time that does not exist"),
        "local time that occurs twice": N_("a local time that occurs twice"),
        "duplicate key with different values": N_("the same thing with two values"),
    },
}
"""By what is named: the name in the data, and its message."""
