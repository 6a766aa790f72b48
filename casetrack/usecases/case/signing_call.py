"""A call that may put signatures on files: what it brings, and how what is made gets its event."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from casetrack.domain.access import Actor
from casetrack.domain.case.commands import Seen
from casetrack.domain.case.electronic_signatures import OwnWords
from casetrack.domain.case.electronic_signing import is_issuing
from casetrack.domain.case.product_details import MadeFile, ProductNamed, SignedFiles
from casetrack.domain.case.state import CaseState, Document
from casetrack.domain.errors import Refusal
from casetrack.domain.events import Event
from casetrack.storage.case import case_events
from casetrack.usecases import idempotency
from casetrack.usecases.case.do import checked, do
from casetrack.usecases.case.doing import Doing
from casetrack.usecases.case.signing_file import Making
from casetrack.usecases.case.unsigned_files import still_to_sign
from casetrack.usecases.case.visible_case import Sight
from casetrack.usecases.context import Answer, Context


@dataclass(frozen=True, slots=True)
class SigningCall:
    """Who acts on which case, how, and what they give besides."""

    ctx: Context
    actor: Actor
    case: Sight
    doing: Doing
    if_match: Callable[[], Seen]
    request: idempotency.Request | None = None
    #: The signer's own words for a signing service.
    words: OwnWords | None = None

    @property
    def personal(self) -> bool:
        """Whether each signer gives words of their own here."""
        return self.ctx.signatures is not None and self.ctx.signatures.personal

    def do(self) -> Answer:
        """The act without any file. Raises what `do` raises."""
        return do(self.ctx, self.actor, self.case, self.doing, self.if_match, self.request)

    def again(self, mine: Sequence[Document], check: Callable[[Seen], None]) -> Answer:
        """Goes on with what was begun, in the order of refusals of a new act."""
        checked(self.ctx, self.actor, self.case, self.doing)
        replayed = idempotency.replay(self.ctx, self.request)
        if replayed is not None:
            return replayed
        check(self.if_match())
        return finish(self, self.case, mine)


def named(state: CaseState, doing: Doing) -> Document | None:
    """The product that the act names."""
    said = doing.details
    wanted = said.product if isinstance(said, ProductNamed) else None
    return next((each for each in state.products if each["id"] == wanted), None)


def finish(
    call: SigningCall, case: Sight, mine: Sequence[Document], *, kept: bool = True
) -> Answer:
    """What could be made gets its event; what could not is said after that.

    `kept`: whether the answer is that of the request, for who sends it again.
    """
    made, refused = [], None
    for product in mine:
        try:
            file = Making(call.ctx, call.actor, case, product, call.words).file()
        except Refusal as error:
            refused = refused or error
            continue
        if file is not None:
            made.append(file)
    answer = Answer(case.view(), case.etag)
    if made:
        request = call.request if kept and refused is None else None
        answer = complete(call.ctx, call.actor, case, mine, made, call.doing.as_position, request)
    if refused is not None:
        raise refused
    left = [each["id"] for each in mine if each["id"] not in {one.product for one in made}]
    return still_to_sign(answer, left) if left else answer


def complete(
    ctx: Context,
    actor: Actor,
    case: Sight,
    mine: Sequence[Document],
    made: Sequence[MadeFile],
    as_position: str | None,
    request: idempotency.Request | None = None,
) -> Answer:
    """The files are there: the event that says so, on behalf of who began it. Raises what `do` raises."""
    first = mine[0]["signing"]
    by = first["officer"] if first["officer"] != actor.id or is_issuing(mine[0]) else None
    if by is not None:
        as_position = _seat(ctx, case, first["version"])
    details = SignedFiles(first.get("step"), tuple(made), by)
    doing = Doing("complete_signature", as_position=as_position, details=details)
    return do(ctx, actor, case, doing, Seen, request)


def _seat(ctx: Context, case: Sight, version: int) -> str | None:
    """As which position it was begun; None where no passport says so."""
    state = case.state
    with ctx.database.read() as connection:
        (body,) = case_events.of_versions(connection, state.region, state.number, [version])
    passport = (Event.from_body(body).data.get("authority") or {}).get("passport")
    return passport["seat"]["position"] if passport else None
