"""The second verifier and its chapters as modules: files beside the package, which nothing installs."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

__all__ = [
    "CHAPTERS",
    "FOLDER",
    "acts",
    "charts",
    "evidence",
    "growth",
    "posts",
    "proofs",
    "published",
    "purges",
    "releases",
    "remarks",
    "sources",
    "verify",
]

FOLDER = Path(__file__).parents[2] / "verifier"
CHAPTERS = (
    "acts",
    "charts",
    "evidence",
    "growth",
    "posts",
    "proofs",
    "published",
    "purges",
    "releases",
    "remarks",
    "sources",
    "verify",
)

sys.path.insert(0, str(FOLDER))
acts, charts, evidence, growth, posts, proofs, published, purges, releases, remarks, sources, verify = (
    importlib.import_module(name) for name in CHAPTERS
)
sys.path.remove(str(FOLDER))
