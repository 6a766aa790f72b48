"""The codes about links between cases, and about search."""

from collections.abc import Mapping

from casetrack.web.http.listed_problem import Listed

SEARCH: Mapping[str, Listed] = {
    "unknown_link": Listed(
        (422,),
        "a link names a case that the caller does not see, or the case itself",
        "Compare the number with the slip; `errors` says which link it is.",
    ),
    "linked_already": Listed(
        (409,), "the case is linked to that one already", "There is nothing left to do."
    ),
    "link_does_not_fit": Listed(
        (409,),
        "the two cases do not stand so that one could belong to the other in this way",
        "`detail` says why; compare the number, or name another kind of link.",
    ),
    "links_in_a_circle": Listed(
        (409,),
        "the other case takes the place of this one already, itself or by way of others",
        "Name the case that goes on, not the one that came before.",
    ),
    "links_too_many": Listed(
        (409,),
        "a case names more others than it may, or the way from case to case is too long",
        "Name the case at the end of the way.",
    ),
    "review_unnamed": Listed(
        (409,),
        "an objection or an appeal does not say which decision it is about",
        "Link it first, with `objection_to` or `appeal_of`.",
    ),
    "not_carried_out": Listed(
        (409,),
        "nothing was decided since in the case that the objection is about",
        "Correct, annul or revoke there, or open a case that `replaces` it; where nothing is to be "
        "changed, who decides completes it with the result `nothing_to_change` and a reason. Then it is "
        "handed over or closed.",
    ),
    "review_named": Listed(
        (409,),
        "the case says already which decision it is about",
        "`review` says which; another decision takes an objection of its own.",
    ),
    "search_too_wide": Listed(
        (422,),
        "too many people have this name to look through them all",
        "Add another word of the name, or search by number, NIK or telephone.",
    ),
}
