"""What stands at the head of every sheet."""

from casetrack.domain.service.definition import Name


def government(region: Name) -> Name:
    """Whose office issues the sheet: "Pemerintah Kota Samarinda"."""
    return Name(f"Pemerintah {region.id}", region.en)
