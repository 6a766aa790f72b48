"""Decisions that nobody checked against a register: what is known of each scheme, and no more."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from casetrack.gateways.pictures.parts import Data
from casetrack.gateways.pictures.words import Tongue


@dataclass(frozen=True, slots=True)
class Unproven:
    """What is said of a decision without a passport: in a word, why, and by what it was taken."""

    verdict: str
    reason: str
    by: str


def unproven(authority: Data, tongue: Tongue) -> Unproven:
    """The words of a scheme that is not `checked`; an unknown one is as good as imported."""
    return _SCHEMES.get(authority["scheme"], _imported)(authority, tongue)


def _unchecked(authority: Data, tongue: Tongue) -> Unproven:
    role, agency = authority.get("role", "?"), authority.get("agency", "?")
    return Unproven(
        tongue("Belum diperiksa", "Not checked"),
        tongue(
            "Hanya peran yang diketahui; tidak ada rantai dari dasar hukum.",
            "Only a role is known; there is no chain from a law.",
        ),
        tongue(f"Peran: {role} di {agency}", f"Role: {role} at {agency}"),
    )


def _external(authority: Data, tongue: Tongue) -> Unproven:
    parts = [str(authority[key]) for key in ("issuer", "number", "date") if authority.get(key)]
    return Unproven(
        tongue("Diputuskan di sistem lain", "Decided in another system"),
        tongue(
            "Penerbitnya bertanggung jawab sendiri atas kewenangannya; di sini tidak diperiksa.",
            "Its issuer answers for its own authority; it was not checked here.",
        ),
        tongue("Penerbit: ", "Issuer: ") + ", ".join(parts),
    )


def _by_law(authority: Data, tongue: Tongue) -> Unproven:
    return Unproven(
        tongue("Dianggap dikabulkan secara hukum", "Deemed granted by law"),
        tongue(
            "Batas waktu lewat tanpa keputusan (UU 30/2014 Pasal 53); tidak ada yang memutuskan.",
            "The limit passed without a decision (UU 30/2014 art. 53); nobody decided.",
        ),
        tongue("Oleh hukum", "By law"),
    )


def _imported(authority: Data, tongue: Tongue) -> Unproven:
    return Unproven(
        tongue("Diimpor, tidak diperiksa", "Imported, not checked"),
        tongue(
            "Berasal dari catatan sistem lama; kewenangannya tidak tercatat.",
            "It comes from the log of an older system; its authority is not recorded.",
        ),
        tongue("Pelaku menurut catatan lama", "Who acted, by the old log"),
    )


_SCHEMES: Mapping[str, Callable[[Data, Tongue], Unproven]] = {
    "unchecked": _unchecked,
    "external": _external,
    "by_law": _by_law,
    "imported": _imported,
}
