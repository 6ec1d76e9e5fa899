"""A season whose purge rule replaced another, run."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from tests.conftest import run
from tests.made import made_once

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

STATES = {"voter-3": "suspended", "voter-8": "closed", "voter-13": "suspended", "voter-18": "closed"}
VOTERS = """
[[source]]
id = "states"
kind = "voters"
title = "What the platform says"
files = "data/states.csv"

[source.columns]
voter = "voter"
state = "state"

[source.coverage]
from = 2026-01-16
to = 2026-01-19
sampling = "every voter"
synthetic = true
"""


def purge_rule(name: str, state: str, **more: str) -> str:
    """Give a rule that sets the ballots of accounts in a state aside."""
    rule_id, _, version = name.partition("@")
    keys = "".join(f'{key} = "{value}"\n' for key, value in ({"does": "set aside"} | more).items())
    return (
        f'kind = "purge"\nid = "{rule_id}"\nversion = {version}\ntitle = "{name}"\nbecause = "made"\n'
        f'told = "It is {state}."\n{keys}\n[method]\nname = "account_state"\nstates = ["{state}"]\n'
    )


def season_of(template: Path, folder: Path, first: str, appeals: str = "", late: str = "") -> Path:
    """Run the template's season with voters' states, some rule of state first and the rule other@1 after it."""
    made = shutil.ignore_patterns("evidence", "published")
    shutil.copytree(template, folder, ignore=made)
    rows = "".join(f"{voter},{state}\n" for voter, state in STATES.items())
    (folder / "data" / "states.csv").write_text(f"voter,state\n{rows}", "utf-8")
    for name, text in {
        "state@1": purge_rule("state@1", "suspended"),
        "state@2": purge_rule("state@2", "closed", supersedes="state@1"),
        "shown@1": purge_rule("shown@1", "closed"),
        "shown@2": purge_rule("shown@2", "closed", supersedes="shown@1", does="flag only"),
        "other@1": purge_rule("other@1", "closed"),
    }.items():
        (folder / "rules" / f"{name}.toml").write_text(text, "utf-8")
    declared = f'[audit]\npurges = ["{first}", "other@1"]\nlate = [{late}]\n'
    season = folder / "season.toml"
    season.write_text(f"{season.read_text('utf-8')}{VOTERS}\n{declared}", "utf-8")
    if appeals:
        (folder / "appeals.csv").write_text(appeals, "utf-8")
    return run(folder)


def state_2(made_template: Path, factory: pytest.TempPathFactory) -> Path:
    """Give the season of state@2, which replaced state@1, run once. Copy it before changing it."""
    return made_once(factory, "state-2", lambda folder: season_of(made_template, folder / "award", "state@2"))
