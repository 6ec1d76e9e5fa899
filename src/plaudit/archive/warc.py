"""Answers as WARC (ISO 28500): a request and a response record each, for tools that read web archives."""

from __future__ import annotations

from datetime import UTC, datetime
from http import HTTPStatus
from io import BytesIO
from typing import TYPE_CHECKING

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from plaudit.archive.reader import Placed
    from plaudit.archive.record import Record

__all__ = ["export"]


def export(found: Iterable[Placed], out: Path) -> tuple[int, int]:
    """Write answers to a file, and give how many, and how many have no body and were left out.

    The headers are those that were kept. What is no HTTP answer, because nobody answered, is left out, too.
    """
    written = without = 0
    with out.open("wb") as file:
        writer = WARCWriter(file, gzip=out.suffix == ".gz")
        for placed in found:
            record = placed.record
            if record.data is None or not record.status:
                without += 1
                continue
            _write(writer, record, record.data, placed)
            written += 1
    return written, without


def _write(writer: WARCWriter, record: Record, data: bytes, placed: Placed) -> None:
    at = datetime.fromtimestamp(record.answered_at // 1_000_000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    said = {"WARC-Date": at, "X-Plaudit-Leaf": str(record.leaf), "X-Plaudit-Record": f"{placed.segment} {placed.row}"}
    reason = HTTPStatus(record.status).phrase if record.status in {one.value for one in HTTPStatus} else ""
    headers = StatusAndHeaders(f"{record.status} {reason}", list(record.headers.items()), protocol="HTTP/1.1")
    response = writer.create_warc_record(
        record.ask.url, "response", payload=BytesIO(data), http_headers=headers, warc_headers_dict=said
    )
    asked = StatusAndHeaders(
        f"{record.ask.method} {record.ask.url} HTTP/1.1", list(record.ask.headers.items()), is_http_request=True
    )
    request = writer.create_warc_record(
        record.ask.url,
        "request",
        payload=BytesIO(record.ask.body.encode()),
        http_headers=asked,
        warc_headers_dict=dict(said),
    )
    writer.write_request_response_pair(request, response)
