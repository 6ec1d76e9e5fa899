"""Plaudit: weekly artist charts and fan-voted awards that anyone can recompute."""

from importlib.metadata import version

__all__ = ["__version__"]

__version__ = version("plaudit")
