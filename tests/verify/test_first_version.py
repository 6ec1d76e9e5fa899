"""A certificate of the first version, whose findings and limits are prose, still verifies."""

from __future__ import annotations

import tarfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from plaudit.base.errors import ProofInvalid
from plaudit.certify.certificate import CERTIFICATE, read_certificate
from plaudit.certify.shape import PROSE_TYPE
from plaudit.site.limits import limits_html
from plaudit.verify.verify import verify
from plaudit.words.words import words_of

if TYPE_CHECKING:
    from plaudit.verify.verified import Verified

KEPT = Path(__file__).with_name("first-version.tar.gz")
"""The season of `plaudit init`, run and certified in November 2026, without pages and keys."""


@pytest.fixture
def first_version(tmp_path: Path) -> Path:
    with tarfile.open(KEPT) as kept:
        kept.extractall(tmp_path, filter="data")
    return tmp_path / "first-version"


def test_it_verifies_and_says_that_its_prose_was_not_compared(first_version: Path) -> None:
    found: Verified = verify(first_version)

    assert found.certificate.statement["type"] == PROSE_TYPE
    assert found.is_recomputed
    assert any("every total and the result" in line for line in found.checked)
    assert [line for line in found.unchecked if "the first version, in prose" in line]
    assert [line for line in found.unchecked if "the published files in words" in line]


def test_a_published_number_of_it_that_was_changed_is_found(first_version: Path) -> None:
    result = first_version / "published" / "result.json"
    result.write_text(result.read_text("utf-8").replace("56", "57"), "utf-8")

    with pytest.raises(ProofInvalid, match=r"result\.json"):
        verify(first_version)


def test_its_limits_are_shown_as_they_are_in_english(first_version: Path) -> None:
    stated = read_certificate(first_version / "published" / CERTIFICATE).statement["limits"]
    said = limits_html(stated, {}, words_of("ko"))

    assert len(said) == len(stated) > 1
    assert all(one.startswith('<bdi lang="en">') for one in said)
