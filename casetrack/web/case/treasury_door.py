"""The door of the treasury's system: it tells of a payment, signed, and hears what became of it.

It is none of the API's routes: who calls has no token but signs. What is done is committed before the
answer; the same call again has the same answer and no second effect.
"""

from typing import Annotated

from flask import Flask, Response, abort, request
from pydantic import Field, ValidationError

from casetrack.bootstrap import App
from casetrack.domain.authority.accounts import kept_code
from casetrack.domain.case.payments import Told
from casetrack.domain.errors import NotFound
from casetrack.gateways.webhooks import inward
from casetrack.usecases.case import payments, treasury_keys
from casetrack.web.case.bill_models import Code, Reference
from casetrack.web.http import problems
from casetrack.web.http.call import as_json
from casetrack.web.http.models import Day, Identifier, Taken

PATH = "/gateways/treasury/<region>"
_MOST_BYTES = 16 * 1024


class TreasuryIn(Taken):
    """One payment, as the treasury's system tells it."""

    account: Identifier
    code: Code
    amount: Annotated[int, Field(ge=1, le=2**53 - 1)]
    reference: Reference
    paid_on: Day | None = None


def add_treasury(flask: Flask, app: App) -> None:
    """`/gateways/treasury/{region}`: not there unless the region has a key for it."""

    def take(region: str) -> Response:
        ctx = app.ctx
        # A mark that PostgreSQL does not take is in no region's name.
        secrets = [] if "\x00" in region else treasury_keys.secrets(ctx, region)
        if not secrets:
            abort(404)
        request.max_content_length = _MOST_BYTES
        raw, header = request.get_data(), request.headers.get
        said = (header("webhook-id"), header("webhook-timestamp"), header("webhook-signature"))
        if not inward.is_genuine(secrets, *said, raw, ctx.database.now().timestamp()):
            return problems.problem(
                403, "wrong_signature", "Sign id, time and body with the region's secret, now."
            )
        try:
            body = TreasuryIn.model_validate_json(raw)
            entry = payments.account_of(ctx, region, body.account)
        except ValidationError:
            return problems.problem(422, "invalid_body", "The body is not one payment.")
        except NotFound as error:
            return problems.problem(422, "unknown_account", error.detail)
        code = kept_code(body.code, payments.code_forms(ctx, region))
        name = f"call.{body.account}:{body.reference}:{code}:{body.amount}"
        day = body.paid_on.isoformat() if body.paid_on else None
        told = Told(name, body.account, entry.agency, code, body.amount, body.reference, day)
        settled = payments.tell(ctx, region, told)
        return as_json({"state": settled.state, "why": settled.why})

    flask.add_url_rule(PATH, endpoint="take_treasury", view_func=take, methods=["POST"])
