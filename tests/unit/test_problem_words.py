"""What a refusal says to a person: in two languages, and never as a regular expression."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from casetrack.web.http import fault_words, problem_words, problems
from casetrack.web.http.problem_list import GROUPS
from casetrack.web.routes import ROUTES

CODES = sorted({code for codes in GROUPS.values() for code in codes})


def _patterns(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        for name, each in part.items():
            if name == "pattern" and isinstance(each, str):
                yield each
            yield from _patterns(each)
    elif isinstance(part, list):
        for each in part:
            yield from _patterns(each)


def test_every_code_has_its_words_in_bahasa_indonesia_and_no_other_has() -> None:
    assert sorted(problem_words.INDONESIAN) == CODES
    for code, words in problem_words.INDONESIAN.items():
        assert words not in (problem_words.said(code) or {})["en"], code


def test_a_problem_document_says_what_its_code_means_in_both_languages() -> None:
    told = problems.problem(404, "unknown_path", "no").get_json()["message"]
    assert told == {"id": "alamat ini tidak ada", "en": "there is no such address"}
    assert "message" not in problems.problem(418, "of_tomorrow", "no").get_json()


def test_every_pattern_of_what_is_taken_has_words() -> None:
    models = {model for route in ROUTES for model in (route.body, route.query) if model}
    patterns = {p for model in models for p in _patterns(model.model_json_schema())}
    assert len(patterns) > 5
    assert patterns <= fault_words.PATTERNS.keys()


@pytest.mark.parametrize("pattern", [*fault_words.PATTERNS, "^one that nobody listed$"])
def test_what_does_not_fit_a_pattern_is_told_in_words(pattern: str) -> None:
    message = f"String should match pattern '{pattern}'"
    fault = {"type": "string_pattern_mismatch", "msg": message, "ctx": {"pattern": pattern}}
    for words in fault_words.said(fault).values():
        assert not re.search(r"[\^$\\\[\]]|\(\?", words)


def test_values_stand_in_the_words_of_both_languages() -> None:
    fault = {"type": "string_too_long", "msg": "at most 5", "ctx": {"max_length": 5}}
    assert fault_words.said(fault) == {"id": "Paling banyak 5 karakter", "en": "at most 5"}
