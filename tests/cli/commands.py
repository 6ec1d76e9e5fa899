"""Run the command as a person does, in a process or in this one."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from plaudit.cli.main import main

if TYPE_CHECKING:
    from pathlib import Path


class Said(NamedTuple):
    """What a command said, and its exit code."""

    code: int
    out: str
    err: str

    @property
    def value(self) -> Any:
        """The one JSON value on stdout."""
        return json.loads(self.out)


class Plaudit:
    """The command, run in this process through its entry point."""

    def __init__(self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
        self._capsys = capsys
        self._monkeypatch = monkeypatch

    def __call__(self, *words: str | Path) -> Said:
        """Run `plaudit words…`."""
        self._capsys.readouterr()
        self._monkeypatch.setattr(sys, "argv", ["plaudit", *map(str, words)])
        with pytest.raises(SystemExit) as stopped:
            main()
        out, err = self._capsys.readouterr()
        code = stopped.value.code
        return Said(code if isinstance(code, int) else int(code is not None), out, err)
