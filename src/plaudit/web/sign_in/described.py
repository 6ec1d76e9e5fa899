"""How a body that may be JSON or a form is described in the OpenAPI document."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec
from litestar.openapi.spec import OpenAPIMediaType, Operation, RequestBody, Schema
from litestar.openapi.spec.enums import OpenAPIType

from plaudit.web.sign_in.desk import FORM

if TYPE_CHECKING:
    from msgspec import Struct

__all__ = ["taking"]


def taking(shape: type[Struct]) -> type[Operation]:
    """Give the description of an endpoint that takes a shape of texts, as JSON or as a form."""
    described = msgspec.json.schema(shape)["$defs"][shape.__name__]
    schema = Schema(
        title=shape.__name__,
        description=described.get("description"),
        type=OpenAPIType.OBJECT,
        properties={
            name: Schema(
                type=OpenAPIType.STRING, max_length=field.get("maxLength"), description=field.get("description")
            )
            for name, field in described["properties"].items()
        },
        required=described.get("required", []),
    )
    content = {kind: OpenAPIMediaType(schema=schema) for kind in ("application/json", FORM)}

    @dataclass
    class Taking(Operation):
        def __post_init__(self) -> None:
            self.request_body = RequestBody(content=content, required=bool(schema.required))

    return Taking
