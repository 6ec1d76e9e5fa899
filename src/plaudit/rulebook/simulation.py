"""What `plaudit simulate` makes: which fans, and which attackers, in which parts."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from plaudit.rulebook.values import Ppm, Text

__all__ = ["Attacks", "Fans", "Simulation"]


class Fans(Struct, frozen=True, forbid_unknown_fields=True):
    """The parts of the genuine ballots, in parts per million; casual fans cast the rest.

    devoted_ppm : ballots of fans who vote daily, up to the cap.
    party_ppm : ballots of fans who begin together on cue.
    party_guests : how many come to a usual party, at least once.
    countdown_ppm : ballots of fans who begin when a countdown ends, seconds apart, and vote at no other time.
    countdown_guests : how many come to each countdown.
    countdown_a_day : how many countdowns such a party has in a day.
    countdown_seconds : after how many seconds half of the guests have begun.
    drive_ppm : ballots of newcomers who make their accounts on one cue, and come back to a daily countdown.
    drive_guests : how many come to each drive.
    drive_seconds : after how many seconds half of those who come to a countdown have begun.
    newcomer_ppm : ballots of accounts made because of the vote, in bursts of an hour.
    notified_ppm : reposts of official posts by fans who got a notification.
    insomniac_ppm : of the devoted fans, those who sleep little.
    family_ppm : of the devoted fans, those whose account several people use.
    even_ppm : of all fans, those with the most even hands.
    known_ppm : of all voters, those about whom the source of voter facts says anything.
    """

    devoted_ppm: Ppm = 450_000
    party_ppm: Ppm = 100_000
    party_guests: Annotated[int, Meta(ge=30)] = 350
    countdown_ppm: Ppm = 0
    countdown_guests: Annotated[int, Meta(ge=30)] = 300
    countdown_a_day: Annotated[int, Meta(ge=1, le=2)] = 1
    countdown_seconds: Annotated[int, Meta(ge=1, le=60)] = 8
    drive_ppm: Ppm = 0
    drive_guests: Annotated[int, Meta(ge=30)] = 300
    drive_seconds: Annotated[int, Meta(ge=1, le=60)] = 8
    newcomer_ppm: Ppm = 40_000
    notified_ppm: Ppm = 20_000
    insomniac_ppm: Ppm = 10_000
    family_ppm: Ppm = 10_000
    even_ppm: Ppm = 10_000
    known_ppm: Ppm = 600_000


class Attacks(Struct, frozen=True, forbid_unknown_fields=True):
    """The parts of all ballots that each attack casts, in parts per million; none where nothing is said.

    farm_ppm : accounts made in a burst, voting by one clock.
    script_ppm : a few accounts driven by a script whose period varies a little.
    rented_ppm : old accounts that look genuine, driven together.
    replayed_ppm : requests of genuine sessions sent again in machine bursts.
    clique_ppm : few accounts that repost each other within seconds.
    seller_ppm : many accounts that vote, block by block, for whoever pays.
    sleepless_ppm : bots with human gaps that never sleep.
    second_ppm : people who vote with several accounts of their own.
    patient_ppm : one hand with many accounts, each of which behaves like a devoted fan.
    """

    farm_ppm: Ppm = 0
    script_ppm: Ppm = 0
    rented_ppm: Ppm = 0
    replayed_ppm: Ppm = 0
    clique_ppm: Ppm = 0
    seller_ppm: Ppm = 0
    sleepless_ppm: Ppm = 0
    second_ppm: Ppm = 0
    patient_ppm: Ppm = 0


class Simulation(Struct, frozen=True, forbid_unknown_fields=True):
    """What `plaudit simulate` makes: seeded, and labelled synthetic wherever it appears.

    ballots : how many, attackers' included.
    voters : the most fans; attackers' accounts are added.
    """

    seed: Annotated[int, Meta(ge=0)]
    source: Text
    ballots: Annotated[int, Meta(ge=1)]
    voters: Annotated[int, Meta(ge=1)]
    fans: Fans = Fans()
    attacks: Attacks = Attacks()
