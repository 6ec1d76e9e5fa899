"""Asking witnesses: a checkpoint is posted to each, and what they sign is added to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from plaudit.base.errors import OutOfTurn, ProofInvalid, SignatureInvalid, SourceUnavailable
from plaudit.ledger.add_checkpoint import SIZE_TYPE, Request
from plaudit.ledger.checkpoint import read_number, stated_checkpoint
from plaudit.ledger.note import join_signatures, signatures_by, signed_text
from plaudit.ledger.web import exchange

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from plaudit.ledger.note import Verifier
    from plaudit.ledger.witness import WitnessKey

    Proves = Callable[[int, int], Sequence[bytes]]

__all__ = ["submit"]

_ANSWER_BYTES_MAX: Final = 1 << 16
_TRIES: Final = 3
_GAP: Final = "\n\n"
_OK: Final = 200
_CONFLICT: Final = 409


def submit(
    note: str, url: str, witnesses: Sequence[WitnessKey], proves: Proves, *, timeout_seconds: float = 30
) -> tuple[str, list[str]]:
    """Give a note with the signatures of the witness at an address, and the names of those that signed.

    Parameters
    ----------
    url : the witness's submission prefix
    witnesses : whose signatures are taken; others' are passed over
    proves : gives the consistency proof from a size to the note's
    timeout_seconds : for each request

    Raises
    ------
    OutOfTurn : it has signed a larger tree, so it signs this one no more.
    SourceUnavailable : it does not answer, or refuses; says with which status.
    SignatureInvalid : its answer holds no signature of the witnesses, or a forged one.
    """
    size, old_size = stated_checkpoint(note).size, 0
    address = f"{url.rstrip('/')}/add-checkpoint"
    for _ in range(_TRIES):
        request = Request(old_size, tuple(proves(old_size, size)) if 0 < old_size < size else (), note)
        found = exchange(
            address, body=str(request).encode(), timeout_seconds=timeout_seconds, most_bytes=_ANSWER_BYTES_MAX
        )
        text = found.data.decode("utf-8", "replace")
        if found.status == _OK:
            return _with(note, text, witnesses, url)
        if found.status != _CONFLICT or not found.kind.startswith(SIZE_TYPE):
            raise SourceUnavailable(
                f"{url} answers {found.status}: {text.strip()[:200]}",
                "ask the witness: it must know the log's key",
                url=url,
            )
        old_size, before = _size(text, url), old_size
        if old_size > size:
            raise OutOfTurn(f"{url} has signed {old_size} leaves of this log, and this is {size}", "ask it sooner")
        if old_size == before:
            break
    raise SourceUnavailable(
        f"{url} does not sign {size} leaves: it has seen others of that size, or is being asked by somebody else",
        "if it stays so, keep the note: it may be half of a proof that the log has two histories",
        url=url,
    )


def _with(note: str, lines: str, witnesses: Sequence[WitnessKey], url: str) -> tuple[str, list[str]]:
    """Give the note with those lines that the witnesses signed, and their names."""
    text = f"{note.rpartition(_GAP)[0]}\n"
    signed: list[tuple[Verifier, bytes]] = []
    for key in witnesses:
        _, signatures = signatures_by(f"{text}\n{lines}", key)
        signed += [(key, signature) for signature in signatures[:1]]
    if not signed:
        raise SignatureInvalid(
            f"{url} answers with no signature of {', '.join(key.name for key in witnesses) or 'a named witness'}",
            "compare its key with the one that the season names",
        )
    return join_signatures(note, signed_text(text, signed)), [key.name for key, _ in signed]


def _size(text: str, url: str) -> int:
    try:
        return read_number(text.removesuffix("\n"), "size")
    except ProofInvalid as wrong:
        raise SourceUnavailable(f"{url} answers 409: {wrong.what}", "ask the witness", url=url) from None
