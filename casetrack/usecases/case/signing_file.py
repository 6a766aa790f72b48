"""One product's file on its way to all its signatures: taken under a lease, signed outside of any lock.

The passport, the number and the day are those of the beginning, and the file is made of them, so trying
again makes no other paper and no second passport. What is made is written down with its place in the
store before it has its event: a try that was killed is gone on with, not begun anew.
"""

import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from casetrack.domain.access import Actor
from casetrack.domain.case.electronic_signatures import (
    Bears,
    Failure,
    NotSigned,
    OwnWords,
    SignaturePlace,
    SignedPdf,
    bears_of,
)
from casetrack.domain.case.electronic_signing import completed, is_corrected, places
from casetrack.domain.case.printed_product import ProductContent
from casetrack.domain.case.product_details import MadeFile
from casetrack.domain.case.state import Document
from casetrack.domain.errors import Busy, NotNow, Refusal, Unavailable
from casetrack.domain.events import parse_instant
from casetrack.storage.people import signing_rows
from casetrack.storage.people.signing_rows import SigningRow
from casetrack.usecases.case import signed_files
from casetrack.usecases.case.preparing import sealer_of
from casetrack.usecases.case.product_content import product_content
from casetrack.usecases.case.product_paper import paper_of
from casetrack.usecases.case.signing_told import TOLD, tell, waiting_mark
from casetrack.usecases.case.visible_case import Sight
from casetrack.usecases.context import Context, Signatures
from casetrack.usecases.people import files
from casetrack.usecases.people.officer_profiles import is_other_nik
from casetrack.usecases.people.sealing import Sealer

#: Seconds after which somebody may try again.
_SOON, _LATER = 5, 30


class NotYet(Exception):
    """The next signature on the file is another signer's, and only their own words give it."""

    def __init__(self, step: str | None) -> None:
        super().__init__("another one's turn")
        self.step = step


@dataclass(frozen=True, slots=True)
class Making:
    """One product's file on its way to all its signatures."""

    ctx: Context
    actor: Actor
    case: Sight
    product: Document
    words: OwnWords | None
    #: Whether the clock tries again, who gives no words of their own.
    by_clock: bool = False

    @property
    def signatures(self) -> Signatures:
        """What signs."""
        if self.ctx.signatures is None:
            raise RuntimeError("nothing signs here")
        return self.ctx.signatures

    def file(self) -> MadeFile | None:
        """The file with all signatures; None where another signer's comes next. Raises Refusal."""
        sealer = sealer_of(self.ctx, self.case.state)
        if sealer is None:
            raise _erased()
        row = self._taken()
        try:
            row = self._signed(row, sealer)
        except NotSigned as error:
            self._failed(row, error.failure, again=error.failure == "unavailable")
            raise refusal_of(error) from error
        except NotYet as early:
            # Nothing was tried: the clock tells whose turn it is.
            with self.ctx.database.write() as uow:
                signing_rows.release(uow, row)
            self.ctx.wake()
            raise _earlier_one(early.step) from early
        except Refusal as refused:
            self._failed(row, "unavailable", again=refused.code != "subject_erased")
            raise
        if row.made < len(places(self.product)):
            with self.ctx.database.write() as uow:
                signing_rows.release(uow, row)
            return None
        return self._made(row, sealer)

    def _failed(self, row: SigningRow, failure: Failure, *, again: bool) -> None:
        """Written down, and told where the clock does not try again by itself."""
        with self.ctx.database.write() as uow:
            tried = signing_rows.failed(uow, row, failure, again=again)
            because = "given_up" if again and not tried else failure
            if because == "given_up" or (failure in TOLD and row.failure != failure):
                tell(uow, self.case, self.product, self._mark(row), because)
        self.ctx.wake()

    def _mark(self, row: SigningRow) -> Document:
        return waiting_mark(self.product, row.made, personal=self.signatures.personal)

    def _taken(self) -> SigningRow:
        """The row of this signature, ours for as long as a try may take. Raises Busy."""
        state, begun = self.case.state, self.product["signing"]["version"]
        patience = timedelta(seconds=self.signatures.patience * len(places(self.product)))
        with self.ctx.database.write() as uow:
            row = signing_rows.take(
                uow,
                state.region,
                state.number,
                self.product["id"],
                begun,
                patience,
                by_clock=self.by_clock,
            )
        if row is None:
            raise Busy(
                "signature_under_way",
                "This signature is being put on the file by another call; ask again in some seconds.",
                retry_after=_SOON,
            )
        return row

    def _signed(self, row: SigningRow, sealer: Sealer) -> SigningRow:
        """The file with as many more signatures as can be given in this call, in their order."""
        marks = places(self.product)
        if row.made == len(marks):
            return row
        bearing = self._bearing(row)
        printed = self._printed(bearing)
        content = self._so_far(row, sealer) if row.made else paper_of(self.ctx, self.case, printed)
        made, signed = row.made, None
        self._check_signer(marks[made:], self._holder(row.region))
        while made < len(marks) and self._may(marks[made]):
            signed = self.signatures.sign(
                row.region, content, self._place(made, printed), self.words
            )
            _check_kind(signed, bearing)
            self._check_signer([marks[made]], signed.nik)
            content, made = signed.content, made + 1
        if signed is None:
            raise NotYet(marks[made].get("step"))
        file, size, digest, key = files.place(
            self.ctx, row.region, io.BytesIO(content), files.SIGNED_FOR
        )
        words = signed_files.words_of(hashlib.sha256(content).hexdigest(), key)
        after = replace(
            row,
            made=made,
            file=file,
            size=size,
            digest=digest,
            sealed=self.ctx.vault.seal(sealer.key, words, _context(row.region, file)),
            certificate=bearing.form,
            level=bearing.level,
            provider=signed.provider if bearing.form == "certified" else None,
            failure=None,
        )
        with self.ctx.database.write() as uow:
            signing_rows.made(uow, row, after)
        return after

    def _may(self, mark: Document) -> bool:
        """Whether this call can give that signature: one's own words sign for nobody else."""
        own = self.words is not None and mark["officer"] == self.actor.id
        return own or not self.signatures.personal

    def _holder(self, region: str) -> str | None:
        """The NIK of who signs now, where it is known before: what they gave, or the certificate's."""
        return self.words.nik if self.words else self.signatures.nik(region)

    def _check_signer(self, marks: Sequence[Document], nik: str | None) -> None:
        """Raises NotSigned where the NIK is another one than that of the officer who is to sign."""
        for mark in marks:
            known = nik is not None and self._may(mark)
            if known and is_other_nik(self.ctx, self.case.state.region, mark["officer"], nik or ""):
                raise NotSigned("rejected", "the NIK is another signer's", other_signer=True)

    def _bearing(self, row: SigningRow) -> Bears:
        """What the paper says of its signatures: it is set before the first, and the same for all."""
        if row.made and row.certificate:
            return bears_of(signed_files.kept(row))
        return Bears(self.signatures.kind(row.region), self.signatures.level)

    def _printed(self, bearing: Bears) -> ProductContent:
        """What the paper says: the product as it will be. Raises NotNow once the person is erased."""
        case, product = self.case, self.product
        at = parse_instant(product["signing"]["at"])
        setting = self.ctx.setting(case.definition, case.state.region, case.revisions.files, at)
        whole = completed(product, case.definition.product_of(product["product"]), setting)
        content = product_content(self.ctx, case, product["id"], whole, bearing)
        if content is None:
            raise _erased()
        return content

    def _place(self, made: int, printed: ProductContent) -> SignaturePlace:
        signature = printed.signatures[-1 if is_corrected(self.product) else made]
        office = ", ".join(line.rstrip(",") for line in signature.block.office)
        return SignaturePlace(
            made + 1,
            signature.block.officer[0],
            f"{office}; paspor wewenang: peristiwa {signature.version}",
            printed.region.id,
        )

    def _so_far(self, row: SigningRow, sealer: Sealer) -> bytes:
        """The file with the signatures that it has. Raises Unavailable, NotAsKept."""
        said = signed_files.said_in(self._words(row, sealer))
        state = self.case.state
        there = files.row_of(state.region, state.number, "", signed_files.kept(row), None)
        return signed_files.opened(self.ctx, there, said)

    def _words(self, row: SigningRow, sealer: Sealer) -> str:
        context = _context(row.region, row.file or "")
        return self.ctx.vault.open(sealer.key, row.sealed or b"", context)

    def _made(self, row: SigningRow, sealer: Sealer) -> MadeFile:
        words = self._words(row, sealer)
        return MadeFile(self.product["id"], row.begun, signed_files.kept(row), words)


def _check_kind(signed: SignedPdf, bearing: Bears) -> None:
    """Raises NotSigned where the paper says "tersertifikasi" and nobody on the list vouches for it."""
    if bearing.form == "certified" and signed.provider is None:
        raise NotSigned("rejected", "no recognised provider vouches for the certificate")


def _earlier_one(step: str | None) -> NotNow:
    """What somebody is told whose own words come too early for the file."""
    return NotNow(
        "earlier_signature_waits",
        f"Your signature is recorded. The file waits for the electronic signature of the step {step} "
        "first; sign again once that is on it.",
        step=step,
    )


def _context(region: str, file: str) -> str:
    """What the seal of a file's hash and key is bound to before its event."""
    return f"signing:{region}:{file}"


def _erased() -> NotNow:
    return NotNow("subject_erased", "Their data were erased, and the text with them.")


def refusal_of(error: NotSigned) -> Refusal:
    """What the signer is told; the case waits for the signature meanwhile."""
    if error.failure == "unavailable":
        return Unavailable(
            "signature_unavailable",
            "Your signature is recorded, but it could not be put on the file now; the case waits for it. "
            "Sign again in a while.",
            retry_after=_LATER,
        )
    if error.failure == "signer_not_registered":
        return NotNow(
            "signer_not_registered",
            "The signing service knows no signer with this NIK; register there, and sign again. The case "
            "waits for it.",
        )
    if error.failure == "certificate_expired":
        return NotNow(
            "certificate_expired",
            "The certificate for signing has ended; have it renewed, and sign again. The case waits for "
            "it.",
        )
    if error.other_signer:
        return NotNow(
            "signature_rejected",
            "The file was not signed: the NIK given, or that of the certificate, is another one than the "
            "signer's. Sign with your own, or have an administrator correct what is kept of you.",
        )
    return NotNow(
        "signature_rejected",
        "The file was not signed: the passphrase, or what signs here, is not right. The case waits for "
        "the signature; sign again.",
    )
