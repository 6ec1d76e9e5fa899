"""plaudit init: a folder that is whole or not there, and that every clone holds byte for byte."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from plaudit.base.errors import FileRefused
from plaudit.cli.init import init
from tests.conftest import bytes_below

GIT = ["git", "-c", "core.autocrlf=true", "-c", "user.name=n", "-c", "user.email=n@example.org"]


@pytest.mark.skipif(not shutil.which("git"), reason="git is not installed")
def test_a_clone_that_changes_line_ends_has_the_same_bytes(made_template: Path, tmp_path: Path) -> None:
    season, clone = Path(shutil.copytree(made_template, tmp_path / "s")), tmp_path / "clone"
    for words in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "a"]):
        subprocess.run([*GIT, *words], cwd=season, check=True, capture_output=True)
    subprocess.run([*GIT, "clone", "-q", "-c", "core.autocrlf=true", season, clone], check=True, capture_output=True)

    def is_apart(name: str) -> bool:
        return name.startswith((".git/", "keys/"))

    assert bytes_below(clone, is_apart) == bytes_below(season, is_apart)
    assert "published/certificate.note" in bytes_below(clone, is_apart)


def test_a_season_that_cannot_be_made_whole_is_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_folder: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("plaudit.cli.init.make_keys", full)

    with pytest.raises(FileRefused, match="my award: No space left on device; make room"):
        init(tmp_path / "my award")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_with_a_space_is_quoted_in_what_is_typed_next(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    init(tmp_path / "my award")

    assert f"next: plaudit run '{tmp_path / 'my award'}'" in capsys.readouterr().out
