"""What the operations on services give."""

from pydantic import BaseModel, ConfigDict, RootModel

from casetrack.domain.service.definition import ServiceDefinition


class ServicesOut(BaseModel):
    """What can be applied for: the current version of every service, as it was published."""

    #: A definition is given with every key spelt out, those with a default too.
    model_config = ConfigDict(json_schema_serialization_defaults_required=True)

    items: list[ServiceDefinition]
    next_cursor: None


class ServiceOut(RootModel[ServiceDefinition]):
    """The current version of one service, as it was published."""

    model_config = ConfigDict(json_schema_serialization_defaults_required=True)
