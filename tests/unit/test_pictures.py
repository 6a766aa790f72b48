"""The pictures of authority: what they say, how they stand, and that everybody can read them."""

import dataclasses
import re
from base64 import b64encode
from datetime import UTC, date, datetime
from functools import cache
from hashlib import sha256
from itertools import pairwise
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from casetrack.domain.authority.check import REFUSAL_CODES, Circumstances, Denial, check, who_may
from casetrack.domain.authority.entries import GrantKind
from casetrack.domain.authority.matter import Matter
from casetrack.domain.authority.passport import Passport
from casetrack.domain.authority.recorded import Recorded
from casetrack.domain.authority.register import Register
from casetrack.domain.service.definition import Action, Name
from casetrack.gateways.pictures import (
    STYLE_SOURCE,
    Decision,
    Picture,
    Recheck,
    chain_picture,
    service_picture,
)
from casetrack.gateways.pictures.cards import FACES, HEADING, TITLE
from casetrack.gateways.pictures.lettering import Face, wrap
from casetrack.gateways.pictures.svg import DARK, LIGHT
from casetrack.gateways.pictures.words import REASONS
from tests.support.examples import examples
from tests.support.registers import (
    REKLAME,
    attribution,
    day,
    delegation,
    grant,
    incumbency,
    instrument,
    line,
    mandate,
    position,
    register,
    samarinda,
    succession,
    withdrawal,
    without,
)

SVG = "{http://www.w3.org/2000/svg}"
TODAY = "2026-11-24"
PERMIT = Name("Izin Reklame", "Billboard permit")
LANGUAGES = ("id", "en")
CITY = samarinda()
HEAD_ENDED = [
    *without(CITY, "sk-hadi"),
    incumbency(
        "plt-yuni", "smr.yuni", "kepala-dpmptsp", "plt", since="2020-11-26", until="2021-01-26"
    ),
]
TAKEN_BACK = [
    *CITY,
    instrument("perwali-9-2026", line("2"), since="2026-05-01"),
    withdrawal("tarik", "delegasi-reklame", since="2026-05-01", on="perwali-9-2026#2"),
]
NASTY = "<b>\"Dinas\" & 'Co'</b> ]]> &amp; \x0b" + "Sangatpanjangtanpaspasi" * 12


# --- the cast's decisions ---------------------------------------------------------------------------


def decision(**changes: Any) -> Decision:
    usual = Decision(
        number="SMR-REK-2026-000123-8",
        service=REKLAME,
        service_name=PERMIT,
        step=Name("Keputusan", "Decision"),
        at=datetime(2026, 11, 24, 3, 5, tzinfo=UTC),
        zone="Asia/Makassar",
        officer="smr.hadi",
    )
    return dataclasses.replace(usual, **changes)


def asked(
    papers: list[Recorded], officer: str, action: Action, on: str, **more: Any
) -> tuple[Register, Any]:
    known = register(*papers)
    matter = Matter(action, REKLAME, day(on), bounded=False)
    return known, check(known, matter, officer, **more)


def checked(
    officer: str = "smr.hadi",
    action: Action = "decide",
    papers: list[Recorded] = CITY,
    on: str = TODAY,
    asking: dict[str, Any] | None = None,
    **changes: Any,
) -> Decision:
    _, passport = asked(papers, officer, action, on, **(asking or {}))
    assert isinstance(passport, Passport)
    authority = {"scheme": "checked", "passport": passport.as_data()}
    return decision(officer=officer, authority=authority, **changes)


def refused(
    officer: str, papers: list[Recorded], on: str = TODAY, action: Action = "decide"
) -> Decision:
    known, denial = asked(papers, officer, action, on)
    assert isinstance(denial, Denial)
    matter = Matter(action, REKLAME, day(on), bounded=False)
    others = [each.as_data() for each in who_may(known, matter, lambda _: Circumstances())]
    data = {
        "code": denial.code,
        "action": action,
        "day": on,
        "position": denial.position,
        "link": denial.link,
        "alternatives": [each for each in others if each["officer"]],
        "vacant": [each for each in others if not each["officer"]],
    }
    return decision(officer=officer, refused=data, register=known)


def questioned() -> Decision:
    link = {"grant": "delegasi-reklame", "position": "kepala-dpmptsp"}
    return checked(then=Recheck(True), now=Recheck(False, "grant_withdrawn", link))


def big_city() -> list[Recorded]:
    """Twelve grants: holding, withdrawn, without a paper, renamed, moved, by two heads, to nobody."""
    return [
        *TAKEN_BACK,
        incumbency("sk-bambang", "smr.bambang", "wali-kota", since="2025-02-01", by=None),
        incumbency("plh-dewi", "smr.dewi", "kabid-perizinan", "plh", since="2026-11-20",
                   until="2026-11-28"),
        position("kepala-pupr", "pupr", "Kepala Dinas PUPR", superior="wali-kota"),
        position("kabid-bina-marga", "pupr", "Kepala Bidang Bina Marga", superior="kepala-pupr"),
        position("kepala-bapenda", "bapenda", "Kepala Bapenda", superior="wali-kota"),
        position("kabid-pajak", "bapenda", "Kepala Bidang Pajak", superior="kepala-bapenda"),
        position("kabid-baru", "bapenda", "Kepala Bidang Baru", superior="kepala-bapenda"),
        attribution("rek-pupr", "kepala-pupr", on="perda#1", actions=("recommend",), since="2017-01-01"),
        mandate("man-bm", "kepala-pupr", "kabid-bina-marga", on="kepdis-1-2020#1", since="2020-02-02",
                actions=("recommend", "sign")),
        attribution("pajak", "kepala-bapenda", on="perda#1", actions=("assess",), since="2017-01-01"),
        mandate("man-pajak", "kepala-bapenda", "kabid-pajak", on="hilang#1", actions=("assess",)),
        mandate("man-lama", "kepala-bapenda", "kabid-hilang", on="perda#1", since="2017-01-01",
                actions=("assess",)),
        delegation("delegasi-2026", "wali-kota", "kepala-dpmptsp", on="perwali-9-2026#2",
                   since="2026-05-01", services=(REKLAME,)),
        grant("lingkar", "delegation", "kabid-baru", "kepala-dlh", on="perda#1", since="2017-01-01"),
        grant("lingkar-2", "delegation", "kepala-dlh", "kabid-baru", on="perda#1", since="2017-01-01"),
        attribution("pindah", "kabid-lama", on="perda#1", since="2017-01-01", actions=("verify",)),
        position("kabid-lama", "bapenda", "Kepala Bidang Lama", until="2023-12-31"),
        succession("reorganisasi", "kabid-lama", "kabid-baru", since="2024-01-01"),
    ]  # fmt: skip


def of_service(papers: list[Recorded], on: str = TODAY, language: str = "id") -> Picture:
    return service_picture(register(*papers), REKLAME, day(on), name=PERMIT, language=language)


@cache
def decisions() -> dict[str, Decision]:
    return {
        "own power": checked("smr.rini", "recommend"),
        "delegation": checked(),
        "judged again": checked(then=Recheck(True), now=Recheck(True)),
        "mandate": checked("smr.wati"),
        "u.b.": checked("smr.dewi", "sign"),
        "acting, late": checked(
            "smr.yuni",
            papers=HEAD_ENDED,
            on="2021-01-26",
            recorded_at=datetime(2026, 11, 25, 1, 0, tzinfo=UTC),
        ),
        "taken over": checked(
            "smr.tono",
            asking={
                "circumstances": Circumstances(
                    took_over="kepala-dpmptsp",
                    took_over_remark={"kind": "taken_over", "by": "smr.tono"},
                )
            },
        ),
        "questioned": questioned(),
        "letter ended": refused("smr.yuni", HEAD_ENDED, "2021-01-27"),
        "withdrawn above": refused("smr.wati", TAKEN_BACK),
        "no grant": refused("smr.tono", CITY),
        "stranger": refused("smr.nobody", CITY),
        "unknown code": decision(
            refused={"code": "position_not_held", "action": "decide", "day": TODAY}
        ),
        "unchecked": decision(
            authority={"scheme": "unchecked", "role": "officer", "agency": "dlh"}
        ),
        "external": decision(authority={"scheme": "external", "issuer": "polresta"}),
        "by law": decision(authority={"scheme": "by_law"}, officer=None),
        "imported": decision(authority={"scheme": "imported"}),
        "nasty": checked(
            papers=[
                *without(CITY, "perwali-22-2019", "kepala-dpmptsp"),
                instrument(
                    "perwali-22-2019",
                    line("lampiran-1", REKLAME, number=NASTY, text=NASTY * 8),
                    since="2020-01-02",
                    title=f"Peraturan tentang {NASTY}",
                ),
                position("kepala-dpmptsp", name=Name(NASTY, NASTY), superior="wali-kota"),
            ]
        ),
    }


@cache
def pictures() -> dict[str, Picture]:
    found = {}
    for language in LANGUAGES:
        for name, each in decisions().items():
            found[f"{name}, {language}"] = chain_picture(each, language)
        found[f"city, {language}"] = of_service(CITY, language=language)
        found[f"big city, {language}"] = of_service(big_city(), language=language)
        found[f"empty, {language}"] = of_service([], language=language)
    return found


#: Their names; drawn by whoever looks at the first.
PICTURES = sorted(
    f"{name}, {language}"
    for language in LANGUAGES
    for name in (*decisions(), "city", "big city", "empty")
)


def test_every_picture_has_its_name_here() -> None:
    assert sorted(pictures()) == PICTURES


# --- reading a picture as a machine does --------------------------------------------------------------


def parsed(picture: Picture) -> Any:
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    return etree.fromstring(picture.svg.encode(), parser)


def groups(root: Any, kind: str | None = None) -> list[Any]:
    found = [g for g in root.iter(f"{SVG}g") if g.get("data-id") is not None]
    return [g for g in found if kind is None or kind in g.get("class").split()]


def text_of(group: Any) -> str:
    return " ".join(" ".join(" ".join(t.itertext()) for t in group.iter(f"{SVG}text")).split())


Box = tuple[float, float, float, float]


def box(group: Any) -> Box:
    (rect,) = [r for r in group.findall(f"{SVG}rect") if r.get("class") == "box"]
    x, y, width, height = (float(rect.get(part)) for part in ("x", "y", "width", "height"))
    return x, y, x + width, y + height


def tops(root: Any, kind: str) -> list[float]:
    return [box(group)[1] for group in groups(root, kind)]


def bottoms(root: Any, kind: str) -> list[float]:
    return [box(group)[3] for group in groups(root, kind)]


def segments(root: Any) -> list[Box]:
    """Every straight piece of every line, as a box without width or height."""
    found = []
    for path in root.iter(f"{SVG}path"):
        if "wire" in (path.get("class") or ""):
            points = [
                (float(x), float(y))
                for x, y in re.findall(r"[ML](-?[\d.]+) (-?[\d.]+)", path.get("d"))
            ]
            for (x1, y1), (x2, y2) in pairwise(points):
                found.append((min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2)))
    return found


def overlap(one: Box, other: Box, slack: float = 0.5) -> bool:
    return (
        one[0] < other[2] - slack
        and other[0] < one[2] - slack
        and one[1] < other[3] - slack
        and other[1] < one[3] - slack
    )


def stands_well(picture: Picture) -> None:
    """Nothing lies on anything else or outside, and every text is inside its card."""
    root = parsed(picture)
    _, _, width, height = map(float, root.get("viewBox").split())
    boxes = {group.get("data-id"): box(group) for group in groups(root)}
    assert len(boxes) == len(groups(root))
    for name, each in boxes.items():
        assert each[0] >= 0, name
        assert each[1] >= 0, name
        assert each[2] <= width, name
        assert each[3] <= height, name
    names = sorted(boxes)
    for place, name in enumerate(names):
        for other in names[place + 1 :]:
            assert not overlap(boxes[name], boxes[other]), (name, other)
    for piece in segments(root):
        assert 0 <= piece[0] <= piece[2] <= width
        assert 0 <= piece[1] <= piece[3] <= height
        for name, each in boxes.items():
            crossing = overlap(
                (piece[0] - 0.01, piece[1] - 0.01, piece[2] + 0.01, piece[3] + 0.01), each, 1.0
            )
            assert not crossing, (name, piece)
    for group in groups(root):
        _fits(group, boxes[group.get("data-id")])


FACE_OF = {face.name: face for face in (HEADING, TITLE, *FACES.values())}


def _fits(group: Any, inside: Box) -> None:
    for text in group.iter(f"{SVG}text"):
        face = FACE_OF[text.get("class")]
        for span in text:
            x, y = float(span.get("x")), float(span.get("y"))
            assert x >= inside[0]
            assert x + face.width(span.text or "") <= inside[2], span.text
            assert inside[1] < y - face.size * 0.7
            assert y + face.size * 0.3 < inside[3], span.text


# --- what holds for every picture -------------------------------------------------------------------


@pytest.mark.parametrize("name", PICTURES)
def test_nothing_overlaps_nothing_is_outside_and_every_text_fits(name: str) -> None:
    stands_well(pictures()[name])


@pytest.mark.parametrize("name", PICTURES)
def test_it_is_a_document_of_its_own_with_title_and_description_in_its_language(name: str) -> None:
    picture = pictures()[name]
    root = parsed(picture)
    assert root.tag == f"{SVG}svg"
    assert root.get("lang") == name.rpartition(", ")[2]
    assert root.get("role") == "graphics-document document"
    named = {each.get("id"): each.text for each in root if each.get("id")}
    assert list(named) == root.get("aria-labelledby").split()
    assert all(named.values())
    for group in groups(root):
        assert group[0].tag == f"{SVG}title"
        assert group[0].text
        assert text_of(group)


@pytest.mark.parametrize("name", PICTURES)
def test_it_runs_nothing_and_reaches_for_nothing(name: str) -> None:
    picture = pictures()[name]
    root = parsed(picture)
    tags = {etree.QName(each).localname for each in root.iter()}
    assert tags <= {"svg", "title", "desc", "style", "g", "rect", "path", "circle", "text", "tspan"}
    attributes = {str(a) for each in root.iter() for a in each.attrib}
    assert not {a for a in attributes if "href" in a or a.startswith("on") or a == "style"}
    assert "url(" not in picture.svg
    assert "@import" not in picture.svg


@pytest.mark.parametrize("name", PICTURES)
def test_law_comes_first_and_the_person_last_on_the_paper_and_for_the_ear(name: str) -> None:
    root = parsed(pictures()[name])
    laws, positions = bottoms(root, "law"), tops(root, "position")
    assert max(laws, default=0) <= min(positions, default=1e9)
    persons = tops(root, "person")
    assert max(bottoms(root, "position"), default=0) <= min(persons, default=1e9)
    order = [group.get("class").split()[0] for group in groups(root)]
    kinds = [kind for kind in order if kind != "link"]
    assert kinds == sorted(kinds, key=["law", "position", "person", "note"].index) or (
        kinds[0] == "note" and "law" not in kinds
    )


@pytest.mark.parametrize("name", PICTURES)
def test_every_link_says_its_dates_and_a_broken_one_its_code_and_reason(name: str) -> None:
    picture = pictures()[name]
    words = {"id": REASONS, "en": {code: words for code, (words, _) in REFUSAL_CODES.items()}}
    for link in groups(parsed(picture), "link"):
        said = text_of(link)
        assert re.search(r"\b(19|20)\d\d\b|tanpa batas|no limit", said), said
        code = link.get("data-broken")
        assert (code is not None) == ("broken" in link.get("class").split())
        if code is None:
            assert "TERPUTUS" not in said
            assert "BROKEN" not in said
            assert not [p for p in link.iter(f"{SVG}path") if "cut" in (p.get("class") or "")]
        else:
            reason = words[picture.diagram.language].get(code, "")
            # Codes are for programs: a page in Bahasa Indonesia does not show them.
            assert (code in said) == (picture.diagram.language == "en")
            assert reason[1:30] in said
            # Not by colour alone: dashed lines, crossed out.
            assert [p for p in link.iter(f"{SVG}path") if "cut" in (p.get("class") or "")]
            assert [g for g in link.iter(f"{SVG}g") if g.get("class") == "cross"]


@pytest.mark.parametrize("name", PICTURES)
def test_the_list_says_all_that_the_picture_says(name: str) -> None:
    picture = pictures()[name]
    root = etree.fromstring(picture.listing)
    assert root.tag == "ol"
    assert root.get("lang") == picture.diagram.language
    items = root.findall("li")
    drawn = groups(parsed(picture))
    assert [i.get("class").split()[0] for i in items] == [g.get("class").split()[0] for g in drawn]
    assert [i.get("data-broken") for i in items] == [g.get("data-broken") for g in drawn]
    for item, group in zip(items, drawn, strict=True):
        said = " ".join(" ".join(item.itertext()).split()).lower()
        for text in group.iter(f"{SVG}text"):
            shown = " ".join(span.text or "" for span in text).lower()
            pieces = shown.removesuffix("…").split()
            assert "".join(pieces) in said.replace(" ", ""), shown


def test_the_same_values_make_the_same_bytes() -> None:
    for name, each in decisions().items():
        assert chain_picture(each, "id").svg == pictures()[f"{name}, id"].svg
    # Rows come from a database in any order.
    assert of_service(big_city()[::-1]).svg == pictures()["big city, id"].svg


def test_a_page_can_allow_the_style_by_its_hash_alone() -> None:
    for picture in pictures().values():
        (style,) = parsed(picture).iter(f"{SVG}style")
        digest = b64encode(sha256(style.text.encode()).digest()).decode()
        assert f"'sha256-{digest}'" == STYLE_SOURCE


# --- the chain of a decision ------------------------------------------------------------------------


def broken(picture: Picture) -> dict[str, str]:
    return {
        g.get("data-id"): g.get("data-broken")
        for g in groups(parsed(picture))
        if g.get("data-broken")
    }


def drawn(name: str) -> str:
    root = parsed(pictures()[name])
    return " ".join(" ".join("".join(t.itertext()) for t in root.iter(f"{SVG}text")).split())


def test_a_delegation_is_told_from_the_law_to_the_officer() -> None:
    root = parsed(pictures()["delegation, id"])
    assert [g.get("data-id") for g in groups(root)] == [
        "law-1-1",
        "law-2-1",
        "link-1",
        "position-1",
        "link-2",
        "position-2",
        "seat",
        "person",
        "signature",
    ]
    said = [text_of(group) for group in groups(root)]
    assert "Undang-Undang" in said[0]
    assert "Bunyi lampiran-1" in said[1]
    assert "20 Desember 2019" in said[1]
    assert "DELEGASI" in said[4]
    assert "Sejak 2 Januari 2020" in said[4]
    assert "Tanggung jawab: penerima, Kepala DPMPTSP" in said[4]
    assert "SK-HADI, 1 Februari 2019" in said[6]
    assert "smr.hadi" in said[7]
    assert broken(pictures()["delegation, id"]) == {}


def test_an_instrument_stands_once_above_a_link_with_all_lines_that_it_rests_on() -> None:
    papers = [
        *without(CITY, "perwali-22-2019", "delegasi-reklame"),
        instrument("pp-6-2021", line("3"), since="2020-01-01", form="government_regulation"),
        instrument(
            "perwali-22-2019", line("lampiran-1", REKLAME), line("lampiran-2"), since="2020-01-02"
        ),
        delegation(
            "delegasi-reklame",
            "wali-kota",
            "kepala-dpmptsp",
            on=("perwali-22-2019#lampiran-1", "pp-6-2021#3", "perwali-22-2019#lampiran-2"),
            since="2020-01-02",
        ),
    ]
    picture = chain_picture(checked(papers=papers))
    stands_well(picture)
    laws = groups(parsed(picture), "law")
    assert [law.get("data-id") for law in laws] == ["law-1-1", "law-2-1", "law-2-2"]
    assert "lampiran-1 “Bunyi lampiran-1” lampiran-2" in text_of(laws[1])


def test_a_mandate_leaves_the_responsibility_and_the_signature_says_so() -> None:
    assert "the giver, Kepala DPMPTSP" in text_of(
        groups(parsed(pictures()["mandate, en"]), "link")[2]
    )
    said = text_of(groups(parsed(pictures()["u.b., id"]), "note")[0])
    assert said == (
        "BLOK TANDA TANGAN a.n. Kepala DPMPTSP Kepala Bidang Perizinan u.b. Kepala Seksi Reklame "
        "smr.dewi"
    )


def test_an_acting_officer_is_drawn_with_their_letter_and_late_paper_is_told() -> None:
    picture = pictures()["acting, late, id"]
    (seat,) = [g for g in groups(parsed(picture)) if g.get("data-id") == "seat"]
    said = text_of(seat)
    assert "PELAKSANA TUGAS (PLT.)" in said
    assert "26 November 2020 \u2013 26 Januari 2021" in said
    assert "pemberi, Wali Kota Samarinda" in said
    assert "Dicatat kemudian" in picture.svg


def test_a_superior_who_took_over_is_a_link_of_its_own() -> None:
    links = [g.get("data-id") for g in groups(parsed(pictures()["taken over, id"]), "link")]
    assert links == ["link-1", "link-2", "taken-over", "seat"]
    assert "Benturan kepentingan" in drawn("taken over, id")


def test_what_was_found_later_breaks_one_link_and_leaves_the_old_answer() -> None:
    picture = pictures()["questioned, id"]
    assert broken(picture) == {"link-2": "grant_withdrawn"}
    assert picture.diagram.tone == "doubt"
    assert "Menurut register saat itu: berwenang." in picture.svg


@pytest.mark.parametrize(
    ("recheck", "where"),
    [
        (Recheck(False, "letter_ended", {"incumbency": "sk-hadi"}), "seat"),
        (Recheck(False, "acting_strategic", {"incumbency": "sk-hadi"}), "seat"),
        (Recheck(False, "no_grant", {"grant": None, "position": "kepala-dpmptsp"}), "link-2"),
        (Recheck(False, "line_missing", {"grant": "x", "position": "wali-kota"}), "link-1"),
        (Recheck(False, "position_choice"), "seat"),
    ],
)
def test_a_break_is_drawn_where_it_is(recheck: Recheck, where: str) -> None:
    assert list(broken(chain_picture(checked(then=Recheck(True), now=recheck)))) == [where]


def test_a_passport_that_did_not_hold_even_then_is_bad() -> None:
    ended = Recheck(False, "letter_ended", {"incumbency": "sk-hadi"})
    assert chain_picture(checked(then=ended, now=ended)).diagram.tone == "bad"


def test_only_what_was_checked_has_a_tick() -> None:
    tick = 'd="M-6 0.5 L-2 5 L6.5 -4.5"'
    ticked = {name for name, picture in pictures().items() if tick in picture.svg}
    good = {"own power", "delegation", "judged again", "mandate", "u.b.", "acting, late",
            "taken over", "nasty", "city"}  # fmt: skip
    assert {name.rpartition(", ")[0] for name in ticked} == good
    for scheme in ("unchecked", "external", "by law", "imported"):
        assert pictures()[f"{scheme}, id"].diagram.tone == "open"
    assert "Belum diperiksa" in drawn("unchecked, id")
    assert groups(parsed(pictures()["by law, id"]), "person") == []


# --- a refused attempt --------------------------------------------------------------------------------


def test_medan_the_chain_stands_and_the_letter_has_run_out() -> None:
    picture = pictures()["letter ended, id"]
    assert broken(picture) == {"seat": "letter_ended"}
    (seat,) = [g for g in groups(parsed(picture)) if g.get("data-id") == "seat"]
    assert "26 November 2020 \u2013 26 Januari 2021" in text_of(seat)
    (others,) = groups(parsed(picture), "note")
    assert "smr.andi" in text_of(others)
    assert "Kepala DPMPTSP: kosong" in text_of(others)


def test_a_break_above_the_officer_is_drawn_above_them_and_goes_down_to_them() -> None:
    picture = pictures()["withdrawn above, id"]
    assert broken(picture) == {
        "link-delegasi-reklame": "grant_withdrawn",
        "link-mandat-kabid": "giver_without_power",
    }
    assert "Ditarik kembali sejak 1 Mei 2026" in drawn("withdrawn above, id")
    assert "smr.wati" in text_of(groups(parsed(picture), "person")[0])


def test_who_was_never_given_anything_has_no_law_above_him() -> None:
    picture = pictures()["no grant, id"]
    assert broken(picture) == {"link-none": "no_grant"}
    assert groups(parsed(picture), "law") == []
    assert broken(pictures()["stranger, en"]) == {"seat": "not_incumbent"}
    assert "Position not held" in drawn("unknown code, id")


# --- a service on a day -------------------------------------------------------------------------------


def link_of(picture: Picture, link: str) -> str:
    (group,) = [g for g in groups(parsed(picture)) if g.get("data-id") == link]
    return text_of(group)


def test_every_grant_that_names_the_service_is_there_holding_or_broken() -> None:
    picture = pictures()["big city, id"]
    grants = {each.id for each in big_city() if each.kind == "grant"}
    shown = {g.get("data-id") for g in groups(parsed(picture), "link")}
    assert {f"grant-{each}" for each in grants} <= shown
    assert {link: code for link, code in broken(picture).items() if link.startswith("grant")} == {
        "grant-delegasi-reklame": "grant_withdrawn",
        "grant-man-pajak": "instrument_missing",
        "grant-man-lama": "position_not_there",
    }
    assert f"{len(grants) - 3} dari {len(grants)} dasar kewenangan berlaku" in picture.svg


def test_a_grant_that_holds_for_some_actions_says_for_which_it_does_not() -> None:
    said = link_of(pictures()["big city, id"], "grant-man-bm")
    assert "tidak untuk menandatangani" in said
    assert REASONS["giver_without_power"][1:] in said
    assert "giver_without_power" not in said
    # Each of the two who give in a circle has one power of their own; for the rest they give nothing.
    for link in ("grant-lingkar", "grant-lingkar-2"):
        assert REASONS["cycle"][1:] in link_of(pictures()["big city, id"], link)


def test_a_grant_that_has_ended_or_not_begun_is_history_and_no_fault() -> None:
    ended = attribution("habis", "kepala-dlh", on="perda#1", until="2026-06-30", since="2017-01-02")
    later = attribution("nanti", "kepala-dlh", on="perda#1", since="2027-01-01")
    picture = of_service([*CITY, ended, later])
    assert not {"grant-habis", "grant-nanti"} & broken(picture).keys()
    resting = {g.get("data-id") for g in groups(parsed(picture), "resting")}
    assert resting == {"grant-habis", "grant-nanti"}
    assert "Sudah berakhir" in link_of(picture, "grant-habis")
    assert "Belum berlaku" in link_of(picture, "grant-nanti")
    assert "2 sudah berakhir atau belum berlaku" in picture.svg
    assert "2 ended or not begun" in of_service([*CITY, ended, later], language="en").svg


def test_a_grant_stands_with_the_position_that_has_it_by_now() -> None:
    picture = pictures()["big city, id"]
    (link,) = [each for each in picture.diagram.links if each.id == "grant-pindah"]
    assert link.receiver == "position-kabid-baru"
    assert "Semula kepada Kepala Bidang Lama" in link_of(picture, "grant-pindah")
    ended = [*CITY, succession("habis", "kepala-dlh", None, since="2024-01-01")]
    assert broken(of_service(ended))["grant-rekomendasi-dlh"] == "power_ended"


def test_who_sits_there_with_letter_and_dates_or_that_nobody_does() -> None:
    picture = pictures()["big city, id"]
    assert "20 November 2026 \u2013 28 November 2026" in link_of(picture, "seat-plh-dewi")
    assert "PELAKSANA HARIAN" in link_of(picture, "seat-plh-dewi")
    seats = {link: code for link, code in broken(picture).items() if link.startswith("seat")}
    assert seats["seat-sk-andi"] == seats["seat-sk-bambang"] == "two_definitive_holders"
    assert seats["seat-none-kepala-pupr"] == "vacant"
    assert "Kosong" in link_of(picture, "person-none-kepala-pupr")
    medan = of_service(HEAD_ENDED, "2021-01-27")
    assert broken(medan) == {"seat-plt-yuni": "letter_ended"}
    assert "Terakhir: smr.yuni" in link_of(medan, "seat-plt-yuni")


def test_the_day_decides_what_is_drawn_as_broken() -> None:
    assert broken(of_service(TAKEN_BACK, "2026-04-30")) == {}
    assert "grant-delegasi-reklame" in broken(of_service(TAKEN_BACK, "2026-05-01"))


def test_an_empty_register_says_what_to_do_next() -> None:
    assert "Catat dasar hukum" in drawn("empty, id")
    assert "have a second officer confirm" in drawn("empty, en")


def test_a_picture_as_known_then_says_so() -> None:
    known = datetime(2026, 1, 31, 15, 59, tzinfo=UTC)
    picture = service_picture(
        register(*CITY), REKLAME, date(2026, 2, 1), known=known, zone="Asia/Makassar"
    )
    assert "Sebagaimana diketahui pada Sabtu, 31 Januari 2026 pukul 23.59 WITA" in picture.svg


#: Positions of random cities.
POSTS = tuple(f"p{place}" for place in range(6))


@st.composite
def cities(draw: st.DrawFn) -> list[Recorded]:
    papers = [
        instrument("uu", line("1", permits=("sub_delegation",)), since="2015-01-01", form="act"),
        instrument("perwali", line("2", REKLAME), since="2020-01-01"),
    ]
    known = draw(st.lists(st.sampled_from(POSTS), unique=True))
    papers += [position(p, superior=draw(st.sampled_from((None, *POSTS)))) for p in known]
    for place in range(draw(st.integers(0, 12))):
        kind: GrantKind = draw(st.sampled_from(get_args(GrantKind)))
        giver = None if kind == "attribution" else draw(st.sampled_from(POSTS))
        papers.append(
            grant(
                f"g{place}", kind, giver, draw(st.sampled_from(POSTS)),
                on=draw(st.sampled_from(("uu#1", "perwali#2", "tidak-ada#1"))),
                since=draw(st.sampled_from(("2016-01-01", "2021-01-01", "2027-01-01"))),
                actions=draw(st.sampled_from((("decide",), ("decide", "sign")))),
            )
        )  # fmt: skip
    for place in range(draw(st.integers(0, 6))):
        papers.append(
            incumbency(
                f"s{place}", f"smr.{place % 3}", draw(st.sampled_from(POSTS)),
                draw(st.sampled_from(("definitive", "plt", "plh"))),
                since=draw(st.sampled_from(("2020-01-01", "2027-01-01"))),
            )
        )  # fmt: skip
    return papers


@settings(max_examples=examples(60), deadline=None)
@given(cities())
def test_whatever_a_register_says_the_picture_of_a_service_stands_well(
    papers: list[Recorded],
) -> None:
    stands_well(of_service(papers))


@settings(max_examples=examples(60), deadline=None)
@given(cities(), st.sampled_from(("smr.0", "smr.1")))
def test_whatever_the_answer_its_picture_stands_well(papers: list[Recorded], officer: str) -> None:
    _, answer = asked(papers, officer, "decide", TODAY)
    if isinstance(answer, Passport):
        stands_well(chain_picture(checked(officer, papers=papers)))
    elif isinstance(answer, Denial):
        stands_well(chain_picture(refused(officer, papers)))


# --- words, letters, colours --------------------------------------------------------------------------


def test_every_refusal_code_has_its_reason_in_bahasa_indonesia() -> None:
    assert set(REASONS) == set(REFUSAL_CODES)


def test_what_people_wrote_is_text_and_nothing_else() -> None:
    picture = pictures()["nasty, id"]
    assert "<b>" not in picture.svg
    assert "<b>" not in picture.listing
    assert "\x0b" not in picture.svg
    assert "<b>\"Dinas\" & 'Co'</b>" in str(parsed(picture).xpath("string(.)")).replace("\n", " ")


@given(st.text(max_size=300), st.floats(30, 400), st.integers(1, 6))
def test_wrapped_text_fits_and_loses_nothing_but_what_has_no_room(
    text: str, width: float, most: int
) -> None:
    face = Face("x", 12.5, 17)
    lines = wrap(text, face, width, most)
    assert len(lines) <= most
    assert all(face.width(each) <= width for each in lines)
    everything = wrap(text, face, width, 1_000)
    assert "".join("".join(everything).split()) == "".join(text.split())


def luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
def test_every_text_and_line_is_seen_in_both_schemes(colours: dict[str, str]) -> None:
    texts = [
        ("ink", "ground"), ("soft", "ground"), ("ink", "card"), ("soft", "card"), ("law", "card"),
        ("edge", "card"), ("bad-ink", "card"), ("bad-ink", "ground"), ("tag-ink", "tag"),
        ("on-person", "person"), ("bad-ink", "bad"), ("doubt-ink", "doubt"), ("open-ink", "open"),
        ("ground", "soft"), ("law", "ground"),
    ]  # fmt: skip
    for ink, ground in texts:
        assert contrast(colours[ink], colours[ground]) >= 4.5, (ink, ground)
    for wire in ("wire", "edge", "law", "bad-ink", "person"):
        assert contrast(colours[wire], colours["ground"]) >= 3, wire
