"""Sights: a log's checkpoint as somebody saw it, and whether two of them fit together.

Whoever kept an earlier checkpoint can tell whether the log still holds everything
it held then. If not, both signed notes are kept: together they prove it to anybody.
Where a tile that would tell is missing, nobody is accused.
"""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from plaudit.base.digests import bytes_sha256
from plaudit.base.disk import name_once, sync
from plaudit.base.errors import CheckpointsFork, SignatureInvalid, SourceUnavailable
from plaudit.ledger.checkpoint import Checkpoint, open_checkpoint
from plaudit.ledger.files import PART, FolderFiles
from plaudit.ledger.proven import ProvenTiles

if TYPE_CHECKING:
    from plaudit.ledger.files import Files
    from plaudit.ledger.note import Verifier

__all__ = ["Sight", "contradiction", "fits", "keep", "put", "see"]

_READABLE: Final = 0o644
_MOST_BYTES: Final = 1 << 19  # 64 signatures of 5 kB fit


@dataclass(frozen=True)
class Sight:
    """A signed note and what it says."""

    note: str
    checkpoint: Checkpoint

    @classmethod
    def of(cls, note: str, verifier: Verifier) -> Sight:
        """Open a note.

        Raises
        ------
        SignatureInvalid, ProofInvalid : it is no checkpoint that the log signed.
        """
        return cls(note, open_checkpoint(note, verifier))


def see(files: Files, verifier: Verifier) -> Sight:
    """Give the checkpoint that a log shows now.

    Raises
    ------
    SourceUnavailable : it shows none.
    SignatureInvalid, ProofInvalid : it is no checkpoint that the log signed.
    """
    data = files.read("checkpoint")
    if data is None:
        raise SourceUnavailable("there is no checkpoint", "give the folder or URL that holds the log's `checkpoint`")
    if len(data) > _MOST_BYTES:
        raise SignatureInvalid(
            f"the checkpoint has {len(data)} bytes; {_MOST_BYTES} are read at most", "ask the log's operator"
        )
    try:
        return Sight.of(data.decode(), verifier)
    except UnicodeDecodeError:
        raise SignatureInvalid("the checkpoint is not UTF-8", "get the whole file again") from None


def fits(old: Sight, new: Sight, files: Files) -> bool:
    """Say whether the larger tree begins with the smaller one; the files hold the larger.

    Raises
    ------
    DigestMismatch : a tile of the larger tree is missing or damaged, so nobody can say.
    """
    first, last = sorted((old.checkpoint, new.checkpoint), key=lambda checkpoint: checkpoint.size)
    if first.size == last.size:
        return first.root == last.root
    return ProvenTiles([files], last).root(first.size) == first.root


def contradiction(old: Sight, new: Sight, evidence: Path) -> CheckpointsFork:
    """Keep both notes as `fork-<size>.note` in a folder, and give the error to raise."""
    kept = f"both notes are kept: {keep(new, evidence)} and {keep(old, evidence)}"
    return CheckpointsFork(
        f"{new.checkpoint.origin} shows {_words(new.checkpoint)}, which contradicts {_words(old.checkpoint)}; {kept}",
        "keep both signed notes, together they prove it, and tell the other readers of the log",
        old_size=old.checkpoint.size,
        old_root=old.checkpoint.root.hex(),
        new_size=new.checkpoint.size,
        new_root=new.checkpoint.root.hex(),
    )


def put(path: Path, text: str) -> None:
    """Write a file that is there whole or not at all, through a power cut too."""
    files = FolderFiles(path.parent)
    files.write(path.name, text.encode())
    files.settle()


def keep(new: Sight, evidence: Path, kind: str = "fork") -> str:
    """Write a note as `<kind>-<size>.note`, under a name that no other note has, and give the name.

    It replaces nothing, whoever else keeps a note at the same moment.
    """
    data = new.note.encode()
    path = evidence / f"{kind}-{new.checkpoint.size}.note"
    part = _written(path, data)
    try:
        if not name_once(part, path) and path.read_bytes() != data:
            path = path.with_stem(f"{path.stem}-{bytes_sha256(data)[:16]}")
            name_once(part, path)
    finally:
        part.unlink(missing_ok=True)
    sync(evidence)
    return path.name


def _written(path: Path, data: bytes) -> Path:
    """Write what is to have a name into a file of its own beside it, which outlives a power cut."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, part = tempfile.mkstemp(suffix=PART, prefix=f".{path.name}.", dir=path.parent)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    Path(part).chmod(_READABLE)
    return Path(part)


def _words(checkpoint: Checkpoint) -> str:
    return f"{checkpoint.size} leaves under root {checkpoint.root.hex()}"
