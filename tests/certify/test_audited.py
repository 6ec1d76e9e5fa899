"""What fails, and what would make another winner, is among the limits."""

from __future__ import annotations

from plaudit.certify.limits import audit_limits
from plaudit.words.sentence import cited
from plaudit.words.spans import plain
from plaudit.words.words import words_of

SAID = [{"code": "rate.busiest", "values": {"ballots": 9}}]


def test_a_failing_check_and_another_winner_are_limits_and_an_alarm_is_not() -> None:
    findings = [
        {"check": "rate", "subject": "web", "verdict": "fails", "found": SAID, "expected": []},
        {"check": "first-digit", "subject": "web", "verdict": "alarm", "found": SAID, "expected": []},
        {"check": "gaps", "subject": "web", "verdict": "passes", "found": SAID, "expected": []},
    ]
    rows = [
        {"scenario": "as certified", "kind": "certified", "winners": "iu"},
        {"scenario": "no purge", "kind": "none", "winners": "bts; iu"},
    ]
    sensitivity = {"rows": rows, "changes": ["no purge"], "margin": 3, "second": "bts", "unit": "votes"}
    limits = audit_limits({"findings": findings, "sensitivity": sensitivity})

    assert cited(limits) == [
        {
            "code": "limits.check-fails",
            "values": {"check": "rate", "subject": "web", "found": SAID, "expected": []},
        },
        {"code": "limits.another-winner", "values": {"kind": "none", "scenario": "no purge", "winners": "bts; iu"}},
    ]
    assert [plain(words_of("en").spans(limit)) for limit in limits] == [
        "A check fails: votes come no faster than they can (web). Found: 9 in the busiest minute. Expected: .",
        "The result would have been another (without any purge): bts and iu.",
    ]
