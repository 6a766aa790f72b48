"""The codes about what is put right after it had been entered, in the order of who may when."""

from collections.abc import Mapping

from casetrack.web.http.listed_problem import Listed

CORRECTIONS: Mapping[str, Listed] = {
    "facts_unchecked": Listed(
        (409,),
        "the file is not complete yet, so its counter corrects its facts",
        "Have the clerk of the front office do it (`agencies`).",
    ),
    "facts_checked": Listed(
        (409,),
        "the file is complete, so officers whose steps rest on the facts correct them",
        "`agencies` names them; ask one of their officers.",
    ),
    "facts_signed": Listed(
        (409,),
        "all have signed, so facts are corrected with the product only",
        "`correct` the product once it is issued, with `facts` in its `reason`; `products` names what is "
        "signed.",
    ),
    "nothing_to_correct": Listed(
        (409,), "the case says this already", "Read the case; nothing is left to do."
    ),
    "nothing_noted": Listed(
        (409,),
        "nobody has noted yet what another issued in this case",
        "Note it with `complete` of its issuing step.",
    ),
    "too_many_corrections": Listed(
        (409,),
        "the case was corrected as often as one may be",
        "Withdraw it, or have it closed as opened in error, and open another.",
    ),
}
