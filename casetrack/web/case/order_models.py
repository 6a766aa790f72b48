"""By which instrument something becomes of a product, and by whose order it is suspended."""

from datetime import date, datetime

from pydantic import BaseModel, Field

from casetrack.domain.case.product_details import Basis, ProductOrder
from casetrack.domain.case.transitions import AnnulledBy, SuspensionGround
from casetrack.web.http.models import Day, Digest, Line, Taken, absent


class BasisIn(Taken):
    """The instrument by which a product is changed, ended or suspended."""

    number: Line
    dated: Day
    issuer: Line | None = None
    sha256: Digest | None = None


class OrderIn(Taken):
    """By whose order a product is suspended or reinstated, and in which document (UU 30/2014 art. 65)."""

    ground: SuspensionGround | None = Field(
        default=None, description="suspend: on which ground; a court needs none"
    )
    by: AnnulledBy = "official"
    instrument: BasisIn
    article: Line | None = Field(default=None, description="by superior: by which article")

    def details(self, product: str, misplaced: tuple[str, ...]) -> ProductOrder:
        """As the rules take it."""
        basis = Basis(**self.instrument.model_dump())
        return ProductOrder(self.by, basis, product, self.ground, self.article, misplaced)


class BasisOut(BaseModel):
    """An instrument."""

    number: str
    dated: date
    issuer: str = absent()
    sha256: str = absent()


class SuspendedOut(BaseModel):
    """Since when a product is suspended, by whose order, in which document, on which ground."""

    at: datetime
    by: AnnulledBy
    ground: SuspensionGround | None = Field(description="null: a court needs none")
    instrument: BasisOut
    article: str | None
    officer: str = Field(description="who suspended it, or recorded the court's order")
    version: int
