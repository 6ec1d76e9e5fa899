"""A picture is never drawn with empty boxes: the build says which font is missing."""

from __future__ import annotations

import pytest

from plaudit.base.errors import NotInstalled
from plaudit.site import glyphs, site
from plaudit.site.card_drawing import Card, png_of
from plaudit.site.card_drawing import drawn as drawn_card
from plaudit.site.render import Job


def test_letters_of_the_sites_languages_have_a_font() -> None:
    glyphs.require_glyphs(["BTS 방탄소년단 · “Top Social Artist” – 2018", "톱 소셜 아티스트"])


@pytest.mark.parametrize(("letter", "package"), [("\U00012000", "fonts-noto-core"), ("\U0003134a", "fonts-noto-cjk")])
def test_a_letter_without_a_font_is_refused_with_the_package_to_install(letter: str, package: str) -> None:
    with pytest.raises(NotInstalled, match=f"apt-get install {package}") as refused:
        glyphs.require_glyphs(["BTS", f"name {letter}"])

    assert letter in str(refused.value)


def test_a_card_with_such_a_letter_is_not_drawn() -> None:
    card = Card("", "name \U00012000", [], [], "Real evidence", "plaudit.example/x", is_warned=False)

    with pytest.raises(NotInstalled, match="no font"):
        png_of(drawn_card(card))


def test_other_fonts_make_cards_stale_and_no_page(monkeypatch: pytest.MonkeyPatch) -> None:
    jobs = [Job(kind, "path", language, b"{}", b"") for kind, language in (("cards", ""), ("home", "en"))]
    before = [site.digest_of(job) for job in jobs]
    monkeypatch.setattr(site, "fonts_digest", lambda: b"another font")
    after = [site.digest_of(job) for job in jobs]

    assert [one == other for one, other in zip(before, after, strict=True)] == [False, True]
