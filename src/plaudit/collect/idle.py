"""What a season declares of its sources and artists that changed nothing in the rows that were read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from plaudit.collect.read import file_format, source_files

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Collection, Iterator, Sequence
    from pathlib import Path

    from plaudit.rulebook.artists import Artists, Collaboration
    from plaudit.rulebook.chart_rule import ChartRule
    from plaudit.rulebook.sources import Source

__all__ = ["idle_artists", "idle_eligibility", "idle_keys"]

_OF_FORMATS: Final = {"delimiter": {"csv"}, "encoding": {"csv", "json", "jsonl"}, "sheet": {"xlsx"}}
"""Keys of a source that tell how files of some formats are written."""
_OF_POSTS: Final = frozenset({"counters", "posts", "live"})


def idle_keys(folder: Path, source: Source, used: Counter[tuple[str, ...]], *, is_whole: bool) -> list[str]:
    """Give the declared keys that met no row, as they are written in season.toml.

    is_whole : whether all rows were read; keys that speak of few rows are told only then.
    """
    declared: list[tuple[tuple[str, ...], str]] = [
        (("where", column), f'where "{column}" = "{text}"') for column, text in source.where.items()
    ]
    declared += [
        (("replace", column, text), f'replace.{column} "{text}" = "{ours}"')
        for column, texts in source.replace.items()
        for text, ours in texts.items()
    ]
    declared += [(("lookup", column), f"lookup.{column}") for column in source.lookup]
    declared += [(("unless", metric), f'unless {metric} = "{column}"') for metric, column in source.unless.items()]
    if is_whole:
        declared += _of_few_rows(source)
    if not used[source.id, "rows", "taken"]:  # of rows that cannot be used nobody looks for metrics
        declared = [(key, text) for key, text in declared if key[0] != "metric"]
    told = [text for key, text in declared if not used[source.id, *key]]
    return told + list(_of_no_file(folder, source)) + list(_outside(source))


def _of_few_rows(source: Source) -> Iterator[tuple[tuple[str, ...], str]]:
    for metric, column in source.metrics.items():
        yield ("metric", metric), f'metrics {metric} = "{column}"'
    if source.kind != "ballots":  # typed ones are not read row by row
        for column, form in source.formats.items():
            yield ("form", column), f'formats {column} = "{form}"'
    for column, mark in source.separators.items():
        yield ("separator", column), f'separators {column} = "{mark}"'
    if source.platform:
        for gap in source.coverage.gaps:
            if gap.account:
                yield ("account", gap.account), f'coverage.gaps account = "{gap.account}"'


def _of_no_file(folder: Path, source: Source) -> Iterator[str]:
    """Give the keys of forms that no file of the source has."""
    if source.is_live:
        return
    formats = {file_format(path, source) for path in source_files(folder, source)}
    for key, fitting in _OF_FORMATS.items():
        if (said := getattr(source, key)) and not formats & fitting:
            yield f"{key} = {said!r}: no file is {' or '.join(sorted(fitting))}"


def _outside(source: Source) -> Iterator[str]:
    """Give the gaps that lie before or after all days of the coverage."""
    of = source.coverage
    for gap in of.gaps:
        if gap.last_on < of.first_on or gap.first_on > of.last_on:
            yield f"coverage.gaps from {gap.first_on} to {gap.last_on}: outside the coverage"


def idle_artists(
    artists: Artists, sources: Sequence[Source], whole: Collection[str], met: Collection[tuple[str, ...]]
) -> list[str]:
    """Give what artists.toml declares and no row of the sources has.

    Told is only what sources would have shown that were read to their end; of accounts
    on a platform that no source is of, nothing.

    whole : ids of the sources that were read to their end
    met : what met a row, see `Identity`
    """
    read = _platforms(sources, whole, frozenset({"counters", "posts", "readings", "live"}))
    described = _platforms(sources, whole, _OF_POSTS)
    declared = [
        *(item for item in _accounts(artists) if item[0][1] in read),
        *(item for item in _patterns(artists) if item[0][1] in described and ("account", *item[0][1:3]) in met),
    ]
    told = [text for key, text in declared if key not in met]
    of_some = {source.platform for source in sources}
    for number, one in enumerate(artists.collaborations):
        if one.platform not in of_some:
            told.append(f"{_named(one)} matches no post: no source is of {one.platform}")
        elif one.platform in described and ("collaboration", str(number)) not in met:
            told.append(f"{_named(one)} matches no post")
    return told


def idle_eligibility(rule: ChartRule, artists: Artists) -> list[str]:
    """Give what a chart rule says of who is eligible that is true of no artist of the season."""
    held: dict[str, set[str]] = {
        "excluded": {artist.id for artist in artists.artists},
        "kinds": {artist.kind for artist in artists.artists},
        "countries": {artist.country for artist in artists.artists},
        "genres": {genre for artist in artists.artists for genre in artist.genres},
    }
    return [
        f"rule {rule.name}: eligibility.{key} {text!r} is no artist's"
        for key, known in held.items()
        for text in getattr(rule.eligibility, key)
        if text not in known
    ]


def _platforms(sources: Sequence[Source], whole: Collection[str], kinds: Collection[str]) -> set[str]:
    """Give the platforms of which every source of these kinds was read to its end, and at least one."""
    found = {source.platform for source in sources if source.kind in kinds}
    return found - {source.platform for source in sources if source.kind in kinds and source.id not in whole}


def _accounts(artists: Artists) -> Iterator[tuple[tuple[str, ...], str]]:
    for artist in artists.artists:
        for one in artist.accounts:
            yield (
                ("account", one.platform, one.account),
                (f"no source has {artist.id}'s {one.platform} account {one.account!r}"),
            )
    for label in artists.labels:
        yield (
            ("account", label.platform, label.account),
            (f"no source has the label's {label.platform} account {label.account!r}"),
        )


def _patterns(artists: Artists) -> Iterator[tuple[tuple[str, ...], str]]:
    for label in artists.labels:
        for number, pattern in enumerate(label.patterns):
            yield (
                ("pattern", label.platform, label.account, str(number)),
                (f"label {label.account!r} on {label.platform}: the pattern {_pattern(pattern.title)} decides no post"),
            )


def _named(one: Collaboration) -> str:
    what = f"post {one.post!r}" if one.post else f"title {_pattern(one.title)}"
    return f"[[collaboration]] {one.platform} {what} of {' and '.join(one.artists)}"


def _pattern(title: str) -> str:
    """Give a pattern as artists.toml may write it: backslashes as they stand."""
    return repr(title).replace(r"\\", "\\")
