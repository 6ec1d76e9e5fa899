"""Verify a season offline: signature, digests, and everything recomputed.

The checker is apart from the writer: it takes a folder as it is, writes nothing
into it, and names the first thing that differs.
"""

from __future__ import annotations

import tempfile
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from plaudit import pipeline
from plaudit.archive.reader import archive_folder
from plaudit.audit.appeals import APPEALS
from plaudit.base.change import MADE, Look
from plaudit.base.digests import file_sha256, named_below
from plaudit.base.errors import (
    DigestMismatch,
    EvidenceError,
    FileRefused,
    NotInstalled,
    OutOfTurn,
    PlauditError,
    ProofInvalid,
    SignatureInvalid,
    UnknownName,
)
from plaudit.base.extras import require
from plaudit.base.file_names import file_named, in_nfc
from plaudit.base.numbers import counted
from plaudit.base.paths import is_file
from plaudit.base.progress import quiet
from plaudit.base.spelling import near_path, shown_exactly
from plaudit.base.weeks import instant_text
from plaudit.certify.certificate import CERTIFICATE, VERIFIER_KEY, Certificate, read_certificate, read_verifier
from plaudit.certify.inputs import input_digests, inputs_stated, not_cited
from plaudit.certify.seal import COMMITMENT, check_commitment, commitment_witnesses, is_sealed
from plaudit.certify.statement import statement
from plaudit.certify.subjects import certificate_subject
from plaudit.publish.publish import SITE, publish
from plaudit.rulebook.season import read_season
from plaudit.store.evidence import Evidence
from plaudit.store.tables import made_by
from plaudit.verify.acts import check_acts
from plaudit.verify.differences import first_byte, first_row, first_value
from plaudit.verify.evidence import admit_evidence
from plaudit.verify.line_ends import told_line_ends
from plaudit.verify.log import check_checkpoint, check_leaves
from plaudit.verify.posts import check_posts
from plaudit.verify.prose import is_prose, without_prose
from plaudit.verify.published import check_pages, check_published, leave_prose, refuse_links, tell_strangers
from plaudit.verify.releases import Latest, check_releases, releases_signer
from plaudit.verify.sources import Sources
from plaudit.verify.strict import refuse_other_encoding
from plaudit.verify.verified import Verified
from plaudit.vote.log import has_log
from plaudit.vote.statements import bound_names

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from plaudit.ledger.note import Verifier
    from plaudit.rulebook.season import Season

__all__ = ["verify", "verify_releases"]

_SIGNED: Final = frozenset({CERTIFICATE, VERIFIER_KEY})
_CHARTED: Final = (*made_by("measure"), *made_by("chart"), "nominees")
_AUDITED: Final = ("suspects", "trials", "cases", "rulings")
_CHECKED: Final = ("findings", "sensitivity", "chart_sensitivity")
_COUNTED: Final = ("totals", "voids", "result", "days", "purged")
_DERIVED: Final = (*_CHARTED, *_AUDITED, *_COUNTED, *_CHECKED, "honours")
_PROSE: Final = {"findings": frozenset({"found", "expected"}), "nominees": frozenset({"source"})}
"""The columns that held prose when the first version was written."""
_YEAR_10000: Final = 253_402_300_800
_ANEW: Final = "make it again with: plaudit run SEASON"
_ASK: Final = "ask the signer"


def verify(
    path: Path,
    verifier: Verifier | None = None,
    *,
    pages: bool = False,
    on_progress: Callable[[str, int], None] = quiet,
) -> Verified:
    """Verify a season folder, or the certificate in one.

    Parameters
    ----------
    pages : render every page again, too, which takes as long as the site did

    Raises
    ------
    UnknownName : there is no such file or folder.
    OutOfTurn : a run was stopped while it put its files in place.
    SignatureInvalid : the certificate is not signed by the key.
    DigestMismatch : a file's bytes are not the certified ones; names file and,
        where it can be told, row and value.
    ProofInvalid : a recomputed value is not the stated one; names file, row, value.
    NotInstalled : pages are to be rendered, and what does that is not installed.
    """
    if pages:
        require("site", "plaudit verify --pages")
    note = path if path.is_file() else path / "published" / CERTIFICATE
    folder = note.parent.parent
    if (folder / MADE).is_dir():
        raise OutOfTurn(
            f"{folder} was left while new files were being put in place",
            "finish it with: plaudit run SEASON, then verify",
        )
    on_progress("signature", 0)
    certificate = _certificate(path, note, verifier)
    found = Verified(certificate)
    found.checked.append(f"signed by {certificate.signer}")
    if verifier is None:
        found.unchecked.append(
            "whose key that is: compare it with the one the signer publishes elsewhere, or give --key"
        )
    if note != folder / "published" / CERTIFICATE or not (folder / "season.toml").is_file():
        found.unchecked.append("the evidence: it is not next to the certificate")
        return replace(found, is_recomputed=False)
    with _as_refusal():
        _recompute(folder, certificate.statement, found, on_progress, pages=pages)
    return found


@contextmanager
def _as_refusal() -> Iterator[None]:
    """Let whatever goes wrong with a stranger's season be told as what it is here: the season does not verify."""
    try:
        yield
    except (EvidenceError, FileRefused, NotInstalled):
        raise
    except PlauditError as error:
        raise ProofInvalid(f"the season cannot be counted again: {error.what}", error.remedy, **error.values) from error
    except Exception as error:  # no season may end a verifier in a traceback
        told = f"{type(error).__name__}: {error}"[:300]
        raise ProofInvalid(
            f"the season cannot be counted again: {told}", "nothing is verified; ask the signer, and report this"
        ) from error


def _recompute(
    folder: Path,
    stated: dict[str, Any],
    found: Verified,
    on_progress: Callable[[str, int], None],
    *,
    pages: bool,
) -> None:
    """Count the whole season again from its evidence, and compare everything that is there."""
    on_progress("inputs", 0)
    refuse_links(folder)
    season = _season(folder, stated, found)
    log = _log(season, stated)
    with tempfile.TemporaryDirectory(prefix="plaudit-verify-") as scratch:
        made = Evidence(Path(scratch) / "evidence")
        on_progress("evidence", 0)
        sources = Sources(season, Path(scratch) / "again", is_here=_has_data(season, stated))
        collected = admit_evidence(season, made, stated, lambda name: sources.difference(name, made), found)
        on_progress("recount", 0)
        pipeline.recompute(_released(season, Path(scratch) / "released", found, on_progress), made)
        if log is not None:
            on_progress("log", 0)
            check_leaves(season, made, log, found)
        on_progress("sources", 0)
        sources.compare(made, found)
        check_posts(season, made, found)
        _check_statement(season, made, stated, collected, found)
        check_acts(season, made, stated, certificate_subject(stated), found)
        honours = pipeline.honour(season, made, stated)
        if any((folder / "certificates").glob("*.note")):
            found.unchecked.append("whose keys signed the certificates of earlier editions: season.toml names them")
        on_progress("tables and pages", 0)
        _check_tables(season, made, found, _PROSE if is_prose(stated) else {})
        published = publish(season, made, stated, honours)
        if is_prose(stated):
            leave_prose(season, published, found)
        else:
            check_published(season, published, found)
        if pages and not is_prose(stated):
            from plaudit.site.site import site  # noqa: PLC0415 - an extra, which nothing else needs

            check_pages(season, site(season, made, stated, honours), found)
        elif (season.published / SITE).is_dir():
            found.unchecked.append(f"the pages in published/{SITE}: verify with --pages renders each again")
        tell_strangers(season, stated, found)


def verify_releases(
    folder: Path, verifier: Verifier | None = None, *, on_progress: Callable[[str, int], None] = quiet
) -> tuple[Latest, list[str], list[str]]:
    """Verify the released weeks of a season that is not certified yet; give them, what was checked, and what not.

    Raises
    ------
    SignatureInvalid, DigestMismatch, ProofInvalid : as `verify` raises them.
    """
    told: tuple[list[str], list[str]] = [], []
    with _as_refusal(), tempfile.TemporaryDirectory(prefix="plaudit-verify-") as scratch:
        refuse_links(folder)
        signer = verifier or releases_signer(folder)
        told[0].append(f"signed by {signer}")
        if verifier is None:
            told[1].append("whose key that is: compare it with the one the signer publishes elsewhere, or give --key")
        latest = check_releases(folder, signer, Path(scratch), told, on_progress)
        for weeks in latest.values():
            for one in weeks.values():
                _ = one.standings, one.sha256  # read while the copy is there
    return latest, *told


def _released(season: Season, scratch: Path, found: Verified, on_progress: Callable[[str, int], None]) -> Season:
    """Check the released weeks of a season, if it releases any, and give it with the copies in their place."""
    if season.release is None:
        return season
    told = (found.checked, found.unchecked)
    latest = check_releases(season.folder, found.certificate.signer, scratch, told, on_progress)
    for chart, weeks in latest.items():
        for one in weeks.values():
            if chart not in season.rules or season.rules[chart].sha256 != one.stated["chart"]["sha256"]:
                raise ProofInvalid(f"week {one.week} was released under another {chart} than was certified", _ASK)
    return replace(season, change=Look(season.folder, scratch))


def _certificate(path: Path, note: Path, verifier: Verifier | None) -> Certificate:
    if not path.exists():
        raise UnknownName(f"no file or folder {path}", near_path(path, "check the path"))
    if not note.is_file():
        raise SignatureInvalid(f"published/{note.name} is missing", "without it there is nothing to verify against")
    certificate = read_certificate(note, verifier)
    key_file = note.with_name(VERIFIER_KEY)
    if key_file.is_file() and (published := read_verifier(key_file)) != certificate.signer:
        raise SignatureInvalid(
            f"{key_file.name} holds {published}, the certificate is signed by {certificate.signer}",
            "the file is not the signer's; restore or remove it",
            file=key_file.name,
        )
    return certificate


def _season(folder: Path, stated: dict[str, Any], found: Verified) -> Season:
    """Check rules and inputs against the certificate before anything rests on them."""
    certified = {in_nfc(name): digest for name, digest in input_digests(stated).items()}
    present = _present_inputs(folder, certified)
    absent_data = not any(name.startswith("data/") for name in present)
    for name, digest in certified.items():
        if name not in present:
            if name.startswith("data/") and absent_data:
                continue
            raise DigestMismatch(f"{_told(name)} is missing", "restore the file that was certified", file=name)
        if present[name] != digest:
            raise _mismatch(name, digest, present[name], _in_input(folder, name, digest))
    if extra := sorted(set(present) - set(certified)):
        raise DigestMismatch(f"{_told(extra[0])} was not there when it was certified", "remove it, or certify again")
    _check_own_rules(folder, stated["rules"])
    season = read_season(folder)
    for name, rule in stated["rules"].items():
        have = season.rules[name].sha256 if name in season.rules else "no such rule"
        if have != rule["sha256"]:
            raise _mismatch(f"rules/{name}.toml", rule["sha256"], have, "")
    rules, inputs = counted(len(stated["rules"]), "rule"), counted(len(stated["inputs"]), "input")
    found.checked.append(f"{rules} and {inputs} are the certified ones")
    return season


def _told(name: str) -> str:
    """Give a file's name for a message; its letters may look like others."""
    return name if name.isascii() else shown_exactly(name)


def _present_inputs(folder: Path, certified: Iterable[str]) -> dict[str, str]:
    """Give the digest of every certified input and of any other file a season would read."""
    names = {"season.toml", "artists.toml", "honours.csv", APPEALS, *certified}
    files = {name: file_named(folder, name) for name in sorted(names)}
    for below in ("certificates", "data"):
        if (folder / below).is_dir():
            files |= {f"{below}/{name}": path for name, path in named_below(folder / below, not_cited(below)).items()}
    return {name: file_sha256(path) for name, path in files.items() if is_file(path)}


def _in_input(folder: Path, name: str, digest: str) -> str:
    """Say where in an input the difference shows, as far as that can be told without its twin."""
    if ends := told_line_ends(file_named(folder, name), digest):
        return ends
    if name in {"season.toml", "artists.toml"}:
        try:
            read_season(folder)
        except PlauditError as error:
            return f"and it no longer reads: {error.what}"
    return ""


def _check_own_rules(folder: Path, stated: dict[str, Any]) -> None:
    """Check the season's own rule files before they are read; `published/` has their twins."""
    for name, rule in stated.items():
        path = folder / "rules" / f"{name}.toml"
        if not path.is_file():
            if rule["shipped"]:
                continue
            raise DigestMismatch(f"rules/{path.name} is missing", "restore the file that was certified", file=path.name)
        if (have := file_sha256(path)) != rule["sha256"]:
            twin = folder / "published" / "rules" / path.name
            is_twin = twin.is_file() and file_sha256(twin) == rule["sha256"]
            where = told_line_ends(path, rule["sha256"])
            where = where or (first_byte(twin.read_bytes(), path.read_bytes()) if is_twin else "")
            raise _mismatch(f"rules/{path.name}", rule["sha256"], have, where)


def _has_data(season: Season, stated: dict[str, Any]) -> bool:
    if any(source.is_live for source in season.sources) and not archive_folder(season.folder).is_dir():
        return False
    is_cited = (
        any(name.startswith("data/") for name in stated["inputs"]) or "checkpoints" in stated["evidence"]["tables"]
    )
    return is_cited and (season.folder / "data").is_dir()


def _log(season: Season, stated: dict[str, Any]) -> dict[str, Any] | None:
    """Give what the certificate cites of the log, once the checkpoint is known to be that one."""
    if not has_log(season):
        return None
    cited: dict[str, Any] | None = stated["vote"].get("log")
    if cited is None:
        raise ProofInvalid(f"{CERTIFICATE} cites no log of the ballots", "certify again with: plaudit run SEASON")
    check_checkpoint(season, cited)
    return cited


def _check_statement(
    season: Season, made: Evidence, stated: dict[str, Any], collected: dict[str, dict[str, Any]], found: Verified
) -> None:
    recomputed = statement(season, made, stated["vote"]["log"] if has_log(season) else None, collected)
    digests = input_digests(stated)
    recomputed["inputs"] = digests if is_prose(stated) else inputs_stated(digests, made)
    if is_sealed(season):
        told = stated["vote"].get("commitment", {})
        recomputed["vote"]["commitment"] = check_commitment(season, recomputed, told, found.certificate.signer)
        found.checked.append(f"the result is the one that {COMMITMENT} committed to")
        _tell_sealed(season, recomputed["vote"], found)
    if others := _other_versions(stated["software"], recomputed["software"]):
        found.unchecked.append(f"the same software: certified with {others[0]}, checked with {others[1]}")
        recomputed["software"] = stated["software"]
    if is_prose(stated):
        codes = ", ".join(sorted({limit["code"] for limit in recomputed["limits"]})) or "none"
        found.unchecked.append(
            "the wording of limits and findings: the certificate is of the first version, in prose; "
            f"worked out again, its limits are {codes}"
        )
        stated, recomputed = without_prose(stated), without_prose(recomputed)
    if difference := first_value(stated, recomputed):
        raise ProofInvalid(
            f"{CERTIFICATE}: {difference}", "the certificate does not follow from its evidence; ask the signer"
        )
    charts = sum(len(chart["weeks"]) for chart in stated.get("charts", []))
    parts = [counted(charts, "week of charts", "weeks of charts")] if charts else []
    parts += [counted(len(stated["nominees"]), "nominee")] if "nominees" in stated else []
    parts += ["every total and the result"] if "result" in stated else []
    found.checked.append(f"recomputed: {', '.join(parts)}")


def _tell_sealed(season: Season, vote: dict[str, Any], found: Verified) -> None:
    """Say who saw the commitment and when, and whether anybody did; and whether it binds names."""
    known, unknown = commitment_witnesses(season)
    for name, seconds in sorted(known.items()):
        at = instant_text(seconds * 1_000_000) if seconds < _YEAR_10000 else f"second {seconds}"
        found.checked.append(f"{COMMITMENT} was cosigned by {name} at {at}")
    if unknown:
        found.unchecked.append(
            f"{counted(unknown, 'signature')} on {COMMITMENT}: by keys that the season does not name as witnesses"
        )
    if not known:
        found.unchecked.append(f"when the result was sealed: no witness that the season names cosigned {COMMITMENT}")
    if not (bound_names(vote["commitment"]) or bound_names(vote.get("log") or {})):
        found.unchecked.append("what nominees are called: it was sealed by a version that did not bind it")


def _other_versions(certified: dict[str, str], present: dict[str, str]) -> list[str]:
    """Give the versions that differ, as certified and as present; nothing if none does."""
    names = [name for name in sorted({*certified, *present}) if certified.get(name) != present.get(name)]
    both = [[f"{name} {one[name]}" for name in names if name in one] for one in (certified, present)]
    return [", ".join(named) or "others" for named in both] if names else []


def _check_tables(season: Season, made: Evidence, found: Verified, passed_over: Mapping[str, frozenset[str]]) -> None:
    """Compare the made tables row by row; what a file says of its rows beside them must be true, too."""
    for name in _DERIVED:
        path = season.evidence / f"{name}.parquet"
        again = made.folder / f"{name}.parquet"
        if again.is_file() != path.is_file():
            what, remedy = ("missing", _ANEW) if again.is_file() else ("there and follows from nothing", "remove it")
            raise ProofInvalid(f"evidence/{name}.parquet is {what}", remedy, file=path.name)
        if again.is_file():
            but_for = passed_over.get(name, frozenset())
            if difference := first_row(name, again, path, but_for):
                raise ProofInvalid(f"evidence/{name}.parquet: {difference}", _ANEW, file=path.name)
            if not but_for:
                refuse_other_encoding(path, again)
    found.checked.append("every made table is what the evidence gives")


def _mismatch(name: str, certified: str, found: str, where: str) -> DigestMismatch:
    detail = f" ({where})" if where else ""
    return DigestMismatch(
        f"{name} has SHA-256 {found}, but {certified} was certified{detail}",
        "compare it with another copy; the certified one is right",
        file=name,
    )
