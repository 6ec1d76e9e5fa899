"""The rule library: every rule file by id@version, with its digest."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from importlib.resources import as_file, files
from pathlib import Path
from typing import TYPE_CHECKING, Final

from plaudit.base.digests import bytes_sha256
from plaudit.base.errors import RuleFrozen, RuleInvalid, UnknownName
from plaudit.base.spelling import meant
from plaudit.rulebook.chart_rule import ChartRule
from plaudit.rulebook.checks import check_rule
from plaudit.rulebook.counting_rule import CountingRule
from plaudit.rulebook.growth_rule import GrowthRule
from plaudit.rulebook.nomination_rule import NominationRule
from plaudit.rulebook.purge_rule import PurgeRule
from plaudit.rulebook.strict_toml import TomlFile, read_toml

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["SHIPPED", "CitedRule", "Rule", "RuleLibrary", "read_rule"]

Rule = ChartRule | CountingRule | GrowthRule | NominationRule | PurgeRule
KINDS: Final[dict[str, type[Rule]]] = {
    "chart": ChartRule,
    "counting": CountingRule,
    "growth": GrowthRule,
    "nomination": NominationRule,
    "purge": PurgeRule,
}
with as_file(files("plaudit.rulebook") / "files") as _folder:
    SHIPPED: Final = Path(_folder)
_SEE: Final = "choose one of those that plaudit rules list shows"
_FILE_NAME: Final = re.compile(r"^(?P<id>[a-z0-9][a-z0-9-]*)@(?P<version>[1-9][0-9]*)\.toml$")


@dataclass(frozen=True)
class CitedRule:
    """A rule, the bytes it was read from and their digest."""

    rule: Rule
    sha256: str
    path: Path
    shipped: bool

    @property
    def name(self) -> str:
        """The rule's citation, id@version."""
        return self.rule.name

    @property
    def kind(self) -> str:
        """What the rule is about: chart, counting, growth, nomination or purge."""
        return next(kind for kind, shape in KINDS.items() if isinstance(self.rule, shape))


class RuleLibrary:
    """The shipped rules and a season's own, which may repeat a shipped one but not change it.

    Examples
    --------
    >>> RuleLibrary().cited("bbma-2018@1").rule.title
    'Billboard Music Awards 2018, Top Social Artist: the fan vote'
    """

    def __init__(self, season_rules: Path | None = None) -> None:
        self.season_rules = season_rules

    def __iter__(self) -> Iterator[CitedRule]:
        """Give every rule, the season's first, each by id and version."""
        paths, published = self._paths(), published_digests()
        for name in sorted(paths, key=_order):
            yield _cited(name, paths[name], published.get(name))

    def cited(self, name: str) -> CitedRule:
        """Give the rule id@version.

        Raises
        ------
        UnknownName : no rule of that name.
        RuleInvalid : the file does not hold a rule.
        RuleFrozen : the bytes are not those that a shipped rule of that name was published with.
        """
        paths = self._paths()
        if name not in paths:
            versions = [
                known for known in sorted(paths, key=_order) if known.split("@")[0] == name.split("@", maxsplit=1)[0]
            ]
            remedy = f"choose one of: {', '.join(versions)}" if versions else meant(name, paths, _SEE)
            raise UnknownName(f"no rule {name!r}", remedy, rule=name)
        return _cited(name, paths[name], published_digests().get(name))

    def _paths(self) -> dict[str, Path]:
        folders = [SHIPPED] + ([self.season_rules] if self.season_rules and self.season_rules.is_dir() else [])
        return {path.stem: path for folder in folders for path in sorted(folder.glob("**/*@*.toml"))}


def _cited(name: str, path: Path, published: str | None) -> CitedRule:
    """Read a rule, and refuse other bytes than those it was published with."""
    shipped = path.is_relative_to(SHIPPED)
    cited = read_rule(path, shipped=shipped)
    if published is not None and published != cited.sha256:
        raise RuleFrozen(
            f"{'shipped' if shipped else 'season'} rule {name} has SHA-256 {cited.sha256}, published was {published}",
            "restore the file and put the change into the next version, with a because",
            rule=name,
        )
    return cited


def published_digests() -> dict[str, str]:
    """Give the SHA-256 each shipped rule was published with, by id@version."""
    path = SHIPPED / "published.toml"
    return {name: str(digest) for name, digest in tomllib.loads(path.read_text("utf-8"))["sha256"].items()}


def read_rule(path: Path, *, shipped: bool = False) -> CitedRule:
    """Read and check one rule file.

    Raises
    ------
    RuleInvalid : the file's name, kind, keys or values are not a rule's.
    """
    file = read_toml(path, path.name)
    kind = file.document.get("kind")
    if not isinstance(kind, str) or kind not in KINDS:
        raise file.invalid(
            ("kind",), f"no kind of rule {kind!r}", meant(str(kind), KINDS, f"use one of: {', '.join(KINDS)}")
        )
    rule = file.parse(KINDS[kind])
    _check_name(path, rule, file)
    check_rule(rule, file)
    return CitedRule(rule, bytes_sha256(path.read_bytes()), path, shipped)


def _check_name(path: Path, rule: Rule, file: TomlFile) -> None:
    name = _FILE_NAME.match(path.name)
    if name is None:
        raise RuleInvalid(f"{path.name} is not a rule's file name", "name it id@version.toml", file=path.name)
    if path.stem != rule.name:
        raise file.invalid(("id",), f"the file says {rule.name}, its name says {path.stem}", "make the two agree")


def _order(name: str) -> tuple[str, int]:
    rule_id, _, version = name.partition("@")
    return rule_id, int(version) if version.isdecimal() else 0
