from __future__ import annotations

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from plaudit.base.errors import RuleFrozen, UnknownName
from plaudit.rulebook import library
from plaudit.rulebook.library import SHIPPED, RuleLibrary, published_digests, read_rule

ROOT = Path(__file__).parents[2]
NAMES = sorted(path.stem for path in SHIPPED.glob("**/*@*.toml"))


def copied(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SHIPPED, tmp_path / "files"))


def run(script: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(ROOT / "scripts" / script), *arguments], capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("name", NAMES)
def test_shipped_rule_parses_and_is_called_by_its_file(name: str) -> None:
    assert RuleLibrary().cited(name).name == name


@pytest.mark.parametrize("name", NAMES)
def test_shipped_rule_gives_reasons_sources_and_choices(name: str) -> None:
    rule = RuleLibrary().cited(name).rule

    assert rule.because
    assert rule.sources
    assert rule.not_found
    assert all(len(text) > 20 for text in rule.not_found.values())


def test_every_shipped_rule_is_frozen_and_none_is_missing() -> None:
    assert sorted(published_digests()) == NAMES


def test_superseded_rule_is_shipped_and_older() -> None:
    superseding = [cited for cited in RuleLibrary() if cited.rule.supersedes]

    assert superseding
    for cited in superseding:
        of_id, version = cited.rule.supersedes.split("@")
        assert cited.rule.supersedes in NAMES
        assert (of_id, int(version)) == (cited.rule.id, cited.rule.version - 1)


def test_changed_shipped_rule_is_frozen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = copied(tmp_path)
    path = files / "one-a-day@1.toml"
    path.write_text(path.read_text("utf-8").replace("votes = 1,", "votes = 2,"), "utf-8")
    monkeypatch.setattr(library, "SHIPPED", files)

    with pytest.raises(RuleFrozen, match=r"shipped rule one-a-day@1 .* next version"):
        RuleLibrary().cited("one-a-day@1")


def test_season_rule_may_not_change_what_a_published_name_means(tmp_path: Path) -> None:
    source = SHIPPED / "one-a-day@1.toml"
    text = source.read_text("utf-8")
    (tmp_path / source.name).write_text(text.replace("votes = 1,", "votes = 2,"), "utf-8")

    with pytest.raises(RuleFrozen, match="season rule one-a-day@1"):
        RuleLibrary(tmp_path).cited("one-a-day@1")


def test_season_rule_stands_beside_the_shipped_ones(tmp_path: Path) -> None:
    text = (SHIPPED / "one-a-day@1.toml").read_text("utf-8")
    (tmp_path / "two-a-day@1.toml").write_text(text.replace('"one-a-day"', '"two-a-day"'), "utf-8")
    rules = RuleLibrary(tmp_path)

    assert not rules.cited("two-a-day@1").shipped
    assert rules.cited("one-a-day@1").shipped
    assert len(list(rules)) == len(NAMES) + 1


def test_unknown_rule_names_the_versions_there_are() -> None:
    with pytest.raises(UnknownName, match=r"choose one of: social-weekly@1, social-weekly@2$"):
        RuleLibrary().cited("social-weekly@9")


def test_digest_is_of_the_bytes_of_the_file() -> None:
    cited = read_rule(SHIPPED / "bbma-2018@1.toml", shipped=True)

    assert cited.sha256 == published_digests()["bbma-2018@1"]


def test_freeze_script_agrees_with_the_checkout() -> None:
    assert run("freeze_rules.py", "--check").returncode == 0


def test_reference_page_is_up_to_date() -> None:
    assert run("write_reference.py", "--check").returncode == 0


def test_freezing_adds_new_rules_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(ROOT / "scripts")
    from freeze_rules import main  # type: ignore[import-not-found, unused-ignore]

    files = copied(tmp_path)
    before = (files / "published.toml").read_text("utf-8")
    (files / "new@1.toml").write_text('id = "new"\n', "utf-8")

    assert main(["--check"], files) == 1
    assert (files / "published.toml").read_text("utf-8") == before
    assert main([], files) == 0
    assert (files / "published.toml").read_text("utf-8").startswith(before)
    assert "new@1" in tomllib.loads((files / "published.toml").read_text("utf-8"))["sha256"]
    (files / "new@1.toml").write_text('id = "newer"\n', "utf-8")
    assert main([], files) == 1
    (files / "new@1.toml").unlink()
    assert main([], files) == 1
