"""What a value may be is said once."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import plaudit

RULEBOOK = Path(plaudit.__file__).parent / "rulebook"


def test_no_kind_of_value_has_two_meanings() -> None:
    texts = [path.read_text("utf-8") for path in RULEBOOK.glob("*.py")]
    named = Counter(name for text in texts for name in re.findall(r"^(\w+) = Annotated\[", text, re.MULTILINE))

    assert {"Text", "Positive", "Ppm", "WeightPpm"} <= set(named)
    assert [name for name, times in named.items() if times > 1] == []
