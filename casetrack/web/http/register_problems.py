"""The codes about papers of the register: who enters and confirms them, and what they would do."""

from collections.abc import Mapping

from casetrack.web.http.listed_problem import Listed

REGISTER: Mapping[str, Listed] = {
    "unknown_entry": Listed(
        (404,), "the register has no such entry", "`GET /authority/entries` lists them."
    ),
    "unknown_decision": Listed(
        (404,), "no event of that version is a decision of this case", "The trace names them all."
    ),
    "unknown_refusal": Listed(
        (404,), "no refused attempt of this case has that version", "The trace names them all."
    ),
    "unknown_version": Listed((404,), "a version is a whole number", "The trace names them all."),
    "unknown_region": Listed(
        (404,), "there is no region of this code", "`casetrack load` publishes one."
    ),
    "invalid_entry": Listed(
        (422,),
        "the paper cannot be entered as it is written",
        "`errors` lists every fault; mend them.",
    ),
    "upgrade_not_over": Listed(
        (409,),
        "what this paper says waits until no older release runs",
        "Run the second half of the upgrade, then enter it.",
    ),
    "second_officer_needed": Listed(
        (403,),
        "nobody confirms what they entered or asked for themselves",
        "Another registrar, who has seen the paper, confirms it; of an erasure, another officer.",
    ),
    "not_registrar": Listed(
        (403,),
        "the officer keeps no papers of the body that this one belongs to",
        "A registrar of `agency` enters and confirms it; the radar says who has fewer than two.",
    ),
    "own_paper": Listed(
        (403,),
        "the paper names the officer, gives or takes them something, or somebody above them",
        "Registrars whom it does not concern enter and confirm it.",
    ),
    "stops_what_works": Listed(
        (409,),
        "the paper would stop letters, powers or duties of registrars that work today",
        "Look at those in `stops`; whoever means it confirms with the same list as `stops`.",
    ),
    "no_draft": Listed(
        (409,), "nothing of this entry waits for a confirmation", "Enter a revision first."
    ),
    "draft_waits": Listed(
        (409,), "an earlier draft of this entry waits", "Confirm or discard it first."
    ),
    "not_joined": Listed(
        (409,),
        "the paper would join duties in one person that are kept apart: who keeps an agency's papers or "
        "the accounts, or audits, decides none of its cases",
        "`positions` names the seats; give the seat or the duty to another person, or let the region "
        "name the pair (`joined` in region.yaml).",
    ),
    "secretariat_head_only": Listed(
        (403,),
        "who was set up as a registrar by an operator is confirmed by the head of the secretariat",
        "Ask who sits at the head of the agency that region.yaml names as `secretariat`.",
    ),
}
