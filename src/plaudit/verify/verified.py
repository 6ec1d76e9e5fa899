"""What a check found: step by step what was checked, and what could not be."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from plaudit.certify.certificate import Certificate

__all__ = ["Verified"]


@dataclass(frozen=True)
class Verified:
    """What was checked, step by step, and what could not be."""

    certificate: Certificate
    checked: list[str] = field(default_factory=list)
    unchecked: list[str] = field(default_factory=list)
    is_recomputed: bool = True
