"""A day as people write it in Bahasa Indonesia, and months as letters number them."""

from datetime import date

MONTHS = (
    *("Januari", "Februari", "Maret", "April", "Mei", "Juni"),
    *("Juli", "Agustus", "September", "Oktober", "November", "Desember"),
)
#: A letter's number names its month so.
ROMAN_MONTHS = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")


def day_in_words(day: date) -> str:
    """Such as 2 Desember 2026."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"
