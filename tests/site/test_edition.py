"""The edition, its purge notice and its certificate, as pages."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from msgspec import structs

from plaudit import pipeline
from plaudit.publish.robustness import robustness
from plaudit.rulebook.purge_rule import PurgeRule
from plaudit.rulebook.season import read_season
from plaudit.site.pages.edition import COLUMNS
from plaudit.site.site import LANGUAGES
from plaudit.site.site_data import SiteData
from plaudit.store.evidence import Evidence
from plaudit.vote.log import cited_log
from plaudit.words.message import with_names
from plaudit.words.words import words_of
from tests.made import made_once
from tests.site.conftest import inputs
from tests.site.kinds import files_from, files_of, site_data_of
from tests.site.pages import Seen
from tests.site.test_site import target
from tests.some import some

if TYPE_CHECKING:
    from pathlib import Path

    import ibis

NO_MARGIN = {"more": None, "fewer": None}
KINDS = ("edition", "notice", "honours", "methodology", "rule", "changes", "coverage", "evidence", "over_time")


@pytest.fixture(scope="module")
def social(made_social: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The reference pages of the re-enactment, with a vote and its audit."""
    return made_once(tmp_path_factory, "edition-social", lambda _folder: files_of(made_social, *KINDS))


@pytest.fixture(scope="module")
def hottest(made_hottest: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The reference pages of totals that somebody else counted, for works."""
    return made_once(tmp_path_factory, "edition-hottest", lambda _folder: files_of(made_hottest, *KINDS))


@pytest.fixture(scope="module")
def tweets(made_tweets: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The reference pages of a season that stops after its chart."""
    return made_once(tmp_path_factory, "edition-tweets", lambda _folder: files_of(made_tweets, *KINDS))


def row(page: Seen, name: str) -> list[int]:
    """Give the columns after a name's value, share and distance to the first."""
    found = re.search(rf"{name} [\d,]+ [\d.]+% (?:–|[\d,]+) ((?:[\d,]+ ){{6}})", page.text + " ")
    assert found, name
    return [int(number.replace(",", "")) for number in found[1].split()]


def test_each_nominees_columns_on_the_page_add_up_to_the_votes_cast(
    made_social: Path, social: dict[str, bytes]
) -> None:
    page, stated = Seen(social["en/edition.html"]), inputs(made_social)[2]
    for nominee in some(stated["nominees"]):
        cast, *others = row(page, re.escape(nominee["name"]))
        totals = [one for one in stated["result"]["totals"] if one["nominee"] == nominee["nominee"]]

        assert sum(others) == cast == sum(one["votes_cast"] for one in totals)
        assert others == [sum(one[f"votes_{column}"] for one in totals) for column in COLUMNS[1:]]


def test_a_window_stands_in_the_rules_zone_and_in_utc(made_social: Path, social: dict[str, bytes]) -> None:
    english, korean = Seen(social["en/edition.html"]).text, Seen(social["ko/edition.html"]).text
    [window] = inputs(made_social)[0].windows()

    assert "Monday, May 14, 2018, 09:00 (Pacific Daylight Time)" in english
    assert "2018년 5월 14일 월요일, 09:00 (미 태평양 하계 표준시)" in korean
    for instant in (window.opens_at, window.closes_at):
        assert words_of("en").instant(instant) in english


def test_a_single_window_is_called_the_voting_window_without_its_id(social: dict[str, bytes]) -> None:
    english, korean = Seen(social["en/edition.html"]).text, Seen(social["ko/edition.html"]).text

    assert "Voting window opens Monday" in english
    assert "투표 기간 시작 2018년" in korean


def test_several_windows_are_told_apart_by_their_ids_and_channels(made_social: Path) -> None:
    site_data: Any = site_data_of(made_social)
    [window] = site_data.season.vote.window
    windows = (window, structs.replace(window, id="second", channels=("post",)))
    site_data.season = replace(site_data.season, vote=structs.replace(site_data.season.vote, window=windows))
    page = Seen(files_from(site_data, "edition")["ko/edition.html"]).text

    assert "투표 기간 vote 시작" in page
    assert "투표 기간 second ( 후보의 공식 태그를 단 게시물 ) 시작" in page


def test_channels_of_a_shipped_rule_are_named_in_korean(social: dict[str, bytes]) -> None:
    page = social["ko/edition.html"]
    vote = page[page.index(b'id="vote"') : page.index(b'id="robustness"')]

    assert "채널 web : Billboard.com(페이스북 계정으로 로그인)" in Seen(vote).text
    assert b'lang="en"' not in vote
    assert "후보의 공식 태그를 단 게시물 post" in Seen(page[: page.index(b'id="vote"')]).text


def test_votes_over_time_add_up_to_the_ballots_inside_the_windows(made_social: Path) -> None:
    site_data = site_data_of(made_social)
    found = site_data.over_time
    ballots = site_data.tables.read("ballots")
    window = site_data.season.windows()[0]
    inside = ballots.filter(
        ballots.cast_at >= window.opens_at,
        ballots.cast_at < window.closes_at,
        ballots.nominee.isin([one["nominee"] for one in site_data.statement["nominees"]]),
    )
    last_hour = ballots.filter(ballots.cast_at >= window.closes_at, ballots.cast_at < window.closes_at + 1_800_000_000)

    assert found is not None
    assert found.is_hourly
    drawn = sum(sum(votes) for _, votes in found.rows)
    least = site_data.tables.to_rows(inside.agg(n=inside.votes.sum()))[0]["n"]
    late = site_data.tables.to_rows(last_hour.agg(n=last_hour.votes.sum()))[0]["n"] or 0
    assert least <= drawn <= least + late


def test_the_table_behind_the_picture_has_every_number_of_it(made_social: Path, social: dict[str, bytes]) -> None:
    found = site_data_of(made_social).over_time
    page = Seen(social["en/edition.html"]).text
    table = page[page.index("Votes over time, as a table") :]

    assert found is not None
    for _label, votes in found.rows:
        assert " ".join(f"{n:,}" for n in votes) in table


def test_the_picture_is_the_same_drawing_in_the_dark(social: dict[str, bytes]) -> None:
    light, dark = social["pictures/votes.svg"], social["pictures/votes-dark.svg"]
    colour = re.compile(rb"#[0-9a-f]{6}")

    assert light != dark
    assert colour.sub(b"", light) == colour.sub(b"", dark)
    assert not set(colour.findall(light)) & {b"#56b4e9", b"#e69f00"}


def test_the_notice_names_each_declared_rule_with_its_query(made_social: Path, social: dict[str, bytes]) -> None:
    for language in ("en", "ko"):
        page = Seen(social[f"{language}/notice.html"])
        for rule in some(inputs(made_social)[0].audit.purges):
            assert f"audit/{rule}.sql" in page.text


def test_the_notice_calls_sources_and_rules_by_their_titles(made_social: Path, social: dict[str, bytes]) -> None:
    season = inputs(made_social)[0]
    rules = [season.rules[name].rule for name in season.audit.purges]
    setting_aside = [rule for rule in rules if isinstance(rule, PurgeRule) and rule.does == "set aside"]
    for language, before in (("en", "set aside by"), ("ko", "제외한 규칙")):
        page = Seen(social[f"{language}/notice.html"]).text
        heads = [f"{before} {rule.name}" for rule in setting_aside]
        titles = [words_of(language).title(rule.title) for rule in setting_aside]

        assert len(heads) > 1
        assert [said for said in (*heads, *titles) if said not in page] == []
        assert not [source.id for source in season.sources if source.id in page]
        assert any(source.title in page for source in season.sources)


def test_what_is_voted_for_and_is_no_nominee_stands_as_a_key(social: dict[str, bytes]) -> None:
    page = social["ko/notice.html"].decode()

    assert '<th scope="row"><code translate="no">write-in</code></th>' in page
    assert "<bdi>write-in</bdi>" not in page


def test_the_close_of_the_log_is_written_as_the_language_does(made_social: Path) -> None:
    site_data: Any = site_data_of(made_social)
    log = {**cited_log(site_data.season), "closed_at": "2018-05-21T00:30:00Z"}
    site_data.statement = {**site_data.statement, "vote": {**site_data.statement["vote"], "log": log}}
    made = files_from(site_data, "evidence")

    assert '<time datetime="2018-05-21T00:30:00Z">May 21, 2018 00:30 UTC</time>' in made["en/evidence.html"].decode()
    assert "마감 시각 2018년 5월 21일 00:30 UTC" in Seen(made["ko/evidence.html"]).text


def test_the_methodology_keeps_a_purge_rules_digest_out_of_a_column_of_its_own(
    made_social: Path, social: dict[str, bytes]
) -> None:
    season = inputs(made_social)[0]
    page = social["en/methodology.html"].decode()
    table = page[page.index('id="purges"') :]
    rows = re.findall("<tr>(?!<th scope=.col)(.*?)</tr>", table)

    assert [row.count("<td") for row in rows] == [1] * len(season.audit.purges)
    assert all(season.rules[name].sha256 in row for name, row in zip(season.audit.purges, rows, strict=True))


def test_a_season_without_purge_rules_says_so_and_still_has_a_notice(hottest: dict[str, bytes]) -> None:
    assert "The season declares no purge rule" in Seen(hottest["en/notice.html"]).text
    assert "제외 규칙이 없어" in Seen(hottest["ko/notice.html"]).text


def test_a_work_is_no_link_to_an_artist(hottest: dict[str, bytes]) -> None:
    for path in ("en/edition.html", "en/honours.html"):
        assert not [link for link in Seen(hottest[path]).links if link.startswith("artist/")]


def test_a_season_without_a_vote_has_no_edition_and_no_notice(tweets: dict[str, bytes]) -> None:
    assert not [path for path in tweets if path.endswith(("edition.html", "notice.html", "votes.svg"))]
    assert {"en/methodology.html", "ko/coverage.html", "en/evidence.html", "ko/changes.html"} <= set(tweets)


def test_every_file_beside_the_site_that_a_page_links_to_is_published(
    made_social: Path, social: dict[str, bytes], made_hottest: Path, hottest: dict[str, bytes]
) -> None:
    left_join_unique = 0
    for folder, files in ((made_social, social), (made_hottest, hottest)):
        for path, data in files.items():
            if path.endswith(".html"):
                for link in Seen(data).links:
                    file = target(path, link)[0]
                    if file.startswith("../"):
                        left_join_unique += 1
                        assert (folder / "published" / file.removeprefix("../")).is_file(), (path, link)

    assert left_join_unique > 100


def test_pages_are_well_nested_with_unique_ids_and_small(social: dict[str, bytes], hottest: dict[str, bytes]) -> None:
    for files in (social, hottest):
        for path, data in some(files.items()):
            if path.endswith(".html"):
                page = Seen(data)
                assert page.errors == [], path
                assert len(page.ids) == len(set(page.ids)), path
                assert len(data) <= 120_000, path


def test_doubt_is_said_when_one_scenario_changes_the_winner() -> None:
    names = {"a": {"en": "Ay", "ko": "에이"}, "b": {"en": "Bee", "ko": "비"}}
    same = {"scenario": "no purge", "kind": "none", "winners": "a", "changes": False}
    other = {"scenario": "lockstep@1 alone", "kind": "alone", "winners": "b", "changes": True}
    tied = {"scenario": "as certified", "kind": "certified", "winners": "a; b", "changes": False}
    said = {
        number: [str(words_of("en").html(with_names(one, names))) for one in robustness(rows, NO_MARGIN, [])]
        for number, rows in enumerate(([same], [same, other], [tied]))
    }

    assert said[0] == ["1 other way to purge was tried: the winner is the same."]
    rule = '<code translate="no">lockstep@1</code>'
    assert said[1] == [f"The result would have been another ({rule} alone): <bdi>Bee</bdi>."]
    assert "shared" in said[2][0]


def test_running_totals_end_with_the_totals_that_were_counted(made_hottest: Path) -> None:
    found = site_data_of(made_hottest).over_time
    stated = inputs(made_hottest)[2]

    assert found is not None
    assert found.is_running
    for nominee, votes in zip(found.nominees, found.rows[-1][1], strict=True):
        assert votes == sum(row["votes_cast"] for row in stated["result"]["totals"] if row["nominee"] == nominee)
    assert [label for label, _ in found.rows] == sorted({label for label, _ in found.rows})
    assert len(found.rows) > 20


def test_each_reading_of_totals_is_what_the_source_said_until_then(made_hottest: Path) -> None:
    site_data = site_data_of(made_hottest)
    found = site_data.over_time
    rows = site_data.tables.to_rows(site_data.tables.read("source_totals"))
    closes_at = max(window.closes_at for window in site_data.season.windows())
    instants = sorted({row["observed_at"] for row in rows if row["observed_at"] < closes_at})

    assert found is not None
    assert len(found.rows) == len(instants)
    for number in (0, 7, len(instants) - 1):
        for place, nominee in enumerate(found.nominees):
            last: dict[str, tuple[int, int]] = {}
            for row in rows:
                if row["nominee"] == nominee and row["observed_at"] <= instants[number]:
                    last[row["channel"]] = max(last.get(row["channel"], (0, 0)), (row["observed_at"], row["votes"]))
            assert found.rows[number][1][place] == sum(votes for _, votes in last.values())


def test_the_page_says_when_its_picture_is_of_totals(hottest: dict[str, bytes], social: dict[str, bytes]) -> None:
    assert "pictures/votes.svg" in hottest
    assert "at each reading of totals that somebody else counted" in Seen(hottest["en/edition.html"]).text
    assert "at each reading of totals" not in Seen(social["en/edition.html"]).text


def test_totals_that_were_read_once_have_no_picture_and_the_page_says_why(made_hottest: Path) -> None:
    season, tables, stated, honours = inputs(made_hottest)
    rows = tables.to_rows(tables.read("source_totals"))
    last = max(row["observed_at"] for row in rows)

    class ReadOnce(Evidence):
        def read(self, name: str) -> ibis.Table:
            read = super().read(name)
            return read.filter(read.observed_at == last) if name == "source_totals" else read

    site_data = SiteData(season, ReadOnce(season.evidence), stated, honours, LANGUAGES)
    made = files_from(site_data, "edition", "over_time")

    assert "pictures/votes.svg" not in made
    assert "they were read once" in Seen(made["en/edition.html"]).text


def test_the_pages_of_a_run_list_titles_in_the_order_that_verify_makes(made_hottest: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(made_hottest, tmp_path / "hottest-100")
    season = read_season(folder)
    pipeline.site(season, Evidence(season.evidence))
    made = files_of(made_hottest, "downloads")
    name = "data/honours.csv"

    assert len({line.split(b",")[3] for line in made[name].splitlines()[1:]}) == 2
    assert (folder / "published" / "site" / name).read_bytes() == made[name]


def test_the_roll_of_honour_calls_an_award_by_its_name(social: dict[str, bytes]) -> None:
    for language, show, award in (
        ("en", "Billboard Music Awards", "Top Social Artist"),
        ("ko", "빌보드 뮤직 어워드", "톱 소셜 아티스트"),
    ):
        page = social[f"{language}/honours.html"].decode()
        between = ": " if language == "en" else " "

        assert f"<bdi>{show}</bdi>{between}<bdi>{award}</bdi></h2>" in page
        assert "billboard-music-awards/" not in page.partition("<main")[2].partition("</main>")[0]


def test_an_award_without_a_show_is_won_by_its_name_and_edition(hottest: dict[str, bytes], made_hottest: Path) -> None:
    kit = Seen(files_of(made_hottest, "press")["en/press.html"]).text

    assert "won Hottest 100 Shared Votes 2023 ," in kit
    for page in (kit, Seen(hottest["en/honours.html"]).text):
        assert " Plaudit" not in page
