"""A product that somebody began to sign is not issued over their head, however far the signature is."""

from typing import Any

import pytest

from casetrack.domain.case.deemed_grant import lacking
from casetrack.domain.case.state import CaseState
from casetrack.domain.service.definition import Name, ProductDefinition, ServiceDefinition

NAME = Name("Izin", "Permit")
PERMIT = ProductDefinition(id="izin", kind="permit", name=NAME, text="IZIN")
SERVICE = ServiceDefinition(
    id="izin", version=1, letters="IZN", name=NAME, requirements=(), steps=(), products=(PERMIT,)
)


@pytest.mark.parametrize(
    ("product", "begun"),
    [
        ({"signatures": []}, False),
        ({"signatures": [{"officer": "smr.hadi"}]}, True),
        ({"signatures": [], "signing": {"officer": "smr.hadi"}}, True),
    ],
    ids=["only drawn up", "signed in part", "begun at a signing service"],
)
def test_a_signature_that_is_begun_stands_against_a_grant_by_law(
    product: dict[str, Any], begun: bool
) -> None:
    state = CaseState(
        "SMR-IZN-2026-000001-1", "64.72", "izin", 1, products=({"product": "izin", **product},)
    )
    found = lacking(state, SERVICE, {}, set_up=True)
    assert ({"kind": "signature", "id": "izin"} in found) == begun
