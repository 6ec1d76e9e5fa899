"""The values that rule and season files hold, each defined once: what a text, a count or a share may be."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from msgspec import Meta

__all__ = ["AtLeastTwo", "Aware", "Count", "Positive", "Ppm", "Slug", "Text", "WeightPpm"]

Aware = Annotated[datetime, Meta(tz=True)]
"""A time with its zone: an instant."""
Text = Annotated[str, Meta(min_length=1)]
"""A text that says something."""
Slug = Annotated[str, Meta(pattern="^[a-z0-9][a-z0-9-]*$")]
"""A name in tables and addresses: lower-case letters, digits and hyphens."""
Count = Annotated[int, Meta(ge=0)]
"""How many; none is allowed."""
Positive = Annotated[int, Meta(ge=1)]
"""How many, at least one."""
AtLeastTwo = Annotated[int, Meta(ge=2)]
"""How many, at least two."""
Ppm = Annotated[int, Meta(ge=0, le=1_000_000)]
"""A share in parts per million; none is allowed."""
WeightPpm = Annotated[int, Meta(ge=1, le=1_000_000)]
"""The weight of a part in parts per million; a part without weight is none."""
