"""Check released weeks: notes, log, and every release computed again from what it cites.

The releases are walked in the order of their log, so that each meets what stood before it
when it was made; then the latest of each week are held against each other.
"""

from __future__ import annotations

import base64
from collections import defaultdict
from typing import TYPE_CHECKING, Any, Final

from plaudit.archive.reader import archive_folder
from plaudit.base.digests import bytes_sha256, file_sha256
from plaudit.base.errors import DigestMismatch, EvidenceError, PlauditError, ProofInvalid, SignatureInvalid
from plaudit.base.numbers import counted
from plaudit.base.weeks import instant_text
from plaudit.certify.certificate import read_verifier
from plaudit.certify.statement import table_digests
from plaudit.ledger.check import check
from plaudit.ledger.checkpoint import open_checkpoint
from plaudit.ledger.files import FolderFiles
from plaudit.ledger.note import Verifier
from plaudit.ledger.reader import LogReader
from plaudit.release.compute import compute
from plaudit.release.cut import cut
from plaudit.release.gather import FILES
from plaudit.release.log import KEY_FILE, LOG, log_name, log_verifier
from plaudit.release.moves import moves
from plaudit.release.note import NOTE, log_entry, read_note
from plaudit.release.release import as_of
from plaudit.release.shelf import INPUTS, MADE, RELEASES, STANDINGS, Released, as_instant, standings_bytes
from plaudit.release.terms import Terms, cited_terms
from plaudit.store.evidence import Evidence
from plaudit.store.row_digest import table_digest
from plaudit.verify.differences import first_row
from plaudit.verify.strict import admit, refuse_other_encoding

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


__all__ = ["Latest", "check_releases", "has_releases", "releases_signer"]

_ASK: Final = "keep both, they are evidence; ask the signer"
_RESTORE: Final = "restore the file that was released, from a copy"
_DECIDES: Final = ("evidence", "made", "standings", "charts", "seen")

Latest = dict[str, dict[str, Released]]
"""The latest release by chart and week; its folder is the copy that was admitted."""


def has_releases(folder: Path) -> bool:
    """Say whether a season has released weeks."""
    return (folder / RELEASES).is_dir()


def releases_signer(folder: Path) -> Verifier:
    """Give the key that signs a season's releases, by the one beside their log; whose it is, nobody says.

    Raises
    ------
    SignatureInvalid : there is no such key.
    """
    path = folder / RELEASES / LOG / KEY_FILE
    key = read_verifier(path)
    origin = key.name.removesuffix(log_name(""))
    if log_name(origin) != key.name:
        raise SignatureInvalid(f"{path.name} names {key.name}, which is no release log", "give --key", file=path.name)
    return Verifier(origin, key.public)


def check_releases(
    folder: Path,
    signer: Verifier,
    scratch: Path,
    told: tuple[list[str], list[str]],
    on_progress: Callable[[str, int], None],
) -> Latest:
    """Check every release of a season, and give the latest ones.

    Parameters
    ----------
    scratch : where what is admitted is written, below `releases/`
    told : what was checked, and what could not be; lines are added

    Raises
    ------
    SignatureInvalid : a note or the log's checkpoint is not the signer's.
    DigestMismatch : a file is not the one that was released, or is missing, or does not belong there.
    ProofInvalid : a release does not follow from what it cites, or the log tells another story; names it.
    """
    shelf = folder / RELEASES
    notes = _notes(shelf, signer)
    size = _check_log(shelf, signer, notes)
    held: Latest = defaultdict(dict)
    for one in notes:
        on_progress(f"release {one.chart} {one.week}", 0)
        walk = _Walk(folder, scratch, one, held[one.chart])
        held[one.chart][one.week] = walk.checked()
    for chart, weeks in held.items():
        _check_standing(shelf, chart, weeks, scratch)
    again = sum(one.number > 1 for one in notes)
    of = f", {counted(again, 'correction')} among them" if again else ""
    told[0].append(f"{counted(len(notes), 'release')} of weeks{of}, computed again from what they cite")
    told[0].append(f"the release log holds {counted(size, 'release')}, these and no others")
    told[1].append("whether a release took all that its sources had at its instant: only who saw them then can tell")
    return dict(held)


def _notes(shelf: Path, signer: Verifier) -> list[Released]:
    """Give every release by its place in the log, each in the folder of its name."""
    found = []
    for path in sorted(_entries(shelf)):
        if "@" not in path.name:
            if path.name not in {LOG, INPUTS, FILES}:
                raise _stranger(path, shelf)
            continue
        for folder in sorted(one for week in _entries(path) for one in _entries(week)):
            if not (folder / NOTE).is_file():
                raise DigestMismatch(f"{_place(folder, shelf)}/{NOTE} is missing", _RESTORE, file=NOTE)
            stated = read_note(folder / NOTE, signer)
            one = Released(folder, stated)
            if _place(folder, shelf) != f"{RELEASES}/{one.chart}/{one.week}/{one.number}":
                raise ProofInvalid(
                    f"{_place(folder, shelf)}/{NOTE} is of {one.chart}, week {one.week}, release {one.number}", _ASK
                )
            names = {NOTE, STANDINGS, *(f"{name}.parquet" for name in (*one.cut, *MADE))}
            for file in _entries(folder):
                if file.name not in names:
                    raise _stranger(file, shelf)
            found.append(one)
    found.sort(key=lambda one: int(one.stated["index"]))
    return found


def _check_log(shelf: Path, signer: Verifier, notes: list[Released]) -> int:
    """Check the log against its checkpoint, and that it holds the notes in their places and no others."""
    files, key = FolderFiles(shelf / LOG), log_verifier(signer)
    note = files.read("checkpoint")
    if note is None:
        raise DigestMismatch(f"{RELEASES}/{LOG}/checkpoint is missing", "get it from a mirror of the log")
    if files.read(KEY_FILE) != f"{key}\n".encode():
        raise SignatureInvalid(f"{RELEASES}/{LOG}/{KEY_FILE} is not {key}", "the file is not the signer's; restore it")
    checkpoint = open_checkpoint(note.decode("utf-8", "replace"), key)
    check(files, checkpoint)
    logged = list(LogReader(files).entries())
    for index, (one, entry) in enumerate(zip(notes, logged, strict=False)):
        if one.stated["index"] != index:
            raise ProofInvalid(
                f"{_told(one)} says that it is number {one.stated['index']} of the release log, "
                f"and {index} is expected",
                "a release is missing, or was put in another's place; " + _ASK,
            )
        if entry != log_entry(one.stated, one.sha256):
            raise ProofInvalid(
                f"{_told(one)} is not what was released: its note has SHA-256 {one.sha256}, the release log holds "
                f"{' '.join(entry.decode('utf-8', 'replace').split())!r} as number {index}",
                _ASK,
            )
    if len(notes) != len(logged):
        raise ProofInvalid(
            f"the release log holds {counted(len(logged), 'release')}, and {len(notes)} are there",
            "a release is missing, or was never logged; " + _ASK,
        )
    return len(logged)


class _Walk:
    """One release, as it is met in the order of the log."""

    def __init__(self, folder: Path, scratch: Path, one: Released, held: dict[str, Released]) -> None:
        self._folder, self._scratch, self._one, self._held = folder, scratch, one, held
        self._copy = scratch / RELEASES / one.chart / one.week / str(one.number)

    def checked(self) -> Released:
        """Check it, and give it with its copy for a folder."""
        one = self._one
        terms = self._terms()
        week = next((week for week in terms.weeks if week.id == one.week), None)
        if week is None:
            raise ProofInvalid(f"{_told(one)} is of a week that its season.toml does not have", _ASK)
        before = self._before(terms)
        self._check_turn(terms)
        self._admit()
        admitted = Released(self._copy, one.stated)
        until = as_instant(one.stated["as_of"])
        if one.number == 1 and until != as_of(week, terms):
            raise _other(one, "as_of", one.stated["as_of"], instant_text(as_of(week, terms)))
        if as_instant(one.stated["released_at"]) < until:
            raise ProofInvalid(f"{_told(one)} was made before its instant, {one.stated['as_of']}", _ASK)
        self._check_archive()
        _check_computed(admitted, terms, before, self._scratch / "again")
        self._take_computed()
        self._check_correction(admitted)
        return admitted

    def _terms(self) -> Terms:
        """Give the terms that the release cites: the files of its inputs, and the rule."""
        one, digests = self._one, self._one.stated["inputs"]
        try:
            terms = cited_terms(self._folder / RELEASES / INPUTS, digests, one.chart, self._scratch / INPUTS)
        except EvidenceError:
            raise
        except PlauditError as error:
            raise ProofInvalid(f"{_told(one)} cannot be computed again: {error.what}", error.remedy) from error
        cited = {"rule": one.chart, "sha256": terms.rule_sha256, "shipped": terms.is_shipped}
        if one.stated["chart"] != cited or terms.digests != digests:
            raise _other(one, "rule", one.stated["chart"]["sha256"], terms.rule_sha256)
        if terms.releasing is None:
            raise ProofInvalid(f"{_told(one)}: its season.toml has no [release]", _ASK)
        return terms

    def _before(self, terms: Terms) -> list[Released]:
        """Give the latest releases of the weeks before, the last first, as they were when this one was made."""
        one, weeks = self._one, [week.id for week in terms.weeks]
        past = [week for week in weeks if week < one.week]
        if lacking := [week for week in past if week not in self._held]:
            raise ProofInvalid(f"{_told(one)} was released before week {lacking[0]}", _ASK)
        found = [self._held[week] for week in reversed(past)]
        cited, right = one.stated.get("before"), found[0].cited if found else None
        if cited != right:
            raise _other(one, "before", _cited(cited), _cited(right))
        return found

    def _check_archive(self) -> None:
        """Check that the archive, where it is here, had at that size the root that the release cites."""
        cited, files = self._one.stated.get("archive"), FolderFiles(archive_folder(self._folder) / LOG)
        if cited is None or files.read("checkpoint") is None:
            return
        root = base64.b64encode(LogReader(files).root(cited["size"])).decode()
        if root != cited["root"]:
            raise _other(self._one, "archive.root", cited["root"], root)

    def _check_turn(self, terms: Terms) -> None:
        """Check that it is the next release of its week, and under the rule of the others."""
        one = self._one
        last = self._held.get(one.week)
        if one.number != (last.number if last else 0) + 1:
            raise ProofInvalid(f"{_told(one)} is not the next release of its week", _ASK)
        for other in self._held.values():
            if other.stated["chart"] != one.stated["chart"]:
                raise _other(one, "rule", terms.rule_sha256, other.stated["chart"]["sha256"])

    def _admit(self) -> None:
        one = self._one
        for name in (*one.cut, *MADE):
            if not (one.folder / f"{name}.parquet").is_file():
                raise DigestMismatch(f"{_told(one)}: {name}.parquet is missing", _RESTORE, file=f"{name}.parquet")
        for name in one.cut:
            path, cited = one.folder / f"{name}.parquet", one.stated["evidence"][name]
            digest = table_digest(name, {"": admit(name, path, self._copy / path.name)})
            if digest != cited:
                raise DigestMismatch(
                    f"{_told(one)}: the rows of {path.name} are {digest['rows']:,} with digest {digest['sha256']}, "
                    f"but {cited['sha256']} was released",
                    _RESTORE,
                    file=path.name,
                )
            refuse_other_encoding(path, self._copy / path.name)
        path = one.folder / STANDINGS
        if not path.is_file() or file_sha256(path) != one.stated["standings"]:
            raise DigestMismatch(
                f"{_told(one)}: {STANDINGS} is not the one that was released", _RESTORE, file=STANDINGS
            )
        (self._copy / STANDINGS).write_bytes(path.read_bytes())
        (self._copy / NOTE).write_bytes((one.folder / NOTE).read_bytes())

    def _take_computed(self) -> None:
        """Compare the tables that the week came to with those computed, and let the copy hold the computed ones."""
        for name in MADE:
            theirs, ours = self._one.folder / f"{name}.parquet", self._scratch / "again" / f"{name}.parquet"
            if difference := first_row(name, ours, theirs):
                raise DigestMismatch(f"{_told(self._one)}: {name}.parquet: {difference}", _RESTORE, file=theirs.name)
            (self._copy / theirs.name).write_bytes(ours.read_bytes())
            refuse_other_encoding(theirs, self._copy / theirs.name)

    def _check_correction(self, admitted: Released) -> None:
        """Check that a correction says what it replaces and whom it moves."""
        told = admitted.stated.get("correction")
        if told is None:
            return
        last = self._held[admitted.week]
        if told["replaces"] != last.cited:
            raise _other(admitted, "correction.replaces", _cited(told["replaces"]), _cited(last.cited))
        right = moves(last.table("entries").to_pylist(), admitted.table("entries").to_pylist())
        if told["moved"] != right:
            raise _other(admitted, "correction.moved", told["moved"], right)
        if last.stated["as_of"] != admitted.stated["as_of"]:
            raise _other(admitted, "as_of", admitted.stated["as_of"], last.stated["as_of"])
        if told["week"] > admitted.week:
            raise ProofInvalid(f"{_told(admitted)} corrects the later week {told['week']}", _ASK)


def _check_computed(one: Released, terms: Terms, before: list[Released], again: Path) -> None:
    """Check that a release is what its own readings and what stood before give."""
    made, stated = _again(one, terms, before, again), one.stated
    for name in _DECIDES:
        if made[name] != stated[name]:
            where = next((name for name in (*one.cut, *MADE) if _digests(made, name) != _digests(stated, name)), name)
            held = (
                first_row(where, again / f"{where}.parquet", one.folder / f"{where}.parquet")
                if where in one.cut
                else ""
            )
            raise ProofInvalid(
                f"{_told(one)}: {where} does not follow from what it cites{': ' if held else ''}{held}", _ASK
            )


def _again(one: Released, terms: Terms, before: list[Released], again: Path) -> dict[str, Any]:
    """Compute a release again, and give what its statement would say."""
    week = next(week for week in terms.weeks if week.id == one.week)
    of = cut({name: one.table(name) for name in one.cut}, week, as_instant(one.stated["as_of"]), terms, before)
    tables = Evidence(again)
    for name, rows in of.tables.items():
        tables.write(name, rows)
    try:
        computed = compute(
            tables,
            week,
            terms,
            before[0].standings if before else terms.seeds,
            before[0].stated["charts"] if before else 0,
        )
    except PlauditError as error:
        raise ProofInvalid(f"{_told(one)} cannot be computed again: {error.what}", error.remedy) from error
    seen = computed.seen
    return {
        "evidence": table_digests(tables, of.tables),
        "made": table_digests(tables, MADE),
        "standings": bytes_sha256(standings_bytes(computed.standings)),
        "charts": computed.charts,
        "seen": {
            "verdict": seen.verdict,
            "missing": [day.isoformat() for day in seen.missing],
            "unfed": list(seen.unfed),
        },
    }


def _check_standing(shelf: Path, chart: str, weeks: dict[str, Released], scratch: Path) -> None:
    """Check that the latest release of each week stands on the latest ones before it, or would not differ if it did."""
    names = sorted(weeks)
    for at, name in enumerate(names[1:], start=1):
        one, before = weeks[name], [weeks[week] for week in reversed(names[:at])]
        newest = max(int(other.stated["index"]) for other in before)
        if newest < int(one.stated["index"]):
            continue
        terms = cited_terms(shelf / INPUTS, one.stated["inputs"], chart, scratch / INPUTS)
        made = _again(one, terms, before, scratch / "standing")
        if any(made[key] != one.stated[key] for key in _DECIDES):
            raise ProofInvalid(
                f"{_told(one)} does not stand on the correction of an earlier week: its history did not follow", _ASK
            )


def _digests(stated: dict[str, Any], name: str) -> Any:
    return stated["made" if name in MADE else "evidence"].get(name)


def _entries(folder: Path) -> Iterator[Path]:
    yield from (path for path in folder.iterdir() if not path.name.startswith("."))


def _place(path: Path, shelf: Path) -> str:
    return f"{RELEASES}/{path.relative_to(shelf).as_posix()}"


def _stranger(path: Path, shelf: Path) -> DigestMismatch:
    return DigestMismatch(f"{_place(path, shelf)} was never released", "remove it", file=path.name)


def _other(one: Released, what: str, have: object, right: object) -> ProofInvalid:
    return ProofInvalid(f"{_told(one)}: {what} is {have}, right is {right}", _ASK)


def _cited(cited: dict[str, Any] | None) -> str:
    return f"release {cited['number']} of week {cited['week']} ({cited['sha256'][:12]}…)" if cited else "none"


def _told(one: Released) -> str:
    return f"{one.chart}, week {one.week}, release {one.number}"
