"""How many cases Hypothesis tries: few while we write, all of them before a change goes in."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

__all__ = ["CASES", "PROFILE", "examples", "load"]

CASES = {"dev": 10, "ci": 100}
"""How many cases a test tries that asks for no number of its own, by profile."""
FEWEST = 3
PROFILE = os.environ.get("HYPOTHESIS_PROFILE", "dev")
_SUPPRESSED = [HealthCheck.too_slow]  # a machine with other work is no fault of a test


def examples(cases: int) -> int:
    """Give how many of so many cases are tried under this profile; tests say what `ci` tries."""
    return max(min(cases, FEWEST), cases * CASES[PROFILE] // CASES["ci"])


def load() -> None:
    """Register the profiles and load the one that HYPOTHESIS_PROFILE names."""
    for name, cases in CASES.items():
        settings.register_profile(name, max_examples=cases, deadline=None, suppress_health_check=_SUPPRESSED)
    if PROFILE not in CASES:
        raise ValueError(f"HYPOTHESIS_PROFILE={PROFILE}: no such profile; choose {' or '.join(CASES)}")
    settings.load_profile(PROFILE)
