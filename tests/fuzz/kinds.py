"""What Plaudit reads from others, kind by kind: sound examples of it, and the function that reads one."""

from __future__ import annotations

import base64
import json
import random
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from plaudit import pipeline
from plaudit.audit.appeals import appealed_files, read_appeals
from plaudit.base.errors import PlauditError
from plaudit.certify.certificate import CERTIFICATE, canonical, read_certificate, read_verifier, refuse_changed_rules
from plaudit.cli.init import init
from plaudit.honour.honours import earlier_certificates, honours_of, read_honours
from plaudit.ledger.checkpoint import Checkpoint, open_checkpoint
from plaudit.ledger.files import FolderFiles
from plaudit.ledger.note import Signer, Verifier, add_signature, join_signatures, sign_note, verify_note
from plaudit.ledger.proof import TlogProof
from plaudit.ledger.reader import LogReader
from plaudit.ledger.tiles import unpack_bundle
from plaudit.nominate.nominate import named_nominees
from plaudit.rulebook.artists import read_artists
from plaudit.rulebook.library import SHIPPED, read_rule
from plaudit.rulebook.season import read_season
from plaudit.rulebook.season_file import Nomination
from plaudit.rulebook.strict_toml import read_toml
from plaudit.store.evidence import Evidence
from plaudit.verify.receipt import verify_receipt
from plaudit.vote.keys import log_signer
from plaudit.vote.log import cited_log
from plaudit.vote.receipt import open_receipt, read_receipt, receipts
from plaudit.vote.statements import read_opening
from plaudit.web.ballots import _sent
from tests.fuzz.mutations import mutated

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = ["Kind", "Outcome", "fuzz", "kinds"]

EXAMPLES = Path(__file__).parents[2] / "examples"


@dataclass(frozen=True)
class Kind:
    """One kind of input.

    share : how many of a hundred inputs are of it
    """

    name: str
    share: int
    seeds: Sequence[bytes]
    read: Callable[[bytes], object]


@dataclass
class Outcome:
    """What became of the inputs of a kind: read, or refused by an error of ours."""

    read: int = 0
    refused: int = 0


def fuzz(kind: Kind, inputs: int, seed: int) -> Outcome:
    """Read so many damaged inputs of a kind.

    Raises
    ------
    AssertionError : something else than a PlauditError came out; with the input.
    """
    chance, outcome = random.Random(f"{seed} {kind.name}"), Outcome()
    for number in range(inputs):
        data = mutated(kind.seeds, chance)
        try:
            kind.read(data)
            outcome.read += 1
        except PlauditError as error:
            outcome.refused += _is_told(error)
        except Exception as error:
            shown = data if len(data) < 3000 else data[:1500] + b" ... " + data[-1500:]
            raise AssertionError(f"{kind.name}, seed {seed}, input {number}: {error!r} from {shown!r}") from error
    return outcome


def _is_told(error: PlauditError) -> bool:
    """Say whether an error can be printed, with what and what to do; else stop."""
    if not (error.what and error.remedy and str(error).encode()):
        raise ValueError(f"an error that tells nothing: {error!r}")
    return True


def kinds(scratch: Path) -> list[Kind]:
    """Give every kind; a small season is made and run below `scratch` for those that need one."""
    made = scratch / "made"
    init(made)
    season = read_season(made)
    pipeline.run(season, Evidence(season.evidence))
    return [*_of_toml(scratch, made), *_of_tables(scratch, made), *_of_ledger(scratch, made), *_of_requests()]


def _bytes_of(pattern: str, folder: Path = EXAMPLES) -> list[bytes]:
    found = [path.read_bytes() for path in sorted(folder.glob(pattern))]
    assert found, pattern
    return found


def _written(path: Path, read: Callable[[Path], object]) -> Callable[[bytes], object]:
    def written(data: bytes) -> object:
        path.write_bytes(data)
        return read(path)

    return written


def _of_toml(scratch: Path, made: Path) -> list[Kind]:
    template = made / "season.toml"
    folder = scratch / "seasons"
    init(folder)
    found = [
        Kind("toml", 8, _bytes_of("*/season.toml"), _written(scratch / "any.toml", read_toml)),
        Kind(
            "season.toml",
            2,
            [template.read_bytes(), *_bytes_of("*/season.toml")],
            _written(folder / "season.toml", lambda path: read_season(path.parent)),
        ),
        Kind("artists.toml", 4, _artists(made), _written(scratch / "artists.toml", read_artists)),
    ]
    by_kind: dict[str, list[Path]] = {}
    for path in sorted(SHIPPED.glob("**/*@*.toml")):
        by_kind.setdefault(str(read_rule(path).kind), []).append(path)
    for name, paths in by_kind.items():
        # the file is named as the first of them says, or nothing behind the name would be read
        seeds = [paths[0].read_bytes(), *([path.read_bytes() for path in paths[1:]])]
        found.append(Kind(f"{name} rule", 5, seeds[:1] * 3 + seeds, _written(scratch / paths[0].name, read_rule)))
    return found


def _artists(made: Path) -> list[bytes]:
    """The short ones many times and the long one seldom: it takes as long as fifty of them."""
    long_ones = _bytes_of("*/artists.toml")
    return [(made / "artists.toml").read_bytes()] * 20 + long_ones[:1]


def _of_tables(scratch: Path, made: Path) -> list[Kind]:
    artists = read_artists(made / "artists.toml")
    named = Nomination(rule="named-list@1", nominees_file="nominees.csv", nominees_source="made up")
    season = read_season(made)
    honours = (
        made / "honours.csv"
    ).read_bytes() + b"a,2025,north-seven,won,the press,N\na,2024,north-seven,nominated,x,P\n"
    appeals = b"receipt,decision,why\n1,uphold,because\n2,reinstate ballot,shown\n"
    return [
        Kind(
            "nominees",
            5,
            [b'nominee,name,artist\ns1,Hello,The Beatles\ns2,"A, b",\n', *_bytes_of("*/nominees.csv")],
            _written(scratch / "nominees.csv", lambda path: named_nominees(path.parent, named)),
        ),
        Kind(
            "honours",
            6,
            [honours],
            _written(scratch / "honours.csv", lambda path: read_honours(path, artists)),
        ),
        Kind(
            "appeals",
            4,
            [appeals],
            _written(made / "appeals.csv", lambda _path: [read_appeals(season), appealed_files(season)]),
        ),
    ]


def _of_ledger(scratch: Path, made: Path) -> list[Kind]:
    season = read_season(made)
    log = log_signer(season.folder, season.origin)
    reader, opening = LogReader(FolderFiles(season.log)), read_opening(LogReader(FolderFiles(season.log)).entry(0))
    records = [reader.entry(leaf) for leaf in range(1, 9)]
    receipt = [text.encode() for text in receipts(records, 1, log, range(8))]
    note = (season.log / "checkpoint").read_bytes()
    certificate = (season.published / CERTIFICATE).read_bytes()
    key = read_verifier(season.published / "verifier.key")
    bundle = (season.log / "tile" / "entries").rglob("*")
    bundles = [path.read_bytes() for path in bundle if path.is_file()]
    own = Signer("plaudit.example/fuzz", Ed25519PrivateKey.from_private_bytes(b"\x07" * 32))
    saved = json.dumps({"receipt": receipt[0].decode()}).encode()
    stated = [verify_note(certificate.decode(), key).encode()]
    checkpoint = [verify_note(note.decode(), log.verifier).encode()]
    cited = cited_log(season)
    assert cited

    def notes(data: bytes) -> None:
        text = data.decode("utf-8", "replace")
        for read in (
            lambda: verify_note(text, key),
            lambda: add_signature(text, key, b"\x00" * 64),
            lambda: join_signatures(text, text),
        ):
            _refused_at_most(read)
        verify_note(text, log.verifier)

    def signed_checkpoint(data: bytes) -> object:
        text = data.decode("utf-8", "replace")
        _refused_at_most(lambda: Checkpoint.parse(text))
        return open_checkpoint(sign_note(f"{text}\n", own), own.verifier)

    def proof(data: bytes) -> object:
        text = data.decode("utf-8", "replace")
        _refused_at_most(lambda: TlogProof.parse(text).verify(records[0], log.verifier, origin=log.verifier.name))
        _refused_at_most(lambda: verify_receipt(text, log.verifier))
        return open_receipt(text, log.verifier)

    def signed_statement(path: Path) -> object:
        """What a key of ours signed: whatever the statement says, reading it on never ends in a defect."""
        note = sign_note(path.read_text("utf-8", "replace") + "\n", own)
        kept = path.parent / "certificates"
        kept.mkdir(exist_ok=True)
        (kept / "one.note").write_text(note, "utf-8")
        read_certificate(kept / "one.note", own.verifier)
        return honours_of([], earlier_certificates(kept, [str(own.verifier)]))

    def statement_values(data: bytes) -> object:
        """The same with values changed inside a statement that stays canonical."""
        chance = random.Random(data)
        changed = json.loads(stated[0])
        for _ in range(chance.choice([1, 1, 2])):
            _change(changed, chance)
        path = scratch / "statement.json"
        path.write_text(canonical(changed).removesuffix("\n"), "utf-8")
        return signed_statement(path)

    def signed_rules(path: Path) -> object:
        refuse_changed_rules(path.parent, {"none@1": "0"})
        return read_certificate(path)

    left_join_unique = scratch / "published"
    left_join_unique.mkdir()
    (left_join_unique / "verifier.key").write_text(f"{key}\n", "utf-8")
    return [
        Kind("note", 7, [note, certificate], notes),
        Kind("verifier key", 8, [f"{key}\n".encode(), str(log.verifier).encode()], _key),
        Kind("checkpoint", 8, checkpoint, signed_checkpoint),
        Kind("proof", 7, receipt, proof),
        Kind("receipt file", 6, [*receipt, saved], _written(scratch / "receipt", read_receipt)),
        Kind("opening", 8, [opening.leaf], read_opening),
        Kind("leaf", 10, records, opening.names.unpack),
        Kind("bundle", 4, bundles, lambda data: unpack_bundle(data, 256)),
        Kind("certificate", 1, [certificate], _written(left_join_unique / CERTIFICATE, signed_rules)),
        Kind("signed statement", 1, stated, _written(scratch / "statement.json", signed_statement)),
        Kind("statement's values", 2, stated, statement_values),
    ]


def _of_requests() -> list[Kind]:
    body = b'{"nominee": "bts", "votes": 3, "key": "k9Jr2mW1x0aZ"}'
    return [Kind("ballot body", 14, [body, b'{"nominee":"a","key":"aaaaaaaa"}'], _sent)]


def _key(data: bytes) -> object:
    return Verifier.parse(data.decode("utf-8", "replace"))


def _refused_at_most(read: Callable[[], object]) -> None:
    """Let something be read or refused by an error of ours; all else comes out."""
    try:
        read()
    except PlauditError:
        return


def _change(held: Any, chance: random.Random) -> None:
    """Change, remove or add one value somewhere in a document."""
    while True:
        places = list(held) if isinstance(held, dict) else list(range(len(held)))
        if not places:
            return
        place = chance.choice(places)
        inner = held[place]
        if not isinstance(inner, dict | list) or not inner or chance.random() < 0.3:
            break
        held = inner
    if chance.random() < 0.3:
        del held[place]
    else:
        odd: list[Any] = [
            None,
            True,
            0,
            -1,
            2**53 - 1,
            1.5,
            "",
            "x",
            "\x00",
            [],
            {},
            [[]],
            [None],
            {"a": None},
            base64.b64encode(b"x" * 9).decode(),
        ]
        held[place] = chance.choice(odd)
