"""What slips say beside the case, in the words of the region, and where it was taken in."""

from dataclasses import dataclass

from casetrack.domain.service.definition import Name
from casetrack.web.pages.citizen_pages import Tongue


@dataclass(frozen=True, slots=True)
class Beside:
    """What every slip says beside the case, in the region's own words; None where it says nothing.

    Whom to ask, where to complain, here and outside, which data are held and why, what goes without a
    telephone.
    """

    ask: Name | None = None
    complain: Name | None = None
    complain_outside: Name | None = None
    #: The address of the page that takes complaints in, where the region does.
    complain_page: str = ""
    data: Name | None = None
    without_phone: Name | None = None

    def said(self, tongue: Tongue) -> list[tuple[str, str]]:
        """Heading and text of each matter of which something is said."""
        t = tongue.t
        page = Name(
            f"Halaman {self.complain_page} menerima pengaduan siang dan malam.",
            f"The page {self.complain_page} takes complaints day and night.",
        )
        complain = (self.complain, page if self.complain_page else None, self.complain_outside)
        said = (
            (t("Bertanya", "Questions"), (self.ask,)),
            (t("Mengadu", "Complaints"), complain),
            (t("Tanpa telepon", "Without a telephone"), (self.without_phone,)),
            (t("Data Anda", "Your data"), (self.data,)),
        )
        return [
            (heading, " ".join(tongue.said(each) for each in words if each is not None))
            for heading, words in said
            if any(words)
        ]


NOTHING_BESIDE = Beside()


@dataclass(frozen=True, slots=True)
class TakenAt:
    """At which counter an application was taken in, and the applicant's number in its queue."""

    counter: Name | None = None
    queue: str | None = None

    def said(self, tongue: Tongue) -> list[tuple[str, str]]:
        """Label and words of what is known."""
        t = tongue.t
        counter = [(t("Loket", "Counter"), tongue.said(self.counter))] if self.counter else []
        queue = [(t("Nomor antrean", "Number in the queue"), self.queue)] if self.queue else []
        return [*counter, *queue]


NOWHERE_NAMED = TakenAt()
