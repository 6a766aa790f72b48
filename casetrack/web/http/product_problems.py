"""The codes about products of a case."""

from collections.abc import Mapping

from casetrack.web.http.listed_problem import Listed

PRODUCTS: Mapping[str, Listed] = {
    "unknown_product": Listed(
        (404,), "the case has no such product", "`GET /cases/{number}/products` lists them."
    ),
    "text_not_shown": Listed(
        (403,),
        "the text of a product is not for the caller",
        "It is for who reads persons in full, or decides in this case; ask one of them.",
    ),
    "product_unclear": Listed(
        (409,),
        "the case has no product, or several, and nobody said which one is meant",
        "Use `/cases/{number}/products/{id}/actions` with one of `products`.",
    ),
    "product_state": Listed(
        (409,),
        "the state of the product does not allow it",
        "`status_now` is its state; docs/transitions.md has the table.",
    ),
    "draft_changed": Listed(
        (409,),
        "the draft is another one than the caller saw",
        "Read the product again and look whether the act still fits.",
    ),
    "not_your_turn": Listed(
        (409,),
        "another endorsement or signature comes first",
        "`step`, where it is there, is the step that signs next.",
    ),
    "not_endorsed": Listed(
        (409,),
        "the draft still waits for an endorsement",
        "`position` is whose turn it is; `endorsed_before_by`, where it is there, gave that paraf to the "
        "text before, and the case is on the list `endorse` of their agency.",
    ),
    "letters_as_codes": Listed(
        (409,),
        "letters of the draft are in no font of the sheets, so their codes would be printed",
        "Have them written in Latin letters and draw it up anew; or read its paper and sign with "
        "`as_codes`: true. `letters` says how many there are.",
    ),
    "draft_incomplete": Listed(
        (409,),
        "the draft lacks what the law or the service wants it to say",
        "Draw it up anew with what `missing` names.",
    ),
    "signer_unnamed": Listed(
        (409,),
        "nobody entered how the signer is printed",
        "`casetrack officer profile LOGIN` enters it, or `officers.yaml`.",
    ),
    "signature_under_way": Listed(
        (409,),
        "the signature is being put on the product's file by another call",
        "Ask again after `Retry-After`; one that was killed is gone on with.",
    ),
    "earlier_signature_waits": Listed(
        (409,),
        "the signature is recorded; the file waits for an earlier signer's electronic signature first",
        "`step` is whose: they sign again with their own words, then the caller does.",
    ),
    "signature_unavailable": Listed(
        (503,),
        "what signs electronically does not answer; the signature is begun, and the case waits for it",
        "Read the case again and sign again after `Retry-After`: no second passport is made.",
    ),
    "certificate_expired": Listed(
        (409,),
        "the certificate for signing has ended; the signature is begun, and the case waits for it",
        "Have it renewed, read the case again, and sign again (docs/electronic-signatures.md).",
    ),
    "signer_not_registered": Listed(
        (409,),
        "the signing service knows no such signer; the signature is begun, and the case waits for it",
        "Register at the service, read the case again, and sign again.",
    ),
    "signature_rejected": Listed(
        (409,),
        "the file was not signed; the signature is begun, and the case waits for it",
        "Look at NIK and passphrase, read the case again, and sign again.",
    ),
    "not_issued": Listed(
        (409,),
        "not all products are issued, so nothing is handed over",
        "Sign and issue what `products` names.",
    ),
    "nothing_to_hand_over": Listed(
        (409,),
        "all products of the case were annulled or revoked, or have expired",
        "Close the case as `lapsed`, or draw up and sign another product.",
    ),
    "suspended": Listed(
        (409,),
        "the product is suspended, so it is not handed over",
        "Wait for the order that reinstates it; `suspended` of the product says by whose order.",
    ),
    "suspended_already": Listed(
        (409,),
        "the product is suspended already, by an order of the same rank or above",
        "Nothing is to be done; `suspended` of the product says by whose order.",
    ),
    "not_suspended": Listed(
        (409,), "the product is not suspended", "Read the product: it counts, or it has ended."
    ),
    "suspended_from_above": Listed(
        (409,),
        "a superior or a court suspended it, and somebody below them would end that",
        "Have the superior reinstate it, or record the court's order; `by` says who suspended it.",
    ),
    "inspection_promised": Listed(
        (409,),
        "the step has promised an inspection that is still to come",
        "Move it, or record how it went.",
    ),
    "no_inspection": Listed((409,), "the step has promised no inspection", "Promise one first."),
    "inspection_to_come": Listed(
        (409,),
        "the inspection has not begun yet",
        "Record it once it has; move it where it will not take place.",
    ),
    "second_clerk_needed": Listed(
        (409,),
        "the service asks for a second clerk at the hand-over",
        "Hand over by `/cases/{number}/actions`; a second clerk confirms it (`confirm_hand_over`).",
    ),
    "no_hand_over_open": Listed(
        (409,),
        "no hand-over of today waits for a second clerk, or its product has changed since",
        "Hand over anew, then have a second clerk confirm it the same day.",
    ),
    "not_outside": Listed(
        (409,),
        "nothing of the product is outside that could come back for this reason",
        "Read the product: `wanted_back` and `state` say what is outside.",
    ),
    "paper_not_held": Listed(
        (409,),
        "the office does not hold these originals",
        "Read the case: its `documents` say which originals it holds and which went back.",
    ),
    "issue_apart": Listed(
        (409,),
        "the product takes a number or a last day that the officer says",
        "Issue what `products` names by `/cases/{number}/products/{id}/actions` first.",
    ),
    "number_known": Listed(
        (409,),
        "a product of another case of the service has the number",
        "Look which number the other register gave to this one.",
    ),
    "no_number_pattern": Listed(
        (409,),
        "the region has no number pattern for the product on that day",
        "Add `pattern` to `number_patterns` in region.yaml and load it; `GET /numbering` says whether a "
        "change waits.",
    ),
}
