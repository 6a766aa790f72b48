"""The codes about the people of a case who come and leave."""

from collections.abc import Mapping

from casetrack.web.http.listed_problem import Listed

PARTIES: Mapping[str, Listed] = {
    "parties_open": Listed(
        (409,),
        "it is to be settled first who speaks for the applicant",
        "Read the case: `death` says what is open. A supervisor confirms or lifts it, heirs succeed, or "
        "the case is closed.",
    ),
    "death_reported": Listed(
        (409,), "a death is reported already", "A supervisor confirms or lifts it."
    ),
    "no_death_open": Listed(
        (409,),
        "no death is reported, or confirmed, as this act needs it",
        "Report it first; a supervisor who did not report it confirms it.",
    ),
    "does_not_pass": Listed(
        (409,),
        "what the service gives does not pass to heirs",
        "Close the case; the heirs apply anew.",
    ),
    "not_a_person": Listed(
        (409,), "the applicant is a company", "Change who acts for it (`change_director`)."
    ),
    "not_a_company": Listed(
        (409,), "the applicant is a person", "Appoint a representative (`appoint`)."
    ),
    "no_representative": Listed(
        (409,), "nobody acts for the applicant in this case", "There is no power to end."
    ),
    "no_heir": Listed(
        (409,),
        "no heir stands in the place of the applicant",
        "Heirs succeed first (`succeed`), with their paper.",
    ),
    "power_lacks_act": Listed(
        (409,),
        "the representative's power does not say what this takes",
        "`needed` says it. The applicant comes, or brings another power (`appoint`).",
    ),
    "no_such_party": Listed(
        (409,), "nobody stands in the case in this role", "Read the case: `parties` lists them."
    ),
    "acts_already": Listed(
        (409,),
        "this person acts for the applicant already, by the same power",
        "Nothing to do, or give what differs.",
    ),
    "contact_unchanged": Listed(
        (409,), "they are reached so already", "Nothing to do, or give what differs."
    ),
}
