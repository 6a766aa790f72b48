"""A service whose result another issues in a system of its own, for worlds of the cast."""

from typing import Any

from casetrack.domain.service.definition import Name, ServiceDefinition, StepDefinition
from tests.support.web import APPLICANT, Web
from tests.support.world import same

NOTED = {"number": "0220012345678", "dated": "2026-11-20", "valid_until": None}


def assisted() -> ServiceDefinition:
    """Help at the counter; the result is OSS's."""
    step = StepDefinition
    return ServiceDefinition(
        id="nib-dibantu",
        version=1,
        letters="NIB",
        name=Name("Pendampingan NIB", "Business number with help"),
        tracked_only=True,
        issued_by=Name("Sistem OSS", "The OSS system"),
        issued_number="#" * 13,
        deemed_grant="none",
        steps=(
            step("intake", same("Periksa"), "dpmptsp", "check", roles=("clerk", "officer")),
            step("issue", same("Terbit"), "dpmptsp", "issue", ("intake",), roles=("clerk",)),
            step("hand_over", same("Serah"), "dpmptsp", "hand_over", ("issue",), roles=("clerk",)),
        ),
    )


def noted(web: Web, by: str = "dewi", reader: str = "audit") -> str:
    """A case in which it is noted what OSS issued."""
    body: dict[str, Any] = {"service": "nib-dibantu", "applicant": APPLICANT, "documents": []}
    number = str(web.open(body, by)["number"])
    for action, step, said in (
        ("declare_complete", "intake", {}),
        ("complete", "issue", {"issued_elsewhere": NOTED}),
    ):
        done = web.act(number, by, action, step, etag=web.etag(number, reader), **said)
        assert done.status_code == 200, done.text
    return number
