"""Disks of both kinds: one whose commits are waited for, and one whose commits run in a thread."""

from __future__ import annotations

import math

import pytest

from plaudit.vote import intake


@pytest.fixture(params=["quick", "slow"])
def disk(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every disk count as quick, then every disk as slow."""
    monkeypatch.setattr(intake, "QUICK_SECONDS", math.inf if request.param == "quick" else 0)


@pytest.fixture
def slow_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every disk count as slow, so that other asks come while a commit runs."""
    monkeypatch.setattr(intake, "QUICK_SECONDS", 0)
