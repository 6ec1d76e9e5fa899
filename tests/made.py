"""What takes long to make is made once in a run, by whichever of its processes asks first."""

from __future__ import annotations

import fcntl
import os
import pickle
import shutil
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pytest

Made = TypeVar("Made")

__all__ = ["made_once"]


def made_once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], Made]) -> Made:
    """Give what `make` made in a folder of its own, in any process of this run. Copy it before changing it."""
    run = factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:  # whose own folder lies in the run's
        run = run.parent
    folder, made = run / "made" / name, run / "made" / f"{name}.pickle"
    folder.parent.mkdir(exist_ok=True)
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            shutil.rmtree(folder, ignore_errors=True)  # a maker that failed leaves a part
            folder.mkdir()
            made.write_bytes(pickle.dumps(make(folder)))
    return pickle.loads(made.read_bytes())  # type: ignore[no-any-return]
