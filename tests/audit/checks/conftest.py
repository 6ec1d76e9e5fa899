from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from plaudit.store.evidence import Evidence

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Evidence:
    folder: Path = tmp_path_factory.mktemp("evidence")
    return Evidence(folder)
