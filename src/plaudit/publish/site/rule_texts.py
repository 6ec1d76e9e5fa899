"""What shipped rules say in words of their own, so that it can be translated.

A season's own rules stand as they are written, and are marked as English.
"""

from __future__ import annotations

from typing import Final

from plaudit.publish.site.kinds import N_

__all__ = ["TITLES", "TOLD"]

TITLES: Final = (
    N_("American Music Awards 2022: the fan vote in one category"),
    N_("Billboard Music Awards 2017, Top Social Artist: the fan vote"),
    N_("Billboard Music Awards 2018, Top Social Artist: the fan vote"),
    N_("BRIT Awards 2019, British Artist Video: the social vote"),
    N_("Five nominees by the chart, and more by name"),
    N_("Five nominees by the chart"),
    N_("CMT Music Awards 2023: web votes, and comments on show day"),
    N_("Eurovision Song Contest 2025: one country's public vote"),
    N_("A fan poll, from votes that fans shared and somebody else counted"),
    N_("iHeartRadio Music Awards 2018, Best Fan Army: the fan vote"),
    N_("A composite of four outside parts, as the K-Chart was reported"),
    N_("One vote each, and the last one counts"),
    N_("MAMA Awards 2024, Fans' Choice: one round of the vote"),
    N_("Nominees from a list"),
    N_("A web vote: one vote a day"),
    N_("Accounts that their platform suspended"),
    N_("Accounts of one person share one allowance"),
    N_("In lockstep, again and again"),
    N_("Many voters behind one network prefix"),
    N_("Gaps too even for a hand"),
    N_("Accounts that repost the same posts within seconds of each other"),
    N_("Awake in nearly every hour, for days"),
    N_("Accounts made together that vote alike"),
)
"""Titles of shipped rules, shown by `Words.title`; those of charts are in `names`."""

TOLD: Final = (
    N_(
        "The platform had suspended this account when the organiser asked. Its ballots are set aside. If the "
        "platform gave the account back, appeal and show it."
    ),
    N_(
        "A source states that this account and others belong to one person. Together they voted more often "
        "than one voter may. The ballots within the allowance count; those beyond it are set aside. If the "
        "accounts are not one person's, appeal."
    ),
    N_(
        "Again and again, each time at least four times in a row, your account began to vote for the same "
        "nominees within the same two seconds as at least five others, and these were two fifths or more of "
        "the others who began for that nominee in the quietest of those moments. A tenth or more of what your "
        "account began was like that. Fans who come on cue come some seconds apart; we take accounts that do "
        "not for one program's. Voting together is allowed and is not the reason. The ruling shows how many "
        "beginnings were shared. If you cast your votes yourself, appeal with your receipt."
    ),
    N_(
        "More than 100 voters voted from the same network as this account. That is usual at a school or with "
        "a mobile carrier. Your ballots count."
    ),
    N_(
        "Your votes followed each other so evenly, two hundred times or more, that we take them for a "
        "program's and not a hand's: the times between them differed from their average by about an eighth or "
        "less. The ruling shows how many there were, their average and their spread. If you cast them "
        "yourself, appeal with your receipt and say how you voted; a person then looks at it, and votes that "
        "are given back are counted in the open."
    ),
    N_(
        "This account reposted the same 30 posts or more as others of a group of at least five accounts, each "
        "time within 3 seconds of them. Its ballots are set aside. If you are a person who voted by hand, "
        "appeal: the organiser can look at the posts and times."
    ),
    N_(
        "Ballots came from your account in at least twenty-two of the twenty-four hours of a day, three days "
        "in a row or longer. Nobody is awake so long: a program voted, or several people shared the account, "
        "and one account is one voter. The ruling shows how many hours of how many days. If it is wrong, "
        "appeal with your receipt and say who voted and how."
    ),
    N_(
        "Your account is young, and it was made within half an hour of at least twenty-nine others that voted "
        "for the same nominee as often as you did, to within a tenth. Together they are so large a part of "
        "all accounts made then that we take them for one person's. The ruling shows how many there are and "
        "how often they voted. If you made your account yourself and for yourself, appeal with your receipt."
    ),
)
"""What voters are told whose ballots a shipped purge rule set aside."""
