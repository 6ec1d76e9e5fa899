"""What a season's declarations must be to each other: named, in order, apart, and of one kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plaudit.base.file_names import file_named, in_nfc, no_path
from plaudit.base.paths import is_file
from plaudit.base.spelling import meant
from plaudit.base.weeks import to_instant, weeks_between
from plaudit.rulebook.calendar import check_calendar
from plaudit.rulebook.chart_rule import ChartRule
from plaudit.rulebook.counting_rule import CountingRule
from plaudit.rulebook.growth_rule import GrowthRule
from plaudit.rulebook.languages import check_languages
from plaudit.rulebook.live import EMAIL, GUEST, check_live
from plaudit.rulebook.live_source_checks import check_accounts
from plaudit.rulebook.operators import check_operators
from plaudit.rulebook.purge_rule import PurgeRule
from plaudit.rulebook.site import check_site
from plaudit.rulebook.source_checks import check_source
from plaudit.rulebook.witnesses import check_witnesses

if TYPE_CHECKING:
    from pathlib import Path

    from plaudit.rulebook.artists import Artists
    from plaudit.rulebook.library import CitedRule
    from plaudit.rulebook.season_file import SeasonFile, Window
    from plaudit.rulebook.strict_toml import Place, TomlFile

__all__ = ["check_season"]


def check_season(
    folder: Path, parsed: SeasonFile, artists: Artists, rules: dict[str, CitedRule], file: TomlFile
) -> None:
    """Refuse a season whose parts do not fit each other.

    Raises
    ------
    RuleInvalid : with file, line, key and remedy.
    """
    for key in ("title", "about"):
        check_languages(getattr(parsed, key), file, key)
    check_site(parsed.site, file)
    _check_sources(parsed, artists, file)
    _check_charts(parsed, rules, file)
    _check_growth(parsed, rules, file)
    _check_events(parsed, artists, file)
    _check_nomination(folder, parsed, artists, file)
    _check_windows(parsed, rules, file)
    _check_live(parsed, rules, file)
    if parsed.vote and parsed.vote.witnesses:
        check_witnesses(parsed.vote.witnesses, file)
    if parsed.calendar:
        windows = (
            [(to_instant(one.opens_at), to_instant(one.closes_at)) for one in parsed.vote.window] if parsed.vote else []
        )
        is_opened = parsed.vote is not None and bool(parsed.vote.live or parsed.vote.witnesses)
        check_calendar(parsed.calendar, windows, file, is_opened=is_opened)
    if parsed.operators:
        check_operators(parsed.operators, file)
    _check_audit(parsed, rules, file)


def _check_sources(parsed: SeasonFile, artists: Artists, file: TomlFile) -> None:
    seen: set[str] = set()
    for position, source in enumerate(parsed.source):
        if source.id in seen:
            raise file.invalid(("source", position, "id"), f"source {source.id!r} is given twice", "rename one")
        seen.add(source.id)
        check_source(source, file, ("source", position))
        check_accounts(source, artists, file, ("source", position))
    if parsed.simulate and parsed.simulate.source not in seen:
        raise file.invalid(
            ("simulate", "source"),
            f"no source {parsed.simulate.source!r}",
            meant(parsed.simulate.source, seen, "declare it"),
        )
    for position, source in enumerate(parsed.source):
        if parsed.simulate and source.id == parsed.simulate.source and not source.coverage.synthetic:
            raise file.invalid(
                ("source", position, "coverage", "synthetic"), "simulated ballots called real", "set synthetic = true"
            )


def _check_charts(parsed: SeasonFile, rules: dict[str, CitedRule], file: TomlFile) -> None:
    if parsed.release and not parsed.chart:
        raise file.invalid(("release",), "weeks of no chart are released", "add [[chart]]")
    for position, use in enumerate(parsed.chart):
        if use.history and parsed.release is None:
            what = "a history that was given stands before weeks that are released"
            raise file.invalid(("chart", position, "history"), what, "add [release], or leave it out")
        if use.history and (wrong := no_path(in_nfc(use.history.file))):
            what = f"{use.history.file[:80]!r} is no file of the season: {wrong}"
            raise file.invalid(("chart", position, "history", "file"), what, "put it into the season's folder")
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


def _check_growth(parsed: SeasonFile, rules: dict[str, CitedRule], file: TomlFile) -> None:
    if parsed.growth is None:
        return
    if parsed.growth.last_on < parsed.growth.first_on:
        what = f"{parsed.growth.last_on} lies before {parsed.growth.first_on}"
        raise file.invalid(("growth", "to"), what, "swap them")
    rule = rules[parsed.growth.rule].rule
    assert isinstance(rule, GrowthRule)
    if not any(source.platform for source in parsed.source):
        raise file.invalid(("growth",), "no source tells of accounts", "declare one, or remove [growth]")


def _check_events(parsed: SeasonFile, artists: Artists, file: TomlFile) -> None:
    known, seen = artists.by_id(), set()
    for position, event in enumerate(parsed.event):
        place: Place = ("event", position)
        check_languages(event.title, file, "title")
        if event.id in seen:
            raise file.invalid((*place, "id"), f"event {event.id!r} is given twice", "rename one")
        seen.add(event.id)
        for artist in event.artists:
            if artist not in known:
                raise file.invalid((*place, "artists"), f"no artist {artist!r}", meant(artist, known, "add the artist"))


def _check_nomination(folder: Path, parsed: SeasonFile, artists: Artists, file: TomlFile) -> None:
    nomination = parsed.nomination
    if nomination is None:
        if parsed.vote:
            raise file.invalid(("vote",), "a vote without nominees", "add [nomination]")
        return
    if nomination.chart and nomination.chart not in [use.rule for use in parsed.chart]:
        remedy = meant(nomination.chart, [use.rule for use in parsed.chart], "name one of the season's charts")
        raise file.invalid(("nomination", "chart"), f"no chart {nomination.chart!r}", remedy)
    known = artists.by_id()
    for position, named in enumerate(nomination.named):
        if named.nominee not in known and not nomination.nominees_file:
            remedy = meant(named.nominee, known, "add it to artists.toml")
            raise file.invalid(("nomination", "named", position), f"no artist {named.nominee!r}", remedy)
    if nomination.nominees_file and (wrong := no_path(in_nfc(nomination.nominees_file))):
        what = f"{nomination.nominees_file[:80]!r} is no file of the season: {wrong}"
        raise file.invalid(("nomination", "nominees_file"), what, "put it into the season's folder")
    if nomination.nominees_file and not is_file(file_named(folder, nomination.nominees_file)):
        raise file.invalid(("nomination", "nominees_file"), f"no file {nomination.nominees_file}", "add it")


def _check_windows(parsed: SeasonFile, rules: dict[str, CitedRule], file: TomlFile) -> None:
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
                remedy = meant(channel, channels, f"use: {', '.join(sorted(channels))}")
                raise file.invalid((*place, "channels"), f"no channel {channel!r}", remedy)
        for other in parsed.vote.window[:position]:
            if _overlap(window, other, channels):
                raise file.invalid(place, f"window {window.id!r} overlaps {other.id!r}", "let one end before the next")


def _check_live(parsed: SeasonFile, rules: dict[str, CitedRule], file: TomlFile) -> None:
    if parsed.vote is None or parsed.vote.live is None:
        return
    rule = rules[parsed.vote.rule].rule
    assert isinstance(rule, CountingRule)
    for position, source in enumerate(parsed.source):
        if source.id in {GUEST, EMAIL}:
            raise file.invalid(("source", position, "id"), f"{source.id!r} is a way of signing in", "rename the source")
    check_live(parsed.vote.live, rule, [source.id for source in parsed.source], file)


def _check_audit(parsed: SeasonFile, rules: dict[str, CitedRule], file: TomlFile) -> None:
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
            raise file.invalid(place, f"{name} is given twice", "a rule is either declared or late, and is listed once")
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
