"""The proof of work: each solution is good once, in time, and for the server that asked."""

from __future__ import annotations

import base64
import json
import shutil
import statistics
import subprocess
import time
from pathlib import Path
from typing import Any

import altcha
import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

import plaudit.web
from plaudit.base.errors import SignInNeeded, VoteUnavailable
from plaudit.web.sign_in.work import WORK_SECONDS, Work
from tests.web.desk_server import running_desk, sign_in_season

SCRIPT = Path(plaudit.web.__file__).parent / "static" / "work.js"
NOW = int(time.time())


@pytest.fixture(autouse=True)
def _at_this_second(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let NOW be when a test begins: the library looks at the machine's clock."""
    monkeypatch.setitem(globals(), "NOW", int(time.time()))


_NODE = """
const fs = require("node:fs");
require("node:vm").runInThisContext(fs.readFileSync(process.argv[1], "utf8"));
solve(JSON.parse(fs.readFileSync(0, "utf8"))).then((work) => process.stdout.write(work));
"""


def solved(challenge: dict[str, Any]) -> str:
    made = altcha.Challenge.from_dict(challenge)
    found: str = altcha.Payload(made, altcha.solve_challenge(made)).to_base64()
    return found


def changed(solution: str, place: tuple[str, ...], value: object) -> str:
    payload = json.loads(base64.b64decode(solution))
    inner = payload
    for name in place[:-1]:
        inner = inner[name]
    assert inner[place[-1]] != value
    inner[place[-1]] = value
    return base64.b64encode(json.dumps(payload).encode()).decode()


@pytest.mark.parametrize("size", [1, 2, 300])
def test_a_solution_is_good_once(size: int) -> None:
    work = Work(size)
    solution = solved(work.challenge(NOW))

    work.accept(solution, NOW + 1)
    with pytest.raises(SignInNeeded, match="used before"):
        work.accept(solution, NOW + 2)


def test_another_spelling_of_a_used_solution_is_not_good() -> None:
    work = Work(50)
    solution = solved(work.challenge(NOW))
    work.accept(solution, NOW)
    payload = json.loads(base64.b64decode(solution))
    payload["solution"]["time"] = 12
    payload["more"] = 1
    respelt = base64.b64encode(json.dumps(payload, indent=1).encode()).decode()

    assert respelt != solution
    with pytest.raises(SignInNeeded, match="used before"):
        work.accept(respelt, NOW)


def test_a_late_solution_is_refused() -> None:
    work = Work(50)
    solution = solved(work.challenge(NOW))

    with pytest.raises(SignInNeeded, match="too late"):
        work.accept(solution, NOW + WORK_SECONDS)


def test_a_solution_of_another_start_is_refused() -> None:
    solution = solved(Work(50).challenge(NOW))

    with pytest.raises(SignInNeeded, match="wrong"):
        Work(50).accept(solution, NOW)


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (("challenge", "parameters", "keyPrefix"), ""),
        pytest.param(("challenge", "parameters", "expiresAt"), NOW + 10**6, id="expires later"),
        (("challenge", "parameters", "cost"), 0),
        (("challenge", "signature"), "00" * 32),
        (("challenge", "signature"), None),
        (("solution", "counter"), 10**6),
        (("solution", "counter"), -1),
        (("solution", "derivedKey"), "00" * 32),
    ],
)
def test_a_changed_solution_is_refused(place: tuple[str, ...], value: object) -> None:
    work = Work(50)
    solution = solved(work.challenge(NOW))

    with pytest.raises(SignInNeeded):
        work.accept(changed(solution, place, value), NOW)
    work.accept(solution, NOW)


def test_no_work_is_refused_by_the_rule_that_asks_for_it() -> None:
    with pytest.raises(SignInNeeded) as refused:
        Work(50).accept("", NOW)

    assert refused.value.values["rule"] == "season.toml [vote.live] work"


def test_where_none_is_asked_for_anything_goes() -> None:
    work = Work(0)

    work.accept("", NOW)
    work.accept("anything", NOW)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
parameters = st.dictionaries(
    st.sampled_from(["algorithm", "cost", "expiresAt", "keyLength", "keyPrefix", "nonce", "salt", "data"]), json_values
)
payloads = st.fixed_dictionaries(
    {
        "challenge": json_values
        | st.fixed_dictionaries({"parameters": json_values | parameters, "signature": json_values}),
        "solution": json_values | st.fixed_dictionaries({"counter": json_values, "derivedKey": json_values}),
    }
)


@given(st.text() | (json_values | payloads).map(lambda value: base64.b64encode(json.dumps(value).encode()).decode()))
def test_nonsense_is_refused_and_never_a_defect(nonsense: str) -> None:
    with pytest.raises(SignInNeeded):
        Work(50).accept(nonsense, NOW)


def test_a_huge_one_is_refused() -> None:
    work = Work(5)
    solution = solved(work.challenge(NOW))

    with pytest.raises(SignInNeeded):
        work.accept(solution + " " * 5_000, NOW)


def test_what_was_used_is_forgotten_only_when_it_is_too_old() -> None:
    work = Work(5, most=3)
    for _ in range(3):
        work.accept(solved(work.challenge(NOW)), NOW)
    fourth = solved(work.challenge(NOW + 10))

    with pytest.raises(VoteUnavailable):
        work.accept(fourth, NOW + 20)
    work.accept(fourth, NOW + WORK_SECONDS)
    assert len(work._used) == 1


def test_the_size_is_twice_the_mean() -> None:
    work = Work(100)
    counters = [altcha.solve_challenge(altcha.Challenge.from_dict(work.challenge(NOW))).counter for _ in range(400)]

    assert max(counters) < 100
    assert 40 < statistics.mean(counters) < 60


@pytest.mark.skipif(not shutil.which("node"), reason="node is not installed")
def test_the_pages_script_solves_the_servers_challenge(tmp_path: Path) -> None:
    season = sign_in_season(tmp_path / "season", work="5000")
    with running_desk(season) as desk:
        challenge = httpx.get(f"{desk}/sign-in/work")
        done = subprocess.run(
            ["node", "-e", _NODE, str(SCRIPT)],
            input=challenge.text,
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
        )
        without = httpx.post(f"{desk}/sign-in/guest", json={})
        with_work = httpx.post(f"{desk}/sign-in/guest", json={"work": done.stdout})
        again = httpx.post(f"{desk}/sign-in/guest", data={"work": done.stdout})

    assert challenge.headers["cache-control"] == "no-store"
    assert [answer.status_code for answer in (without, with_work, again)] == [401, 200, 401]
    assert "used before" in again.json()["detail"]
