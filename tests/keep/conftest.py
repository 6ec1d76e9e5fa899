from __future__ import annotations

import pytest

from tests.cli.commands import Plaudit


@pytest.fixture
def plaudit(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Plaudit:
    return Plaudit(capsys, monkeypatch)
