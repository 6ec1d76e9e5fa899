"""Plaudit: weekly artist charts and fan-voted awards that anyone can recompute."""

from typing import Any

__all__ = ["__version__"]


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from importlib.metadata import version  # noqa: PLC0415 - it takes longer than all else that a verb's help needs

        return version("plaudit")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
