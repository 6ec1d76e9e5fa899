"""A season folder as one frozen object."""

from __future__ import annotations

import dataclasses
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from plaudit.base.change import Change, InPlace
from plaudit.base.errors import UnknownName
from plaudit.base.spelling import near_path
from plaudit.base.weeks import Week, to_instant, weeks_between
from plaudit.rulebook.artists import Artists, read_artists
from plaudit.rulebook.chart_rule import ChartRule
from plaudit.rulebook.counting_rule import CountingRule, SameInstant
from plaudit.rulebook.growth_rule import GrowthRule
from plaudit.rulebook.languages import ENGLISH, by_language
from plaudit.rulebook.library import CitedRule, Rule, RuleLibrary
from plaudit.rulebook.nomination_rule import NominationRule
from plaudit.rulebook.purge_rule import PurgeRule
from plaudit.rulebook.season_checks import check_season
from plaudit.rulebook.season_file import SeasonFile
from plaudit.rulebook.strict_toml import Place, TomlFile, read_toml
from plaudit.rulebook.windows import VotingWindow

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plaudit.rulebook.calendar import Calendar
    from plaudit.rulebook.live import Live
    from plaudit.rulebook.operators import Operators
    from plaudit.rulebook.releasing import Releasing
    from plaudit.rulebook.season_file import Audit, ChartUse, Event, GrowthUse, Honours, Nomination, Vote
    from plaudit.rulebook.simulation import Simulation
    from plaudit.rulebook.site import Site
    from plaudit.rulebook.sources import Source
    from plaudit.rulebook.witnesses import Witnesses

__all__ = ["LOG", "Season", "read_season"]

LOG = "evidence/log"


@dataclass(frozen=True)
class Season:
    """Everything a season declares, checked.

    titles, abouts : the season's title and what it is, by language
    rules : every rule it names, by id@version
    change : the change of the folder that is under way, or None
    """

    folder: Path
    titles: dict[str, str]
    abouts: dict[str, str]
    award: str
    edition: str
    origin: str
    sources: tuple[Source, ...]
    charts: tuple[ChartUse, ...]
    release: Releasing | None
    nomination: Nomination | None
    vote: Vote | None
    audit: Audit
    honours: Honours
    operators: Operators | None
    calendar: Calendar | None
    simulate: Simulation | None
    site: Site
    artists: Artists
    rules: dict[str, CitedRule]
    growth: GrowthUse | None = None
    events: tuple[Event, ...] = ()
    change: Change | None = None

    @contextmanager
    def changing(self, does: str) -> Iterator[Season]:
        """Give the season to work on: what is made takes its place at the end, all of it or nothing.

        Within a change that is under way, this is a part of that one. Tables are written
        to `tables.within(season.files)`.

        Parameters
        ----------
        does : what a second process, which has to wait, is told

        Raises
        ------
        OutOfTurn : another process changes the season.
        FileRefused : the folder cannot be written.
        """
        if self.change is not None:
            yield self
            return
        with Change(self.folder, does) as change:
            yield dataclasses.replace(self, change=change)

    @property
    def title(self) -> str:
        """The English title: what certificates state."""
        return self.titles[ENGLISH]

    @property
    def about(self) -> str:
        """What the season is, in English."""
        return self.abouts[ENGLISH]

    @property
    def files(self) -> InPlace:
        """The folder as it is read and written: where it lies, or by the change that is under way."""
        return self.change or InPlace(self.folder)

    @property
    def evidence(self) -> Path:
        """The folder of the made tables."""
        return self.folder / "evidence"

    @property
    def published(self) -> Path:
        """The folder of what the public reads."""
        return self.folder / "published"

    def published_file(self, name: str) -> Path:
        """Give where a published file is read from."""
        return self.files.found(f"published/{name}")

    def chart_rule(self, name: str) -> ChartRule:
        """Give a chart rule of the season."""
        rule = self.rules[name].rule
        assert isinstance(rule, ChartRule)
        return rule

    def chart_weeks(self, use: ChartUse) -> list[Week]:
        """Give the weeks of one of the season's charts."""
        week = self.chart_rule(use.rule).week
        return weeks_between(use.first_on, use.last_on, week.starts_on, week.zone)

    def growth_rule(self) -> GrowthRule:
        """Give the rule of what the season tells of growth."""
        assert self.growth is not None
        rule = self.rules[self.growth.rule].rule
        assert isinstance(rule, GrowthRule)
        return rule

    def counting_rule(self) -> CountingRule:
        """Give the counting rule of the season's vote; where the vote has its own log, one instant has an order."""
        rule = self.declared_counting_rule()
        return replace(rule, same_instant=SameInstant("recorded")) if self.live else rule

    def declared_counting_rule(self) -> CountingRule:
        """Give the counting rule as its file has it."""
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
    def witnesses(self) -> Witnesses | None:
        """Who is to witness the vote's log, or None where nobody is named."""
        return self.vote.witnesses if self.vote else None

    @property
    def log(self) -> Path:
        """The folder of the tile log."""
        return self.files.found(LOG)

    def windows(self) -> list[VotingWindow]:
        """Give the voting windows, in instants."""
        assert self.vote is not None
        return [
            VotingWindow(window.id, to_instant(window.opens_at), to_instant(window.closes_at), window.channels)
            for window in self.vote.window
        ]

    def withheld_platforms(self) -> list[str]:
        """Give the platforms of which no post and no reading is published, by the terms of a source."""
        return sorted({source.platform for source in self.sources if source.is_withheld and source.platform})

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
        otherwise = "check the path, or make a season with: plaudit init NAME"
        remedy = near_path(folder, otherwise, holds="season.toml")
        raise UnknownName(f"{folder} holds no season.toml", remedy)
    file = read_toml(folder / "season.toml", "season.toml")
    parsed = file.parse(SeasonFile)
    needs_artists = parsed.award_artists == "artists" or (folder / "artists.toml").is_file()
    artists = read_artists(folder / "artists.toml") if needs_artists else Artists(())
    rules = _rules(folder, parsed, file)
    check_season(folder, parsed, artists, rules, file)
    return Season(
        folder=folder,
        titles=by_language(parsed.title),
        abouts=by_language(parsed.about),
        award=parsed.award,
        edition=parsed.edition,
        origin=parsed.origin,
        sources=parsed.source,
        charts=parsed.chart,
        release=parsed.release,
        nomination=parsed.nomination,
        vote=parsed.vote,
        audit=parsed.audit,
        honours=parsed.honours,
        operators=parsed.operators,
        calendar=parsed.calendar,
        simulate=parsed.simulate,
        site=parsed.site,
        artists=artists,
        rules=rules,
        growth=parsed.growth,
        events=parsed.event,
    )


def _rules(folder: Path, parsed: SeasonFile, file: TomlFile) -> dict[str, CitedRule]:
    library = RuleLibrary(folder / "rules")
    wanted: list[tuple[str, type[Any], Place]] = [
        (use.rule, ChartRule, ("chart", position, "rule")) for position, use in enumerate(parsed.chart)
    ]
    if parsed.growth:
        wanted.append((parsed.growth.rule, GrowthRule, ("growth", "rule")))
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
