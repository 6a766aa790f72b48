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
_ABOUT_AGENCIES = {
    *(
        "agency",
        "superior",
        "positions",
        "registrar_for",
        "secretariat",
        "endorsed_by",
        "complaints",
    ),
}


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
            addresses=tuple((o["login"], o["email"]) for o in officers if "email" in o),
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
