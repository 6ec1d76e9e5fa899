"""What a check said is found again: its wording, and the values that were in it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plaudit.audit.checks.categories_equal import categories_equal
from plaudit.audit.checks.columns_add_up import columns_add_up
from plaudit.audit.checks.common_factor import common_factor
from plaudit.audit.checks.findings import CHECKS, WORDINGS
from plaudit.audit.checks.first_digit import first_digit
from plaudit.audit.checks.gaps import gaps
from plaudit.audit.checks.judged import Judged, finding, not_checked
from plaudit.audit.checks.jumps import jump_together
from plaudit.audit.checks.log_holds_all import log_holds_all
from plaudit.audit.checks.picks_divide import picks_divide
from plaudit.audit.checks.rate import INTAKE, PLATFORM, rate
from plaudit.audit.checks.running_totals import running_totals
from plaudit.audit.checks.two_ways import two_ways
from plaudit.audit.checks.voters_fit import voters_fit
from plaudit.audit.checks.wording import JOINT, Values, Wording, read
from tests.audit.checks.made import is_worded

ALL = [(check, wording) for check, wordings in WORDINGS.items() for wording in wordings]
NAMES = st.text(st.characters(categories=["L", "N"], include_characters=" -"), min_size=1, max_size=12)
NUMBERS = st.integers(-(10**12), 10**12)
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
def test_what_a_check_says_is_of_its_wordings(check: str, judged: Judged) -> None:
    assert is_worded(finding(check, "made", judged, ""))


def test_a_text_that_no_check_says_is_of_no_wording() -> None:
    assert not is_worded(finding("gaps", "made", not_checked("the clock was wrong"), ""))
    assert read("40 totals; and so on", WORDINGS["common-factor"]) is None


def test_every_check_has_wordings() -> None:
    assert set(WORDINGS) == set(CHECKS)
    assert all(wordings for wordings in WORDINGS.values())


@given(st.sampled_from(ALL), st.data())
def test_the_values_of_a_sentence_are_read_back_as_they_were_said(
    one: tuple[str, Wording], data: st.DataObject
) -> None:
    check, wording = one
    values: Values = {}
    for name, is_number in wording.places:
        values[name] = data.draw(NUMBERS, name) if is_number else data.draw(NAMES, name)
    said = wording(**values)

    assert wording.read(said) == values
    again = read(said, WORDINGS[check])
    assert again is not None
    assert JOINT.join(found(**of) for found, of in again) == said


def test_a_text_in_parts_is_read_part_by_part() -> None:
    wordings = [Wording("{cell}: {first:,} and {second:,}")]
    [one, other] = read("a: 1 and 2; b: 3 and 4,000", wordings) or []

    assert (one[1], other[1]) == ({"cell": "a", "first": 1, "second": 2}, {"cell": "b", "first": 3, "second": 4_000})


def test_a_name_that_holds_the_joint_is_read_whole() -> None:
    assert read("none of x; y", [Wording("none of {name}")]) == [(Wording("none of {name}"), {"name": "x; y"})]


def test_a_wordings_message_has_places_as_gettext_has_them() -> None:
    assert Wording("{share:,} % of {name}").message == "%(share)s %% of %(name)s"
