"""What a service's file may say of the bill of a pay step."""

from casetrack.domain.clock import UNITS
from casetrack.domain.service import tariff
from casetrack.gateways.region.yaml_values import (
    list_of,
    one_of,
    read_flag,
    read_text,
    read_whole,
    record,
)

_LIMIT = record({"value": read_whole, "unit": one_of(UNITS)}, {})
_BANDS = list_of(record({"value": read_whole}, {"up_to": read_whole, "over": read_whole}))
_TABLE = list_of(record({"code": read_text, "value": read_whole}, {"over": read_whole}))
_FACTORS = list_of(record({"fact": read_text}, {"bands": _BANDS, "table": _TABLE}))
_FORMULA = record(
    {
        "parts": list_of(
            record(
                {},
                {
                    "amount": read_whole,
                    "fact": read_text,
                    "each": read_whole,
                    "bands": _BANDS,
                    "progressive": read_flag,
                    "table": _TABLE,
                    "factors": _FACTORS,
                },
            )
        )
    },
    {
        "factors": _FACTORS,
        "rounding": record({"to": read_whole, "mode": one_of(tariff.ROUNDINGS)}, {}),
        "minimum": read_whole,
        "maximum": read_whole,
    },
)
#: The key `bill` of a step.
BILL = record(
    {
        "basis": read_text,
        "due": record({"value": read_whole, "unit": one_of(UNITS)}, {}),
        "holds": one_of(tariff.HOLDS),
    },
    {"formula": _FORMULA, "external": read_flag},
)
