from __future__ import annotations

import msgspec

from plaudit.rulebook.differences import Difference, differences
from plaudit.rulebook.library import RuleLibrary

RULES = {cited.name: cited.rule for cited in RuleLibrary()}


def test_a_rule_does_not_differ_from_itself() -> None:
    assert all(differences(rule, rule) == [] for rule in RULES.values())


def test_each_changed_key_is_named_with_both_values() -> None:
    old = RULES["social-weekly@1"]
    new = msgspec.structs.replace(old, positions=40)

    assert differences(old, new) == [Difference("positions", "50", "40")]


def test_a_key_only_one_rule_has_is_none_in_the_other() -> None:
    found = {one.key: one for one in differences(RULES["social-weekly@1"], RULES["social-weekly@2"])}
    back = {one.key: one for one in differences(RULES["social-weekly@2"], RULES["social-weekly@1"])}

    assert found["part[response_per_1000_views].measure"].new == "response_per_1000_views"
    assert back["part[response_per_1000_views].measure"].new is None
    assert found["supersedes"].old == ""
    assert found["version"] == Difference("version", "1", "2")


def test_a_removed_cap_is_a_difference() -> None:
    found = {one.key: one for one in differences(RULES["one-a-day@1"], RULES["fan-poll-totals@1"])}

    assert found["channel[web].cap.votes"] == Difference("channel[web].cap.votes", "1", None)
