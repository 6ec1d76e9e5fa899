"""What a check says is codes and values, and is said from them in every language."""

from __future__ import annotations

import json

import pytest

from plaudit.audit.checks.categories_equal import categories_equal
from plaudit.audit.checks.columns_add_up import columns_add_up
from plaudit.audit.checks.common_factor import common_factor
from plaudit.audit.checks.findings import CHECKS, SENTENCES, found
from plaudit.audit.checks.first_digit import first_digit
from plaudit.audit.checks.gaps import gaps
from plaudit.audit.checks.judged import Judged, finding
from plaudit.audit.checks.jumps import jump_together
from plaudit.audit.checks.log_holds_all import log_holds_all
from plaudit.audit.checks.picks_divide import picks_divide
from plaudit.audit.checks.rate import INTAKE, PLATFORM, rate
from plaudit.audit.checks.running_totals import running_totals
from plaudit.audit.checks.two_ways import two_ways
from plaudit.audit.checks.voters_fit import voters_fit
from plaudit.words.sentence import canonical_json
from plaudit.words.spans import plain
from plaudit.words.words import words_of
from tests.audit.checks.made import in_words

SAID = [
    ("categories-equal", categories_equal({"a": 1})),
    ("categories-equal", categories_equal({"a": 1, "b": 2_000})),
    ("columns-add-up", columns_add_up(5, {"counted": 9, "void": -2_000})),
    ("columns-add-up", columns_add_up(5, {"counted": 5})),
    ("common-factor", common_factor([5])),
    ("common-factor", common_factor([3_000, 2_000, 1_000])),
    ("common-factor", common_factor([999_983, 700_001, 500_009, 300_007])),
    ("common-factor", common_factor([(14_988_884 * step + 1_000) // 2_000 for step in range(72, 178, 4)], 14_988_884)),
    ("first-digit", first_digit([])),
    ("first-digit", first_digit([97, 99, 100] * 50)),
    ("first-digit", first_digit(range(1, 10_000))),
    ("gaps", gaps({minute: 2 for minute in range(600) if not 300 <= minute < 330}, [(0, 600)])),
    ("gaps", gaps({minute: 2 for minute in range(600) if not 300 <= minute < 330}, [(0, 600)], [(290, 340)])),
    ("gaps", gaps(dict.fromkeys(range(600), 2), [(0, 600)])),
    ("log-holds-all", log_holds_all(1_000, 0, 999, 1_000)),
    ("picks-divide", picks_divide([14_988_884], 11)),
    ("picks-divide", picks_divide([11_000], 11)),
    ("rate", rate(600_000, INTAKE)),
    ("rate", rate(600_000, PLATFORM)),
    ("rate", rate(600_000, (7, "what somebody said"))),
    ("rate", jump_together({f"minute {number}": ["a", "b", "c"] for number in range(5)})),
    ("rate", jump_together({})),
    ("running-totals", running_totals({})),
    ("running-totals", running_totals({"a": {1: 4_000, 2: 3_999, 5: 3_999}, "b": {1: 1, 2: 2, 3: 3, 5: 5}})),
    ("running-totals", running_totals({"a": {1: 4_000, 3: 4_000}, "b": {1: 10, 3: 20, 4: 30}, "c": {1: 3}})),
    ("two-ways", two_ways({"counted": 3_340_000}, {"counted": 0})),
    ("two-ways", two_ways({"a": 1, "b": 1, "c": 1, "d": 1, "e": 1}, {})),
    ("two-ways", two_ways({"a": 1}, {"a": 1})),
    ("voters-fit", voters_fit(51_720_000, 100)),
    ("voters-fit", voters_fit(51_720_000, 100, voters=500_000)),
]


@pytest.mark.parametrize(("check", "judged"), SAID)
def test_what_a_check_says_is_said_again_from_its_codes_and_values(check: str, judged: Judged) -> None:
    row = finding(check, "made", judged, "")

    assert in_words(row["found"]) == judged.said_found != ""
    assert in_words(row["expected"]) == judged.said_expected


@pytest.mark.parametrize(("check", "judged"), SAID)
def test_a_code_is_named_for_its_check(check: str, judged: Judged) -> None:
    row = finding(check, "made", judged, "")
    codes = [one["code"] for key in ("found", "expected") for one in json.loads(row[key])]

    assert codes
    assert all(code == "findings.more" or code.startswith(f"{check}.") for code in codes)


def test_every_check_has_sentences() -> None:
    assert {code.partition(".")[0] for code in SENTENCES} == {*CHECKS, "findings"}


def test_a_code_that_is_not_known_is_shown_with_its_values() -> None:
    stated = [{"code": "gaps.of-tomorrow", "values": {"first": 1}}, {"code": "gaps.empty", "values": {}}]
    said = plain(words_of("ko").value(found(stated)))

    assert said.split("; ") == [canonical_json(one) for one in stated]


def test_prose_of_the_first_certificates_stands_as_it_is() -> None:
    said = words_of("ko").html(found("<i>no ballots</i>; 3 more"))

    assert said == '<bdi lang="en">&lt;i&gt;no ballots&lt;/i&gt;; 3 more</bdi>'


def test_a_hostile_name_in_a_finding_is_text() -> None:
    row = finding("two-ways", "web", two_ways({("votes", "<script>; x"): 1}, {}), "")

    assert "<script>" not in words_of("ko").html(found(json.loads(row["found"])))
