"""The site: every page of a season in every language, and the files beside them.

`site` gives them all; `build` writes them and renders only what changed. A page is
made from the bytes of its facts and of the season's frame by this package's own
code, so the digest of those three says whether it must be made again.
"""

from __future__ import annotations

from functools import lru_cache
from hashlib import sha256
from importlib.metadata import version
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

import msgspec

from plaudit.frame.environment import frame_head
from plaudit.site.glyphs import fonts_digest
from plaudit.site.manifest import Made, Manifest, read_manifest, remove_stale, write_file, write_manifest
from plaudit.site.pages.cards import CARDS
from plaudit.site.registry import FILES, PAGES
from plaudit.site.render import Job, job_paths, rendered
from plaudit.site.site_data import SiteData
from plaudit.site.workers import in_parallel
from plaudit.words.words import SOURCE_LANGUAGE, languages_known, words_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from importlib.resources.abc import Traversable

    from plaudit.base.change import InPlace
    from plaudit.honour.honours import Honour
    from plaudit.rulebook.season import Season
    from plaudit.site.kinds import PageKind
    from plaudit.store.evidence import Evidence

__all__ = ["LANGUAGES", "Built", "build", "digest_of", "jobs", "site"]

LANGUAGES: Final = tuple(languages_known())
_ENCODER: Final = msgspec.json.Encoder(order="deterministic")
_DREW: Final = ("altair", "babel", "jinja2", "markdown-it-py", "vl-convert-python")
_SAID_EVERY: Final = 200


class Built(msgspec.Struct, frozen=True):
    """What a build did: files of the site, files written, pages and pictures rendered, files removed."""

    files: int
    written: int
    rendered: int
    removed: int


def site(
    season: Season,
    tables: Evidence,
    statement: dict[str, Any],
    honours: Sequence[Honour],
    *,
    languages: Sequence[str] = LANGUAGES,
) -> Iterator[tuple[str, bytes]]:
    """Give every file of the site, by path below its folder; same inputs, same bytes.

    Raises
    ------
    UnknownName : there are no messages in one of the languages.
    OutOfTurn : a table that a page needs was not made.
    """
    for job in jobs(SiteData(season, tables, statement, honours, languages)):
        yield from zip(job_paths(job), rendered(job), strict=True)


def build(
    season: Season,
    tables: Evidence,
    statement: dict[str, Any],
    honours: Sequence[Honour],
    folder: InPlace,
    on_progress: Callable[[str, int], None] = lambda _what, _n: None,
    *,
    languages: Sequence[str] = LANGUAGES,
) -> Built:
    """Bring the site's folder up to date, and write what each file was made from into `manifest.json`.

    A file is made again where its inputs changed, or where it is missing or is not
    what was written; files that follow from nothing are removed.
    """
    on_progress("pages planned", 0)
    planned = [(job, digest_of(job)) for job in jobs(SiteData(season, tables, statement, honours, languages))]
    known = read_manifest(folder.folder)
    kept: Manifest = {}
    stale: list[tuple[Job, str]] = []
    for job, inputs in planned:
        paths = job_paths(job)
        if all(known.get(path, ("", ""))[0] == inputs and known[path].is_in(folder.folder / path) for path in paths):
            kept |= {path: known[path] for path in paths}
        else:
            stale.append((job, inputs))
    written, done = 0, 0
    for (job, inputs), made in zip(stale, in_parallel([job for job, _ in stale]), strict=True):
        for path, data in zip(job_paths(job), made, strict=True):
            written += write_file(folder, path, data)
            kept[path] = Made(inputs, sha256(data).hexdigest())
        done += 1
        if done % _SAID_EVERY == 0:
            on_progress("pages rendered", done)
    on_progress("pages rendered", done)
    removed = remove_stale(folder, set(kept))
    write_manifest(folder, kept)
    return Built(len(kept), written, done, removed)


def jobs(site_data: SiteData) -> Iterator[Job]:
    """Give every page and file to render, each from bytes alone."""
    for language in site_data.languages:
        words_of(language)
    frame = _ENCODER.encode(_frame(site_data))
    for kind in PAGES:
        for page in kind.pages(site_data):
            facts = _ENCODER.encode(page.facts)
            for language in _languages(kind, site_data):
                yield Job(kind.name, page.path, language, facts, frame)
    for file_kind in FILES:
        for file in file_kind.pages(site_data):
            yield Job(file_kind.name, file.path, "", _ENCODER.encode(file.facts), b"")


def _languages(kind: PageKind, site_data: SiteData) -> tuple[str, ...]:
    return (SOURCE_LANGUAGE,) if kind.is_door else site_data.languages


def _frame(site_data: SiteData) -> dict[str, Any]:
    """Give what every page bears: nothing that changes with a week."""
    season = site_data.season
    return {
        **frame_head(season),
        "evidence": site_data.evidence_kind,
        "readings": site_data.readings_kind,
        "languages": list(site_data.languages),
        "charts": [chart.name for chart in site_data.charts if chart.charted],
        "menu": [{"path": item.path, "text": item.text} for kind in PAGES for item in kind.menu(site_data)],
    }


def digest_of(job: Job) -> str:
    """Give the digest of all that a job's bytes follow from."""
    digest = sha256(_program())
    if job.kind == CARDS.name:
        digest.update(fonts_digest())
    for part in (job.kind.encode(), job.path.encode(), job.language.encode(), job.frame, job.facts):
        digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()


@lru_cache
def _program() -> bytes:
    """Give the digest of the pages' code, templates and messages, and of what draws and formats."""
    digest = sha256()
    for room in ("plaudit.site", "plaudit.frame", "plaudit.words"):
        for name, file in _files_in(files(room), f"{room}/"):
            digest.update(f"{name}\n".encode() + sha256(file.read_bytes()).digest())
    digest.update("\n".join(f"{name} {version(name)}" for name in _DREW).encode())
    return digest.digest()


def _files_in(folder: Traversable, prefix: str = "") -> Iterator[tuple[str, Traversable]]:
    for found in sorted(folder.iterdir(), key=lambda one: one.name):
        if found.is_dir():
            if found.name != "__pycache__":
                yield from _files_in(found, f"{prefix}{found.name}/")
        else:
            yield prefix + found.name, found
