from __future__ import annotations

import pytest

from plaudit.base import errors


@pytest.mark.parametrize("name", errors.__all__)
def test_an_error_says_what_and_the_remedy_and_keeps_its_values(name: str) -> None:
    kind: type[errors.PlauditError] = getattr(errors, name)

    error = kind("no week 2018-W20", "choose another", week="2018-W20", weeks=3)

    assert str(error) == "no week 2018-W20; choose another"
    problem = error.problem()
    assert (problem["title"], problem["week"], problem["weeks"]) == (name, "2018-W20", 3)
    assert problem["exit_code"] == kind.exit_code


def test_every_family_has_an_exit_code_of_its_own() -> None:
    families = [errors.AskError, errors.RuleError, errors.SourceError, errors.BallotRejected, errors.EvidenceError]

    assert [family.exit_code for family in families] == [2, 3, 4, 5, 6]
