"""Two questions of detect-secrets about a line, asked only of one in which something was found.

By itself it asks them of every line first, which is half of what a scan computes.
"""

from detect_secrets.filters.allowlist import is_line_allowlisted
from detect_secrets.filters.heuristic import is_indirect_reference
from detect_secrets.util.code_snippet import CodeSnippet

#: The names under which it asks them itself.
AT_ONCE = (
    "detect_secrets.filters.allowlist.is_line_allowlisted",
    "detect_secrets.filters.heuristic.is_indirect_reference",
)


def is_found_and_allowed(filename: str, secret: str, context: CodeSnippet) -> bool:
    """Whether the line says that it is let be."""
    return bool(secret) and is_line_allowlisted(filename, context.target_line.rstrip(), context)


def is_found_and_named(secret: str, context: CodeSnippet) -> bool:
    """Whether the line only says where the secret is taken from."""
    return bool(secret) and is_indirect_reference(context.target_line.rstrip())
