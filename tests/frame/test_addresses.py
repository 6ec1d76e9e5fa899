"""Paths of published files: every system can hold them, beside each other, and links follow."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plaudit.frame.addresses import absolute, file_path
from plaudit.site.render import Job, job_paths

DEVICES = {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10))}
PARTS = st.sampled_from(sorted(DEVICES)) | st.text(st.sampled_from('conauxCON19.~ -:?*"<>|\\ab'), min_size=1)


def is_held(part: str) -> bool:
    """Say whether Windows takes a name: https://learn.microsoft.com/windows/win32/fileio/naming-a-file"""
    return not (
        part.partition(".")[0].rstrip(" ").lower() in DEVICES
        or re.search(r'[<>:"/\\|?*\x00-\x1f]', part)
        or part.endswith((".", " "))
    )


@given(PARTS, st.sampled_from(["", ".html", ".tar.gz"]))
def test_every_name_is_one_that_windows_holds(part: str, ending: str) -> None:
    assert part in {".", ".."} or is_held(file_path(part + ending))


@given(PARTS, PARTS)
def test_different_names_stay_different_even_where_a_is_capital_a(one: str, other: str) -> None:
    assert (file_path(one).lower() == file_path(other).lower()) == (one == other)


@pytest.mark.parametrize("path", ["artist/bts.html", "chart/social-weekly@1/2018-05-18.html", "../rules/own@1.toml"])
def test_usual_paths_are_themselves(path: str) -> None:
    assert file_path(path) == path


def test_files_lie_where_links_point(monkeypatch: pytest.MonkeyPatch) -> None:
    nothing: dict[str, Any] = {"facts": b"{}", "frame": b"{}"}

    assert job_paths(Job("artist", "artist/con.html", "en", **nothing)) == ["en/artist/con~.html"]
    assert job_paths(Job("runs", "pictures/c@1/aux.svg", "", **nothing)) == [
        "pictures/c@1/aux~.svg",
        "pictures/c@1/aux-dark.svg",
    ]
    assert absolute("https://a.example", "data/artist/nul/posts.csv") == "https://a.example/data/artist/nul~/posts.csv"
