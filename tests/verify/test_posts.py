"""No ballot passes for a post that its author did not sign, in either verifier."""

from __future__ import annotations

import copy
import json
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest
from msgspec.structs import replace

from plaudit.archive.archive import Archive
from plaudit.archive.reader import archive_folder, records
from plaudit.archive.signer import archive_signer
from plaudit.base.errors import ProofInvalid
from plaudit.certify.certificate import read_certificate
from plaudit.collect.live import archive_size
from plaudit.collect.seen import checkpoint_row
from plaudit.rulebook.season import read_season
from plaudit.store.evidence import Evidence
from plaudit.store.tables import table
from plaudit.verify.posts import check_posts
from plaudit.verify.verified import Verified
from tests.fetch.relay import DIDS, POSTS, documents
from tests.made import made_once
from tests.season.test_hashtag import ROOT, counted, rows

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
def season(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return shutil.copytree(made_once(tmp_path_factory, "hashtag-vote", counted), tmp_path / "s")


def _invented(row: dict[str, Any]) -> None:
    row["post"] = f"at://{DIDS['carol']}/app.bsky.feed.post/3n3kpvgqays2z"


def _moved(row: dict[str, Any]) -> None:
    row["cast_at"] += 1_000_000


def _exchanged(row: dict[str, Any]) -> None:
    row["nominee"] = "bob"


def _of_another(row: dict[str, Any]) -> None:
    row["post"] = POSTS["tag"]


FORGED = {
    "invented": (_invented, "no frame in the archive tells of it", "no frame tells of"),
    "moved": (_moved, "received at 2026-12-01T00:00:01", "what is left of what was signed and received is"),
    "exchanged": (_exchanged, "the tags that were signed name ann", "what is left of what was signed and received is"),
    "of another post": (_of_another, "that act is a ballot already", "signed and received is []"),
}


def write(made: Evidence, held: list[dict[str, Any]]) -> None:
    batch = pa.RecordBatch.from_pylist(held, table("ballots").schema)
    assert made.write_stream("ballots", "2026-12-01", [batch]) == len(held)


@pytest.mark.parametrize("name", FORGED)
def test_a_ballot_that_its_author_did_not_sign_is_refused(season: Path, name: str) -> None:
    forge, ours, theirs = FORGED[name]
    read = read_season(season)
    tables = Evidence(season / "evidence")
    held = tables.to_rows(tables.read("ballots").order_by("ballot"))
    (row,) = [one for one in held if one["ballot"] == 4]  # carol's
    forge(row)
    made = Evidence(season.parent / "forged")
    write(made, held)
    made.write_rows("checkpoints", rows(season, "checkpoints"))

    with pytest.raises(ProofInvalid, match=f"ballot 4: .*{ours}"):
        check_posts(read, made, Verified(read_certificate(season / "published" / "certificate.note")))
    assert theirs in second_of(season, held)


def second_of(season: Path, held: list[dict[str, Any]]) -> str:
    """Give what the second verifier's chapter says of ballots."""
    script = (
        "import sys, json, tomllib, posts, verify\n"
        "from pathlib import Path\n"
        "from types import SimpleNamespace as Of\n"
        "told = json.load(sys.stdin); folder = Path(sys.argv[1])\n"
        "tables = {name: [Of(**row) for row in some] for name, some in told.items()}\n"
        "season = tomllib.loads((folder / 'season.toml').read_text('utf-8'))\n"
        "try: posts.check(folder, season, tables); print(verify.checked)\n"
        "except verify.Refused as error: print('refused', error)\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", script, season],
        input=json.dumps({"ballots": held, "checkpoints": rows(season, "checkpoints")}),
        capture_output=True,
        check=False,
        cwd=ROOT / "verifier",
        text=True,
    )
    assert ran.stderr == ""
    return ran.stdout


def test_the_forger_of_nothing_is_believed(season: Path) -> None:
    assert "7 ballots of hashtags" in second_of(season, rows(season, "ballots"))


def _resealed(season: Path, change: Callable[[str, bytes], bytes]) -> None:
    """Change bodies of the archive, log them and sign the log again, as whoever holds its key can."""
    folder, read = archive_folder(season), read_season(season)
    before = [placed.record.answer for placed in records(folder, "hashtags")]
    with Archive(folder, archive_signer(season, read.origin)):
        signer = archive_signer(season, read.origin)
    shutil.rmtree(folder)
    with Archive(folder, signer) as archive:
        for answer in before:
            assert answer is not None
            archive.append("hashtags", [(replace(answer, body=change(answer.ask.what, answer.body)), 0)])
        archive.publish()


def _another_body(_what: str, body: bytes) -> bytes:
    return body.replace("앤에게투표".encode(), "밥에게투표".encode())


def _another_key(what: str, body: bytes) -> bytes:
    if what != "identities" or (document := json.loads(body))["id"] != DIDS["carol"]:
        return body
    (method,) = copy.deepcopy(documents()[DIDS["bob"]]["verificationMethod"])
    method |= {"id": f"{DIDS['carol']}#atproto", "controller": DIDS["carol"]}
    return json.dumps({**document, "verificationMethod": [method]}).encode()


@pytest.mark.parametrize("change", [_another_body, _another_key])
def test_a_frame_that_was_changed_under_a_new_log_proves_nothing(season: Path, change: Any) -> None:
    held = rows(season, "ballots")
    _resealed(season, change)
    read = read_season(season)
    size = archive_size(season)
    made = Evidence(season.parent / "forged")
    write(made, held)
    made.write_rows("checkpoints", [checkpoint_row(season, size)])

    with pytest.raises(ProofInvalid, match=r"ballot 4: .*(no proof|no frame)"):
        check_posts(read, made, Verified(read_certificate(season / "published" / "certificate.note")))
