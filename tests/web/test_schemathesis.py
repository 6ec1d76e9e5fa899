"""The server against its own OpenAPI document: requests that fit it, and requests that do not quite."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.profiles import examples
from tests.vote.seasons import open_now
from tests.web.load import session
from tests.web.serving import Running, running_server

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

EXAMPLES = examples(60)
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
    "negative_data_rejection",
)
_CONFIG = """
[checks.negative_data_rejection]
expected-statuses = [400, 401, 403, 404, 405, 408, 413, 415, 422, 429]
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Running, str]]:
    """A server and the session of one of its voters, whose cap is out of reach."""
    folder = tmp_path_factory.mktemp("described") / "live"
    season = open_now(folder, votes=1_000_000_000)  # type: ignore[arg-type]
    with running_server(folder) as running:
        yield running, session(season, 1)
    said = (folder.parent / "serve.err").read_text("utf-8")
    assert "defect" not in said
    assert "Traceback" not in said


@pytest.mark.parametrize("is_signed_in", [True, False])
def test_every_answer_is_one_that_the_document_describes(
    server: tuple[Running, str], tmp_path: Path, is_signed_in: bool
) -> None:
    running, token = server
    (tmp_path / "schemathesis.toml").write_text(_CONFIG, "utf-8")
    headers = ["--header", f"Authorization: Bearer {token}"] if is_signed_in else []
    ended = subprocess.run(
        [
            *[sys.executable, "-m", "schemathesis.cli", "--config-file", "schemathesis.toml"],
            *["run", f"{running.url}/docs/openapi.json", *headers],
            *["--phases", "coverage,fuzzing", "--checks", ",".join(CHECKS), "--max-examples", str(EXAMPLES)],
            *["--generation-deterministic", "--max-redirects", "0", "--no-color"],
            *["--exclude-operation-id", "standings_events"],  # its answer does not end
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
        env={**os.environ, "PYTHONWARNINGS": "ignore"},
        check=False,
    )

    assert ended.returncode == 0, ended.stdout
    generated = re.search(r"([0-9]+) generated", ended.stdout)
    assert generated is not None
    assert int(generated[1]) > 10 * EXAMPLES
    tested = re.search(r"Selected: ([0-9]+)/([0-9]+)\s+Tested: ([0-9]+)", ended.stdout)
    assert tested is not None
    assert int(tested[1]) == int(tested[2]) - 1 == int(tested[3])
