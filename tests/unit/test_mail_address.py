"""One definition of an e-mail address; and names that a person can read."""

from email import message_from_bytes, policy
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casetrack.domain.people import mail_address, visible
from casetrack.domain.people.contact import contact_faults
from casetrack.gateways.mail.smtp import FileMailer
from casetrack.usecases.people import tidying

PLAIN = "budi@contoh.id"


@pytest.mark.parametrize(
    "text",
    [
        " budi@contoh.id",
        "budi@contoh.id\r\n",
        "\u00a0budi@contoh.id\u3000",
        "\u200bbudi@contoh.id",
        "budi@con\u00adtoh.id",
        "\ufeffbudi@contoh.id\u2060",
        "\u202abudi@contoh.id\u202c",
        "budi@contoh\u200d.id",
        "budi @ contoh.id",
        "budi@contoh.id.",
        "budi@contoh\u3002id",
        "mailto:budi@contoh.id",
        "MAILTO:budi%40contoh.id?subject=Berkas",
        "<budi@contoh.id>",
        "<mailto:budi@contoh.id>",
    ],
)
def test_what_is_copied_along_with_an_address_is_left_out(text: str) -> None:
    assert tidying.mail(text) == PLAIN


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("budi@ex\u00e4mple.id", "budi@xn--exmple-cua.id"),
        ("budi@EX\u00c4MPLE.id", "budi@xn--exmple-cua.id"),
        ("budi@stra\u00dfe.id", "budi@xn--strae-oqa.id"),
        ("budi@\u043f\u0440\u0438\u043c\u0435\u0440.id", "budi@xn--e1afmkfd.id"),
        ("budi@\u0646\u0627\u0645\u0647\u200c\u0627\u06cc.com", "budi@xn--mgba3gch31f060k.com"),
        ("budi@xn--exmple-cua.id", "budi@xn--exmple-cua.id"),
        ("o'budi@contoh.id", "o'budi@contoh.id"),
        ("budi+tag@contoh.id", "budi+tag@contoh.id"),
        ("BUDI@CONTOH.ID", "BUDI@CONTOH.ID"),
        (f"{'b' * 64}@contoh.id", f"{'b' * 64}@contoh.id"),
    ],
)
def test_an_address_is_kept_as_a_mail_server_takes_it(text: str, kept: str) -> None:
    assert tidying.mail(text) == kept
    assert mail_address.fault(kept) is None
    assert tidying.mail(kept) == kept


REFUSED = [
    "",
    "budi",
    "@contoh.com",
    "budi@",
    "j\u00f6rg@contoh.id",
    "budi@contoh",
    "budi@contoh..id",
    "budi@.contoh.id",
    ".budi@contoh.id",
    "budi.@contoh.id",
    "budi..s@contoh.id",
    "budi@-contoh.id",
    "budi@contoh-.id",
    "budi@contoh_x.id",
    "budi@\u00e4_x.id",
    "budi@con\ufffdtoh.id",
    "budi@xn--a.id",
    "budi@[127.0.0.1]",
    "budi@127.0.0.1",
    "budi@contoh.123",
    "budi@con toh.id",
    '"budi s"@contoh.id',
    "budi(x)@contoh.id",
    "a@b@contoh.id",
    "Budi <budi@contoh.id>",
    "budi@contoh.id, siti@contoh.id",
    "budi@contoh.id;siti@contoh.id",
    "budi\u0000@contoh.id",
    "budi@contoh.id\r\nBcc: siti@contoh.id",
    "=?utf-8?q?siti=40contoh=2Eid?=@contoh.id",
    "=?us-ascii?B?c2l0aQ==?=@contoh.id",
    f"{'b' * 65}@contoh.id",
    f"budi@{'c' * 64}.id",
    "budi@" + "\u00e4" * 60 + ".id",
    f"budi@{'abc.' * 63}id",
    "\u00e4" * 100_000 + "@contoh.id",
]


@pytest.mark.parametrize("text", REFUSED)
def test_what_no_mailer_can_send_is_refused_in_a_sentence_that_does_not_repeat_it(
    text: str,
) -> None:
    with pytest.raises(ValueError, match=r"e-mail address|too long") as caught:
        tidying.mail(text)
    assert len(text) < 3 or text not in str(caught.value)
    assert caught.value.__cause__ is None


@given(st.text(max_size=40), st.sampled_from(["@contoh.id", "@", "", "@\u00e4.id"]))
def test_whatever_is_taken_is_the_only_address_in_the_mail(local: str, rest: str) -> None:
    try:
        kept = tidying.mail(local + rest)
    except ValueError:
        return
    assert (kept.isascii(), mail_address.fault(kept)) == (True, None)
    assert contact_faults({"email": kept}) == []


@pytest.mark.parametrize("to", ["o'budi+tag@contoh.id", "a=?b@contoh.id", "{x}|`y~@contoh.id"])
def test_the_to_header_shows_the_address_that_it_goes_to(to: str, tmp_path: Path) -> None:
    FileMailer(tmp_path).send(to, "Berkas", "isi", "64.72.1.applicant.0123456789abcdef")
    (file,) = tmp_path.glob("*.eml")
    mail = message_from_bytes(file.read_bytes(), policy=policy.default)
    assert [each.addr_spec for each in mail["To"].addresses] == [to]


def test_domains_know_no_capitals_and_local_parts_may() -> None:
    assert mail_address.same("budi@CONTOH.id", "budi@contoh.id")
    assert not mail_address.same("Budi@contoh.id", "budi@contoh.id")


# --- names ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        "Sukarno",
        "O",
        "Dr. Ir. H. Budi Contoh, S.H., M.Hum.",
        "Ma'ruf",
        "Ma\u2019ruf",
        "\ua9b1\ua9b8\ua98f\ua982\ua9a4\ua9ba\ua9b4",
        "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
        "PT 7",
    ],
)
def test_a_name_in_any_writing_stays_as_it_is(name: str) -> None:
    assert tidying.field("name", name) == name


@pytest.mark.parametrize(
    "name",
    [" Budi Contoh ", "Budi\u00a0Contoh", "\ufeffBudi  Contoh\u200b", "Bu\u00addi Contoh\u200d"],
)
def test_blanks_and_marks_that_cannot_be_seen_are_tidied(name: str) -> None:
    assert tidying.field("name", name) == "Budi Contoh"


@pytest.mark.parametrize(
    "name",
    [
        *("", " ", "\u00a0", "\u200b", "\u3164", "\u2800\u2800", "\u200d", "...", "\u0301"),
        *("Budi\nContoh", "Budi\u001b[31m", "Budi\u0000", "Budi\u0085Contoh", "Budi\u2028Contoh"),
        *("\u202eBudi", "Budi\u200fContoh", "\u2067Budi\u2069"),
    ],
)
def test_a_name_without_anything_to_read_or_with_control_characters_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match=r"letter|control"):
        tidying.field("name", name)
    assert name == "" or [field for field, _ in contact_faults({"name": name})] == ["name"]


def test_an_address_may_have_lines_and_a_name_may_not() -> None:
    assert tidying.field("address", " Jl. Merdeka 1\r\n\n Samarinda ") == "Jl. Merdeka 1\nSamarinda"
    with pytest.raises(ValueError, match="control"):
        tidying.field("address", "Jl. Merdeka\u0007")
    with pytest.raises(ValueError, match="letter"):
        visible.read("\n\n", lines=True)


def test_a_telephone_copied_with_marks_of_direction_is_a_telephone() -> None:
    assert tidying.field("phone", "\u202a+62 812\u00a03456 7890\u202c") == "+6281234567890"
