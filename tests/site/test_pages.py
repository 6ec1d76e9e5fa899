"""What single pages say."""

from __future__ import annotations

import re

from tests.site.pages import Seen
from tests.some import some

CHART = "chart/social-weekly@1"


def test_a_week_shows_each_entry_with_movement_in_words(template_site: dict[str, bytes]) -> None:
    page = Seen(template_site[f"en/{CHART}/2026-01-09.html"]).text

    assert "North Seven 노스세븐" in page
    assert re.search(r"up \d|down \d|unchanged|debut", page)
    assert "week of Jan 9–15, 2026" in page


def test_the_korean_page_names_artists_in_korean_first(template_site: dict[str, bytes]) -> None:
    page = Seen(template_site[f"ko/{CHART}/2026-01-09.html"]).text

    assert "노스세븐 North Seven" in page
    assert "2026년 1월 9~15일 주간" in page


def test_made_up_evidence_is_labelled_on_every_page(template_site: dict[str, bytes]) -> None:
    for path, data in some(template_site.items()):
        if path.endswith(".html"):
            label = "지어낸" if path.startswith("ko/") else "made up"
            assert label in Seen(data).text, path


def test_an_artist_without_readings_over_time_is_told_so(tweets_site: dict[str, bytes]) -> None:
    page = Seen(tweets_site["en/artist/taylor-swift.html"]).text

    assert "The source gives one reading per post" in page
    assert "No follower data" in page
    assert "the source does not state the kind of a post" in page
    assert "time to half" not in page


def test_the_median_stands_with_its_interval(tweets_site: dict[str, bytes]) -> None:
    page = Seen(tweets_site["en/artist/taylor-swift.html"]).text

    assert re.search(r"not stated [\d,]+ 100% [\d,]+ [\d,]+ – [\d,]+", page)


def test_each_week_that_is_explained_names_its_source(tweets_site: dict[str, bytes]) -> None:
    data = tweets_site["en/artist/lady-gaga.html"].decode()
    why = data[data.index('id="why"') : data.index('id="run-1"')]

    assert why.count('class="because"') == why.count('class="source"') >= 3
    assert [title in why for title in ("Peak", "Last rise", "Last fall")] == [True, True, True]


def test_each_row_of_a_week_opens_to_its_reason(template_site: dict[str, bytes]) -> None:
    data = template_site[f"en/{CHART}/2026-01-09.html"].decode()
    rows = data[data.index('<table class="chart"') : data.index("</table>")]

    assert rows.count('class="because"') == rows.count('class="entry') > 1
    assert rows.count("<details open>") == 1


def test_the_runs_picture_has_a_dark_twin_that_differs_in_colours_alone(tweets_site: dict[str, bytes]) -> None:
    light = tweets_site["pictures/tweets-weekly@1/lady-gaga.svg"].decode()
    dark = tweets_site["pictures/tweets-weekly@1/lady-gaga-dark.svg"].decode()
    colour = re.compile(r"#[0-9a-f]{6}")

    assert light != dark
    assert colour.sub("", light) == colour.sub("", dark)


def test_a_post_without_a_title_is_called_by_its_time(tweets_site: dict[str, bytes]) -> None:
    data = tweets_site["en/artist/rihanna.html"].decode()
    called = re.findall(r"<h4 class=\"clip\">(.*?)</h4>", data)

    assert len(called) == 12
    assert all(re.fullmatch(r"[A-Z][a-z]+ \d{1,2}, \d{4} \d\d:\d\d UTC", name) for name in called), called
    assert data.count("a post without a title") >= len(called)


def test_the_first_page_leads_to_the_nominees_and_the_edition(template_site: dict[str, bytes]) -> None:
    page = Seen(template_site["en/index.html"])

    assert {"edition.html", "honours.html", "verify.html", "press.html", "artist/north-seven.html"} <= set(page.links)
    assert re.search(r"This season's count \d+ nominees · [\d,]+ votes counted", page.text)


def test_the_title_of_the_first_page_is_the_news(
    template_site: dict[str, bytes], tweets_site: dict[str, bytes]
) -> None:
    for site in (template_site, tweets_site):
        title = re.search(r'og:title" content="([^"]*)"', site["en/index.html"].decode())
        assert title
        assert re.search(r"is no\. 1 in the week of|: ", title[1])
        assert "Home" not in title[1]


def test_earlier_weeks_leave_out_the_week_shown(template_site: dict[str, bytes]) -> None:
    data = template_site[f"en/{CHART}/index.html"].decode()
    shown = re.findall(r'<time datetime="([\d-]+)"', data[data.index('id="earlier"') :])

    assert shown == sorted(shown, reverse=True)
    assert shown
    assert shown[0] < "2026-01-09"
