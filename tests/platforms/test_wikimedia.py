"""Wikimedia sits the exam with answers in the form of its documented example; its OpenAPI document is in no registry.

Real is the address: it is the one that mwviews, a client of that API, asks.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import unquote

import pytest

from plaudit.platforms.contract import Unread, Wish
from plaudit.platforms.wikimedia import Wikimedia
from tests.platforms.exam import Exam, Paper, answered, of_kind, sit
from tests.platforms.sdists import sdist

if TYPE_CHECKING:
    from plaudit.platforms.contract import Answer, Ask

SINCE, UNTIL = 1_794_009_600_000_000, 1_794_441_600_000_000  # 2026-11-07 and -12
ACCOUNTS = ("en:Ann (band)", "ko:앤", "fr.wikipedia:Personne")


def serve(ask: Ask) -> Answer:
    parts = ask.url.partition("/per-article/")[2].split("/")
    project, access, agent, article, granularity = (unquote(part) for part in parts[:5])
    if article == "Personne":
        problem = "The date(s) you used are valid, but we either do not have data for those date(s)"
        return answered(ask, 404, {"type": "about:blank", "title": "Not found.", "detail": problem, "status": 404})
    item = {"project": project, "article": article, "granularity": granularity, "access": access, "agent": agent}
    views = {"2026110700": 628, "2026110800": 0, "2026111000": 31}
    return answered(ask, 200, {"items": [{**item, "timestamp": day, "views": number} for day, number in views.items()]})


@cache
def cycle() -> Paper:
    return sit(Wikimedia(), Wish(ACCOUNTS, ("page_views",), SINCE, until=UNTIL), serve)


class TestWikimedia(Exam):
    @pytest.fixture
    def paper(self) -> Paper:
        return cycle()

    def test_each_language_has_its_days_and_a_day_that_is_missing_is_not_0(self, paper: Paper) -> None:
        readings = of_kind(paper.rows(), "readings")

        assert [(row["account"], row["day"], row["value"]) for row in readings] == [
            (account, day, value)
            for account in ACCOUNTS[:2]
            for day, value in (("2026-11-07", 628), ("2026-11-08", 0), ("2026-11-10", 31))
        ]

    def test_an_article_without_data_is_absent(self, paper: Paper) -> None:
        said = paper.platform.outcome(paper.answers[-1])

        assert (said.verdict, said.detail) == ("absent", "no data")

    def test_the_address_is_the_one_that_a_client_asks(self, paper: Paper) -> None:
        client = (sdist("mwviews") / "src" / "mwviews" / "api" / "pageviews.py").read_text("utf-8")
        begin, _, rest = paper.answers[0].ask.url.partition("/en.wikipedia/")

        assert f"'article': '{begin}'" in client
        assert rest == "all-access/user/Ann_%28band%29/daily/2026110700/2026111200"


def test_a_time_that_is_no_day_is_listed() -> None:
    (ask,) = Wikimedia().begin(Wish(("en:Ann",), ("page_views",), SINCE))
    rows = list(Wikimedia().rows(answered(ask, 200, {"items": [{"timestamp": "today", "views": 4}]})))

    assert rows == [Unread("not a day", "timestamp is 'today'")]
