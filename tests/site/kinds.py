"""Parts of a site, made without the rest of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plaudit.site.render import job_paths, rendered
from plaudit.site.site import LANGUAGES, jobs
from plaudit.site.site_data import SiteData
from tests.site.conftest import inputs

if TYPE_CHECKING:
    from pathlib import Path


def site_data_of(folder: Path) -> SiteData:
    """Give what the site of a season that was run is made from."""
    return SiteData(*inputs(folder), LANGUAGES)


def files_of(folder: Path, *kinds: str) -> dict[str, bytes]:
    """Give the files of some kinds alone, of a season that was run."""
    return files_from(site_data_of(folder), *kinds)


def files_from(site_data: SiteData, *kinds: str) -> dict[str, bytes]:
    """Give the files of some kinds alone."""
    return {
        path: data
        for job in jobs(site_data)
        if job.kind in kinds
        for path, data in zip(job_paths(job), rendered(job), strict=True)
    }
