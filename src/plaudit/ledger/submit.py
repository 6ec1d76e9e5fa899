"""Asking witnesses: a checkpoint is posted to each, and what they sign is added to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from plaudit.base.errors import OutOfTurn, PlauditError, ProofInvalid, SignatureInvalid, SourceUnavailable
from plaudit.ledger.add_checkpoint import SIZE_TYPE, Request
from plaudit.ledger.checkpoint import read_number, stated_checkpoint
from plaudit.ledger.note import join_signatures, signatures_by, signed_text
from plaudit.ledger.web import exchange

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from plaudit.ledger.files import FolderFiles
    from plaudit.ledger.note import Verifier
    from plaudit.ledger.witness import WitnessKey

    Proves = Callable[[int, int], Sequence[bytes]]

__all__ = ["submit", "submit_file"]

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


def submit_file(
    files: FolderFiles,
    name: str,
    urls: Sequence[str],
    witnesses: Sequence[WitnessKey],
    proves: Proves,
    told: Callable[[str, list[str] | PlauditError], object],
) -> None:
    """Have a note in a folder signed by the witnesses at some addresses; each signature is kept as soon as it is there.

    Parameters
    ----------
    name : of the note's file; it may be written meanwhile, as long as its text stays
    told : is told of each address who signed, or what went wrong there

    Raises
    ------
    SourceUnavailable : there is no such note.
    """
    note = _read(files, name)
    for url in urls:
        try:
            signed, names = submit(note, url, witnesses, proves)
            held = _read(files, name)
            if held.rpartition(_GAP)[0] != note.rpartition(_GAP)[0]:
                raise OutOfTurn(f"{name} was written in the meantime", "ask again, preferably once the vote is closed")
            note = join_signatures(held, signed)
            if note != held:
                files.write(name, note.encode(), durably=True)
        except PlauditError as error:
            told(url, error)
        else:
            told(url, names)


def _read(files: FolderFiles, name: str) -> str:
    data = files.read(name)
    if data is None:
        raise SourceUnavailable(f"there is no {name}", "give a season, the folder of a log, or a note")
    return data.decode("utf-8", "replace")
