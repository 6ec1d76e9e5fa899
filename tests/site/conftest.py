"""Sites that are made once: the template's, an example's with history, and one with hostile names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from plaudit.certify.certificate import CERTIFICATE, read_certificate
from plaudit.honour.honours import honours_of, read_honours
from plaudit.rulebook.season import read_season
from plaudit.site.site import site
from plaudit.store.evidence import Evidence
from tests.made import made_once

if TYPE_CHECKING:
    from pathlib import Path

    from plaudit.honour.honours import Honour
    from plaudit.rulebook.season import Season


def inputs(folder: Path) -> tuple[Season, Evidence, dict[str, Any], list[Honour]]:
    """Give what the site of a season that was run is made from."""
    season = read_season(folder)
    stated = read_certificate(season.published / CERTIFICATE).statement
    honours = honours_of(read_honours(season.folder / "honours.csv", season.artists), [stated])
    return season, Evidence(season.evidence), stated, honours


def site_of(folder: Path) -> dict[str, bytes]:
    """Give the site of a season that was run."""
    return dict(site(*inputs(folder)))


@pytest.fixture(scope="session")
def template_site(made_template: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The site of the template's season."""
    return made_once(tmp_path_factory, "template-site", lambda _folder: site_of(made_template))


@pytest.fixture(scope="session")
def tweets_site(made_tweets: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The site of the example tweets-2016: 52 weeks, and an artist with 2,000 posts."""
    return made_once(tmp_path_factory, "tweets-site", lambda _folder: site_of(made_tweets))
