"""What a stranger can hand to `plaudit verify`, changed at random, and what is said of it."""

from __future__ import annotations

import copy
import json
import random
from collections import Counter
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final
from unittest.mock import patch

import pyarrow as pa
import pyarrow.parquet as pq

from plaudit import pipeline
from plaudit.base.errors import DigestMismatch, PlauditError, ProofInvalid
from plaudit.certify.certificate import CERTIFICATE, canonical, read_certificate
from plaudit.certify.keys import season_signer
from plaudit.cli.init import init
from plaudit.ledger.files import FolderFiles
from plaudit.ledger.note import sign_note
from plaudit.ledger.reader import LogReader
from plaudit.rulebook.library import SHIPPED, read_rule
from plaudit.rulebook.season import read_season
from plaudit.store.evidence import Evidence
from plaudit.store.row_digest import table_digest
from plaudit.store.tables import table
from plaudit.verify import verify as verifying
from plaudit.verify.log import check_checkpoint
from plaudit.verify.receipt import verify_receipt
from plaudit.verify.strict import admit, refuse_other_encoding
from plaudit.vote.keys import log_signer
from plaudit.vote.log import CHECKPOINT
from plaudit.vote.receipt import receipts
from tests.fuzz.mutations import mutated

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

__all__ = ["Verdicts", "Victim", "mutate"]

SAME: Final = "says what it said"
OTHER: Final = "sound, and another"
VERSIONS: Final = "told as not checked: other versions made it"
ODD: Final[tuple[Any, ...]] = (
    *(None, True, 0, -1, 1.5, 2**53 - 1, -(2**53) + 1),
    *("", "x", "\x00", "é" * 600),
    *([], {}, [[]], [None], {"a": 1}),
)


@dataclass
class Verdicts:
    """What was said of the changed: verdicts by kind of file.

    defects : what ended in anything but an error of ours, or was taken although it says something else
    """

    said: dict[str, Counter[str]] = field(default_factory=dict)
    defects: list[str] = field(default_factory=list)


class Victim:
    """A small season, run, whose files are changed one at a time; what takes long to recompute is computed once."""

    def __init__(self, scratch: Path) -> None:
        self.folder, self.scratch = scratch / "season", scratch
        init(self.folder)
        self.season = read_season(self.folder)
        pipeline.run(self.season, Evidence(self.season.evidence))
        self.note = self.season.published / CERTIFICATE
        self.kept = self.note.read_bytes()
        self.stated = read_certificate(self.note).statement
        self.signer = season_signer(self.folder, self.season.origin)
        self.log = log_signer(self.folder, self.season.origin)
        self.files = FolderFiles(self.season.log)
        reader = LogReader(self.files)
        self.records = [reader.entry(leaf) for leaf in range(1, reader.size - 1)]
        self.receipts = [text.encode() for text in receipts(self.records, 1, self.log, range(len(self.records)))]
        self.checkpoint = (self.season.log / CHECKPOINT).read_bytes()
        self.made = Evidence(self.season.evidence)
        self.tables = {name: self.made.files(name)[0] for name in self.stated["evidence"]["tables"]}
        self.digests = {name: self._digest(name, path) for name, path in self.tables.items()}
        self.rules = {path: path.read_bytes() for path in sorted(SHIPPED.glob("**/*@*.toml"))}

    # each of these changes something, hands it over, and gives the verdict

    def certificate(self, chance: random.Random) -> str:
        """Change a certificate: the statement, signed again by its own signer, or the bytes of the note."""
        if chance.random() < 0.8:
            stated = copy.deepcopy(self.stated)
            for _ in range(chance.choice([1, 1, 1, 2, 3])):
                altered(stated, chance)
            try:
                note = sign_note(canonical(stated), self.signer).encode()
            except Exception:  # noqa: BLE001 - what cannot be written, such as a fraction, cannot be signed
                note = sign_note(json.dumps(stated) + "\n", self.signer).encode()
        else:
            note = mutated([self.kept], chance)
        self.note.write_bytes(note)
        try:
            with quick(self):
                verifying.verify(self.folder)
        except _Sound:
            stated = read_certificate(self.note).statement
            if stated == self.stated:
                return SAME
            return VERSIONS if stated | {"software": self.stated["software"]} == self.stated else "TAKEN"
        finally:
            self.note.write_bytes(self.kept)
        return "TAKEN"

    def receipt(self, chance: random.Random) -> str:
        """Change a receipt, or the ballot that the log signs one for."""
        if chance.random() < 0.5:
            leaf = chance.randrange(len(self.receipts))
            text = mutated([self.receipts[leaf]], chance).decode("utf-8", "replace")
            found = verify_receipt(text, self.log.verifier, self.files if chance.random() < 0.3 else None)
            right = verify_receipt(self.receipts[leaf].decode(), self.log.verifier, None)
            return SAME if found.leaf == right.leaf and found.ballot["voter"] == right.ballot["voter"] else "TAKEN"
        record = bytearray(chance.choice(self.records))
        for _ in range(chance.choice([1, 2, 8])):
            record[chance.randrange(len(record))] = chance.choice([0, 1, 127, 128, 255, chance.randrange(256)])
        if chance.random() < 0.2:
            record = bytearray(mutated([b'{"type":"https://plaudit.dev/closing/v1"}', bytes(record)], chance))
        [text] = receipts([bytes(record)], 1, self.log, [0])
        is_looked_up = chance.random() < 0.3
        verify_receipt(text, self.log.verifier, self.files if is_looked_up else None)
        return OTHER if not is_looked_up or bytes(record) == self.records[0] else "TAKEN"

    def checkpoint_file(self, chance: random.Random) -> str:
        """Change the log's checkpoint, or let the log's key sign a changed one."""
        path = self.season.log / CHECKPOINT
        data = mutated([self.checkpoint], chance)
        if chance.random() < 0.5:
            text = mutated([self.checkpoint.partition(b"\n\n")[0]], chance).decode("utf-8", "replace")
            data = sign_note(text.rstrip("\n") + "\n", self.log).encode()
        path.write_bytes(data)
        try:
            check_checkpoint(self.season, self.stated["vote"]["log"])
        finally:
            path.write_bytes(self.checkpoint)
        return SAME

    def evidence(self, chance: random.Random) -> str:
        """Change a file of the evidence: its bytes, or a value in it."""
        name = chance.choice(list(self.tables))
        right = self.tables[name]
        path = self.scratch / "changed" / right.parent.name / right.name
        path.parent.mkdir(parents=True, exist_ok=True)
        if chance.random() < 0.5:
            path.write_bytes(mutated([right.read_bytes()], chance))
        elif not _with_other_value(right, path, chance):
            return SAME
        if self._digest(name, path) != self.digests[name]:
            raise DigestMismatch("its rows are not the certified ones", "restore it")
        refuse_other_encoding(path, self.scratch / "copy.parquet")
        return SAME

    def rule(self, chance: random.Random) -> str:
        """Change a rule file."""
        right = chance.choice(list(self.rules))
        path = self.scratch / right.name
        path.write_bytes(data := mutated([self.rules[right]], chance))
        read_rule(path)
        return SAME if data == self.rules[right] else OTHER  # a certificate cites a rule by its digest

    def _digest(self, name: str, path: Path) -> dict[str, Any]:
        day = "2026-01-16" if table(name).partition else ""
        return table_digest(name, {day: admit(name, path, self.scratch / "copy.parquet")})


class _NoSources:
    """What the sources give is what they gave."""

    def __init__(self, *_given: Any, **_named: Any) -> None: ...

    def difference(self, *_given: Any) -> str:
        return ""

    def compare(self, *_given: Any) -> None: ...


class _Sound(BaseException):
    """The statement is the recomputed one; all that is compared behind it is, then, what it was."""


@contextmanager
def quick(victim: Victim) -> Iterator[None]:
    """Let `verify` take what it would recompute of untouched evidence from one time that it was recomputed."""

    def admitted(_season: Any, _ours: Evidence, stated: dict[str, Any], *_more: Any) -> dict[str, Any]:
        for name in sorted({*stated["evidence"]["tables"], *victim.stated["evidence"]["tables"]}):
            if stated["evidence"]["tables"].get(name) != victim.stated["evidence"]["tables"].get(name):
                raise DigestMismatch(f"the rows of {name} are others", "restore it")
        return dict(victim.stated["evidence"]["tables"])

    def leaves(_season: Any, _made: Any, log: dict[str, Any], _found: Any) -> None:
        if log != victim.stated["vote"]["log"]:
            raise ProofInvalid("the ballots give another log", "ask the signer")

    def sound(*_given: Any) -> None:
        raise _Sound

    with ExitStack() as stack:
        for name, stub in (
            ("read_season", lambda _folder: victim.season),
            ("Evidence", lambda *_given: victim.made),
            ("Sources", _NoSources),
            ("admit_evidence", admitted),
            ("check_leaves", leaves),
            ("statement", lambda *_given: copy.deepcopy(victim.stated)),
            ("inputs_stated", lambda *_given: copy.deepcopy(victim.stated["inputs"])),
        ):
            stack.enter_context(patch.object(verifying, name, stub))
        stack.enter_context(patch.object(pipeline, "recompute", lambda *_given: None))
        stack.enter_context(patch.object(pipeline, "honour", sound))
        yield


def altered(held: Any, chance: random.Random) -> None:
    """Change one value somewhere in a document into one of its kind, or into something odd."""
    while True:
        places = list(held) if isinstance(held, dict) else list(range(len(held)))
        if not places:
            return
        place = chance.choice(places)
        value = held[place]
        if not isinstance(value, dict | list) or not value or chance.random() < 0.15:
            break
        held = value
    done = chance.random()
    if done < 0.1:
        del held[place]
    elif done < 0.15 and isinstance(held, dict):
        held[chance.choice(["audited_by", str(place).upper(), f"{place} ", "type"])] = value
    elif done < 0.4:
        held[place] = copy.deepcopy(chance.choice(ODD))
    else:
        held[place] = _alike(value, chance)


def _alike(value: Any, chance: random.Random) -> Any:
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return chance.choice([value + 1, value - 1, -value, value * 10, value ^ 1])
    if isinstance(value, str) and value:
        at = chance.randrange(len(value))
        return value[:at] + chance.choice(["0", "1", "9", "a", "f", "", value[at] * 2, "-", "ß"]) + value[at + 1 :]
    if isinstance(value, list):
        return chance.choice([value[1:], value[:-1], value + value[:1], value[::-1]])
    if isinstance(value, dict):
        return {key: value[key] for key in list(value)[1:]}
    return "x"


def _with_other_value(right: Path, path: Path, chance: random.Random) -> bool:
    """Write a file with one value changed; no if it has no row, or has no place for the value."""
    held = pq.read_table(right, partitioning=None)
    if not held.num_rows:
        return False
    rows = held.to_pylist()
    row = chance.randrange(len(rows))
    column = chance.choice(held.schema.names)
    before = rows[row][column]
    rows[row][column] = chance.choice([None, -1, 0, 2**62, 2**31, "", "x", "\x00", 1.5, _alike(before, chance)])
    if chance.random() < 0.2:
        rows.insert(chance.randrange(len(rows) + 1), rows[row])
    try:
        made = pa.Table.from_pylist(rows, schema=held.schema)
    except (pa.ArrowException, OverflowError, TypeError, ValueError):
        return False
    pq.write_table(made, path, compression=chance.choice(["zstd", "snappy", "none"]))
    return True


def mutate(victim: Victim, numbers: Iterable[int], seed: int) -> Verdicts:
    """Change one file for each number, a third of them certificates, and count what is said."""
    kinds: dict[str, tuple[int, Callable[[random.Random], str]]] = {
        "certificates": (35, victim.certificate),
        "receipts": (25, victim.receipt),
        "checkpoints": (10, victim.checkpoint_file),
        "evidence": (15, victim.evidence),
        "rules": (15, victim.rule),
    }
    made = Verdicts({kind: Counter() for kind in kinds})
    shares = [share for share, _ in kinds.values()]
    for number in numbers:
        chance = random.Random(f"{seed} {number}")
        [kind] = chance.choices(list(kinds), shares)
        try:
            verdict = kinds[kind][1](chance)
        except PlauditError as error:
            verdict = f"{type(error).__name__}, exit code {error.exit_code}"
            if "cannot be counted again" in error.what and not isinstance(error.__cause__, PlauditError):
                # whatever else went wrong is told as a refusal, so that nobody sees a traceback
                verdict = f"TRACEBACK {type(error.__cause__).__name__}"
        except Exception as error:  # noqa: BLE001 - this is what is looked for
            verdict = f"TRACEBACK {type(error).__name__}"
        if verdict == "TAKEN" or verdict.startswith("TRACEBACK"):
            made.defects.append(f"{kind}, seed {seed}, number {number}: {verdict}")
        made.said[kind][verdict] += 1
    return made
