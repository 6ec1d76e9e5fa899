from __future__ import annotations

from typing import TYPE_CHECKING

from plaudit.base.digests import bytes_sha256, file_sha256, files_below, folder_sha256

if TYPE_CHECKING:
    from pathlib import Path


def test_a_folder_is_digested_by_path_and_hidden_files_are_left_out(tmp_path: Path) -> None:
    for name in ("b.csv", "a/z.csv", "a-b.csv", ".hidden/x", "a/.part"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(name)

    assert [path.relative_to(tmp_path).as_posix() for path in files_below(tmp_path)] == ["a-b.csv", "a/z.csv", "b.csv"]
    assert folder_sha256(tmp_path)["b.csv"] == bytes_sha256(b"b.csv") == file_sha256(tmp_path / "b.csv")


def test_a_folder_below_a_hidden_one_is_digested_all_the_same(tmp_path: Path) -> None:
    folder = tmp_path / ".season"
    folder.mkdir()
    (folder / "a.csv").write_text("a")

    assert list(folder_sha256(folder)) == ["a.csv"]
