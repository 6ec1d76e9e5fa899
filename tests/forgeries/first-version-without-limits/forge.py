"""The certificate is of the first version, whose prose nobody compares: it says that nothing is wrong."""

from __future__ import annotations

from typing import Any

from tests.forgeries.forged import Forged

from plaudit.base.digests import file_sha256

COLLECTED = ("ballots", "set_aside", "source_files")


def forge(season: Forged) -> None:
    evidence = season.at("evidence")

    def downgraded(stated: dict[str, Any]) -> None:
        stated["type"] = "https://plaudit.dev/certificate/v1"
        stated["software"] = {"plaudit": stated["software"]["plaudit"]}
        stated["inputs"] = {name: one["sha256"] for name, one in stated["inputs"].items()}
        paths = [path for table in COLLECTED for path in season.tables.files(table)]
        cited = {path.relative_to(evidence).as_posix(): file_sha256(path) for path in paths}
        stated["evidence"] = {**stated["evidence"], "tables": cited}
        stated["evidence"].pop("made", None)
        del stated["not_checked"]
        stated["limits"] = ["A notary watched all of it."]
        for row in stated["audit"]["findings"]:
            row["found"] = row["expected"] = "all is well"
        for row in stated["nominees"]:
            row["source"] = row["source"]["values"]["source"]

    season.restate(downgraded)
