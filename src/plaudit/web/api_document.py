"""The OpenAPI document read as what a page shows: endpoints and the shapes of what is sent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

__all__ = ["Answer", "Endpoint", "Field", "endpoints", "shapes"]

_METHODS: Final = ("get", "post", "put", "patch", "delete")
_BOUNDS: Final = {"minLength": "at least {} long", "maxLength": "at most {} long", "pattern": "like {}"}
_LIMITS: Final = {"minimum": "from {}", "maximum": "to {}"}


@dataclass(frozen=True)
class Field:
    """A field of a shape, or a parameter; `place` is where a parameter stands."""

    name: str
    type: str
    is_required: bool
    description: str
    place: str = ""


@dataclass(frozen=True)
class Answer:
    """One status an endpoint may answer with."""

    status: str
    description: str
    media_types: tuple[str, ...]
    type: str


@dataclass(frozen=True)
class Endpoint:
    """One method of one path."""

    method: str
    path: str
    summary: str
    description: str
    tag: str
    parameters: tuple[Field, ...]
    sends: tuple[tuple[str, str], ...]
    answers: tuple[Answer, ...]

    @property
    def is_for_voters(self) -> bool:
        """Whether it needs a session."""
        return any(answer.status == "401" for answer in self.answers)


def endpoints(document: dict[str, Any]) -> list[Endpoint]:
    """Give the endpoints, by path and method."""
    return [
        _endpoint(path, method, operations[method])
        for path, operations in sorted(document["paths"].items())
        for method in _METHODS
        if method in operations
    ]


def shapes(document: dict[str, Any]) -> dict[str, tuple[str, list[Field]]]:
    """Give each named shape's description and fields."""
    found = {}
    for name, schema in sorted(document.get("components", {}).get("schemas", {}).items()):
        required = schema.get("required", [])
        fields = [
            Field(key, _type(inner), key in required, inner.get("description", ""))
            for key, inner in schema.get("properties", {}).items()
        ]
        found[name] = (schema.get("description", ""), fields)
    return found


def _endpoint(path: str, method: str, operation: dict[str, Any]) -> Endpoint:
    return Endpoint(
        method=method.upper(),
        path=path,
        summary=operation.get("summary", ""),
        description=operation.get("description", ""),
        tag=(operation.get("tags") or [""])[0],
        parameters=tuple(
            Field(
                one["name"],
                _type(one.get("schema", {})),
                one.get("required", False),
                one.get("description", ""),
                one["in"],
            )
            for one in operation.get("parameters", [])
        ),
        sends=tuple(
            (media, _type(held.get("schema", {})))
            for media, held in operation.get("requestBody", {}).get("content", {}).items()
        ),
        answers=tuple(_answer(status, held) for status, held in sorted(operation.get("responses", {}).items())),
    )


def _answer(status: str, held: dict[str, Any]) -> Answer:
    content = held.get("content", {})
    types = sorted({_type(inner.get("schema", {})) for inner in content.values()})
    return Answer(status, held.get("description", ""), tuple(content), " or ".join(types))


def _type(schema: dict[str, Any]) -> str:
    """Say a schema's type in words."""
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    for joint in ("oneOf", "anyOf", "allOf"):
        if joint in schema:
            return " or ".join(dict.fromkeys(_type(inner) for inner in schema[joint]))
    if "enum" in schema:
        return " or ".join(f'"{value}"' for value in schema["enum"])
    kind = schema.get("type", "anything")
    if isinstance(kind, list):
        kind = " or ".join(kind)
    if kind == "array":
        return f"list of {_type(schema.get('items', {}))}"
    if kind == "object" and isinstance(schema.get("additionalProperties"), dict):
        return f"object of {_type(schema['additionalProperties'])}"
    if schema.get("format") in {"date-time", "uri"}:
        kind = {"date-time": "instant", "uri": "address"}[schema["format"]]
    said = [text.format(schema[key]) for key, text in {**_BOUNDS, **_LIMITS}.items() if key in schema]
    return ", ".join([kind, *said])
