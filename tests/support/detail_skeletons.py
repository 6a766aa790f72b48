"""What refusals say, as the code writes it: with a hole for each value."""

import ast
from collections.abc import Collection, Iterator
from pathlib import Path

import casetrack
from casetrack.domain import errors
from casetrack.web.http.rule_words import HOLE

#: What is raised to say no, each with its code first and its detail second.
_REFUSALS = {
    name
    for name, kind in vars(errors).items()
    if isinstance(kind, type) and issubclass(kind, errors.Refusal)
}


def details() -> dict[str, str]:
    """Skeleton → where it stands, of every detail with a hole that comes without a list of faults."""
    found = {}
    for path, call in _calls(_REFUSALS):
        listed = any(keyword.arg == "errors" for keyword in call.keywords)
        if len(call.args) > 1 and not listed and HOLE in (skeleton := skeleton_of(call.args[1])):
            found[skeleton] = f"{path}:{call.lineno}"
    return found


def messages() -> dict[str, str]:
    """Skeleton → where it stands, of every fault of a field: its `message` beside its `at`."""
    found = {}
    for path, tree in _trees(['"message"']):
        for node in ast.walk(tree):
            if isinstance(node, ast.Dict):
                keys = [key.value if isinstance(key, ast.Constant) else None for key in node.keys]
                if "at" in keys and "message" in keys:
                    skeleton = skeleton_of(node.values[keys.index("message")])
                    found[skeleton] = f"{path}:{node.lineno}"
    return found


def told_by_helpers() -> dict[str, str]:
    """Skeleton → where it stands, of every fault that a function makes of words that it is given."""
    found = {}
    trees = list(_trees(["("]))
    for at, name, place in list(_helpers(trees)):
        for path, tree in trees:
            if name.startswith("_") and path != at:
                continue
            for node in ast.walk(tree):
                called = isinstance(node, ast.Call) and getattr(node.func, "id", None) == name
                if called and isinstance(node, ast.Call) and len(node.args) > place:
                    found[skeleton_of(node.args[place])] = f"{path}:{node.lineno}"
    return found


def _helpers(trees: Collection[tuple[Path, ast.AST]]) -> Iterator[tuple[Path, str, int]]:
    """Functions one of whose parameters becomes the `message` of a fault, and which one."""
    for path, tree in trees:
        for function in ast.walk(tree):
            if isinstance(function, ast.FunctionDef):
                names = [each.arg for each in function.args.args]
                for node in ast.walk(function):
                    message = _message_of(node)
                    if isinstance(message, ast.Name) and message.id in names:
                        yield path, function.name, names.index(message.id)


def _message_of(node: ast.AST) -> ast.expr | None:
    if not isinstance(node, ast.Dict):
        return None
    keys = [key.value if isinstance(key, ast.Constant) else None for key in node.keys]
    return node.values[keys.index("message")] if "at" in keys and "message" in keys else None


def calls(name: str) -> list[ast.Call]:
    """The calls of this function in the package."""
    return [call for _, call in _calls((name,))]


def _trees(words: Collection[str]) -> Iterator[tuple[Path, ast.AST]]:
    """Of every file of the package in which one of these stands."""
    root = Path(casetrack.__file__).parent
    for path in sorted(root.rglob("*.py")):
        text = path.read_text()
        if any(word in text for word in words):
            yield path.relative_to(root), ast.parse(text)


def _calls(names: Collection[str]) -> Iterator[tuple[Path, ast.Call]]:
    for path, tree in _trees([f"{name}(" for name in names]):
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and getattr(node.func, "id", None) in names:
                yield path, node


def skeleton_of(part: ast.expr) -> str:
    """The words of an expression; what is no word is a hole."""
    match part:
        case ast.Constant(value=str(words)):
            return words
        case ast.JoinedStr(values=values):
            return "".join(skeleton_of(value) for value in values)
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return skeleton_of(left) + skeleton_of(right)
    return HOLE
