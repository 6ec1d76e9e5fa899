"""A page's bytes from its facts: Jinja2 templates in one reader's language.

What a template sees, beside what its kind's `view` gives:

facts       the page's own values
frame       the season's: title, about, title_language and about_language where these are not in the reader's
            language, award, edition, origin, address, evidence, readings, languages, charts, menu
page        .path below the language's folder, .language, .kind
link        the address of a page of the same language; asset: of a file of the site
in_language this page's address in another language

and what `frame.environment` gives to every template; and of this room `finding_text` (what a check found or
expected), `subject_name` (what of), and `artist_data`, `chart_data`, `edition_data`: a page's facts as schema.org's.
"""

from __future__ import annotations

from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

import msgspec

from plaudit.audit.checks.findings import found, subject
from plaudit.frame.addresses import file_path
from plaudit.frame.environment import Templates
from plaudit.site.linked_data import artist_data, chart_data, edition_data
from plaudit.site.registry import FILES, PAGES
from plaudit.words.words import SOURCE_LANGUAGE, words_of

if TYPE_CHECKING:
    from plaudit.site.kinds import FileKind, PageKind

__all__ = ["Job", "job_paths", "rendered"]

_PAGES: Final[dict[str, PageKind]] = {kind.name: kind for kind in PAGES}
_FILES: Final[dict[str, FileKind]] = {kind.name: kind for kind in FILES}


_TEMPLATES: Final = Templates(
    "plaudit.site",
    finding_text=found,
    subject_name=subject,
    artist_data=artist_data,
    chart_data=chart_data,
    edition_data=edition_data,
)


class Job(msgspec.Struct, frozen=True):
    """One page to render, as bytes alone: its kind, path, language ('' for a file), facts and frame."""

    kind: str
    path: str
    language: str
    facts: bytes
    frame: bytes


class _PageFacts(msgspec.Struct, frozen=True):
    path: str
    language: str
    kind: str


def job_paths(job: Job) -> list[str]:
    """Give the paths of the files that a job makes, below the site's folder."""
    if job.kind in _FILES:
        return [file_path(path) for path in _FILES[job.kind].paths(job.path)]
    path = file_path(job.path)
    return [path if _PAGES[job.kind].is_door else f"{job.language}/{path}"]


def rendered(job: Job) -> list[bytes]:
    """Give the bytes of a job's files, in the order of `job_paths`."""
    if job.kind in _FILES:
        return _FILES[job.kind].render(msgspec.json.decode(job.facts, type=_FILES[job.kind].facts))
    kind, words = _PAGES[job.kind], words_of(job.language)
    facts = msgspec.json.decode(job.facts, type=kind.facts)
    up = "../" * job.path.count("/")
    values = {
        "facts": facts,
        "page": _PageFacts(job.path, job.language, job.kind),
        "link": partial(_link, up if not kind.is_door else f"{SOURCE_LANGUAGE}/"),
        "asset": partial(_link, up if kind.is_door else f"../{up}"),
        "in_language": partial(_in_language, job.path, up, is_door=kind.is_door),
        **kind.view(facts, words),
    }
    return [_TEMPLATES.filled(kind.template, job.language, _frame(job.frame), values)]


def _link(up: str, path: str) -> str:
    file, mark, place = path.partition("#")
    return up + quote(file_path(file) + mark + place, safe="/@#~")


def _in_language(path: str, up: str, language: str, *, is_door: bool) -> str:
    return f"{language}/{path}" if is_door else _link(f"../{up}", f"{language}/{path}")


@lru_cache(8)
def _frame(frame: bytes) -> Any:
    return msgspec.json.decode(frame)
