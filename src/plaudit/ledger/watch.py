"""Watching: follow a log's checkpoints, and raise as soon as two contradict each other."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from plaudit.base.errors import DigestMismatch, SourceUnavailable
from plaudit.ledger.note import join_signatures
from plaudit.ledger.proven import ProvenTiles
from plaudit.ledger.sight import Sight, contradiction, fits, keep, put, see

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from plaudit.ledger.checkpoint import Checkpoint
    from plaudit.ledger.files import Files
    from plaudit.ledger.note import Verifier

__all__ = ["look", "watch"]


def watch(
    source: Files,
    verifier: Verifier,
    known: Path | None,
    *,
    evidence: Path,
    every_seconds: float,
    sleep: Callable[[float], None],
    rounds: int | None = None,
    unreachable: Callable[[SourceUnavailable], None] | None = None,
) -> Iterator[Checkpoint]:
    """Give each new checkpoint of a log, once it is proven to hold all that the one before held.

    Parameters
    ----------
    known : file of the last note seen, read first and kept up to date; None for memory alone
    evidence : folder that keeps two notes that contradict each other
    rounds : looks at the log; None for no end
    unreachable : told of a round in which the source did not answer; if left out, that ends the watch

    Raises
    ------
    As `look`.
    """
    seen = Sight.of(known.read_text("utf-8"), verifier) if known and known.exists() else None
    for turn in itertools.count() if rounds is None else range(rounds):
        if turn:
            sleep(every_seconds)
        try:
            found = look(source, verifier, seen, evidence)
        except SourceUnavailable as error:
            if unreachable is None:
                raise
            unreachable(error)
            continue
        is_grown = seen is None or found.checkpoint.size > seen.checkpoint.size
        if known and found != seen:
            put(known, found.note)
        seen = found
        if is_grown:
            yield found.checkpoint


def look(source: Files, verifier: Verifier, seen: Sight | None, evidence: Path) -> Sight:
    """Give what the log shows, once it is proven to fit what was seen before.

    An older checkpoint of the same history gives what was seen before: caches serve such.

    Parameters
    ----------
    seen : what was seen before; None at first sight
    evidence : folder that keeps both notes, `fork-<size>.note`, if the log contradicts itself

    Raises
    ------
    CheckpointsFork : the log contradicts what it showed.
    SignatureInvalid, ProofInvalid : it shows no checkpoint that it signed.
    DigestMismatch : a tile is missing or damaged; names it.
    SourceUnavailable : it does not answer, has no checkpoint, or shows an older one without the tiles that would tell
        whether it is of the same history.
    """
    new = see(source, verifier)
    if seen is None:
        ProvenTiles([source], new.checkpoint)
        return new
    is_older = new.checkpoint.size < seen.checkpoint.size
    try:
        is_same = fits(seen, new, source)
    except DigestMismatch as missing:
        if not is_older:
            raise
        kept = keep(new, evidence, "older")
        raise SourceUnavailable(
            f"it shows {new.checkpoint.size} leaves, after {seen.checkpoint.size} were seen, and without the tiles that"
            f" would tell whether they are of the same history: {missing.what}; the note is kept as {kept}",
            "caches serve older checkpoints for a while; ask again later, or the log's operator",
        ) from None
    if not is_same:
        raise contradiction(seen, new, evidence)
    if new.checkpoint.text == seen.checkpoint.text:
        return Sight(join_signatures(new.note, seen.note), new.checkpoint)
    return seen if is_older else new
