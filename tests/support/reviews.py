"""Services that take objections and appeals, and the way of one to its decision."""

from dataclasses import replace
from typing import Any

from casetrack.domain.region.region_data import RegionData
from casetrack.domain.service.definition import (
    Name,
    Objection,
    ProductDefinition,
    Requirement,
    ReviewKind,
    Reviews,
    ServiceDefinition,
    StepDefinition,
)
from tests.support.web import APPLICANT, Web
from tests.support.world import days, same

_ABOUT = """Terhadap {{ review_number }}[[, diputus {{ review_decided_on }}]].
[[Diterima pada: {{ review_reached }}]]
Diputus menurut {{ review_decided_by }}.
"""
#: Letters of what was decided of an objection: granted, and refused.
GRANTED = ProductDefinition(
    id="pengabulan",
    kind="letter",
    name=same("Pengabulan"),
    text=f"Dikabulkan.\n\n{_ABOUT}",
    signatures=("decide",),
    pattern="surat",
)
REFUSED = ProductDefinition(
    id="penolakan",
    kind="refusal",
    name=same("Penolakan"),
    text=f"""Ditolak:
- {{{{ grounds }}}}

Dasar:
- {{{{ relied_on }}}}

{_ABOUT}
Banding kepada {{{{ appeal_where }}}}, {{{{ appeal_how }}}}, {{{{ appeal_days }}}} hari kerja \
({{{{ appeal_basis }}}}).
""",
    signatures=("decide",),
    pattern="surat",
    objection=Objection("Wali Kota", "secara tertulis", 10, "UU 30/2014"),
)
LAW = {"objection": "Pasal 77 ayat (5) UU 30/2014", "appeal": "Pasal 78 ayat (5) UU 30/2014"}


def review_service(kind: ReviewKind, **more: Any) -> ServiceDefinition:
    """A check, a decision within ten working days, five days to carry it out, a hand-over."""
    step = StepDefinition
    objection = kind == "objection"
    return ServiceDefinition(
        id="keberatan" if objection else "banding",
        version=1,
        letters="KBR" if objection else "BDG",
        name=Name("Keberatan", "Objection") if objection else Name("Banding", "Appeal"),
        requirements=(Requirement(id="surat", name=same("Surat")),),
        steps=(
            step(
                "intake",
                same("Periksa"),
                "dpmptsp",
                "check",
                limit=days(1),
                roles=("clerk", "officer"),
            ),
            step("decide", same("Putusan"), "dpmptsp", "decide", after=("intake",)),
            step(
                "carry_out",
                same("Laksanakan"),
                "dpmptsp",
                "record",
                after=("decide",),
                limit=days(5),
            ),
            step("hand_over", same("Serah"), "dpmptsp", "hand_over", after=("carry_out",)),
        ),
        limit=days(10),
        deemed_grant="auto_issue",
        deemed_basis=LAW[kind],
        reviews=Reviews(
            kind,
            21 if objection else 10,
            "Pasal 77 ayat (1) UU 30/2014" if objection else "Pasal 78 ayat (1) UU 30/2014",
            "Pasal 77 UU 30/2014" if objection else "Pasal 78 UU 30/2014",
        ),
        **more,
    )


def with_reviews(data: RegionData) -> RegionData:
    """The region with both services."""
    both = (review_service("objection"), review_service("appeal"))
    return replace(data, services=(*data.services, *both))


def lodged(web: Web, number: str, kind: ReviewKind = "objection") -> dict[str, Any]:
    """An objection to what was decided in a case, or an appeal, complete: the case as it was opened."""
    link = "objection_to" if kind == "objection" else "appeal_of"
    case = web.open(
        {
            "service": "keberatan" if kind == "objection" else "banding",
            "applicant": APPLICANT,
            "documents": [{"requirement": "surat"}],
            "links": [{"kind": link, "number": number}],
        }
    )
    done = web.act(case["number"], "dewi", "declare_complete", "intake")
    assert done.status_code == 200, done.text
    return case
