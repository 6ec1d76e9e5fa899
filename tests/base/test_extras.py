"""What an extra brings is what its verbs ask for, and whoever lacks it is told what to install."""

from __future__ import annotations

import re
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from plaudit.base import extras
from plaudit.base.errors import NotInstalled
from plaudit.base.extras import EXTRAS, lacking, require

PROJECT = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text("utf-8"))["project"]
BESIDE: dict[str, set[str]] = {"fetch": set(), "serve": {"uvloop"}, "site": set(), "spark": {"fsspec", "ibis"}}
"""What an extra brings and its verbs can do without: a faster loop, addresses of tables, what the base has anyway."""


def modules(lines: list[str]) -> set[str]:
    names = {re.split(r"[\[<>=;]", line)[0] for line in lines}
    return {
        module
        for module, found in packages_distributions().items()
        if names & {one.lower() for one in found} and not module.startswith("_")
    }


@pytest.mark.parametrize("extra", EXTRAS)
def test_an_extra_brings_what_its_verbs_ask_for(extra: str) -> None:
    assert modules(PROJECT["optional-dependencies"][extra]) - BESIDE[extra] == set(EXTRAS[extra])


def test_nothing_of_an_extra_is_in_the_base() -> None:
    assert modules(PROJECT["dependencies"]) & set().union(*EXTRAS.values()) == set()


def test_all_is_every_extra_that_somebody_can_use() -> None:
    assert PROJECT["optional-dependencies"]["all"] == [f"plaudit[{','.join(sorted(EXTRAS))}]"]


def test_what_is_missing_is_named_with_the_extra_that_brings_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> object:
        if name == "segno":
            raise ModuleNotFoundError(name)
        return None if name == "litestar" else name

    monkeypatch.setattr(extras, "find_spec", missing)

    assert lacking("serve") == ["litestar", "segno"]
    with pytest.raises(
        NotInstalled, match=r"^plaudit serve needs litestar, segno, which are not installed; .*'plaudit\[serve\]'$"
    ):
        require("serve", "plaudit serve")
    require("spark", "--engine local[2]")
