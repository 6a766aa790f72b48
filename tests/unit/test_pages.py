import dataclasses
import re
from datetime import UTC, date, datetime, timedelta
from html.parser import HTMLParser
from importlib.resources import files
from itertools import chain
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casetrack.domain.case import transitions
from casetrack.domain.case.documents import DocumentStatus
from casetrack.domain.case.electronic_signatures import Bears
from casetrack.domain.case.public import DECIDED, public_status
from casetrack.domain.case.verification import (
    CheckWord,
    Compared,
    ComparedFile,
    Standing,
    Validity,
)
from casetrack.domain.region.region_data import Region
from casetrack.domain.service.definition import KINDS, FactDefinition, Name
from casetrack.gateways.qr import qr_svg
from casetrack.storage.region.regions import RegionRecord
from casetrack.usecases.case.verification import Details, Signed, Verification, Verified
from casetrack.web.pages import citizen_pages, verification_pages, verification_words, wording
from casetrack.web.pages.citizen_pages import (
    DefectView,
    DocumentView,
    StatusDetails,
    StatusView,
    StepView,
    status_page,
)
from casetrack.web.pages.sheet_form import slip_page
from casetrack.web.pages.slip_sheets import (
    ReceiptSlip,
    RegistrationSlip,
    receipt_sheet,
    registration_sheet,
)
from casetrack.web.pages.verification_pages import verification_page
from tests.support.examples import examples

NUMBER = "SMR-REK-2026-000123-8"
DUE = datetime(2026, 12, 1, 15, 59, 59, tzinfo=UTC)
SINCE = datetime(2026, 11, 23, 3, 5, tzinfo=UTC)
FRONT = Name(id="DPMPTSP", en="One-Door Service Office")
REVIEW = Name(id="Dinas Lingkungan Hidup", en="Environment Agency")
URL = f"https://mpp.example/status?number={NUMBER}"
LANGUAGES = ("id", "en")


def view(**changes: object) -> StatusView:
    usual = StatusView(
        number=NUMBER,
        status="in_progress",
        label="",
        agency=REVIEW,
        held_since=SINCE,
        due_at=DUE,
        waiting_for=None,
        zone="Asia/Makassar",
        service=Name(id="Izin Reklame", en="Billboard permit"),
    )
    return dataclasses.replace(usual, **changes)  # type: ignore[arg-type]


def step(status: str = "waiting", **changes: object) -> StepView:
    usual = StepView(name=Name(id="Rekomendasi", en="Review"), agency=REVIEW, status=status)
    return dataclasses.replace(usual, **changes)  # type: ignore[arg-type]


RECEIPT = ReceiptSlip(
    number=NUMBER,
    service=Name(id="Izin Reklame", en="Billboard permit"),
    agency=FRONT,
    received_at=SINCE,
    due_at=DUE,
    region=Name(id="Pemerintah Kota Samarinda", en="Samarinda"),
    office=FRONT,
    counter=Name(id="Lantai 1; Senin–Jumat 08.00–15.00", en="1st floor; Mon–Fri 8–15"),
    zone="Asia/Makassar",
    status_url=URL,
    access_code="K7QX3M9A",
    received=(Name(id="KTP", en="Identity card"),),
    missing=(Name(id="Foto lokasi", en="Photo of the spot"),),
)
REGISTRATION = RegistrationSlip(
    number=NUMBER,
    service=Name(id="Izin Reklame", en="Billboard permit"),
    agency=REVIEW,
    declared_complete_at=SINCE,
    due_at=DUE,
    region=Name(id="Pemerintah Kota Samarinda", en="Samarinda"),
    office=FRONT,
    counter=Name(id="Lantai 1; Senin–Jumat 08.00–15.00", en="1st floor; Mon–Fri 8–15"),
    zone="Asia/Makassar",
    status_url=URL,
    received=(Name(id="KTP", en="Identity card"),),
)


PASSED = dataclasses.replace(
    REGISTRATION,
    waived=(Name(id="Foto lokasi", en="Photo of the spot"),),
    reason="Foto menyusul <besok>\nsaat tinjau lapangan",
)


class Page(HTMLParser):
    """What a browser makes of a page: elements with their attributes, and the text."""

    VOID = frozenset({"meta", "link", "input", "br", "hr", "img"})

    def __init__(self, html: str) -> None:
        super().__init__()
        self.html = html
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.words: list[str] = []
        self.feed(html)
        self.close()
        assert self.open == [], "every element is closed"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, f"</{tag}> closes something else"

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


FULL = StatusDetails(
    outcome="none",
    steps=tuple(step(status) for status in transitions.STEP_STATUSES),
    defects=(DefectView(Name(id="Gambar", en="Drawing"), "Skala <tidak> terbaca"),),
    documents=(
        DocumentView(Name(id="KTP", en="Identity card"), "received", "received", SINCE),
        DocumentView(Name(id="Gambar", en="Drawing"), "received", "sent_back", SINCE),
        DocumentView(Name(id="Foto lokasi", en="Photo of the spot"), "missing", "missing"),
    ),
    next_action="Bawa gambar baru",
)


def verified(validity: Validity, details: Details | None = None) -> Verified:
    region = RegionRecord(
        Region("64.72", "SMR", Name(id="Samarinda", en="Samarinda"), "Asia/Makassar"), 1, (), {}
    )
    since = None if validity == "valid" else date(2026, 11, 23)
    return Verified(region, FRONT, Standing(validity, since), date(2027, 11, 22), details)


PRINTED = Details(
    "503.5/0001/DPMPTSP/2026",
    date(2026, 11, 23),
    Name(id="Izin Reklame", en="Billboard permit"),
    Name(id="Izin Reklame", en="Billboard permit"),
    (
        (FactDefinition("lit", Name(id="Berlampu", en="Lit"), "boolean"), True, None),
        (FactDefinition("since", Name(id="Sejak", en="Since"), "date"), "2026-11-01", None),
        (
            FactDefinition("spot", Name(id="Letak", en="Spot"), "text"),
            "<b>Jl. Awang Long</b>",
            None,
        ),
        (
            FactDefinition("use", Name(id="Guna", en="Use"), "code"),
            "hall",
            Name(id="gedung", en="town hall"),
        ),
    ),
    (
        Signed(("a.n. Wali Kota,", "Kepala DPMPTSP"), "Yuni, M.Si.", date(2026, 11, 23)),
        Signed(("Kepala DPMPTSP",), None, date(2026, 11, 24)),
    ),
    Bears("uncertified", "B-B"),
)
VERIFIED = (
    Verification((), "not_given", "not_given", "not_given"),
    *(
        Verification((verified(each, PRINTED),), "fits", "cannot_be_compared", "agrees")
        for each in get_args(Validity)
    ),
    Verification((verified("valid"),), "does_not_fit", "not_given", "needs_check_word"),
    Verification((verified("valid"), verified("revoked")), "not_given", "not_given", "not_given"),
)


def receipt_page(slip: ReceiptSlip, *, language: str) -> str:
    return slip_page(receipt_sheet(slip, language=language))


def registration_page(slip: RegistrationSlip, *, language: str) -> str:
    return slip_page(registration_sheet(slip, language=language))


def every_page() -> list[str]:
    shown = [status_page(None, language=lang) for lang in LANGUAGES]
    for lang in LANGUAGES:
        for problem in (*citizen_pages.PROBLEMS, "something_new"):
            shown.append(status_page(None, language=lang, problem=problem, number="SMR"))
        for status in (*transitions.CASE_STATUSES, DECIDED):
            shown.append(status_page(view(status=status), language=lang))
            shown.append(status_page(view(status=status, details=FULL), language=lang, now=DUE))
        shown.append(status_page(view(agency=None, held_since=None, due_at=None), language=lang))
        shown.append(receipt_page(RECEIPT, language=lang))
        shown.append(registration_page(REGISTRATION, language=lang))
        shown.append(registration_page(PASSED, language=lang))
        shown.append(verification_page(None, language=lang))
        for problem in (*verification_pages.PROBLEMS, "something_new"):
            shown.append(verification_page(None, language=lang, problem=problem, number="5/1"))
        for found in VERIFIED:
            shown.append(verification_page(found, language=lang, number="5/1", check_word="K7"))
    return shown


# --- every page -----------------------------------------------------------------------------------


def test_every_page_is_well_formed_and_names_its_language_title_and_main_part() -> None:
    for html in every_page():
        page = Page(html)
        assert page.all("html")[0]["lang"] in LANGUAGES
        assert len(page.all("main")) == 1
        assert len(page.all("h1")) == 1
        assert len(page.all("title")) == 1
        ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
        assert len(ids) == len(set(ids))


def test_no_page_needs_a_script_a_style_attribute_or_anything_from_elsewhere() -> None:
    for html in every_page():
        page = Page(html)
        assert page.all("script") == []
        for _, attributes in page.elements:
            assert not any(name == "style" or name.startswith("on") for name in attributes)
            for name in ("src", "href", "action"):
                assert re.match(
                    r"/static/|/status\?|/verifikasi\?|/pengaduan\?|#|data:,$",
                    attributes.get(name) or "#",
                )


def test_who_verifies_reads_what_is_printed_in_words_and_never_as_markup() -> None:
    page = Page(verification_page(VERIFIED[1], language="id", number="5/1", check_word="K7"))
    for said in (
        *("Berlaku", "<b>Jl. Awang Long</b>", "ya", "1 November 2026", "Yuni, M.Si.", "gedung"),
        *("Kata periksa cocok", "tidak dapat dibandingkan", ": cocok", "tidak tersertifikasi"),
    ):
        assert said in page.text
    ended = Page(verification_page(VERIFIED[3], language="en"))
    assert "Annulled since 23 November 2026" in ended.text
    assert "not valid any more" in ended.text
    unknown = Page(verification_page(VERIFIED[0], language="id", number='"><b>5/1'))
    assert "Tidak dikenal" in unknown.text
    assert unknown.all("b") == []


def test_every_answer_about_a_product_has_words_of_its_own_in_both_languages() -> None:
    for told, codes in (
        (verification_words.VALIDITY, get_args(Validity)),
        (verification_words.CHECK_WORD, get_args(CheckWord)),
        (verification_words.FILE, get_args(ComparedFile)),
        (verification_words.NAME, (*get_args(Compared), "needs_check_word")),
    ):
        assert set(told) == set(codes)
        assert len(set(told.values())) == len(codes)


def test_every_reference_between_elements_of_a_page_leads_somewhere() -> None:
    for html in every_page():
        page = Page(html)
        ids = {attributes.get("id") for _, attributes in page.elements}
        for _, attributes in page.elements:
            for name in ("for", "aria-labelledby", "aria-describedby"):
                assert set((attributes.get(name) or "").split()) <= ids
            if (attributes.get("href") or "").startswith("#"):
                assert (attributes["href"] or "")[1:] in ids


def test_every_picture_is_hidden_from_screen_readers_because_words_stand_beside_it() -> None:
    for html in every_page():
        assert all(svg.get("aria-hidden") == "true" for svg in Page(html).all("svg"))


@pytest.mark.parametrize(
    "kind",
    [
        *(StatusView, StatusDetails, StepView, DocumentView, ReceiptSlip, RegistrationSlip),
        *(Verification, Verified, Details),
    ],
)
def test_no_page_has_room_for_a_person(kind: type) -> None:
    assert not {field.name for field in dataclasses.fields(kind)} & {
        "applicant",
        "nik",
        "officer",
        "assignee",
        "person",
        "email",
        "phone",
        "address",
    }


# --- the status page ------------------------------------------------------------------------------


def test_the_empty_page_says_what_to_do_and_keeps_the_code_out_of_the_address() -> None:
    page = Page(status_page(None, language="id"))
    assert "Masukkan nomor pada tanda terima Anda" in page.text
    assert page.all("form")[0]["method"] == "post"
    assert page.all("form")[0]["action"] == "/status?lang=id"
    assert [field["name"] for field in page.all("input")] == ["number", "code"]
    assert {label["for"] for label in page.all("label")} == {"number", "code"}


def test_a_case_shows_where_it_is_since_when_until_when_and_what_to_do() -> None:
    page = Page(status_page(view(), language="id"))
    for words in (
        NUMBER,
        "Izin Reklame",
        "Sedang diproses",
        "Dinas Lingkungan Hidup",
        "sejak Senin, 23 November 2026",
        "Selesai paling lambat Selasa, 1 Desember 2026 pukul 23.59 WITA",
        "Yang perlu Anda lakukan Anda tidak perlu melakukan apa-apa.",
    ):
        assert words in page.text
    english = Page(status_page(view(), language="en"))
    for words in ("Billboard permit", "In progress", "Tuesday, 1 December 2026, 23:59 WITA"):
        assert words in english.text


def test_the_label_that_comes_with_the_case_wins() -> None:
    assert "Hampir selesai" in Page(status_page(view(label="Hampir selesai"), language="id")).text


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"status": "submitted"}, "Waktu mulai dihitung setelah berkas dinyatakan lengkap"),
        ({"status": "returned", "waiting_for": "applicant"}, "Waktu berhenti dihitung"),
        ({"waiting_for": "payment"}, "Waktu berhenti dihitung"),
        ({}, "Sedang tidak ada batas waktu yang berjalan"),
    ],
)
def test_a_case_without_a_limit_says_why(changes: dict[str, object], words: str) -> None:
    assert words in Page(status_page(view(due_at=None, **changes), language="id")).text


def test_a_limit_that_has_passed_is_called_so_and_only_while_the_case_is_open() -> None:
    late, words = DUE + timedelta(seconds=1), "Batas waktu ini sudah lewat"
    assert words in status_page(view(), language="id", now=late)
    assert words not in status_page(view(), language="id", now=DUE)
    assert words not in status_page(view(), language="id")
    assert words not in status_page(view(status="decided"), language="id", now=late)


def test_the_timeline_says_each_status_in_words_and_marks_where_the_case_is() -> None:
    details = StatusDetails("none", (step("completed"), step("in_progress", due_at=DUE), step()))
    page = Page(status_page(view(details=details), language="id"))
    assert "Selesai Rekomendasi Dinas Lingkungan Hidup Sedang dikerjakan" in page.text
    assert "paling lambat Selasa, 1 Desember 2026 pukul 23.59 WITA" in page.text
    items = [
        attributes for attributes in page.all("li") if "step-" in (attributes.get("class") or "")
    ]
    assert [item.get("aria-current") for item in items] == [None, "step", None]


def test_an_opinion_is_shown_in_words_and_a_result_without_words_not_at_all() -> None:
    details = StatusDetails(
        "none", (step("completed", result="favourable"), step("completed", result="QRIS-99"))
    )
    html = status_page(view(details=details), language="en")
    assert "Completed · Favourable" in html
    assert "QRIS-99" not in html


def test_defects_are_shown_with_their_requirement_and_never_as_markup() -> None:
    html = status_page(view(status="returned", details=FULL), language="id")
    assert "Skala &lt;tidak&gt; terbaca" in html
    assert "Bawa gambar baru" in Page(html).text


@pytest.mark.parametrize("language", LANGUAGES)
def test_without_the_access_code_a_decision_is_all_that_is_said(language: str) -> None:
    shown = {
        status_page(
            view(status=public_status(status), agency=FRONT, due_at=None), language=language
        )
        for status in ("granted", "refused")
    }
    assert len(shown) == 1
    text = Page(shown.pop()).text.lower()
    for word in ("dikabul", "ditolak", "penolakan", "grant", "refus"):
        assert word not in text


def test_with_the_access_code_the_outcome_is_said() -> None:
    refused = view(status="refused", details=StatusDetails("refused"))
    assert "Ditolak" in status_page(refused, language="id")
    deemed = view(status="granted", details=StatusDetails("deemed_granted"))
    assert "Deemed granted by law" in status_page(deemed, language="en")


def test_what_was_handed_over_is_said_to_whom_has_the_code_and_to_nobody_else() -> None:
    for outcome, told in (("granted", "Dikabulkan"), ("refused", "Ditolak")):
        page = Page(
            status_page(view(status="handed_over", details=StatusDetails(outcome)), language="id")
        )
        assert f"{told}; hasil sudah diserahkan" in page.text
        assert told not in Page(status_page(view(status="handed_over"), language="id")).text


def test_a_file_returned_before_it_was_complete_has_a_clock_that_never_ran() -> None:
    early = view(status="returned", waiting_for="applicant", due_at=None, clock_started=False)
    page = Page(status_page(early, language="id"))
    assert "Waktu belum mulai dihitung" in page.text
    assert "berhenti dihitung" not in page.text
    assert "Diterima : sekarang di sini" in page.text
    later = Page(status_page(dataclasses.replace(early, clock_started=True), language="id"))
    assert "Diproses : sekarang di sini" in later.text


def test_who_must_complete_something_and_gave_no_code_is_told_where_the_list_is() -> None:
    returned = view(status="returned", waiting_for="applicant", due_at=None)
    assert "Masukkan kode akses untuk melihat daftarnya" in status_page(returned, language="id")
    known = dataclasses.replace(returned, details=StatusDetails("none"))
    assert "Masukkan kode akses untuk melihat" not in status_page(known, language="id")


def test_a_problem_is_announced_and_tied_to_the_field_that_has_to_be_mended() -> None:
    page = Page(
        status_page(
            None, language="id", problem="wrong_check_digit", number="SMR-REK-2026-000132-8"
        )
    )
    field = page.all("input")[0]
    assert field["aria-invalid"] == "true"
    assert "masalah" in (field["aria-describedby"] or "").split()
    assert field["value"] == "SMR-REK-2026-000132-8"
    assert any(attributes.get("role") == "alert" for _, attributes in page.elements)
    assert "Angka terakhir tidak cocok" in page.text


def test_each_problem_has_words_of_its_own_and_an_unknown_one_the_general_ones() -> None:
    shown = {p: status_page(None, language="en", problem=p) for p in citizen_pages.PROBLEMS}
    assert len(set(shown.values())) == len(citizen_pages.PROBLEMS)
    assert status_page(None, language="en", problem="boom") == shown["unavailable"]


def test_after_too_many_tries_the_number_is_not_called_wrong() -> None:
    page = Page(status_page(None, language="id", problem="too_many_tries", number=NUMBER))
    assert "aria-invalid" not in page.all("input")[0]


@settings(max_examples=examples(30))
@given(st.text())
def test_whatever_was_typed_comes_back_as_text_only(typed: str) -> None:
    page = Page(status_page(None, language="id", problem="malformed_number", number=typed))
    assert [field["name"] for field in page.all("input")] == ["number", "code"]
    assert len(page.all("h1")) == 1
    assert page.all("script") == []


def test_the_other_language_is_one_link_away_and_keeps_the_number() -> None:
    links = [a["href"] for a in Page(status_page(view(), language="id")).all("a")]
    assert f"/status?lang=en&number={NUMBER}" in links
    strange = status_page(None, language="id", problem="malformed_number", number="a&lang=x")
    assert "/status?lang=en&number=a%26lang%3Dx" in [a["href"] for a in Page(strange).all("a")]


# --- slips ----------------------------------------------------------------------------------------


def test_the_receipt_says_that_the_clock_has_not_started() -> None:
    text = Page(receipt_page(RECEIPT, language="id")).text
    for words in (
        "Tanda terima berkas",
        NUMBER,
        "Waktu penyelesaian BELUM dihitung.",
        "Kelengkapan diperiksa paling lambat Selasa, 1 Desember 2026 pukul 23.59 WITA",
        "Kode akses K7QX-3M9A",
        "Diterima KTP",
        "Masih kurang Foto lokasi",
        "Lantai 1; Senin–Jumat 08.00–15.00",
        URL,
    ):
        assert words in text


def test_a_receipt_without_a_code_shows_none() -> None:
    text = Page(receipt_page(dataclasses.replace(RECEIPT, access_code=None), language="id")).text
    assert "Kode akses" not in text


def test_the_proof_of_registration_says_that_the_clock_runs_and_until_when() -> None:
    text = Page(registration_page(REGISTRATION, language="en")).text
    for words in (
        "Proof of registration",
        "Bukti pendaftaran",
        "The time limit HAS started.",
        "Declared complete on Monday, 23 November 2026, 11:05 WITA",
        "To be finished by Tuesday, 1 December 2026, 23:59 WITA",
        "Environment Agency",
        URL,
    ):
        assert words in text
    assert "K7QX" not in text


def test_the_proof_of_registration_says_what_passed_and_why() -> None:
    assert (
        "Declared complete without" not in Page(registration_page(REGISTRATION, language="en")).text
    )
    text = Page(registration_page(PASSED, language="en")).text
    assert "Declared complete without Photo of the spot" in text
    assert "Reason: Foto menyusul <besok> saat tinjau lapangan" in text
    erased = dataclasses.replace(PASSED, reason=None)
    assert "Alasan: sudah dihapus" in Page(registration_page(erased, language="id")).text


def test_the_applicant_reads_of_each_document_whether_it_came() -> None:
    shown = status_page(view(details=FULL), language="en")
    text = Page(shown).text
    assert "Identity card Received, Monday, 23 November 2026" in text
    assert "Drawing Received, to be put right" in text
    assert "Photo of the spot Not received yet" in text
    assert "bring what is missing" in text
    over = Page(status_page(view(status="granted", details=FULL), language="en")).text
    assert "bring what is missing" not in over


@pytest.mark.parametrize("language", LANGUAGES)
def test_both_slips_carry_the_address_as_a_code_to_scan(language: str) -> None:
    assert qr_svg(URL) in receipt_page(RECEIPT, language=language)
    assert qr_svg(URL) in registration_page(REGISTRATION, language=language)


def test_the_code_to_scan_is_black_on_white_with_its_quiet_zone_and_differs_by_text() -> None:
    svg = qr_svg(URL)
    size = int(re.search(r'viewBox="0 0 (\d+) \1"', svg)[1])  # type: ignore[index]
    assert f'fill="#fff" d="M0 0h{size}v{size}h-{size}z"' in svg
    assert 'stroke="#000" d="M4 4.5h7' in svg
    assert svg != qr_svg(URL + "x")
    assert "<script" not in qr_svg("</svg><script>")


# --- words ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "codes"),
    [
        ("status", (*transitions.CASE_STATUSES, DECIDED)),
        ("step_status", transitions.STEP_STATUSES),
        ("document_status", (*get_args(DocumentStatus), "sent_back")),
        ("outcome", ("granted", "refused", "deemed_granted", "none")),
        ("waiting_for", ("applicant", "payment", "external_system", "court", "signature")),
        ("step_kind", KINDS),
        ("result", tuple(chain.from_iterable(transitions.RESULTS.values()))),
    ],
)
def test_every_code_has_words_of_its_own_in_both_languages(
    kind: str, codes: tuple[str, ...]
) -> None:
    for language in LANGUAGES:
        words = [wording.label(kind, code, language) for code in codes]
        assert len(set(words)) == len(codes)
        assert all(wording.is_labelled(kind, code) for code in codes)
    assert all(wording.label(kind, c, "id") != wording.label(kind, c, "en") for c in codes)


def test_a_code_without_words_is_shown_as_it_is() -> None:
    assert wording.label("status", "brand_new", "id") == "brand new"
    with pytest.raises(KeyError):
        wording.label("colour", "green", "id")


@pytest.mark.parametrize(
    ("status", "outcome", "public"),
    [
        ("granted", "granted", "decided"),
        ("refused", "refused", "decided"),
        ("handed_over", "granted", "decided"),
        ("handed_over", "none", "handed_over"),
        ("withdrawn", "none", "withdrawn"),
        ("in_progress", "none", "in_progress"),
    ],
)
def test_anybody_may_know_that_there_is_a_decision_but_not_which(
    status: str, outcome: str, public: str
) -> None:
    assert public_status(status, outcome) == public


@pytest.mark.parametrize("language", LANGUAGES)
def test_there_is_always_something_to_say_about_what_to_do_next(language: str) -> None:
    for status in (*transitions.CASE_STATUSES, DECIDED):
        for waiting in (None, "applicant", "payment", "external_system", "court", "signature"):
            assert wording.next_action(status, "none", waiting, language).endswith(".")


def test_whoever_is_refused_is_told_of_the_right_to_object() -> None:
    for status in ("refused", "handed_over"):
        assert "21 hari kerja" in wording.next_action(status, "refused", None, "id")
    assert "21" not in wording.next_action("handed_over", "granted", None, "id")


# --- colours --------------------------------------------------------------------------------------

PAIRS = [
    ("ink", "ground", 4.5),
    ("ink", "card", 4.5),
    ("soft", "ground", 4.5),
    ("soft", "card", 4.5),
    ("accent", "ground", 4.5),
    ("accent", "card", 4.5),
    ("on-accent", "accent", 4.5),
    ("work-ink", "work-ground", 4.5),
    ("you-ink", "you-ground", 4.5),
    ("you-ink", "card", 4.5),
    ("decided-ink", "decided-ground", 4.5),
    ("over-ink", "over-ground", 4.5),
    ("bad-ink", "bad-ground", 4.5),
    ("bad-ink", "card", 4.5),
    ("edge", "card", 3.0),
    ("focus", "ground", 3.0),
    ("focus", "card", 3.0),
]


def palettes() -> list[dict[str, str]]:
    css = files("casetrack.web").joinpath("static", "casetrack.css").read_text("utf-8")
    blocks = re.findall(r":root \{(.*?)\}", css, re.DOTALL)
    return [dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", block)) for block in blocks]


def luminance(colour: str) -> float:
    """WCAG 2.2, "relative luminance"."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize(("text", "ground", "least"), PAIRS)
def test_text_stands_out_from_its_ground_in_the_light_and_the_dark_scheme(
    text: str, ground: str, least: float
) -> None:
    light_and_dark = palettes()
    assert len(light_and_dark) == 2
    for palette in light_and_dark:
        high, low = sorted((luminance(palette[text]), luminance(palette[ground])), reverse=True)
        assert (high + 0.05) / (low + 0.05) >= least
