"""A region's YAML files: read whole, and refused whole with file, line and cure of every problem.

How the files are written: docs/region-files.md.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from casetrack.domain.authority.filing import RegisterFile
from casetrack.domain.clock import DayOverride
from casetrack.domain.errors import BadInput
from casetrack.domain.region.region_check import region_problems
from casetrack.domain.region.region_data import Position, RegionData, RegionText
from casetrack.domain.region.seat_check import seat_problems
from casetrack.domain.service.definition import Problem, ServiceDefinition, meant
from casetrack.domain.service.definition_document import read_definition
from casetrack.gateways.region import message_files, product_files, register_file
from casetrack.gateways.region.office_files import (
    AGENCIES,
    OFFICERS,
    POSITIONS,
    REGION,
    agency_of,
    officer_of,
    position_of,
    region_of,
)
from casetrack.gateways.region.service_file import SERVICE
from casetrack.gateways.region.yaml_files import Reader, YamlFile, refuse

_FILES = ("region.yaml", "agencies.yaml", "positions.yaml", "officers.yaml", register_file.FILE)
#: Keys whose faults only follow from one in the files of agencies and positions.
_ABOUT_AGENCIES = {"agency", "superior", "positions", "registrar_for", "secretariat", "endorsed_by"}


def read_region(folder: Path) -> RegionData:
    """Read and check the files of one region.

    Raises BadInput with one line per problem, of all files: what is wrong, where, and the cure.
    """
    try:
        next(folder.iterdir(), None)
    except OSError as error:
        cure = "give the folder of one region, with region.yaml in it"
        raise BadInput(f"{folder}: {error.strerror}; cure: {cure}") from error
    files = _RegionFiles(folder)
    data = files.read()
    refuse([line for file in files.all for line in file.lines()])
    return data


<<<<<<< HEAD
def read_service(path: Path) -> ServiceDefinition:
    """Read and check one definition that stands alone: whether its agencies exist is not asked.

    Raises BadInput like `read_region`.
    """
    file = YamlFile(str(path))
    definition = _service(file.read(path, _SERVICE))
    file.report(definition_check.problems(definition, None))
    refuse(file.lines())
    return definition


def _fact_value(file: YamlFile, node: yaml.Node, at: At) -> str | int | bool:
    reader: dict[str, Callable[[YamlFile, yaml.Node, At], str | int | bool]]
    reader = {"int": read_whole, "bool": read_flag}
    return reader.get(scalar_kind(node), read_text)(file, node, at)


def _zone(file: YamlFile, node: yaml.Node, at: At) -> str:
    name = read_text(file, node, at)
    if at not in file.broken:
        try:
            ZoneInfo(name)
        # OSError: the name of a folder of the time zone database, for example "Asia".
        except (LookupError, ValueError, OSError):
            file.unfit(
                node,
                at,
                f"unknown time zone {short(name)}",
                "use Asia/Jakarta, Asia/Pontianak, Asia/Makassar or Asia/Jayapura",
            )
    return name


def _limit(file: YamlFile, node: yaml.Node, at: At) -> dict[str, Any]:
    limit: dict[str, Any] = _LIMIT(file, node, at)
    if not 1 <= limit["value"] <= MAX_VALUE:
        if (*at, "value") not in file.broken:
            file.fault(
                file.line_of((*at, "value")),
                f"{place_of(at)}the value of a limit is {limit['value']}",
                f"give a whole number from 1 to {MAX_VALUE}",
            )
        limit["value"] = 1
    return limit


def _or_none(reader: Reader) -> Reader:
    """`none`, written as a word, or what the reader takes."""

    def read(file: YamlFile, node: yaml.Node, at: At) -> Any:
        return (
            None if scalar_kind(node) == "str" and node.value == "none" else reader(file, node, at)
        )

    return read


def _quiet_hours(file: YamlFile, node: yaml.Node, at: At) -> QuietHours:
    told = record({"from": read_text, "until": read_text}, {})(file, node, at)
    try:
        return QuietHours.from_dict(told)
    except ValueError as error:
        if not any(part[: len(at)] == at for part in file.broken):
            cure = 'write {from: "21:00", until: "06:00"}, or none'
            file.unfit(node, at, f"the quiet hours cannot be so: {error}", cure)
    return quiet_hours.DEFAULT


def _by_name(reader: Reader) -> Reader:
    """Any keys; whether they mean something is asked of the rules."""

    def read(file: YamlFile, node: yaml.Node, at: At) -> dict[str, Any]:
        known = (
            [str(key.value) for key, _ in node.value] if isinstance(node, yaml.MappingNode) else ()
        )
        told: dict[str, Any] = record({}, dict.fromkeys(known or ["a key"], reader))(file, node, at)
        return told

    return read


def _channels(file: YamlFile, node: yaml.Node, at: At) -> list[str]:
    told: list[str] | None = _or_none(list_of(read_text))(file, node, at)
    return told or []


def _told(file: YamlFile, node: yaml.Node, at: At) -> dict[str, list[str]]:
    """Party by party, or `none` for all of them."""
    told: dict[str, list[str]] | None = _or_none(_by_name(_channels))(file, node, at)
    return {party: [] for party in notices.PARTIES} if told is None else told


#: Keys whose faults only follow from one in the files of agencies and positions.
_ABOUT_AGENCIES = {"agency", "superior", "positions", "registrar_for", "secretariat", "endorsed_by"}


def _name(file: YamlFile, node: yaml.Node, at: At) -> dict[str, str]:
    """In both languages; where the English one is left out, the Indonesian one stands for it."""
    told: dict[str, str] = record({"id": read_text}, {"en": read_text})(file, node, at)
    return {"en": told["id"], **told}


# ---- What the files hold

_LIMIT = record({"value": read_whole, "unit": one_of(UNITS)}, {})
_NAME = _name
_REGION = record(
    {"code": read_text, "letters": read_text, "name": _NAME, "zone": _zone},
    {
        "holidays": list_of(record({"day": read_day, "name": read_text}, {"working": read_flag})),
        "quiet_hours": _or_none(_quiet_hours),
        "secretariat": read_text,
        "looks_kept": read_whole,
        "joined": list_of(
            record({"officer": read_text, "position": read_text, "reason": read_text}, {})
        ),
        "erase_within": read_whole,
        "number_patterns": product_files.NUMBER_PATTERNS,
        "head": read_text,
        "archive_rule": read_text,
    },
)
_AGENCIES = list_of(
    record(
        {"id": read_text, "name": _NAME, "kind": read_text},
        {
            "stays": list_of(record({}, {"since": read_day, "until": read_day})),
            "email": read_text,
            "office": _NAME,
        },
    )
)
_POSITIONS = list_of(
    record({"id": read_text, "agency": read_text, "name": _NAME}, {"superior": read_text})
)
_OFFICERS = list_of(
    record(
        {"login": read_text},
        {
            "role": read_text,
            "roles": list_of(read_text),
            "agency": read_text,
            "positions": list_of(read_text),
            "registrar_for": list_of(read_text),
            "data_protection": read_flag,
            "person": read_text,
            "disabled": read_flag,
            **product_files.PRINTED,
        },
    )
)
_WHEN = record(
    {"fact": read_text},
    {"equals": _fact_value, "one_of": list_of(_fact_value), "at_least": read_whole},
)
_STEP = record(
    {"id": read_text, "name": _NAME, "agency": read_text, "kind": one_of(KINDS)},
    {
        "after": list_of(read_text),
        "optional": read_flag,
        "repeatable": read_flag,
        "limit": _limit,
        "silence": one_of(definition.SILENCES),
        "roles": list_of(read_text),
        "when": _WHEN,
        "official": read_flag,
        "authority": one_of(definition.ACTIONS),
        "separation": one_of(definition.SEPARATIONS),
        "separate_from": list_of(read_text),
        "activities": list_of(read_text),
        "bill": BILL,
    },
)
_SERVICE = record(
    {
        "id": read_text,
        "version": read_whole,
        "letters": read_text,
        "name": _NAME,
        "steps": list_of(_STEP),
    },
    {
        "requirements": list_of(
            record(
                {"id": read_text, "name": _NAME},
                {
                    "required": read_flag,
                    "readers": list_of(read_text),
                    "when": _WHEN,
                    "file_mb": read_whole,
                },
            )
        ),
        "facts": list_of(
            record(
                {"id": read_text, "name": _NAME, "type": one_of(FACT_TYPES)},
                {
                    "required": read_flag,
                    "choices": list_of(read_text),
                    "minimum": read_whole,
                    "maximum": read_whole,
                    "readers": list_of(read_text),
                    "public": read_flag,
                },
            )
        ),
        "limit": _limit,
        "extension": record({"limit": _limit, "article": read_text}, {}),
        "pause_caps": record({}, dict.fromkeys(definition.PAUSE_CAPS, _limit)),
        "product": _NAME,
        "products": product_files.products_reader(_NAME, _WHEN),
        "fee": record({"amount": read_whole}, {"note": _NAME}),
        "legal_basis": list_of(read_text),
        "deemed_grant": one_of(definition.DEEMED_GRANTS),
        "deemed_basis": read_text,
        "tracked_only": read_flag,
        "strategic": read_flag,
        "specific_data": read_flag,
        "passes_to_heirs": read_flag,
        "retention": record({"years": read_whole, "basis": read_text}, {}),
        "notices": _by_name(_told),
    },
)


def _service(document: Mapping[str, Any]) -> ServiceDefinition:
    return read_definition(document)


=======
>>>>>>> main
class _RegionFiles:
    """The files of one region's folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.region, self.agencies, self.positions, self.officers = map(YamlFile, _FILES[:4])
        self.register = register_file.register_yaml()
        self.services: list[YamlFile] = []
        self.texts: list[YamlFile] = []
        self.strangers: list[YamlFile] = []

    @property
    def all(self) -> list[YamlFile]:
        """All files, in the order in which their problems are told."""
        basic = [self.region, self.agencies, self.positions, self.officers]
        return [*basic, *self.services, self.register, *self.texts, *self.strangers]

    def read(self) -> RegionData:
        """Read every file and ask whether they fit together."""
        region = self._part(self.region, REGION)
        positions = tuple(position_of(p) for p in self._part(self.positions, POSITIONS, default=[]))
        officers = self._part(self.officers, OFFICERS)
        data = RegionData(
            region=region_of(region),
            agencies=tuple(agency_of(a) for a in self._part(self.agencies, AGENCIES)),
            positions=positions,
            officers=tuple(officer_of(o) for o in officers),
            profiles=product_files.profiles(officers),
            services=tuple(self._read_services()),
            overrides=tuple(
                DayOverride(day["day"], day.get("working", False), day["name"])
                for day in region.get("holidays", ())
            ),
            register=self._read_register(positions),
            texts=self._read_texts(),
        )
        self._find_strangers()
        for problem in (*region_problems(data), *seat_problems(data)):
            self._report(problem)
        return data

    def _part(self, file: YamlFile, reader: Reader, default: object = None) -> Any:
        return file.read(self.folder / file.label, reader, default)

    def _read_register(self, positions: tuple[Position, ...]) -> RegisterFile | None:
        register = self._part(self.register, register_file.read_register, default=False)
        if not register or not self.register.readable:
            return None
        return register_file.with_positions(register, positions, self.positions.sha256)

    def _read_texts(self) -> tuple[RegionText, ...]:
        self.texts, texts = message_files.read_texts(self.folder)
        return texts

    def _read_services(self) -> Iterator[ServiceDefinition]:
        try:
            paths = sorted((self.folder / "services").iterdir())
        except FileNotFoundError:
            return
        except OSError as error:
            # To take it for empty would withdraw every service.
            self._stranger("services", f"cannot be listed: {error.strerror}", "make it a folder")
            return
        for path in paths:
            label = f"services/{path.name}"
            if path.suffix == ".yaml":
                self.services.append(YamlFile(label))
                yield read_definition(self._part(self.services[-1], SERVICE))
            elif path.suffix == ".yml":
                self._stranger(label, "is not read", f"name it {path.stem}.yaml")

    def _find_strangers(self) -> None:
        """A file that is not read because its name is misspelt would be missed silently."""
        for path in sorted(self.folder.glob("*.y*ml")):
            if path.name not in _FILES:
                self._stranger(path.name, "no file is called that", meant(path.name, _FILES))

    def _stranger(self, label: str, message: str, cure: str) -> None:
        self.strangers.append(YamlFile(label))
        self.strangers[-1].fault(1, message, cure)

    def _report(self, problem: Problem) -> None:
        """Note a problem in the file it is about, unless it only follows from an unreadable one."""
        top, *rest = problem.at
        about_agency = not _ABOUT_AGENCIES.isdisjoint(rest)
        if about_agency and not (self.agencies.readable and self.positions.readable):
            return
        if "joined" in rest and not (self.officers.readable and self.positions.readable):
            return
        others = (file for file in self.all if file not in (self.register, *self.texts))
        if top == "register" and any(file.faults for file in others):
            return
        if top == "services":
            file = self.services[int(rest.pop(0))]
        elif top == "overrides":
            file, rest = self.region, ["holidays", *rest]
        else:
            file = {file.label: file for file in self.all}[f"{top}.yaml"]
        file.report([Problem(tuple(rest), problem.message, problem.cure)])
