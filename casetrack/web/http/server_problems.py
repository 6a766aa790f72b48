"""The codes that slow and greedy clients hear."""

from collections.abc import Mapping

from casetrack.web.http.listed_problem import Listed

AT_THE_SERVER: Mapping[str, Listed] = {
    "too_many_requests": Listed(
        (429,),
        "the token asks more often than it may in a second; writes and reads are counted apart",
        "Wait for `Retry-After`, then go on more slowly; the limit is the operator's setting.",
    ),
    "too_many_connections": Listed(
        (429,),
        "the address has as many connections open as it may",
        "Close some, or keep one and use it again; the limit is the operator's setting.",
    ),
    "head_too_long": Listed(
        (431,), "the head of the request is longer than 32 KiB", "Send fewer or shorter fields."
    ),
    "too_slow": Listed(
        (408,),
        "the request did not come whole in its time: 10 s for the head, 30 s for the body, 180 s for "
        "a form with a file",
        "Send it again, all at once.",
    ),
}
