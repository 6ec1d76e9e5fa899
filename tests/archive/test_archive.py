from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import msgspec
import pytest
import rfc8785
from hypothesis import given, settings
from hypothesis import strategies as st

from plaudit.archive.check import check
from plaudit.archive.holes import Remains, delete
from plaudit.archive.reader import archive_folder, checkpoint, records, segments
from plaudit.archive.record import Hole, line_of
from plaudit.base.errors import DigestMismatch, FileRefused, OutOfTurn
from plaudit.platforms.contract import Said, Unread
from tests.archive.answers import DAY, NOON, answer, keep, opened
from tests.profiles import examples

if TYPE_CHECKING:
    from pathlib import Path

    from plaudit.archive.record import Record
    from plaudit.platforms.contract import Answer

SOURCE = "parrot-live"
TEXTS = st.text(max_size=20)
PLAIN = st.recursive(
    TEXTS | st.integers(-(2**53) + 1, 2**53 - 1) | st.booleans(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abcXYZ_", max_size=5), inner, max_size=3),
    max_leaves=8,
)


def kept(season: Path) -> list[tuple[str, int, bytes | None]]:
    """Segment, row and body of each record."""
    return [(placed.segment, placed.row, placed.record.data) for placed in records(archive_folder(season), SOURCE)]


def fixed(remains: Remains, _record: Record, _answer: Answer) -> Remains:
    """Let the same remain of every answer."""
    return remains


@settings(max_examples=examples(60))
@given(st.dictionaries(st.text("abcXYZ_", max_size=5), PLAIN, max_size=4))
def test_a_line_is_canonical_json(plain: dict[str, object]) -> None:
    assert line_of(plain) == rfc8785.dumps(plain)  # type: ignore[arg-type]


def test_a_record_says_what_was_asked_when_and_what_came_back(tmp_path: Path) -> None:
    keep(tmp_path, answer(7))
    (placed,) = records(archive_folder(tmp_path), SOURCE)

    assert placed.record.answer == answer(7)
    assert (placed.segment, placed.row) == ("data/archive/parrot-live/2018-05-18.jsonl.zst", 1)


def test_a_body_that_is_no_text_comes_back_byte_for_byte(tmp_path: Path) -> None:
    keep(tmp_path, answer(0, b"\xff\x00\x80"), answer(1, b""))

    assert [body for _, _, body in kept(tmp_path)] == [b"\xff\x00\x80", b""]


def test_each_day_of_a_source_is_a_segment(tmp_path: Path) -> None:
    with opened(tmp_path) as archive:
        leaves = archive.append(SOURCE, [(answer(0), 0), (answer(1), 0), (answer(2, at=NOON + DAY), 0)])

    assert leaves == [0, 1, 2]
    assert [(name[-20:], row) for name, row, _ in kept(tmp_path)] == [
        ("2018-05-18.jsonl.zst", 1),
        ("2018-05-18.jsonl.zst", 2),
        ("2018-05-19.jsonl.zst", 1),
    ]


def test_what_a_killed_writer_did_not_take_into_the_log_comes_into_it(tmp_path: Path) -> None:
    keep(tmp_path, answer(0), answer(1))
    with opened(tmp_path) as archive:
        archive.append(SOURCE, [(answer(2), 0)])  # and no word of it to the log

    with opened(tmp_path) as archive:
        assert archive.publish().size == 3
    found = check(archive_folder(tmp_path))
    assert found is not None
    assert (found.records, found.beyond) == (3, 0)


def test_half_a_frame_at_the_end_is_cut_off_wherever_it_was_cut(tmp_path: Path) -> None:
    keep(tmp_path, answer(0))
    (path,) = segments(archive_folder(tmp_path), SOURCE)
    whole = path.stat().st_size
    with opened(tmp_path) as archive:
        archive.append(SOURCE, [(answer(1), 0)])
    data = path.read_bytes()

    for end in (whole + 1, whole + 23, whole + 24, whole + 60, len(data) - 1):
        path.write_bytes(data[:end])
        with opened(tmp_path) as archive:
            assert archive.mended == {f"{SOURCE}/{path.name}": end - whole}
            assert archive.size == 1
        assert path.stat().st_size == whole


def test_bytes_that_a_power_cut_left_empty_are_cut_off(tmp_path: Path) -> None:
    keep(tmp_path, answer(0))
    (path,) = segments(archive_folder(tmp_path), SOURCE)
    path.write_bytes(path.read_bytes() + bytes(100))

    with opened(tmp_path) as archive:
        assert archive.append(SOURCE, [(answer(1), 0)]) == [1]
    assert len(kept(tmp_path)) == 2


def test_a_record_that_the_log_holds_is_missed(tmp_path: Path) -> None:
    keep(tmp_path, answer(0), answer(1))
    (path,) = segments(archive_folder(tmp_path), SOURCE)
    path.write_bytes(path.read_bytes()[:-1])

    with pytest.raises(DigestMismatch, match="lacks the record of leaf 1"):
        opened(tmp_path)
    with pytest.raises(DigestMismatch, match="lacks 1 of 2 records"):
        check(archive_folder(tmp_path))


def test_a_body_that_was_changed_is_refused(tmp_path: Path) -> None:
    keep(tmp_path, answer(0))
    with opened(tmp_path) as archive:
        (path,) = segments(archive.folder, SOURCE)
        (placed,) = records(archive.folder, SOURCE)
        forged = msgspec.to_builtins(placed.record) | {"body": '{"followers": 6}'}
        archive.replace(path, [[line_of(forged)]])

    with pytest.raises(DigestMismatch, match="not the one received"):
        check(archive_folder(tmp_path))


def test_a_head_that_was_changed_is_not_what_the_log_holds(tmp_path: Path) -> None:
    keep(tmp_path, answer(0))
    with opened(tmp_path) as archive:
        (path,) = segments(archive.folder, SOURCE)
        (placed,) = records(archive.folder, SOURCE)
        forged = msgspec.to_builtins(placed.record) | {"answered_at": NOON + 5}
        archive.replace(path, [[line_of(forged)]])

    with pytest.raises(DigestMismatch, match="not what the log holds as leaf 0"):
        check(archive_folder(tmp_path))


def test_a_deleted_body_leaves_its_digest_a_hole_and_the_proof(tmp_path: Path) -> None:
    keep(tmp_path, answer(0), answer(1))
    before = checkpoint(archive_folder(tmp_path))
    (_, second) = records(archive_folder(tmp_path), SOURCE)
    rows: list[Said | Unread] = [Said("readings", {"account": "polly", "value": 5}), Unread("no number", "x")]
    with opened(tmp_path) as archive:
        gone = delete(
            archive,
            lambda record: record.leaf == 1,
            Hole(NOON + DAY, "30 days are over"),
            lambda _record, _answer: Remains("answered", rows),
        )

    (first, last) = records(archive_folder(tmp_path), SOURCE)
    assert (gone, first.record.data) == (1, b'{"followers": 5}')
    assert (last.record.data, last.record.hole) == (None, Hole(NOON + DAY, "30 days are over", "answered"))
    assert last.record.body_sha256 == second.record.body_sha256
    assert [one.row for one in last.record.said] == rows  # type: ignore[union-attr]
    found = check(archive_folder(tmp_path))
    assert found is not None
    assert (found.records, found.holes, found.kept) == (2, 1, 1)
    assert checkpoint(archive_folder(tmp_path)) == before
    assert b"followers" not in b"".join(path.read_bytes() for path in segments(archive_folder(tmp_path), SOURCE)[1:])


def test_rows_that_were_kept_go_when_they_are_demanded(tmp_path: Path) -> None:
    keep(tmp_path, answer(0))
    stays = [Remains("", [Said("readings", {"value": 5})]), Remains("", None), Remains("", None)]

    gone = []
    for remains in stays:
        with opened(tmp_path) as archive:
            gone.append(delete(archive, lambda _one: True, Hole(NOON, "demanded"), partial(fixed, remains)))

    assert gone == [1, 1, 0]
    (placed,) = records(archive_folder(tmp_path), SOURCE)
    assert "said" not in msgspec.to_builtins(placed.record)


def test_one_process_writes_at_a_time(tmp_path: Path) -> None:
    with opened(tmp_path), pytest.raises(OutOfTurn, match="another process writes"):
        opened(tmp_path)


def test_a_disk_that_refuses_leaves_nothing_half_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with opened(tmp_path) as archive:
        archive.append(SOURCE, [(answer(0), 0)])

        def full(_handle: int) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr("plaudit.archive.archive.os.fsync", full)
        with pytest.raises(FileRefused, match="No space left"):
            archive.append(SOURCE, [(answer(1), 0)])
        monkeypatch.undo()
        assert archive.append(SOURCE, [(answer(2), 0)]) == [1]
    assert [placed.record.ask.url[-1] for placed in records(archive_folder(tmp_path), SOURCE)] == ["0", "2"]
