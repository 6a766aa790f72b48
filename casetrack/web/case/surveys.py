"""Surveys of satisfaction: by the token of a link, or entered at the counter. No rules here."""

from typing import Annotated, Literal

from flask import Response
from pydantic import BaseModel, Field, StringConstraints

from casetrack.domain.case.survey import ELEMENTS
from casetrack.usecases.case import surveys
from casetrack.web.http.call import Call, Route, as_json
from casetrack.web.http.models import Asked, Identifier, NameOut, Taken
from casetrack.web.pages import survey_words

Score = Annotated[int, Field(ge=1, le=4)]
Token = Annotated[str, StringConstraints(max_length=64, pattern=r"^[!-~]*$")]


class ScoresIn(Taken):
    """The nine elements of PermenPANRB 14/2017, each from 1 (worst) to 4 (best)."""

    requirements: Score
    procedure: Score
    time: Score
    cost: Score
    product: Score
    competence: Score
    conduct: Score
    complaints: Score
    facilities: Score


class SurveyIn(Taken):
    """An applicant's answer, with the token of their link."""

    token: Token
    scores: ScoresIn


class EnteredSurveyIn(Taken):
    """An answer on a sheet of paper, or given at the counter."""

    service: Identifier
    way: Literal["paper", "counter"]
    scores: ScoresIn


class SurveyQuery(Asked):
    """The token of the link."""

    t: Token


class ChoiceOut(BaseModel):
    """A score, and what it says of the element."""

    score: int
    text: NameOut


class QuestionOut(BaseModel):
    """An element, the question, and its four answers."""

    element: str
    question: NameOut
    choices: list[ChoiceOut]


class SurveyOut(BaseModel):
    """A survey that may be answered once. Nothing hangs on it."""

    number: str
    service: NameOut
    items: list[QuestionOut]


class ThanksOut(BaseModel):
    """The answer is taken in. It is kept in sums alone: nobody can look it up."""

    counted: Literal[True]


def read_survey(call: Call) -> Response:
    """GET /surveys/{survey_number}."""
    query = call.query(SurveyQuery)
    found = surveys.find_survey(call.ctx, call.params["survey_number"], query.t)
    items = [
        {
            "element": element,
            "question": _name(survey_words.QUESTIONS[element]),
            "choices": [
                {"score": score, "text": _name(words)}
                for score, words in enumerate(survey_words.CHOICES[element], 1)
            ],
        }
        for element in ELEMENTS
    ]
    service = found.definition.name.as_dict()
    return as_json({"number": found.number, "service": service, "items": items})


def answer_survey(call: Call) -> Response:
    """POST /surveys/{survey_number}."""
    body = call.body(SurveyIn)
    scores = body.scores.model_dump()
    surveys.answer(call.ctx, call.params["survey_number"], body.token, scores)
    return as_json({"counted": True}, 201)


def enter_survey(call: Call) -> Response:
    """POST /surveys."""
    body = call.body(EnteredSurveyIn)
    request = call.repeatable
    if request is not None:
        # Nine scores are few enough to be tried: their plain digest would tell them to who reads the row.
        request = call.repeatable_as(call.ctx.vault.keyed_digest(f"survey:{request.body_digest}"))
    scores = body.scores.model_dump()
    return call.answer(
        surveys.enter(call.ctx, call.actor, body.service, body.way, scores, request), 201
    )


def _name(words: tuple[str, str]) -> dict[str, str]:
    return {"id": words[0], "en": words[1]}


ROUTES: tuple[Route, ...] = (
    Route(
        "read_survey",
        "GET",
        "/surveys/{survey_number}",
        "The survey of a case that is over",
        read_survey,
        SurveyOut,
        query=SurveyQuery,
        refusals=(400, 409),
    ),
    Route(
        "answer_survey",
        "POST",
        "/surveys/{survey_number}",
        "Answer the survey of a case, once",
        answer_survey,
        ThanksOut,
        success=201,
        body=SurveyIn,
        refusals=(400, 409),
    ),
    Route(
        "enter_survey",
        "POST",
        "/surveys",
        "Enter an answer that came on paper or at the counter",
        enter_survey,
        ThanksOut,
        success=201,
        body=EnteredSurveyIn,
        writes=True,
    ),
)
