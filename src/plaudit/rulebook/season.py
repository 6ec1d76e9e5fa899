"""A season folder as one frozen object."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct, field

from plaudit.base.errors import UnknownName
from plaudit.base.weeks import to_instant, weeks_between
from plaudit.rulebook.artists import Artists, read_artists
from plaudit.rulebook.chart_rule import ChartRule
from plaudit.rulebook.counting_rule import CountingRule
from plaudit.rulebook.languages import ENGLISH, InLanguages, by_language, check_languages
from plaudit.rulebook.library import CitedRule, Rule, RuleLibrary
from plaudit.rulebook.live import EMAIL, GUEST, Live, check_live
from plaudit.rulebook.nomination_rule import NominationRule
from plaudit.rulebook.purge_rule import PurgeRule
from plaudit.rulebook.simulation import Simulation
from plaudit.rulebook.site import Site, check_site
from plaudit.rulebook.sources import Source, check_source
from plaudit.rulebook.strict_toml import Place, TomlFile, read_toml
from plaudit.rulebook.windows import VotingWindow

__all__ = [
    "Audit",
    "ChartUse",
    "NamedNominee",
    "Nomination",
    "Season",
    "Simulation",
    "Site",
    "Vote",
    "Window",
    "read_season",
]

Text = Annotated[str, Meta(min_length=1)]
Aware = Annotated[datetime, Meta(tz=True)]


class ChartUse(Struct, frozen=True, forbid_unknown_fields=True):
    """A chart of the season: its rule and the dates within which its weeks lie."""

    rule: Text
    first_on: date = field(name="from")
    last_on: date = field(name="to")


class NamedNominee(Struct, frozen=True, forbid_unknown_fields=True):
    """A nominee by name, and who says so."""

    nominee: Text
    source: Text


class Nomination(Struct, frozen=True, forbid_unknown_fields=True):
    """How the edition's nominees are found; the dates are the eligibility period.

    nominees_file : a CSV file with columns nominee, name, artist; for awards to
        works, whose nominees are not artists.
    """

    rule: Text
    chart: str = ""
    first_on: date | None = field(name="from", default=None)
    last_on: date | None = field(name="to", default=None)
    named: tuple[NamedNominee, ...] = ()
    nominees_file: str = ""
    nominees_source: str = ""


class Window(Struct, frozen=True, forbid_unknown_fields=True):
    """A voting window, half-open; for some channels, or for all."""

    id: Text
    opens_at: Aware = field(name="from")
    closes_at: Aware = field(name="to")
    channels: tuple[str, ...] = ()


class Vote(Struct, frozen=True, forbid_unknown_fields=True):
    """The edition's vote: its counting rule and its windows.

    live : present where the season takes ballots itself; else they come from files.
    """

    rule: Text
    window: tuple[Window, ...]
    live: Live | None = None


class Audit(Struct, frozen=True, forbid_unknown_fields=True):
    """The purge rules of the vote, in the order in which they are applied.

    purges : declared before the vote opens; the log's first leaf holds their digests.
    late : added later; applied beside the result, never in it.
    """

    purges: tuple[str, ...] = ()
    late: tuple[str, ...] = ()


class _SeasonFile(Struct, frozen=True, forbid_unknown_fields=True):
    title: InLanguages
    about: InLanguages
    award: Text
    edition: Text
    origin: Text
    source: tuple[Source, ...] = ()
    chart: tuple[ChartUse, ...] = ()
    nomination: Nomination | None = None
    vote: Vote | None = None
    audit: Audit = Audit()
    simulate: Simulation | None = None
    site: Site = Site()
    award_artists: Literal["artists", "works"] = "artists"


@dataclass(frozen=True)
class Season:
    """Everything a season declares, checked.

    titles, abouts : the season's title and what it is, by language
    rules : every rule it names, by id@version
    """

    folder: Path
    titles: dict[str, str]
    abouts: dict[str, str]
    award: str
    edition: str
    origin: str
    sources: tuple[Source, ...]
    charts: tuple[ChartUse, ...]
    nomination: Nomination | None
    vote: Vote | None
    audit: Audit
    simulate: Simulation | None
    site: Site
    artists: Artists
    rules: dict[str, CitedRule]

    @property
    def title(self) -> str:
        """The English title: what certificates state."""
        return self.titles[ENGLISH]

    @property
    def about(self) -> str:
        """What the season is, in English."""
        return self.abouts[ENGLISH]

    @property
    def evidence(self) -> Path:
        """The folder of the made tables."""
        return self.folder / "evidence"

    @property
    def published(self) -> Path:
        """The folder of what the public reads."""
        return self.folder / "published"

    def chart_rule(self, name: str) -> ChartRule:
        """Give a chart rule of the season."""
        rule = self.rules[name].rule
        assert isinstance(rule, ChartRule)
        return rule

    def counting_rule(self) -> CountingRule:
        """Give the counting rule of the season's vote."""
        assert self.vote is not None
        rule = self.rules[self.vote.rule].rule
        assert isinstance(rule, CountingRule)
        return rule

    def nomination_rule(self) -> NominationRule:
        """Give the nomination rule of the season."""
        assert self.nomination is not None
        rule = self.rules[self.nomination.rule].rule
        assert isinstance(rule, NominationRule)
        return rule

    def purge_rules(self) -> list[PurgeRule]:
        """Give the purge rules that were declared before the vote, in order."""
        return [self._purge_rule(name) for name in self.audit.purges]

    def late_rules(self) -> list[PurgeRule]:
        """Give the purge rules that were added later, in order."""
        return [self._purge_rule(name) for name in self.audit.late]

    def _purge_rule(self, name: str) -> PurgeRule:
        rule = self.rules[name].rule
        assert isinstance(rule, PurgeRule)
        return rule

    @property
    def live(self) -> Live | None:
        """How the season takes its own ballots, or None where they come from files."""
        return self.vote.live if self.vote else None

    @property
    def log(self) -> Path:
        """The folder of the tile log."""
        return self.evidence / "log"

    def windows(self) -> list[VotingWindow]:
        """Give the voting windows, in instants."""
        assert self.vote is not None
        return [
            VotingWindow(window.id, to_instant(window.opens_at), to_instant(window.closes_at), window.channels)
            for window in self.vote.window
        ]

    def synthetic_sources(self) -> list[str]:
        """Give the ids of the sources that are made up."""
        return [source.id for source in self.sources if source.coverage.synthetic]


def read_season(folder: Path) -> Season:
    """Read a season folder.

    Raises
    ------
    UnknownName : there is no season.toml, artists.toml or rule of that name.
    RuleInvalid : an unknown key, a wrong type, a missing reference, windows that
        overlap or a time without a zone, with file, line, key and remedy.
    """
    folder = Path(folder)
    if not (folder / "season.toml").is_file():
        raise UnknownName(f"{folder} holds no season.toml", "check the path, or make a season with: plaudit init NAME")
    file = read_toml(folder / "season.toml", "season.toml")
    parsed = file.parse(_SeasonFile)
    needs_artists = parsed.award_artists == "artists" or (folder / "artists.toml").is_file()
    artists = read_artists(folder / "artists.toml") if needs_artists else Artists(())
    rules = _rules(folder, parsed, file)
    for key in ("title", "about"):
        check_languages(getattr(parsed, key), file, key)
    check_site(parsed.site, file)
    _check_sources(parsed, file)
    _check_charts(parsed, rules, file)
    _check_nomination(folder, parsed, artists, file)
    _check_windows(parsed, rules, file)
    _check_live(parsed, rules, file)
    _check_audit(parsed, rules, file)
    return Season(
        folder=folder,
        titles=by_language(parsed.title),
        abouts=by_language(parsed.about),
        award=parsed.award,
        edition=parsed.edition,
        origin=parsed.origin,
        sources=parsed.source,
        charts=parsed.chart,
        nomination=parsed.nomination,
        vote=parsed.vote,
        audit=parsed.audit,
        simulate=parsed.simulate,
        site=parsed.site,
        artists=artists,
        rules=rules,
    )


def _rules(folder: Path, parsed: _SeasonFile, file: TomlFile) -> dict[str, CitedRule]:
    library = RuleLibrary(folder / "rules")
    wanted: list[tuple[str, type[Any], Place]] = [
        (use.rule, ChartRule, ("chart", position, "rule")) for position, use in enumerate(parsed.chart)
    ]
    if parsed.nomination:
        wanted.append((parsed.nomination.rule, NominationRule, ("nomination", "rule")))
    if parsed.vote:
        wanted.append((parsed.vote.rule, CountingRule, ("vote", "rule")))
    for key in ("purges", "late"):
        names = getattr(parsed.audit, key)
        wanted += [(name, PurgeRule, ("audit", key, position)) for position, name in enumerate(names)]
    found: dict[str, CitedRule] = {}
    for name, shape, place in wanted:
        cited = library.cited(name)
        rule: Rule = cited.rule
        if not isinstance(rule, shape):
            raise file.invalid(place, f"{name} is a {cited.kind} rule", "name a rule of the right kind")
        found[name] = cited
    return found


def _check_sources(parsed: _SeasonFile, file: TomlFile) -> None:
    seen: set[str] = set()
    for position, source in enumerate(parsed.source):
        if source.id in seen:
            raise file.invalid(("source", position, "id"), f"source {source.id!r} is given twice", "rename one")
        seen.add(source.id)
        check_source(source, file, ("source", position))
    if parsed.simulate and parsed.simulate.source not in seen:
        raise file.invalid(("simulate", "source"), f"no source {parsed.simulate.source!r}", "declare it")
    for position, source in enumerate(parsed.source):
        if parsed.simulate and source.id == parsed.simulate.source and not source.coverage.synthetic:
            raise file.invalid(
                ("source", position, "coverage", "synthetic"), "simulated ballots called real", "set synthetic = true"
            )


def _check_charts(parsed: _SeasonFile, rules: dict[str, CitedRule], file: TomlFile) -> None:
    for position, use in enumerate(parsed.chart):
        if use.last_on < use.first_on:
            raise file.invalid(("chart", position, "to"), f"{use.last_on} lies before {use.first_on}", "swap them")
        rule = rules[use.rule].rule
        assert isinstance(rule, ChartRule)
        if not weeks_between(use.first_on, use.last_on, rule.week.starts_on, rule.week.zone):
            raise file.invalid(
                ("chart", position),
                f"no whole week from {use.first_on} to {use.last_on}; {use.rule} starts on a {rule.week.starts_on}",
                "give dates that hold at least one week",
            )


def _check_nomination(folder: Path, parsed: _SeasonFile, artists: Artists, file: TomlFile) -> None:
    nomination = parsed.nomination
    if nomination is None:
        if parsed.vote:
            raise file.invalid(("vote",), "a vote without nominees", "add [nomination]")
        return
    if nomination.chart and nomination.chart not in [use.rule for use in parsed.chart]:
        raise file.invalid(("nomination", "chart"), f"no chart {nomination.chart!r}", "name one of the season's charts")
    known = artists.by_id()
    for position, named in enumerate(nomination.named):
        if named.nominee not in known and not nomination.nominees_file:
            raise file.invalid(
                ("nomination", "named", position), f"no artist {named.nominee!r}", "add it to artists.toml"
            )
    if nomination.nominees_file and not (folder / nomination.nominees_file).is_file():
        raise file.invalid(("nomination", "nominees_file"), f"no file {nomination.nominees_file}", "add it")


def _check_windows(parsed: _SeasonFile, rules: dict[str, CitedRule], file: TomlFile) -> None:
    if parsed.vote is None:
        return
    rule = rules[parsed.vote.rule].rule
    assert isinstance(rule, CountingRule)
    channels = {channel.id for channel in rule.channel}
    if not parsed.vote.window:
        raise file.invalid(("vote",), "a vote without a window", "add [[vote.window]]")
    for position, window in enumerate(parsed.vote.window):
        place: Place = ("vote", "window", position)
        if window.closes_at <= window.opens_at:
            raise file.invalid((*place, "to"), f"window {window.id!r} closes before it opens", "swap from and to")
        for channel in window.channels:
            if channel not in channels:
                raise file.invalid(
                    (*place, "channels"), f"no channel {channel!r}", f"use: {', '.join(sorted(channels))}"
                )
        for other in parsed.vote.window[:position]:
            if _overlap(window, other, channels):
                raise file.invalid(place, f"window {window.id!r} overlaps {other.id!r}", "let one end before the next")


def _check_live(parsed: _SeasonFile, rules: dict[str, CitedRule], file: TomlFile) -> None:
    if parsed.vote is None or parsed.vote.live is None:
        return
    rule = rules[parsed.vote.rule].rule
    assert isinstance(rule, CountingRule)
    for position, source in enumerate(parsed.source):
        if source.id in {GUEST, EMAIL}:
            raise file.invalid(("source", position, "id"), f"{source.id!r} is a way of signing in", "rename the source")
    check_live(parsed.vote.live, rule, [source.id for source in parsed.source], file)


def _check_audit(parsed: _SeasonFile, rules: dict[str, CitedRule], file: TomlFile) -> None:
    named: list[tuple[str, Place]] = [
        (name, ("audit", key, position))
        for key in ("purges", "late")
        for position, name in enumerate(getattr(parsed.audit, key))
    ]
    if not named:
        return
    if parsed.vote is None:
        raise file.invalid(("audit",), "purge rules and no vote", "add [vote], or remove [audit]")
    counting = rules[parsed.vote.rule].rule
    assert isinstance(counting, CountingRule)
    channels = [channel.id for channel in counting.channel if channel.counts == "ballots"]
    seen: set[str] = set()
    for name, place in named:
        if name in seen:
            raise file.invalid(place, f"{name} is given twice", "a rule is either declared or late, and stands once")
        seen.add(name)
        rule = rules[name].rule
        assert isinstance(rule, PurgeRule)
        for channel in rule.channels:
            if channel not in channels:
                raise file.invalid(
                    place,
                    f"{name} looks at channel {channel!r}, which {parsed.vote.rule} does not count ballots in",
                    f"use a rule for some of: {', '.join(channels) or 'no channel'}",
                )


def _overlap(one: Window, other: Window, channels: set[str]) -> bool:
    shared = (set(one.channels) or channels) & (set(other.channels) or channels)
    return bool(shared) and one.opens_at < other.closes_at and other.opens_at < one.closes_at
