from __future__ import annotations

import time
from typing import TYPE_CHECKING

import httpx
import pytest

from plaudit.ledger.checkpoint import open_checkpoint
from plaudit.ledger.note import Verifier
from plaudit.ledger.proof import TlogProof
from plaudit.rulebook.season import read_season
from plaudit.vote.record import RECORD_BYTES
from tests.vote.seasons import open_now
from tests.web.serving import EDITION, Running, cast, guest, published, running_server

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LOG = f"{EDITION}/log"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("log") / "live"
    open_now(folder, votes=1_000)  # type: ignore[arg-type]
    return folder


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[Running]:
    """A vote with 300 ballots, so that the log has a full tile and a partial one."""
    with running_server(folder) as running, guest(running.url) as voter:
        for number in range(300):
            cast(voter, f"ballot-{number:04d}")
        published(voter, 300)
        yield running


def test_every_file_of_the_log_is_served_as_it_is(server: Running, folder: Path) -> None:
    log = read_season(folder).log
    files = [path for path in sorted(log.rglob("*")) if path.is_file()]
    with httpx.Client(base_url=server.url, verify=False) as client:
        served = {path: client.get(f"{LOG}/{path.relative_to(log).as_posix()}").content for path in files}

    assert {path: path.read_bytes() for path in files} == served
    assert {"checkpoint", "verifier.key", "000"} <= {path.name for path in files}


def test_tiles_are_kept_for_ever_and_the_checkpoint_never(server: Running) -> None:
    tile, checkpoint = httpx.get(f"{server.url}{LOG}/tile/0/000"), httpx.get(f"{server.url}{LOG}/checkpoint")

    assert "immutable" in tile.headers["cache-control"]
    assert tile.headers["content-type"] == "application/octet-stream"
    assert len(tile.content) == 256 * 32
    assert checkpoint.headers["cache-control"] == "no-store"
    assert checkpoint.headers["content-type"] == "text/plain; charset=utf-8"


def test_any_page_may_read_the_log_and_none_else(server: Running) -> None:
    checkpoint, session = httpx.get(f"{server.url}{LOG}/checkpoint"), httpx.get(f"{server.url}{EDITION}/session")

    assert checkpoint.headers["access-control-allow-origin"] == "*"
    assert checkpoint.headers["cross-origin-resource-policy"] == "cross-origin"
    assert "access-control-allow-origin" not in session.headers
    assert session.headers["cross-origin-resource-policy"] == "same-origin"


@pytest.mark.parametrize(
    "name",
    [
        "",
        "tile",
        "tile/0",
        "tile/0/999",
        "tile/0/000.p/256",
        "tile/64/000",
        "../../keys/log.pem",
        "..%2F..%2Fkeys%2Flog.pem",
        "tile/%2E%2E/checkpoint",
        "%2Fetc%2Fpasswd",
        "checkpoint%00",
        "checkpoint%0A",
        "verifier.key~",
    ],
)
def test_nothing_but_the_log_is_served(server: Running, name: str) -> None:
    answer = httpx.get(f"{server.url}{LOG}/{name}")

    assert answer.status_code == 404
    assert "PRIVATE KEY" not in answer.text


def test_a_checkpoint_follows_a_ballot_within_a_second_or_so(server: Running) -> None:
    verifier = Verifier.parse(httpx.get(f"{server.url}{LOG}/verifier.key").text.strip())
    with guest(server.url) as voter:
        leaf = cast(voter, "one-more-ballot")["leaf"]
        until = time.monotonic() + 5
        size = 0
        while size <= leaf and time.monotonic() < until:
            size = open_checkpoint(voter.get(f"{LOG}/checkpoint").text, verifier).size

    assert size > leaf


def test_a_receipt_proves_its_ballot_under_the_published_checkpoint(server: Running) -> None:
    verifier = Verifier.parse(httpx.get(f"{server.url}{LOG}/verifier.key").text.strip())
    answer = httpx.get(f"{server.url}{EDITION}/receipts/7")
    proof = TlogProof.parse(answer.text)

    assert proof.index == 7
    assert proof.extra is not None
    assert len(proof.extra) == RECORD_BYTES
    assert proof.verify(proof.extra, verifier).size >= 301
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"


def test_hidden_votes_are_not_to_be_had_from_the_log(tmp_path: Path) -> None:
    open_now(tmp_path / "live", intake='standings = "hidden"')
    with running_server(tmp_path / "live") as running, guest(running.url) as voter, guest(running.url) as other:
        leaf = cast(voter, "a-secret-ballot")["leaf"]
        own = published(voter, leaf)
        path = f"{EDITION}/receipts/{leaf}"
        statuses = [voter.get(path).status_code, other.get(path).status_code, httpx.get(running.url + path).status_code]
        entries = httpx.get(f"{running.url}{LOG}/tile/entries/000.p/2")
        hashes = httpx.get(f"{running.url}{LOG}/tile/0/000.p/2")

    assert own.startswith("c2sp.org/tlog-proof@v1")
    assert statuses == [200, 404, 401]
    assert entries.status_code == 403
    assert entries.json()["title"] == "OutOfTurn"
    assert hashes.status_code == 200
