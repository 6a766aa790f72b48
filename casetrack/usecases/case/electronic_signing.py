"""Signing a product electronically: begun under the locks, put on its file outside of any, completed.

The passport, the number and the day are those of the beginning, and the file is made of them, so trying
again makes no other paper and no second passport. What is made is written down with its place in the
store before it has its event: a try that was killed is gone on with, not begun anew.
"""

import hashlib
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from casetrack.domain.access import Actor
from casetrack.domain.case.commands import Seen, check_seen, missing
from casetrack.domain.case.electronic_signatures import (
    Bears,
    NotSigned,
    OwnWords,
    SignaturePlace,
    SignedPdf,
    certificate_of,
)
from casetrack.domain.case.electronic_signing import (
    begun_at,
    completed,
    is_corrected,
    issues_itself,
    places,
)
from casetrack.domain.case.printed_product import ProductContent
from casetrack.domain.case.product_details import MadeFile, ProductNamed, SignedFiles
from casetrack.domain.case.product_signing import next_signature
from casetrack.domain.case.state import CaseState, Document
from casetrack.domain.errors import Busy, Invalid, NotNow, Refusal, Unavailable
from casetrack.domain.events import parse_instant
from casetrack.storage.people import signing_rows
from casetrack.storage.people.signing_rows import SigningRow
from casetrack.usecases import idempotency
from casetrack.usecases.case import signed_files
from casetrack.usecases.case.do import Doing, checked, do, sealer_of
from casetrack.usecases.case.product_content import product_content
from casetrack.usecases.case.visible_case import Sight, sight
from casetrack.usecases.context import Answer, Context, Signatures
from casetrack.usecases.people import files
from casetrack.usecases.people.sealing import Sealer

#: Seconds after which somebody may try again.
_SOON, _LATER = 5, 30


@dataclass(frozen=True, slots=True)
class Brought:
    """What a signature takes beside the act: the signer's own words, and what sets a paper."""

    words: OwnWords | None
    paper: Callable[[Sight, ProductContent], bytes]


def sign_or_do(
    ctx: Context,
    actor: Actor,
    case: Sight,
    doing: Doing,
    if_match: Callable[[], Seen],
    request: idempotency.Request | None,
    brought: Brought,
) -> Answer:
    """Carry out the act; where it is the last signature of a product, its file is signed as well.

    Raises what `do` raises; where no signature could be made NotNow or Unavailable, and the case waits
    for it; Busy while another try is at it.
    """
    step = _step_of(case, doing)
    signs = doing.late is None and ctx.signs(case.state.region)
    _check_words(ctx, actor, case, doing, brought.words)
    if signs and doing.action == "correct":
        return _correct(ctx, actor, case, doing, if_match, request, brought)
    if signs and (corrected := _corrected_by(case.state, actor, doing)):
        checked(ctx, actor, case, doing)
        replayed = idempotency.replay(ctx, request)
        if replayed is not None:
            return replayed
        check_seen(case.state, None, if_match())
        return _finish(ctx, actor, case, doing, corrected, request, brought)
    if step is None or not signs:
        return do(ctx, actor, case, doing, if_match, request)
    mine = _begun_by(case.state, actor, doing, step)
    if mine:
        checked(ctx, actor, case, doing)
        replayed = idempotency.replay(ctx, request)
        if replayed is not None:
            return replayed
        _check_seen(case.state, doing, if_match(), mine)
    else:
        answer = do(ctx, actor, case, doing, if_match, request)
        case = sight(ctx, actor, case.state.number)
        mine = [] if answer.replayed else _begun_by(case.state, actor, doing, step)
        if not mine:
            return answer
    return _finish(ctx, actor, case, doing, mine, request, brought)


def _correct(
    ctx: Context,
    actor: Actor,
    case: Sight,
    doing: Doing,
    if_match: Callable[[], Seen],
    request: idempotency.Request | None,
    brought: Brought,
) -> Answer:
    """The correction, and the first try at its file: the correction stands whatever comes of that.

    Who must give words and gave none signs afterwards, as after a try that failed. Raises what `do` does.
    """
    answer = do(ctx, actor, case, doing, if_match, request)
    personal = ctx.signatures is not None and ctx.signatures.personal
    if answer.replayed or (personal and brought.words is None):
        return answer
    after = sight(ctx, actor, case.state.number)
    mine = [
        each
        for each in after.state.products
        if is_corrected(each) and each["signing"]["version"] == after.state.version
    ]
    try:
        return _finish(ctx, actor, after, doing, mine, None, brought) if mine else answer
    except Refusal:
        return answer


def _corrected_by(state: CaseState, actor: Actor, doing: Doing) -> list[Document]:
    """The product whose correction this signature goes on with."""
    product = _named(state, doing) if doing.action == "sign" and doing.step is None else None
    if product is None or not is_corrected(product):
        return []
    seen = doing.details.draft if isinstance(doing.details, ProductNamed) else None
    same = product["signing"]["officer"] == actor.id and seen in (None, product["draft"]["hmac"])
    return [product] if same else []


def _step_of(case: Sight, doing: Doing) -> str | None:
    """The step whose signature the act gives; None for any other act."""
    if doing.step is not None:
        found = [each for each in case.definition.steps if each.id == doing.step]
        signing = doing.action == "complete" and any(each.kind == "sign" for each in found)
        return doing.step if signing else None
    if doing.action != "sign" or not isinstance(doing.details, ProductNamed):
        return None
    product = _named(case.state, doing)
    return next_signature(product) if product else None


def _named(state: CaseState, doing: Doing) -> Document | None:
    said = doing.details
    named = said.product if isinstance(said, ProductNamed) else None
    return next((each for each in state.products if each["id"] == named), None)


def _check_words(
    ctx: Context, actor: Actor, case: Sight, doing: Doing, words: OwnWords | None
) -> None:
    """Raises Invalid for words that nothing takes or that are missing, after role and agency."""
    personal = ctx.signatures is not None and ctx.signatures.personal
    personal = personal and doing.action in ("sign", "complete", "correct") and doing.late is None
    wanted = personal and _puts_one(case, doing)
    if (words is None and not wanted) or (words is not None and personal):
        return
    checked(ctx, actor, case, doing)
    if wanted:
        raise missing("signature", "the signing service asks for NIK and passphrase")
    raise Invalid(
        "invalid_body",
        f"signature: {doing.action} takes none.",
        errors=[{"at": "signature", "message": f"{doing.action} takes none"}],
    )


def _puts_one(case: Sight, doing: Doing) -> bool:
    """Whether this act would put a signature on a file: the last one by right, or one that was begun."""
    named = [_named(case.state, doing)] if doing.step is None else case.state.products
    for product in filter(None, named):
        if is_corrected(product) and doing.action == "sign":
            return True
        if product["state"] not in ("draft", "endorsed"):
            continue
        waits = next_signature(product)
        last = len(product["signatures"]) + 1 == len(product["signers"])
        defined = case.definition.product_of(product["product"])
        if last and doing.step in (None, waits) and issues_itself(defined, case.definition):
            return True
    return False


def _begun_by(state: CaseState, actor: Actor, doing: Doing, step: str) -> list[Document]:
    """The products whose begun signature this act goes on with."""
    found = begun_at(state, step)
    if doing.step is not None:
        return [each for each in found if each["signing"]["officer"] == actor.id]
    said, product = doing.details, _named(state, doing)
    seen = said.draft if isinstance(said, ProductNamed) else None
    return [
        each
        for each in found
        if each is product
        and any(mark["officer"] == actor.id for mark in places(each))
        and seen in (None, each["draft"]["hmac"])
    ]


def _check_seen(state: CaseState, doing: Doing, seen: Seen, mine: Sequence[Document]) -> None:
    """Raises Stale. Who saw the case before their own signature was begun, and nothing since, saw it."""
    last = max(each["signing"]["version"] for each in mine)
    if last == state.version and seen.case == last - 1:
        return
    check_seen(state, doing.step, seen)


def _finish(
    ctx: Context,
    actor: Actor,
    case: Sight,
    doing: Doing,
    mine: Sequence[Document],
    request: idempotency.Request | None,
    brought: Brought,
) -> Answer:
    """What could be made gets its event; what could not is said after that."""
    made, refused = [], None
    for product in mine:
        try:
            file = _Making(ctx, actor, case, product, brought).file()
        except Refusal as error:
            refused = refused or error
            continue
        if file is not None:
            made.append(file)
    answer = Answer(case.view(), case.etag)
    if made:
        step = mine[0]["signing"].get("step")
        answer = do(
            ctx,
            actor,
            case,
            Doing(
                "complete_signature",
                as_position=doing.as_position,
                details=SignedFiles(step, tuple(made)),
            ),
            Seen,
            request if refused is None else None,
        )
    if refused is not None:
        raise refused
    return answer


@dataclass(frozen=True, slots=True)
class _Making:
    """One product's file on its way to all its signatures."""

    ctx: Context
    actor: Actor
    case: Sight
    product: Document
    brought: Brought

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
            with self.ctx.database.write() as uow:
                signing_rows.failed(uow, row, error.failure)
            raise _refusal(error) from error
        except Refusal:
            with self.ctx.database.write() as uow:
                signing_rows.failed(uow, row, "unavailable")
            raise
        if row.made < len(places(self.product)):
            with self.ctx.database.write() as uow:
                signing_rows.release(uow, row)
            return None
        return self._made(row, sealer)

    def _taken(self) -> SigningRow:
        """The row of this signature, ours for as long as a try may take. Raises Busy."""
        state, begun = self.case.state, self.product["signing"]["version"]
        patience = timedelta(seconds=self.signatures.patience * len(places(self.product)))
        with self.ctx.database.write() as uow:
            row = signing_rows.take(uow, state.region, self.product["id"], begun, patience)
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
        content = self._so_far(row, sealer) if row.made else self.brought.paper(self.case, printed)
        made, signed = row.made, None
        while made < len(marks) and self._may(marks[made]):
            signed = self.signatures.sign(
                row.region, content, self._place(made, printed), self.brought.words
            )
            _check_kind(signed, bearing)
            content, made = signed.content, made + 1
        if signed is None:
            step = marks[made]["step"]
            raise NotNow(
                "not_your_turn",
                f"Another signature comes first: that of the step {step}.",
                step=step,
            )
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
        return not self.signatures.personal or mark["officer"] == self.actor.id

    def _bearing(self, row: SigningRow) -> Bears:
        """What the paper says of its signatures: it is set before the first, and the same for all."""
        if row.made and row.certificate:
            return Bears(certificate_of(signed_files.kept(row)), row.level)
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
    """Raises NotSigned where the paper says "tersertifikasi" and the certificate is nobody's on the list."""
    if bearing.form == "certified" and signed.provider is None:
        raise NotSigned("rejected", "no recognised provider vouches for the certificate")


def _context(region: str, file: str) -> str:
    """What the seal of a file's hash and key is bound to before its event."""
    return f"signing:{region}:{file}"


def _erased() -> NotNow:
    return NotNow("subject_erased", "Their data were erased, and the text with them.")


def _refusal(error: NotSigned) -> Refusal:
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
    return NotNow(
        "signature_rejected",
        "The file was not signed: the passphrase, or what signs here, is not right. The case waits for "
        "the signature; sign again.",
    )
