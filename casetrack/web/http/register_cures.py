"""What can be done about each refusal of the register: a cure for every code."""

from collections.abc import Mapping

_ASK_ANOTHER = "Let an officer act who may; `alternatives` names some, `vacant` the empty posts."
_MEND_THE_ENTRY = (
    "The paper is faulty or entered wrongly: correct the entry, or have a new paper issued."
)
_NEW_PAPER = "Enter a paper that holds on that day, or let another officer act (`alternatives`)."

#: What can be done about each refusal of the register; its meaning and article stand with the rule.
CURES: Mapping[str, str] = {
    "not_incumbent": "Enter the letter of appointment, or let a holder act; `alternatives` names some.",
    "letter_not_yet": _NEW_PAPER,
    "letter_ended": "Have the letter renewed and entered; it counts from then on, not for earlier acts.",
    "two_definitive_holders": "Find out which letter holds, and end the other in the register.",
    "no_grant": _ASK_ANOTHER,
    "power_ended": _NEW_PAPER,
    "power_moved": "Let the holder of the position act to which the power went.",
    "position_not_there": _ASK_ANOTHER,
    "dates_reversed": _MEND_THE_ENTRY,
    "instrument_missing": "Enter the instrument.",
    "line_missing": "Enter the article or annex line.",
    "instrument_younger": _MEND_THE_ENTRY,
    "cycle": _MEND_THE_ENTRY,
    "giver_missing": _MEND_THE_ENTRY,
    "giver_without_power": "Enter what gives the giver the power, or have its holder issue the paper.",
    "delegation_passed_on": _MEND_THE_ENTRY,
    "sub_delegation_too_deep": _ASK_ANOTHER,
    "sub_delegation_not_permitted": _ASK_ANOTHER,
    "sub_delegation_other_body": _ASK_ANOTHER,
    "mandate_not_subordinate": _MEND_THE_ENTRY,
    "mandate_passed_on": _ASK_ANOTHER,
    "ub_without_mandate": "Enter the mandate that permits the u.b. signature, or let its holder sign.",
    "mandate_strategic": "Let the holder of the power itself decide.",
    "service_not_in_line": "Correct the entry of the line or of the grant: one leaves the service out.",
    "other_work": "Let the agency do it whose work it is, or enter a grant that names the step.",
    "outside_bounds": "Let an officer act whose bounds include the case; `alternatives` names some.",
    "instrument_replaced": "Enter the grant under the instrument that replaced it.",
    "instrument_not_in_force": _NEW_PAPER,
    "line_not_in_force": _NEW_PAPER,
    "line_amended": "Enter a grant under a line that names the service since the amendment.",
    "grant_not_in_force": _NEW_PAPER,
    "grant_withdrawn": _NEW_PAPER,
    "giver_gave_away": "Let the receiver of the delegation act.",
    "acting_strategic": "Let the definitive holder decide.",
    "separation_of_duties": "Let an officer act who has done none of the earlier steps.",
    "not_the_deciding_position": "Let whoever sits today in the position that made the decision act, "
    "the same officer included.",
    "decided_before": "Let another officer of the superior position act.",
    "not_superior": "Let an officer act whose position stands above the one concerned.",
    "own_case": "Let another officer act: nobody decides their own case.",
    "conflict_declared": "A superior lifts the conflict or takes over the decision.",
}
