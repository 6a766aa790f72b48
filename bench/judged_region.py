"""The region of the measurements with a register of ten years, of which its service is one part."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from bench import bench_region
from bench.big_register import HEAD, BigRegister, Size, big_register, service_id
from bench.register_costs import region_data
from casetrack.domain.authority.entries import Entry, EntryKind, Incumbency, Letter, Withdrawal
from casetrack.domain.authority.entry_json import read_entry, to_document
from casetrack.domain.authority.filing import Filed, RegisterFile
from casetrack.domain.region.region_data import RegionData
from casetrack.gateways.region.region_files import read_region

#: The service of the big register in whose place the measured one stands.
_STANDS_FOR = service_id(0)
_SIGNER = "ben.signer"


def judged_region(folder: Path, size: Size) -> RegionData:
    """The files of this folder, with the register of this size in place of their own."""
    own = read_region(bench_region.write(folder))
    big = big_register(size)
    around = region_data(big)
    named = {agency.id for agency in own.agencies}
    services = [s for s in around.services if s.id != _STANDS_FOR]
    return replace(
        own,
        agencies=(*own.agencies, *(a for a in around.agencies if a.id not in named)),
        positions=(),
        officers=(*own.officers, *around.officers),
        services=(*own.services, *services),
        register=RegisterFile("ben.registrar", tuple(_papers(big))),
    )


def today(years: int = 10) -> Size:
    """Ten years until today."""
    return Size(years=years, today=datetime.now(UTC).date())


def tried() -> Size:
    """A small one, where a measurement is only tried."""
    return Size(services=6, positions=140, grants=90, years=6, today=datetime.now(UTC).date())


def _papers(big: BigRegister) -> list[Filed]:
    """The papers, of which none takes the power of who signs here away."""
    kept = [
        Filed(each.kind, each.id, _ours(each.kind, each.entry), "0" * 64)
        for each in big.entries
        if not _ends_it(each.entry)
    ]
    since = big.size.begin
    letter = Letter("SK-KEPALA", since)
    seat = Incumbency(_SIGNER, HEAD, "definitive", letter, since)
    return [*kept, Filed("incumbency", "sk-ukur-kepala", seat, "0" * 64)]


def _ends_it(entry: object) -> bool:
    if isinstance(entry, Incumbency):
        return entry.position == HEAD
    number = _STANDS_FOR.rpartition("-")[2]
    return isinstance(entry, Withdrawal) and entry.grant.endswith(f"-{number}")


def _ours(kind: EntryKind, entry: Entry) -> Entry:
    said = json.dumps(to_document(entry)).replace(f'"{_STANDS_FOR}"', f'"{bench_region.SERVICE}"')
    return read_entry(kind, json.loads(said))
