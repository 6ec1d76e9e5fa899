"""plaudit sign and plaudit acts: two operators agree, the act is done and written down, and verify sees both."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from plaudit.acts.acts import acts_origin, read_acts, record
from plaudit.base.errors import EvidenceError
from plaudit.rulebook.season import read_season
from plaudit.verify.verify import verify
from plaudit.vote.keys import acts_signer
from tests.verifier.second import verify as second

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.commands import Plaudit


@pytest.fixture
def operated(season_folder: Path, plaudit: Plaudit) -> Path:
    """The template's season, which two operators must certify."""
    keys = [
        plaudit("sign", "open", season_folder, "--key", season_folder / "keys" / f"{name}.pem", "--new", name).out
        for name in ("alice", "bob")
    ]
    listed = ", ".join(f'"{key.strip()}"' for key in keys)
    with (season_folder / "season.toml").open("a", encoding="utf-8") as file:
        file.write(f'\n[operators]\nkeys = [{listed}]\nacts = ["certify"]\n')
    shutil.rmtree(season_folder / "evidence" / "log")
    shutil.rmtree(season_folder / "published")
    return season_folder


def one_alone(folder: Path) -> None:
    """Write the acts once more, as one operator would who holds the season's keys and one of the two."""
    season, held = read_season(folder), read_acts(folder)
    assert held is not None
    act = held[1][0]
    lines = act.agreed.splitlines(keepends=True)
    shutil.rmtree(folder / "acts")
    alone = replace(act, agreed="".join(line for line in lines if not line.startswith("— bob")))
    record(folder, alone, acts_signer(folder, acts_origin(season.origin)))


def test_certifying_waits_for_two_and_is_written_down_with_both(
    operated: Path, plaudit: Plaudit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLAUDIT_OPERATOR", "alice")
    plaudit("vote", "log", operated)

    refused = plaudit("run", "--no-site", operated)
    assert refused.code == 2
    assert "certify needs the signatures of 2 operators and has 0" in refused.err
    assert not (operated / "published" / "certificate.note").exists()

    for name in ("alice", "bob"):
        assert plaudit("sign", "certify", operated, "--key", operated / "keys" / f"{name}.pem").code == 0
    assert plaudit("certify", operated).code == 0
    assert plaudit("certify", operated).code == 0

    acts = plaudit("acts", operated, "--json").value
    assert [(act["act"], act["by"]) for act in acts] == [("certify", "alice")]
    found = verify(operated)
    assert "certify was signed beforehand by alice, bob" in found.checked
    assert second.main([str(operated)]) == 0
    one_alone(operated)
    with pytest.raises(EvidenceError, match="certify was signed by 1 of 2 operators: alice"):
        verify(operated)
    assert second.main([str(operated)]) == 6
    shutil.rmtree(operated / "acts")
    with pytest.raises(EvidenceError, match="acts/ holds no acts"):
        verify(operated)
    assert second.main([str(operated)]) == 6


def test_a_stranger_and_an_act_that_is_none_are_told_so(operated: Path, plaudit: Plaudit) -> None:
    stranger = operated / "keys" / "eve.pem"
    plaudit("sign", "open", operated, "--key", stranger, "--new", "eve")

    assert "eve.pem is no operator's key" in plaudit("sign", "certify", operated, "--key", stranger).err
    assert "'undo' is not an act" in plaudit("sign", "undo", operated, "--key", stranger).err


def test_a_season_without_operators_writes_nothing_down(season_folder: Path, plaudit: Plaudit) -> None:
    assert plaudit("certify", season_folder).code == 0

    assert not (season_folder / "acts").exists()
    assert plaudit("acts", season_folder, "--json").value == []
    key = season_folder / "keys" / "signing.pem"
    assert "the season names no operators" in plaudit("sign", "certify", season_folder, "--key", key).err
