"""The OpenAPI document says what comes: what always comes, what may be null, and no more."""

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from casetrack.domain import errors
from casetrack.web.http.models import ProblemOut
from casetrack.web.routes import ROUTES
from tests.support.answers import DOCUMENT

Schema = Mapping[str, Any]
SCHEMAS: Mapping[str, Schema] = DOCUMENT["components"]["schemas"]
#: What an event says depends on its type.
OPEN = {("EventOut", "data"), ("CloudEventOut", "data")}


def _names(part: Any) -> Iterator[str]:
    """Schemas that a part of the document refers to."""
    if isinstance(part, Mapping):
        if "$ref" in part:
            yield part["$ref"].rpartition("/")[2]
        for each in part.values():
            yield from _names(each)
    elif isinstance(part, list):
        for each in part:
            yield from _names(each)


def given() -> dict[str, Schema]:
    """Every schema that an answer is made of."""
    found: dict[str, Schema] = {}
    todo = [
        name
        for methods in DOCUMENT["paths"].values()
        for operation in methods.values()
        for name in _names(operation["responses"])
    ]
    while todo:
        name = todo.pop()
        if name not in found:
            found[name] = SCHEMAS[name]
            todo += _names(SCHEMAS[name])
    return found


def _parts(schema: Schema) -> Iterator[Schema]:
    yield schema
    for key in ("anyOf", "oneOf"):
        for each in schema.get(key, ()):
            yield from _parts(each)
    for key in ("items", "additionalProperties"):
        if isinstance(schema.get(key), Mapping):
            yield from _parts(schema[key])


def _may_be_null(schema: Schema) -> bool:
    return any(part.get("type") == "null" for part in _parts(schema))


def test_every_answer_in_json_has_a_model() -> None:
    assert {
        r.operation for r in ROUTES if (r.answer is None) == r.content.endswith("json")
    } == set()


def test_no_answer_leaves_a_shape_open_but_what_an_event_says() -> None:
    opened = {
        (name, field)
        for name, schema in given().items()
        for field, value in schema.get("properties", {}).items()
        for part in _parts(value)
        if part.get("additionalProperties") is True or not _says_something(part)
    }
    assert opened == OPEN


def _says_something(part: Schema) -> bool:
    return bool(part.keys() & {"type", "$ref", "anyOf", "oneOf", "enum", "const"})


def test_what_always_comes_is_required_though_it_may_be_null() -> None:
    case = SCHEMAS["CaseOut"]
    for field in ("due_at", "product", "calendar", "closed_reason"):
        assert field in case["required"]
        assert _may_be_null(case["properties"][field])
    assert "access_code" not in case["required"]
    assert case["properties"]["access_code"]["type"] == "string"
    assert "default" not in case["properties"]["access_code"]


def test_what_may_be_absent_has_no_default_and_everything_else_is_required() -> None:
    """Entries of the register leave out what has its default, and say which."""
    entries = {name for name, schema in given().items() if not name.endswith(("Out", "Page"))}
    assert {"Instrument", "Grant", "ServiceDefinition"} <= entries
    for name in given().keys() - entries:
        schema = SCHEMAS[name]
        for field, value in schema.get("properties", {}).items():
            assert "default" not in value, (name, field)
    service = SCHEMAS["ServiceDefinition"]
    assert set(service["required"]) == set(service["properties"])


def test_a_body_is_described_as_it_is_read() -> None:
    body = SCHEMAS["ProductActionIn"]
    assert body["properties"]["found_on"]["format"] == "date"
    assert "by" not in body["required"]
    assert body["additionalProperties"] is False
    assert SCHEMAS["LateIn"]["properties"]["occurred_at"]["format"] == "date-time"


def test_every_operation_says_that_it_takes_no_other_parameters() -> None:
    for methods in DOCUMENT["paths"].values():
        for operation in methods.values():
            assert operation["x-additional-query-parameters"] is False
            assert "422" in operation["responses"]


def test_every_reference_leads_somewhere() -> None:
    assert set(_names(DOCUMENT)) <= SCHEMAS.keys()


def _said_beside_a_code() -> set[str]:
    """Names of the fields that refusals carry, as the code raises them."""
    refusals = {name for name, kind in vars(errors).items() if isinstance(kind, type)}
    return {
        keyword.arg or ""
        for path in (Path(__file__).parents[2] / "casetrack").rglob("*.py")
        if (text := path.read_text()) and any(f"{name}(" in text for name in refusals)
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        if node.func.id in refusals
        for keyword in node.keywords
    }


def test_a_problem_document_names_every_field_that_a_refusal_carries_and_no_other() -> None:
    # How long to wait stands in the header Retry-After.
    carried = _said_beside_a_code() - {"retry_after"}
    always = {"type", "status", "title", "detail", "code", "message"}
    assert ProblemOut.model_fields.keys() - always == carried
