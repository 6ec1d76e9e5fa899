"""Two witnesses of their own accompany a live vote over HTTP, from its opening to its certificate."""

from __future__ import annotations

import threading
from contextlib import ExitStack
from typing import TYPE_CHECKING

from plaudit.cli.witness import ask_witnesses
from plaudit.ledger.attest import witness_of
from plaudit.ledger.files import FolderFiles
from plaudit.ledger.note import Verifier
from plaudit.ledger.witness_server import WitnessServer
from plaudit.verify.verify import verify
from plaudit.vote.witnesses import policy_of
from tests.conftest import run
from tests.season.test_witnesses import AFTER, BEFORE, close
from tests.season.voting import asks, cast, nominated

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from plaudit.base.errors import PlauditError
    from plaudit.rulebook.season import Season


class Clock:
    """What the witnesses take for the time."""

    now = BEFORE


def asked(season: Season) -> PlauditError | None:
    policy = policy_of(season)
    assert policy is not None
    assert season.witnesses is not None
    asked = ask_witnesses(FolderFiles(season.log), season.witnesses.urls, policy.keys)
    return next((one.error for one in reversed(asked) if one.error and not one.is_late), None)


def test_two_witnesses_sign_opening_and_closing_of_a_live_vote(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with ExitStack() as held:
        servers = []
        for number in (1, 2):
            one = witness_of(tmp_path / f"w{number}" / "w.pem", f"witness.example/w{number}", lambda: Clock.now)
            servers.append(held.enter_context(WitnessServer(("127.0.0.1", 0), one, [], lambda _: None)))
            threading.Thread(target=servers[-1].serve_forever, args=(0.01,)).start()
            held.callback(servers[-1].shutdown)
        keys = ", ".join(f'"{server.witness.signer.verifier}"' for server in servers)
        urls = ", ".join(f'"{url}"' for url in [*(server.url for server in servers), "http://127.0.0.1:1"])
        named = f"[vote.witnesses]\nkeys = [{keys}]\nleast = 2\nurls = [{urls}]"
        season = nominated(tmp_path / "s", live=named)
        assert asked(season) is not None
        strangers = capsys.readouterr().err
        for server in servers:  # the organiser gives them the key of the log
            server.logs = [Verifier.parse((season.log / "verifier.key").read_text("utf-8"))]
        assert asked(season) is not None  # the third is away, and the others sign
        away = capsys.readouterr().err
        cast(season, asks(6))
        close(season)
        Clock.now = AFTER
        for _ in range(2):
            asked(season)

    assert strangers.count("is no log that witness.example/w") == 2
    assert away.count("opened: signed by witness.example/w") == 2
    assert "http://127.0.0.1:1/add-checkpoint cannot be read" in away
    found = verify(run(season.folder))
    for number in (1, 2):
        assert f"witness.example/w{number} cosigned the opening at 2025-12-31T23:00:00Z" in found.checked
        assert f"witness.example/w{number} cosigned the closing checkpoint at 2026-01-04T00:00:05Z" in found.checked
