"""What comes as a file is opened in a process of its own, and judged by what it is."""

import tempfile
import zlib
from collections.abc import Callable
from io import BytesIO

import pikepdf
import pytest

from casetrack.domain.errors import Invalid, Unavailable
from casetrack.gateways.stored_files.opening import Opener
from tests.support.scans import pdf, picture, script, zipped

Name, Dictionary, Array = pikepdf.Name, pikepdf.Dictionary, pikepdf.Array
PDF, JPEG = pdf(), picture("JPEG")
HTML = b"<html><script>alert(1)</script></html>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HEIC = b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic"


def opens_at_the_first_page(made: pikepdf.Pdf) -> None:
    """As fpdf2 writes it: it only sets the first view."""
    made.Root.OpenAction = Array([made.pages[0].obj, Name.Fit])


def leads_to_a_program(made: pikepdf.Pdf) -> None:
    view = Array([made.pages[0].obj, Name.Fit])
    launch = made.make_indirect(Dictionary(S=Name.Launch, F="a.exe"))
    made.Root.OpenAction = Dictionary(S=Name.GoTo, D=view, Next=launch)


def acts_when_a_page_is_left(made: pikepdf.Pdf) -> None:
    made.pages[1].obj.AA = Dictionary(C=Dictionary(S=Name.JavaScript, JS="x"))


def acts_in_a_field(made: pikepdf.Pdf) -> None:
    action = Dictionary(K=Dictionary(S=Name.SubmitForm, F="http://example.id"))
    field = made.make_indirect(Dictionary(FT=Name.Tx, T="a", AA=action))
    made.Root.AcroForm = Dictionary(Fields=Array([field]))


def brings_data_in(made: pikepdf.Pdf) -> None:
    made.Root.AA = Dictionary(WC=Dictionary(S=Name.ImportData, F="x.fdf"))


def has_a_named_script(made: pikepdf.Pdf) -> None:
    made.Root.Names = Dictionary(
        JavaScript=Dictionary(Names=Array(["a", Dictionary(S=Name.JavaScript, JS="x")]))
    )


def has_a_program_attached(made: pikepdf.Pdf) -> None:
    made.attachments["setup.exe"] = b"MZ"


def has_a_file_at_a_page(made: pikepdf.Pdf) -> None:
    inside = made.make_indirect(Dictionary(Type=Name.Filespec, EF=Dictionary()))
    note = Dictionary(Type=Name.Annot, Subtype=Name.FileAttachment, FS=inside)
    made.pages[0].obj.Annots = Array([made.make_indirect(note)])


def links_to_its_pages(made: pikepdf.Pdf) -> None:
    target = Array([made.pages[1].obj, Name.Fit])
    link = Dictionary(Type=Name.Annot, Subtype=Name.Link, A=Dictionary(S=Name.GoTo, D=target))
    made.pages[0].obj.Annots = Array([made.make_indirect(link)])


def calls_its_script(kind: str) -> Callable[[pikepdf.Pdf], None]:
    """A script that says that it is something else."""

    def change(made: pikepdf.Pdf) -> None:
        made.Root.OpenAction = Dictionary(Type=Name(kind), S=Name.JavaScript, JS="x")

    return change


def plays_with_a_script(made: pikepdf.Pdf) -> None:
    made.Root.OpenAction = Dictionary(S=Name.Rendition, OP=0, JS="x")


def opens_another_s_file(made: pikepdf.Pdf) -> None:
    """Who opens it asks that machine, and tells it who they are."""
    made.Root.OpenAction = Dictionary(S=Name.GoToR, F=r"\\host\share\a.pdf")


def holds_rich_media(made: pikepdf.Pdf) -> None:
    note = Dictionary(Type=Name.Annot, Subtype=Name.RichMedia)
    made.pages[0].obj.Annots = Array([made.make_indirect(note)])


def links_to(address: str) -> Callable[[pikepdf.Pdf], None]:
    """A link at the first page that leads there."""

    def change(made: pikepdf.Pdf) -> None:
        action = Dictionary(S=Name.URI, URI=pikepdf.String(address))
        link = Dictionary(Type=Name.Annot, Subtype=Name.Link, A=action)
        made.pages[0].obj.Annots = Array([made.make_indirect(link)])

    return change


def links_below_a_script(made: pikepdf.Pdf) -> None:
    """What its links are read from: `(a)` becomes `javascript:a`."""
    made.Root.URI = Dictionary(Base=pikepdf.String("javascript:"))


def acts_as_a_page(made: pikepdf.Pdf) -> None:
    """An action that says that it is a page, to which a link would lead and at which nobody looks."""
    made.Root.OpenAction = Dictionary(Type=Name.Page, S=Name.JavaScript, JS="x")


def acts_deep_in_a_tree(made: pikepdf.Pdf) -> None:
    tree = Dictionary(Names=Array(["a", Dictionary(S=Name.Launch, F="a.exe")]))
    for _ in range(20):
        tree = made.make_indirect(Dictionary(Kids=Array([tree])))
    made.Root.Names = Dictionary(Renditions=tree)


def keeps_its_content_elsewhere(made: pikepdf.Pdf) -> None:
    made.pages[0].obj.Contents = pikepdf.Stream(made, b"", F=r"\\host\share\a")


def acts_in_three_dimensions(made: pikepdf.Pdf) -> None:
    code = pikepdf.Stream(made, b"x")
    drawn = pikepdf.Stream(made, b"x", Type=Name("/3D"), OnInstantiate=made.make_indirect(code))
    note = Dictionary(Type=Name.Annot, Subtype=Name("/3D"))
    note["/3DD"] = made.make_indirect(drawn)
    made.pages[0].obj.Annots = Array([made.make_indirect(note)])


def unpacks(size: int) -> Callable[[pikepdf.Pdf], None]:
    """A page whose content weighs little and unpacks to so many bytes."""

    def change(made: pikepdf.Pdf) -> None:
        small = zlib.compress(b" " * size, 9)
        form = pikepdf.Stream(made, small, Filter=Name.FlateDecode)
        made.pages[0].obj.Resources = Dictionary(XObject=Dictionary(A=made.make_indirect(form)))

    return change


def packed(change: Callable[[pikepdf.Pdf], None]) -> bytes:
    """The same with its objects in streams of objects, as newer programs write it."""
    with pikepdf.open(BytesIO(pdf(change))) as made:
        into = BytesIO()
        made.save(into, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return into.getvalue()


#: Links that run something in the reader, or open what lies on its machine or beside it.
BAD_LINKS = (
    "javascript:app.alert(1)",
    " JavaScript:app.alert(1)",
    "java\tscript:app.alert(1)",
    "vbscript:x",
    "data:text/html,<script>",
    "file:///C:/Windows/a.exe",
    "C:\\a.exe",
    "\\\\host\\share\\a",
    "//host/share",
    "ms-word:ofe|u|http://example.id/a",
)


def gif_that_is_a_script() -> bytes:
    return b"GIF89a/*\x00\x00\x00\x00*/=1;alert(1)"


#: A file; one that takes long to make is made where it is asked for.
Content = bytes | Callable[[], bytes]


def judged(content: Content, opener: Opener | None = None) -> str | tuple[str, str | None]:
    """The kind, or the code of the refusal with where it is."""
    with tempfile.TemporaryFile() as file:
        file.write(content if isinstance(content, bytes) else content())
        try:
            return (opener or Opener()).kind(file)
        except (Invalid, Unavailable) as error:
            return error.code, error.fields.get("where")


def packed_twice(made: pikepdf.Pdf) -> None:
    small = zlib.compress(zlib.compress(b" " * 300_000_000, 9), 9)
    twice = Array([Name.FlateDecode, Name.FlateDecode])
    made.pages[0].obj.Contents = pikepdf.Stream(made, small, Filter=twice)


TAKEN: dict[str, tuple[Content, str]] = {
    "a PDF of one page": (PDF, "pdf"),
    "a PNG": (picture("PNG"), "png"),
    "a JPEG": (JPEG, "jpeg"),
    "a WebP": (picture("WEBP", 9, 9), "webp"),
    "a PDF that opens at its first page": (pdf(opens_at_the_first_page), "pdf"),
    "a PDF with links to its pages": (pdf(links_to_its_pages, pages=2), "pdf"),
    "a PDF with links to the web, a mail and a telephone": (
        pdf(
            lambda made: [
                links_to(each)(made)
                for each in ("https://samarinda.go.id", "mailto:a@b.id", "TEL:0541", "www.b.id/a")
            ]
        ),
        "pdf",
    ),
    "a PDF whose content unpacks to 50 million bytes": (
        lambda: pdf(unpacks(50_000_000)),
        "pdf",
    ),
    "a PDF of a hundred pages": (pdf(pages=100), "pdf"),
    "a PDF with HTML behind it": (PDF + HTML * 100, "pdf"),
    "a JPEG with a ZIP behind it": (JPEG + zipped(), "jpeg"),
    "a PDF that only forbids to print": (
        pdf(encryption=pikepdf.Encryption(user="", owner="x")),
        "pdf",
    ),
    "a picture of 49 million points": (lambda: picture("JPEG", 7000, 7000, "L"), "jpeg"),
}
REFUSED: dict[str, tuple[Content, str]] = {
    "a PDF whose content unpacks to 300 million bytes": (
        lambda: pdf(unpacks(300_000_000)),
        "file_too_much_work",
    ),
    "a PDF whose content is packed twice": (
        lambda: pdf(packed_twice),
        "file_too_much_work",
    ),
    "a ZIP, and so an XLSX": (zipped(), "file_kind_not_taken"),
    "a program named .pdf": (b"MZ\x90\x00" + bytes(200), "file_kind_not_taken"),
    "HTML with a script": (HTML, "file_kind_not_taken"),
    "SVG with a script": (SVG, "file_kind_not_taken"),
    "HTML before a whole PDF": (HTML + PDF, "file_kind_not_taken"),
    "a PDF after 500 bytes": (b"\n" * 500 + PDF, "file_kind_not_taken"),
    "a GIF that is a script": (gif_that_is_a_script(), "file_kind_not_taken"),
    "HEIC": (HEIC, "file_kind_not_taken"),
    "nothing": (b"", "file_empty"),
    "plain text": (b"KTP\n", "file_kind_not_taken"),
    "a PDF with a script on opening": (pdf(script), "file_active"),
    "a PDF that leads to a program": (pdf(leads_to_a_program), "file_active"),
    "a PDF that brings data in": (pdf(brings_data_in), "file_active"),
    "a PDF with a script in a field": (pdf(acts_in_a_field), "file_active"),
    "a PDF with a named script": (pdf(has_a_named_script), "file_active"),
    "a PDF whose script says that it is none": (pdf(calls_its_script("/X")), "file_active"),
    "a PDF whose script says that it is structure": (
        pdf(calls_its_script("/StructElem")),
        "file_active",
    ),
    "a PDF with a script beside a film": (pdf(plays_with_a_script), "file_active"),
    "a PDF that opens a file elsewhere": (pdf(opens_another_s_file), "file_active"),
    **{f"a PDF that links to {each!r}": (pdf(links_to(each)), "file_active") for each in BAD_LINKS},
    "a PDF whose links begin with a script": (pdf(links_below_a_script), "file_active"),
    "a PDF whose action says that it is a page": (pdf(acts_as_a_page), "file_active"),
    "a PDF that leads to a program deep in a tree": (pdf(acts_deep_in_a_tree), "file_active"),
    "a PDF with its objects in streams": (packed(leads_to_a_program), "file_active"),
    "a PDF whose content lies elsewhere": (pdf(keeps_its_content_elsewhere), "file_active"),
    "a PDF with a script in three dimensions": (pdf(acts_in_three_dimensions), "file_active"),
    "a PDF with rich media": (pdf(holds_rich_media), "file_active"),
    "a PDF with a program attached": (pdf(has_a_program_attached), "file_with_attachment"),
    "a PDF with a password": (
        pdf(encryption=pikepdf.Encryption(user="a", owner="b")),
        "file_locked",
    ),
    "a PDF cut in half": (PDF[: len(PDF) // 2], "file_damaged"),
    "a PDF that is only a beginning": (b"%PDF-1.7\n%%EOF", "file_damaged"),
    "a JPEG cut": (JPEG[: len(JPEG) // 2], "file_damaged"),
    "the first 20 bytes of a PNG": (picture("PNG")[:20], "file_damaged"),
    "a WebP cut": (picture("WEBP", 90, 90)[:40], "file_damaged"),
}
WHERE: dict[str, tuple[Content, tuple[str, str]]] = {
    "a script when page 2 is left": (
        pdf(acts_when_a_page_is_left, pages=2),
        ("file_active", "page 2"),
    ),
    "a file at page 1": (pdf(has_a_file_at_a_page), ("file_with_attachment", "page 1")),
    "101 pages": (pdf(pages=101), ("file_too_many_pages", "101")),
    "20,000 x 20,000 points": (
        lambda: picture("PNG", 20_000, 20_000, "1"),
        ("file_too_many_pixels", "20000 x 20000"),
    ),
}


@pytest.mark.parametrize("name", TAKEN)
def test_what_is_harmless_is_taken(name: str) -> None:
    content, kind = TAKEN[name]
    assert judged(content) == kind


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_not_is_refused_by_what_it_is(name: str) -> None:
    content, code = REFUSED[name]
    assert judged(content)[0] == code


@pytest.mark.parametrize("name", WHERE)
def test_a_refusal_says_where(name: str) -> None:
    content, heard = WHERE[name]
    assert judged(content) == heard


def test_a_photo_of_a_telephone_is_told_how_to_become_one_that_is_taken() -> None:
    with tempfile.TemporaryFile() as file:
        file.write(HEIC)
        with pytest.raises(Invalid, match="save the photo as JPEG"):
            Opener().kind(file)


def test_what_needs_more_memory_than_a_scan_is_refused_and_harms_nobody() -> None:
    huge = b"%PDF-1.7\n1 0 obj\n" + b"[" * 30_000_000 + b"\n%%EOF\n"
    assert judged(huge)[0] in ("file_too_much_work", "file_damaged")
    assert judged(PDF) == "pdf"


@pytest.mark.parametrize("patience", [0.01])
def test_what_takes_too_long_is_ended_and_refused(patience: float) -> None:
    assert judged(PDF, Opener(patience)) == ("file_too_much_work", None)


def test_who_finds_no_turn_is_told_to_come_again() -> None:
    opener = Opener(0.3)
    with opener._turns, opener._turns:
        assert judged(PDF, opener) == ("files_busy", None)
