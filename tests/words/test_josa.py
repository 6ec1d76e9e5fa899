"""Particles fit how a name is read aloud."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plaudit.words.josa import ending, josa, particle

TOPICS = [
    ("방탄소년단", "방탄소년단은"),
    ("블랙핑크", "블랙핑크는"),
    ("엑소", "엑소는"),
    ("갓세븐", "갓세븐은"),
    ("워너원", "워너원은"),
    ("마마무", "마마무는"),
    ("오마이걸", "오마이걸은"),
    ("엔시티 127", "엔시티 127은"),
    ("BTS", "BTS는"),
    ("EXO", "EXO는"),
    ("NCT", "NCT는"),
    ("SM", "SM은"),
    ("NCT DREAM", "NCT DREAM은"),
    ("GOT7", "GOT7은"),
    ("2NE1", "2NE1은"),
    ("SB19", "SB19는"),
    ("U2", "U2는"),
    ("Maroon 5", "Maroon 5는"),
    ("Blink 182", "Blink 182는"),
    ("Hottest 100", "Hottest 100은"),
    ("Red Velvet", "Red Velvet은"),
    ("BLACKPINK", "BLACKPINK는"),
    ("TWICE", "TWICE는"),
    ("SEVENTEEN", "SEVENTEEN은"),
    ("iKON", "iKON은"),
    ("Wanna One", "Wanna One은"),
    ("Stray Kids", "Stray Kids는"),
    ("Justin Bieber", "Justin Bieber는"),
    ("Ariana Grande", "Ariana Grande는"),
    ("Shawn Mendes", "Shawn Mendes는"),
    ("Post Malone", "Post Malone은"),
    ("Adele", "Adele은"),
    ("Ed Sheeran", "Ed Sheeran은"),
    ("Eminem", "Eminem은"),
    ("Drake", "Drake는"),
    ("Beyoncé", "Beyoncé는"),
    ("Demi Lovato", "Demi Lovato는"),
    ("Kid Rock", "Kid Rock은"),
    ("Cardi B", "Cardi B는"),
    ("Tiësto", "Tiësto는"),
    ("P!nk", "P!nk는"),
    ("きゃりーぱみゅぱみゅ", "きゃりーぱみゅぱみゅ는"),
    ("ラルクアンシエル", "ラルクアンシエル는"),
    ("サザン", "サザン은"),
    ("方坦少年團", "方坦少年團은(는)"),
    ("★", "★은(는)"),
    ("", "은(는)"),
    ("방탄소년단(BTS)", "방탄소년단(BTS)은"),
    ("BTS (방탄소년단)", "BTS (방탄소년단)는"),
    ("위너!", "위너!는"),
    ("“FAKE LOVE”", "“FAKE LOVE”는"),
]


@pytest.mark.parametrize(("word", "said"), TOPICS)
def test_a_name_takes_the_particle_of_its_reading(word: str, said: str) -> None:
    assert josa(word, "은/는") == said


@pytest.mark.parametrize(
    ("word", "forms", "said"),
    [
        ("EXO", "이/가", "EXO가"),
        ("방탄소년단", "이/가", "방탄소년단이"),
        ("트와이스", "을/를", "트와이스를"),
        ("세븐틴", "과/와", "세븐틴과"),
        ("서울", "으로/로", "서울로"),
        ("부산", "으로/로", "부산으로"),
        ("제주", "으로/로", "제주로"),
        ("127", "으로/로", "127로"),
        ("3", "으로/로", "3으로"),
        ("★", "으로/로", "★(으)로"),
        ("갓세븐", "이/", "갓세븐이"),
        ("위너", "이/", "위너"),
    ],
)
def test_each_particle_has_its_own_forms(word: str, forms: str, said: str) -> None:
    assert josa(word, forms) == said


def test_one_form_is_no_particle() -> None:
    with pytest.raises(ValueError, match="write both forms"):
        particle("BTS", "는")


@given(st.characters(min_codepoint=0xAC00, max_codepoint=0xD7A3))
def test_a_hangul_syllable_ends_as_its_decomposition_does(syllable: str) -> None:
    import unicodedata

    last = unicodedata.normalize("NFD", syllable)[-1]
    plain = "l" if last == "\u11af" else "consonant" if "\u11a8" <= last <= "\u11c2" else "vowel"

    assert ending(syllable) == plain
    assert ending(unicodedata.normalize("NFD", syllable)) == plain


@given(st.text())
def test_any_text_takes_a_particle_and_keeps_its_own_letters(word: str) -> None:
    assert josa(word, "을/를") in {word + form for form in ("을", "를", "을(를)")}
