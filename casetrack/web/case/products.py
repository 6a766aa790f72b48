"""The products of a case: listed, read, drawn up, endorsed, signed, issued, and what becomes of one."""

from flask import Response

from casetrack.domain.case.products import find_product
from casetrack.usecases.case.doing import Doing
from casetrack.usecases.case.product_paper import paper_of
from casetrack.usecases.case.product_summary import product_views
from casetrack.usecases.case.product_views import printed_product, read_product, signed_product
from casetrack.web.case import models
from casetrack.web.case.act import act, act_or_sign
from casetrack.web.case.product_models import (
    DraftIn,
    NamedProductActionIn,
    ProductList,
    WholeProductOut,
)
from casetrack.web.http.call import Call, Route, as_json
from casetrack.web.http.html import as_pdf


def list_products(call: Call) -> Response:
    """GET /cases/{number}/products."""
    sight = call.sight
    return as_json({"items": product_views(sight.state, sight.definition), "next_cursor": None})


def find_named(call: Call) -> None:
    """Raises NotFound before the role is looked at."""
    find_product(call.sight.state, call.params["product"])


def read_one(call: Call) -> Response:
    """GET /cases/{number}/products/{product}."""
    return call.answer(read_product(call.ctx, call.actor, call.sight, call.params["product"]))


def print_product(call: Call) -> Response:
    """GET /cases/{number}/products/{product}/pdf: as PDF."""
    sight, product = call.sight, call.params["product"]
    content = printed_product(call.ctx, call.actor, sight, product)
    signed = signed_product(call.ctx, sight, product)
    return as_pdf(paper_of(call.ctx, sight, content) if signed is None else signed, content.id)


def draft_product(call: Call) -> Response:
    """POST /cases/{number}/products."""
    body = call.body(DraftIn)
    return act(call, Doing("draft", note=body.note, details=body.details()), 201)


def act_on_named_product(call: Call) -> Response:
    """POST /cases/{number}/products/{product}/actions."""
    body = call.body(NamedProductActionIn)
    product = call.params["product"]
    doing = Doing(
        body.does,
        note=body.note,
        as_position=body.as_position,
        details=body.details(product),
        as_codes=body.as_codes,
    )
    return act_or_sign(call, doing, body)


ROUTES: tuple[Route, ...] = (
    Route(
        "list_products",
        "GET",
        "/cases/{number}/products",
        "The products of a case",
        list_products,
        ProductList,
    ),
    Route(
        "draft_product",
        "POST",
        "/cases/{number}/products",
        "Draw up a product, or draw it up anew",
        draft_product,
        models.CaseOut,
        201,
        body=DraftIn,
        writes=True,
        conditional=True,
    ),
    Route(
        "read_product",
        "GET",
        "/cases/{number}/products/{product}",
        "One product, with its text for who decides",
        read_one,
        WholeProductOut,
        versioned=True,
        find=find_named,
    ),
    Route(
        "print_product",
        "GET",
        "/cases/{number}/products/{product}/pdf",
        "One product on paper, as PDF",
        print_product,
        None,
        find=find_named,
        refusals=(409,),
        content="application/pdf",
    ),
    Route(
        "act_on_named_product",
        "POST",
        "/cases/{number}/products/{product}/actions",
        "Endorse, sign, issue, hand over, take back, correct, end, suspend or reinstate one product",
        act_on_named_product,
        models.CaseOut,
        body=NamedProductActionIn,
        writes=True,
        conditional=True,
        find=find_named,
    ),
)
