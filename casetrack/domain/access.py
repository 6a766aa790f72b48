"""Who somebody is, and what they may see and touch: the one policy that every door asks."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

from casetrack.domain.errors import Forbidden, NotFound

Role = Literal["clerk", "officer", "supervisor", "head", "auditor", "integrator", "admin"]
ROLES: tuple[Role, ...] = get_args(Role)

#: What casetrack's own processes may do to a case, and nothing else. Those that are not here (load,
#: replay, webhooks, operator) write streams of their own and never act on a case.
SYSTEM_ACTS: Mapping[str, tuple[str, ...]] = {
    "calendar": ("move_deadlines",),
    "clock": (
        "no_opinion",
        "reassign",
        "end_power",
        "expire",
        "expire_bill",
        "grant_by_law",
        "complete_signature",
        "warn_of_lapse",
        "remind_of_inspection",
    ),
    "payments": ("confirm_bill",),
    "outages": ("pause", "resume"),
    # The applicant's page, by the access code.
    "status": ("open_file",),
}

#: Roles that see every case of their region, whichever agencies are concerned.
REGION_WIDE: tuple[Role, ...] = ("auditor",)
#: Roles that work on cases of the agencies they belong to.
CASE_STAFF: tuple[Role, ...] = ("clerk", "officer", "supervisor", "head")
#: Who may be made a registrar; it is a duty for the papers of named bodies, and no role gives it.
REGISTRAR_ROLES: tuple[Role, ...] = ("clerk", "officer", "supervisor", "head", "admin")
#: Who notes that an applicant says they have paid, and who may hold the powers over bills.
BILL_CLERKS: tuple[Role, ...] = ("clerk", "supervisor")
BILL_DECIDERS: tuple[Role, ...] = ("officer", "supervisor", "head")
#: Who asks for an erasure and confirms it, and who may be named for data protection.
ERASURE_ROLES: tuple[Role, ...] = ("supervisor", "head", "admin")
#: Who reads the papers of the register without being a registrar.
PAPER_READERS: tuple[Role, ...] = ("supervisor", "head", "admin", "auditor")

#: Roles that write: who audits holds none of them, and who administers works on no case.
_WORKING: tuple[Role, ...] = (*CASE_STAFF, "integrator")


def not_joined(roles: Collection[str]) -> Iterator[str]:
    """What may not be joined in one person, in words."""
    if len(set(roles)) != len(roles):
        yield "a role is there twice"
    if "auditor" in roles:
        for role in roles:
            if role in (*_WORKING, "admin"):
                yield f"who audits writes nothing: auditor is not joined with {role}"
    if "admin" in roles:
        for role in roles:
            if role in _WORKING:
                yield f"who keeps the accounts works on no case: admin is not joined with {role}"


#: Who makes links with which others of the region set a password.
INVITING_ROLES: tuple[Role, ...] = ("admin",)
#: Who may ask everything of the register.
OVERSEERS: tuple[Role, ...] = ("head", "auditor")


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does it: an officer behind a token, or one of casetrack's own processes."""

    kind: str
    id: str
    region: str
    role: str
    agency: str | None = None
    positions: tuple[str, ...] = ()
    #: Further roles of the account; `role` is the first.
    more_roles: tuple[str, ...] = ()

    @property
    def roles(self) -> tuple[str, ...]:
        """All that the account may do."""
        return (self.role, *self.more_roles)

    def has_role(self, roles: Collection[str]) -> bool:
        """Whether one of their roles is one of these."""
        return any(role in roles for role in self.roles)

    #: The agencies whose papers they may enter and confirm.
    registrar_for: tuple[str, ...] = ()

    def as_data(self) -> dict[str, Any]:
        """What an event keeps of them: ids, no name."""
        if self.kind in ("system", "operator"):
            return {"kind": self.kind, "id": self.id}
        return {"kind": self.kind, "id": self.id, "role": self.role, "agency": self.agency}


@dataclass(frozen=True, slots=True)
class Account:
    """What a rule may know of another officer: their roles and agency, whether the account is live, and
    whether they are a party of the case at hand."""

    login: str
    roles: tuple[str, ...]
    agency: str | None
    live: bool = True
    party: bool = False


def system(region: str, name: str) -> Actor:
    """One of casetrack's own processes: calendar, clock, load, operator, replay, webhooks."""
    return Actor("system", name, region, "system")


def operator(region: str, name: str) -> Actor:
    """Who runs casetrack's commands, by their name on the machine."""
    return Actor("operator", name, region, "operator")


def may_see(actor: Actor, concerned: Collection[str]) -> bool:
    """Whether the actor may know that a case with these agencies exists."""
    if actor.has_role(("integrator",)) and actor.agency is None:
        return True  # the region's own systems
    return actor.has_role(REGION_WIDE) or actor.kind == "system" or actor.agency in concerned


def require_sight(actor: Actor, concerned: Collection[str]) -> None:
    """Raises NotFound: to whom the case is no concern, it is not there."""
    if not may_see(actor, concerned):
        raise unknown_case()


def unknown_case() -> NotFound:
    """The same words for unknown, another region's and none of your agency's business."""
    return NotFound("unknown_case", "There is no such case among those of your agency.")


def require_role(actor: Actor, roles: Collection[str]) -> None:
    """Raises Forbidden when the actor's role is none of these."""
    if not actor.has_role(roles):
        raise Forbidden(
            "role_not_allowed",
            f"The role {' or '.join(actor.roles)} may not do this; it takes "
            f"{' or '.join(sorted(roles))}.",
            roles=sorted(roles),
        )


def require_operation(actor: Actor, operation: str) -> None:
    """Raises Forbidden: neither the role nor, at the register, the duty lets them in."""
    if actor.registrar_for and operation in READ_BY_REGISTRARS:
        return
    require_role(actor, OPERATION_ROLES[operation])
    if operation in DONE_BY_REGISTRARS and not actor.registrar_for:
        raise Forbidden(
            "not_registrar",
            "Papers are entered and confirmed by registrars, whom their body has named; "
            "no role makes one.",
        )


def require_region(actor: Actor, region: str) -> None:
    """Raises NotFound: a case of another region is not there for anybody."""
    if actor.region != region:
        raise unknown_case()


def require_agency(actor: Actor, agency: str) -> None:
    """Raises Forbidden when the work belongs to another agency."""
    if actor.agency != agency:
        raise Forbidden(
            "not_your_agency", f"This belongs to the agency {agency}, not to yours.", agency=agency
        )


def require_system_act(actor: Actor, act: str) -> None:
    """Raises Forbidden unless this is a process of casetrack that may do this to a case."""
    allowed = SYSTEM_ACTS.get(actor.id, ()) if actor.kind == "system" else ()
    if act not in allowed:
        raise Forbidden("role_not_allowed", f"{actor.id} may not {act} a case.", roles=[])


#: Operations that whoever sits in a position with a power may call as well, whatever their role; what
#: they see and may do by it is asked of the register.
BY_SEAT: tuple[str, ...] = (
    "read_case",
    "read_events",
    "read_trace",
    "read_clock",
    "draw_decision",
    "draw_refusal",
    "show_passport",
    "act_on_step",
    "act_on_conflict",
    "act_on_product",
    "act_on_named_product",
    "list_products",
    "read_product",
    "print_product",
    "issue_bill",
    "act_on_bill",
    "who_may",
    "what_may_i",
    "read_radar",
    "list_coverage",
    "list_findings",
    "list_decisions",
)

#: Route (operation id) → roles. Empty: everybody, without a token. The web layer asks only this.
OPERATION_ROLES: Mapping[str, tuple[Role, ...]] = {
    "open_case": ("clerk",),
    "open_visit": ("clerk",),
    "list_cases": (*CASE_STAFF, *REGION_WIDE),
    "find_cases": ("clerk", "supervisor"),
    "search_cases": (*CASE_STAFF, *REGION_WIDE),
    "read_case": (*CASE_STAFF, *REGION_WIDE),
    "act_on_case": ("clerk", "supervisor"),
    "receive_document": ("clerk", "supervisor"),
    "read_file": (*CASE_STAFF, *REGION_WIDE),
    "act_on_step": ("clerk", "officer", "supervisor"),
    "act_on_inspection": ("clerk", "officer", "supervisor"),
    "act_on_conflict": CASE_STAFF,
    "decide_identity": ("supervisor",),
    "act_on_parties": ("clerk", "supervisor"),
    "list_case_bills": (*CASE_STAFF, *REGION_WIDE),
    "print_bill": CASE_STAFF,
    # A treasurer is an officer of the agency whose account it is.
    "load_payments": ("officer", "supervisor"),
    "close_payment": ("officer", "supervisor"),
    "read_payments": ("officer", "supervisor", "head", "auditor"),
    "list_payments": ("officer", "supervisor", "head", "auditor"),
    "list_unmatched": (*CASE_STAFF, *REGION_WIDE),
    "total_unmatched": (*CASE_STAFF, *REGION_WIDE),
    "list_bills": (*CASE_STAFF, *REGION_WIDE),
    "total_bills": (*CASE_STAFF, *REGION_WIDE),
    "issue_bill": BILL_DECIDERS,
    "act_on_bill": ("clerk", "officer", "supervisor", "head"),
    "admit_late": ("supervisor",),
    "reserve_numbers": ("supervisor",),
    "close_numbers": ("supervisor",),
    "list_number_blocks": ("clerk", "supervisor", "head", "auditor"),
    "read_number_block": ("clerk", "supervisor", "head", "auditor"),
    "print_numbers": ("clerk", "supervisor"),
    "begin_outage": ("supervisor",),
    "end_outage": ("supervisor",),
    "list_outages": (*CASE_STAFF, *REGION_WIDE),
    "read_outage": (*CASE_STAFF, *REGION_WIDE),
    "answer_external": ("clerk", "officer", "supervisor"),
    "correct_case": ("clerk", "officer", "supervisor"),
    "check_deemed": ("supervisor", "head"),
    "set_up_silence": ("supervisor", "head"),
    "read_silence": (*CASE_STAFF, *REGION_WIDE),
    "read_numbering": (*CASE_STAFF, *REGION_WIDE, "admin"),
    "decide_numbering": REGISTRAR_ROLES,
    "list_deemed": OVERSEERS,
    "act_on_product": ("officer", "supervisor", "head"),
    "list_products": (*CASE_STAFF, *REGION_WIDE),
    "read_product": (*CASE_STAFF, *REGION_WIDE),
    "print_product": CASE_STAFF,
    "draft_product": ("officer", "supervisor"),
    "act_on_named_product": CASE_STAFF,
    "draft_entry": REGISTRAR_ROLES,
    "settle_entry": REGISTRAR_ROLES,
    "list_entries": PAPER_READERS,
    "read_entry": PAPER_READERS,
    "list_findings": OVERSEERS,
    "who_may": (*OVERSEERS, "officer", "supervisor"),
    "what_may_i": (*OVERSEERS, "officer", "supervisor"),
    "what_if": OVERSEERS,
    "read_radar": OVERSEERS,
    "list_coverage": OVERSEERS,
    "read_powers": OVERSEERS,
    "list_decisions": OVERSEERS,
    # An integrator reads them as CloudEvents, to mend a gap in what was delivered.
    "read_events": (*CASE_STAFF, *REGION_WIDE, "integrator"),
    # Who sees the persons masked, and has a reason to read one in full.
    "unmask_party": (*CASE_STAFF, *REGION_WIDE),
    "list_case_readings": REGION_WIDE,
    "list_readings": REGION_WIDE,
    "list_reading_findings": REGION_WIDE,
    "read_trace": (*CASE_STAFF, *REGION_WIDE),
    "read_clock": (*CASE_STAFF, *REGION_WIDE),
    "draw_decision": (*CASE_STAFF, *REGION_WIDE),
    "draw_refusal": (*CASE_STAFF, *REGION_WIDE),
    "show_passport": (*CASE_STAFF, *REGION_WIDE),
    "draw_service": OVERSEERS,
    "show_service": OVERSEERS,
    "read_slip": ("clerk", "supervisor"),
    "read_worklist": CASE_STAFF,
    "read_messages": (*CASE_STAFF, *REGION_WIDE),
    "read_untold": ("clerk", "supervisor"),
    "mark_told": ("clerk", "supervisor"),
    "read_feed": ("integrator",),
    "create_webhook": ("integrator",),
    "list_webhooks": ("integrator",),
    "read_webhook": ("integrator",),
    "change_webhook": ("integrator",),
    "remove_webhook": ("integrator",),
    "rotate_webhook": ("integrator",),
    "test_webhook": ("integrator",),
    "resume_webhook": ("integrator",),
    "list_webhook_deliveries": ("integrator",),
    "resend_delivery": ("integrator",),
    "resend_webhook": ("integrator",),
    "list_templates": ("supervisor", "admin"),
    "preview_template": ("supervisor", "admin"),
    "read_catalogue": (*CASE_STAFF, *REGION_WIDE, "integrator", "admin"),
    "read_service": (*CASE_STAFF, *REGION_WIDE, "integrator", "admin"),
    "read_me": ROLES,
    "list_agencies": ROLES,
    # Who hands work on, enters letters, keeps the accounts or audits.
    "list_officers": ("supervisor", "head", "auditor", "admin"),
    # What was done to accounts, tokens and files is for who looks at what others did.
    "list_administration": REGION_WIDE,
    "list_sign_ins": REGION_WIDE,
    "read_officer_profile": ("admin",),
    "put_officer_profile": ("admin",),
    "read_report": OVERSEERS,
    # By the token of the case's own link.
    "read_survey": (),
    "answer_survey": (),
    "enter_survey": ("clerk", "supervisor"),
    # Anybody, with a name or without one; and who has the number and the code of it.
    "file_complaint": (),
    "read_complaint_status": (),
    "enter_complaint": ("clerk", "supervisor"),
    # Of these only what `complaint_readers` lets them see.
    "list_complaints": (*CASE_STAFF, *REGION_WIDE),
    "read_complaint": (*CASE_STAFF, *REGION_WIDE),
    "act_on_complaint": CASE_STAFF,
    "ask_erasure": ERASURE_ROLES,
    "settle_erasure": ERASURE_ROLES,
    "read_erasure": (*ERASURE_ROLES, "auditor"),
    # And among them only who is named for data protection, beside the auditor.
    "list_erasures": (*ERASURE_ROLES, "auditor"),
    "place_hold": ("auditor",),
    "lift_hold": ("auditor",),
    "read_status": (),
    "open_sent_file": (),
    "verify_product": (),
    "compare_name": (),
}
#: Operations that take the duty of a registrar beside the role, and those to which the duty is enough.
DONE_BY_REGISTRARS = ("draft_entry", "settle_entry", "decide_numbering")
READ_BY_REGISTRARS = ("list_entries", "read_entry")
#: Those that open to the head of the secretariat, who confirms the first registrars.
BY_SECRETARIAT_HEAD = ("settle_entry", *READ_BY_REGISTRARS)
