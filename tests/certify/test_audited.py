"""What a certificate says in words of checks that fail and of results that change."""

from __future__ import annotations

from plaudit.certify.audited import audit_limits


def test_a_failing_check_and_another_winner_are_limits_and_an_alarm_is_not() -> None:
    findings = [
        {"check": "rate", "subject": "web", "verdict": "fails", "found": "9 in a minute", "expected": "at most 4"},
        {"check": "first-digit", "subject": "web", "verdict": "alarm", "found": "a", "expected": "b"},
        {"check": "gaps", "subject": "web", "verdict": "passes", "found": "a", "expected": "b"},
    ]
    rows = [{"scenario": "as certified", "winners": "iu"}, {"scenario": "no purge", "winners": "bts"}]
    sensitivity = {"rows": rows, "changes": ["no purge"], "margin": 3, "second": "bts", "unit": "votes"}

    assert audit_limits({"findings": findings, "sensitivity": sensitivity}) == [
        "the check rate fails for web: found 9 in a minute, expected at most 4",
        "under other rules the winner is another: no purge: bts",
    ]
