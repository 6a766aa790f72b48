"""Every code that an error carries is explained, and every code that is explained is raised."""

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from casetrack.domain.authority.check import REFUSAL_CODES
from casetrack.domain.errors import Refusal
from casetrack.web import app
from casetrack.web.http import problems
from casetrack.web.http.problem_list import GROUPS

ROOT = Path(__file__).resolve().parent.parent.parent
PROBLEMS = {code: listed for codes in GROUPS.values() for code, listed in codes.items()}
#: Where a code is passed on that stands elsewhere, and where it stands.
PASSED_ON = {
    ("casetrack/domain/case/authority_check.py", "denial.code"): REFUSAL_CODES,
    ("casetrack/web/http/problems.py", "error.code"): (),
    ("casetrack/usecases/case/visits.py", "error.code"): ("invalid_facts", "invalid_body"),
    ("casetrack/web/http/call.py", "code"): ("invalid_body", "invalid_query"),
    ("casetrack/web/http/problems.py", "_OF_HTTP.get(status, 'http_error')"): ("http_error",),
}


def kinds(of: type[Refusal] = Refusal) -> Iterator[type[Refusal]]:
    """All refusals that the program knows; the app has imported every door."""
    assert app.create_app is not None
    for kind in of.__subclasses__():
        yield kind
        yield from kinds(kind)


KINDS = {kind.__name__: kind for kind in kinds()}


def calls() -> Iterator[tuple[str, ast.Call]]:
    for folder in ("casetrack", "workers"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            text = path.read_text()
            if not any(f"{name}(" in text for name in (*KINDS, "problem")):
                continue
            for node in ast.walk(ast.parse(text)):
                if isinstance(node, ast.Call):
                    yield str(path.relative_to(ROOT)), node


def literals(file: str, said: ast.expr) -> list[str]:
    """The codes that an argument may be."""
    if isinstance(said, ast.IfExp):
        return [*literals(file, said.body), *literals(file, said.orelse)]
    if isinstance(said, ast.Constant) and isinstance(said.value, str):
        return [said.value]
    key = (file, ast.unparse(said))
    assert key in PASSED_ON, f"{file}:{said.lineno}: give the code of a refusal as a literal"
    return list(PASSED_ON[key])


def raised() -> dict[str, set[int]]:
    """Code → the statuses under which the source says it."""
    found: dict[str, set[int]] = defaultdict(set)
    for status, code in problems._OF_HTTP.items():
        found[code].add(status)
    for file, call in calls():
        name = getattr(call.func, "id", getattr(call.func, "attr", ""))
        if name in KINDS and call.args:
            for code in literals(file, call.args[0]):
                found[code].add(status_of(KINDS[name], code))
        elif name == "problem":
            for code in literals(file, call.args[1]):
                found[code] |= number(call.args[0])
    return found


def status_of(kind: type[Refusal], code: str) -> int:
    if code in problems.STATUS_OF_CODE:
        return problems.STATUS_OF_CODE[code]
    return next(problems.STATUS[each] for each in kind.__mro__ if each in problems.STATUS)


def number(said: ast.expr) -> set[int]:
    """The status that is written there; none where it is passed on."""
    if isinstance(said, ast.Constant) and isinstance(said.value, int):
        return {said.value}
    return set()


def test_every_code_that_is_raised_is_explained_with_its_statuses() -> None:
    in_source = raised()
    explained = {code: set(listed.statuses) for code, listed in PROBLEMS.items()}
    differ = {
        code: f"raised with {in_source.get(code)}, explained with {explained.get(code)}"
        for code in in_source.keys() | explained.keys()
        if in_source.get(code) != explained.get(code)
    }
    assert differ == {}, "casetrack/web/http/problem_list.py; then: make docs"


def test_a_code_is_explained_once_and_wholly() -> None:
    assert sum(map(len, GROUPS.values())) == len(PROBLEMS)
    for code, listed in PROBLEMS.items():
        assert listed.meaning, code
        assert listed.cure.endswith("."), code
