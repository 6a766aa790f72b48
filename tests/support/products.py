"""A service that draws up products, for worlds of the cast: a permit that a division endorses, Hadi signs
and another register numbers; and a letter of refusal."""

from dataclasses import replace
from datetime import date
from typing import Any

from casetrack.domain.authority.signature_block import DatedProfile, Profile
from casetrack.domain.region.region_data import Officer, RegionData
from casetrack.domain.service.definition import (
    Name,
    Objection,
    ProductDefinition,
    Requirement,
    ServiceDefinition,
    StepDefinition,
    Validity,
    WrittenPlace,
)
from casetrack.domain.service.product_numbers import NumberPattern
from tests.support.web import APPLICANT, Web
from tests.support.world import same

#: An officer who sits where drafts are endorsed, by their account.
ENDORSER = Officer("smr.paraf", "officer", "dpmptsp", positions=("kasubbag",))
APPLICATION: dict[str, Any] = {
    "service": "izin-praktik",
    "applicant": APPLICANT,
    "documents": [{"requirement": "ktp"}],
}
_PERMIT = """IZIN PRAKTIK
Nomor: {{ number }}

Diberikan kepada {{ applicant }}[[, beralamat di {{ applicant_address }}]].

[[{{ written_syarat }}]]

{{ dated }}, berlaku sampai {{ valid_until }}.
"""
_REFUSAL = """Ditolak:
- {{ grounds }}

Dasar:
- {{ relied_on }}

Keberatan kepada {{ objection_where }}, {{ objection_how }}, {{ objection_days }} hari kerja.
"""
PERMIT = ProductDefinition(
    id="izin",
    kind="permit",
    name=same("Izin praktik"),
    text=_PERMIT,
    endorsed_by=("kasubbag",),
    signatures=("sign",),
    numbered="outside",
    validity=Validity("years", 2),
    written=(WrittenPlace("syarat", same("Syarat")),),
)
REFUSAL = ProductDefinition(
    id="penolakan",
    kind="refusal",
    name=same("Surat penolakan"),
    text=_REFUSAL,
    signatures=("decide",),
    pattern="surat",
    objection=Objection("Kepala DPMPTSP", "secara tertulis", 21, "UU 30/2014"),
)
PATTERN = NumberPattern("surat", "{serial:3}/DPMPTSP/{year}", "Perwali 1/2020", date(2020, 1, 1))


def licence(*products: ProductDefinition) -> ServiceDefinition:
    """A check, a look by another agency that may be left out, a decision, a signature."""
    step = StepDefinition
    return ServiceDefinition(
        id="izin-praktik",
        version=1,
        letters="IZP",
        name=Name("Izin Praktik", "Practising licence"),
        requirements=(Requirement(id="ktp", name=same("KTP")),),
        steps=(
            step("intake", same("Periksa"), "dpmptsp", "check", roles=("clerk", "officer")),
            step("look", same("Tinjau"), "dlh", "record", after=("intake",), optional=True),
            step("decide", same("Putusan"), "dpmptsp", "decide", after=("intake", "look")),
            step("sign", same("Tanda tangan"), "dpmptsp", "sign", after=("decide",)),
            step("hand_over", same("Serah"), "dpmptsp", "hand_over", after=("sign",)),
        ),
        products=products or (PERMIT, REFUSAL),
        sent_by=("electronic",),
    )


def drawing_up(data: RegionData, service: ServiceDefinition | None = None) -> RegionData:
    """The region with this service, a pattern for its letters, and how Hadi and Wati are printed."""
    printed = tuple(
        DatedProfile(f"smr.{name}", date(2020, 1, 1), Profile(f"{name.title()}, S.H."))
        for name in ("hadi", "wati")
    )
    return replace(
        data,
        region=replace(data.region, number_patterns=(PATTERN,)),
        officers=(*data.officers, ENDORSER),
        services=(*data.services, service or licence()),
        profiles=printed,
    )


def decided(
    web: Web,
    clerk: str = "dewi",
    officer: str = "hadi",
    reader: str = "audit",
    nik: str = APPLICANT["nik"],
) -> str:
    """A case whose draft waits to be endorsed: its number."""
    body = {**APPLICATION, "applicant": {**APPLICANT, "nik": nik}}
    number = str(web.open(body, clerk)["number"])
    for who, action, step in (
        (clerk, "declare_complete", "intake"),
        (officer, "complete", "decide"),
    ):
        done = web.act(number, who, action, step, etag=web.etag(number, reader))
        assert done.status_code == 200, done.text
    return number


def first_product(web: Web, number: str, reader: str = "audit") -> dict[str, Any]:
    """The first product of a case."""
    found: dict[str, Any] = web.get(f"/cases/{number}", reader).get_json()["products"][0]
    return found
