"""docs/results.md and its schema are what the result record makes of them, and results fit it."""

import json

import jsonschema
import pytest
from export_class import CLASS, report  # type: ignore[import-not-found]

from tools.results_page import PAGE, SCHEMA, page, schema_text


def test_the_page_is_made_from_the_record() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run `make docs`"


def test_the_schema_is_made_from_the_record() -> None:
    assert SCHEMA.read_text(encoding="utf-8") == schema_text(), "run `make docs`"


def test_results_fit_the_published_schema() -> None:
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    written = json.loads(report(*CLASS[:5]).to_json())
    jsonschema.validate(written, schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(written | {"device": "tpu"}, schema)
