"""The detail of a refusal in Bahasa Indonesia, for who asks for it (`Accept-Language: id`).

A detail that is made from values has its words here, with a hole for each value, in the same order. One
that lists faults is made from the faults' own words; any other says what its code means.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from casetrack.web.http import rule_words
from casetrack.web.http.bad_day_problems import BAD_DAYS_DETAILS
from casetrack.web.http.complaint_problems import COMPLAINT_DETAILS
from casetrack.web.http.money_words import MONEY_DETAILS
from casetrack.web.http.report_problems import REPORT_DETAILS
from casetrack.web.http.rule_words import HOLE, reading
from casetrack.web.http.sign_in_problems import SIGN_IN_DETAILS
from casetrack.web.http.silence_problems import SILENCE_DETAILS

#: What the code says → the same in Bahasa Indonesia.
DETAILS: Mapping[str, str] = {
    **MONEY_DETAILS,
    **SILENCE_DETAILS,
    **BAD_DAYS_DETAILS,
    **SIGN_IN_DETAILS,
    **REPORT_DETAILS,
    **COMPLAINT_DETAILS,
    # who may
    "The role … may not do this; it takes ….": "Peran … tidak berwenang melakukan ini; diperlukan ….",
    "This belongs to the agency …, not to yours.": "Ini milik instansi …, bukan instansi Anda.",
    "… may not … a case.": "… tidak boleh melakukan … pada berkas.",
    "… is no officer.": "… bukan petugas.",
    "Silence is no … at the step ….": "Diam bukan … pada tahapan ….",
    "The step … is for …, and the assignee has none of these roles.": (
        "Tahapan … dikerjakan oleh …, dan petugas yang ditunjuk tidak memegang peran itu."
    ),
    "You do not hold the position ….": "Anda tidak memegang jabatan ….",
    "The token ended at …; casetrack token create makes a new one.": (
        "Token berakhir pada …; casetrack token create membuat yang baru."
    ),
    "This token may send … … a second; wait, then go on more slowly.": (
        "Token ini boleh mengirim … … per detik; tunggu, lalu lanjutkan lebih pelan."
    ),
    "The body is not a form (multipart/form-data) that can be read to its end; send it again, with the "
    "parts … and file, and at most … in all.": (
        "Isi permintaan bukan formulir (multipart/form-data) yang terbaca sampai akhir; kirim ulang "
        "dengan bagian … dan file, paling banyak … bagian."
    ),
    # products
    "On paper … letters of this draft come out as codes, such as [U+0639]; have them written in Latin "
    "letters, or read the draft's paper and sign with as_codes.": (
        "Di kertas … huruf rancangan ini tampil sebagai kode, misalnya [U+0639]; mintalah ditulis dengan "
        "huruf Latin, atau baca naskah rancangannya dan tanda tangani dengan as_codes."
    ),
    "Another endorsement comes first: that of ….": "Paraf lain harus lebih dahulu: paraf ….",
    "Another signature comes first: that of the step ….": (
        "Tanda tangan lain harus lebih dahulu: pada tahapan …."
    ),
    "Your signature is recorded. The file waits for the electronic signature of the step … first; sign "
    "again once that is on it.": (
        "Tanda tangan Anda sudah dicatat. Berkas masih menunggu tanda tangan elektronik pada tahapan …; "
        "tanda tangani lagi setelah itu dibubuhkan."
    ),
    "On paper … letters of your name, rank or NIP, or of the office's name, come out as codes, such as "
    "[U+0639]; have them entered in Latin letters, or look at the paper and sign with as_codes.": (
        "Di kertas … huruf nama, pangkat, atau NIP Anda, atau nama kantor, tampil sebagai kode, misalnya "
        "[U+0639]; mintalah dicatat dengan huruf Latin, atau lihat kertasnya lalu tanda tangani dengan "
        "as_codes."
    ),
    "The draft still waits for the endorsement of ….": "Rancangan masih menunggu paraf ….",
    "The draft is a new one and waits again for the endorsement of …, given by … to the one before.": (
        "Rancangan disusun ulang dan menunggu paraf ulang …, yang diberikan … pada naskah sebelumnya."
    ),
    "An inspection is promised while the step is open; … is ….": (
        "Peninjauan dijanjikan selama tahapan terbuka; … berstatus …."
    ),
    "… is not for a product that is ….": "… tidak dapat dilakukan pada produk berstatus ….",
    # what is put right
    "A case is corrected … times at most.": "Berkas dikoreksi paling banyak … kali.",
    "A correction takes one of these reasons: ….": "Koreksi memerlukan salah satu alasan ini: ….",
    "Until the file is complete its facts are corrected by ….": (
        "Sebelum berkas dinyatakan lengkap, datanya dikoreksi oleh …."
    ),
    "The file is complete, so its facts are corrected by officers of …, whose steps rest on them.": (
        "Berkas sudah lengkap, jadi datanya dikoreksi petugas …, yang tahapannya memakai data itu."
    ),
    # the counter
    "There are these slips: ….": "Lembar yang ada: ….",
    "In a case that is … there is nothing to hand over.": (
        "Pada berkas berstatus … tidak ada yang dapat diserahkan."
    ),
    "The office does not hold these originals: ….": "Kantor ini tidak memegang dokumen asli: ….",
    "The counter's book of this case is full: it takes … entries.": (
        "Buku loket berkas ini penuh; isinya paling banyak … catatan."
    ),
    # the people of a case
    "In a case that is … there is no … any more.": "Pada berkas berstatus … tidak ada lagi ….",
    "No death is … in this case.": "Pada berkas ini tidak ada laporan meninggal yang ….",
    "The representative's power does not say …, which … takes.": (
        "Surat kuasa wakil tidak menyebut …, yang diperlukan untuk …."
    ),
    # pauses
    "The service lets a case stand still for this cause … (…), and that is used up. Decide by what is "
    "there, return it to the applicant, or close it as referred.": (
        "Layanan membolehkan penangguhan karena sebab ini … (…), dan itu sudah habis. Putuskan menurut "
        "yang ada, kembalikan kepada pemohon, atau tutup sebagai referred."
    ),
    # links between cases
    "Nothing was decided since in the case that this one is about: correct, annul or revoke there, or "
    "open a case that replaces it. Where nothing is to be changed, who decides completes it with "
    "the result … and a reason.": (
        "Belum ada keputusan baru pada berkas yang dipersoalkan: perbaiki, batalkan, atau cabut di sana, "
        "atau buka berkas yang menggantikannya. Bila tidak ada yang diubah, yang memutus menyelesaikan "
        "tahapan dengan hasil … dan alasannya."
    ),
    "What was granted is not carried out yet: the step … is open.": (
        "Yang dikabulkan belum dilaksanakan: tahapan … masih terbuka."
    ),
    "… does not fit these two cases: ….": "… tidak sesuai untuk kedua berkas ini: ….",
    "A case names at most … others.": "Satu berkas menyebut paling banyak … berkas lain.",
    "The links lead on over more than … cases.": "Tautan melewati lebih dari … berkas.",
    # the register
    "There is no kind …; ….": "Jenis … tidak ada; yang ada: ….",
    "… is nothing that is done to a draft.": "… bukan tindakan pada rancangan.",
    "… is no registrar of …, whose paper this is.": (
        "… bukan petugas register untuk …, pemilik naskah ini."
    ),
    "… is named in this paper, gains or loses by it, or is subordinate to somebody who does; other "
    "registrars enter and confirm it.": (
        "… disebut dalam naskah ini, memperoleh atau kehilangan sesuatu karenanya, atau bawahan orang "
        "yang demikian; petugas register lain yang mencatat dan mengesahkannya."
    ),
    "This would stop what works today: …. Who means it sends the same action with these ids as stops.": (
        "Ini akan menghentikan yang berlaku hari ini: …. Bila memang dimaksud, kirim tindakan yang sama "
        "dengan id tersebut sebagai stops."
    ),
    "…: … wait until the upgrade is over (casetrack db upgrade --second-half).": (
        "…: … menunggu sampai pemutakhiran selesai (casetrack db upgrade --second-half)."
    ),
    "… was set up as a registrar and makes no other one until the head of the secretariat has confirmed "
    "it.": (
        "… petugas register dari penyiapan dan tidak mengangkat yang lain sebelum disahkan kepala "
        "sekretariat."
    ),
    "… was set up as a registrar and makes no other one until the head of the secretariat has confirmed "
    "it, and nobody heads it: the operator enters the letter of who does into register.yaml and loads it "
    "(casetrack load).": (
        "… petugas register dari penyiapan dan tidak mengangkat yang lain sebelum disahkan kepala "
        "sekretariat, dan sekretariat tidak memiliki kepala: operator mencatat surat pengangkatannya di "
        "register.yaml dan memuatnya (casetrack load)."
    ),
    "Who was set up as a registrar is confirmed by the head of the secretariat, and nobody heads …: the "
    "operator enters the letter of who does into register.yaml and loads it (casetrack load).": (
        "Petugas register dari penyiapan disahkan oleh kepala sekretariat, dan … tidak memiliki kepala: "
        "operator mencatat surat pengangkatannya di register.yaml dan memuatnya (casetrack load)."
    ),
    "Who was set up as a registrar is confirmed by the head of the secretariat….": (
        "Petugas register dari penyiapan disahkan oleh kepala sekretariat…."
    ),
    "This would let … decide by …: who keeps an agency's papers or the accounts, or audits, decides none "
    "of its cases.": (
        "Dengan ini … memutus sebagai …: yang mencatat naskah suatu instansi, mengelola akun, atau "
        "mengaudit tidak memutus berkas instansi itu."
    ),
    # a case and its steps
    "… is not for a case that is …; it takes ….": (
        "… bukan untuk berkas yang berstatus …; statusnya harus …."
    ),
    "The product is … already.": "Produk ini sudah ….",
    "A case that is … cannot be … as it stands now.": (
        "Berkas berstatus … tidak dapat … dalam keadaannya sekarang."
    ),
    "A case that is … cannot be …; that takes ….": (
        "Berkas yang berstatus … tidak dapat …; statusnya harus …."
    ),
    "These requirements could have been named in the first return: …. A second return for them takes a "
    "supervisor.": (
        "Persyaratan ini dapat disebut pada pengembalian pertama: …. Pengembalian kedua untuknya "
        "dilakukan penyelia."
    ),
    "… says more than it was given.": "… menyebut lebih banyak daripada yang diberikan.",
    "… is nothing that is done on paper.": "… bukan tindakan yang dilakukan di atas kertas.",
    "A step of the kind … ends with one of: ….": (
        "Tahapan berjenis … berakhir dengan salah satu dari: …."
    ),
    "A pause takes one of these reasons: …. Waiting for the applicant or a payment stops the clock by "
    "itself.": (
        "Penangguhan memerlukan salah satu alasan ini: …. Menunggu pemohon atau pembayaran menghentikan "
        "hitungan waktu dengan sendirinya."
    ),
    "Closing takes one of these reasons: ….": "Penutupan memerlukan salah satu alasan ini: ….",
    "A case takes … documents, replaced ones among them; it has ….": (
        "Satu berkas memuat paling banyak … dokumen, termasuk yang sudah diganti; kini ada …."
    ),
    "A case that is … takes no documents; that takes ….": (
        "Berkas yang berstatus … tidak menerima dokumen; statusnya harus …."
    ),
    "The file is larger than the … MB (…,000,000 bytes) that it may be; scan it anew with 150 to 200 "
    "dots per inch, or send its pages as several files.": (
        "File lebih besar dari batas … MB (….000.000 bita); pindai ulang dengan 150 sampai 200 dpi, atau "
        "kirim halamannya dalam beberapa file."
    ),
    "These required documents were not received: …. Bring them, return the file, or have a supervisor "
    "declare it complete with a reason, which is printed.": (
        "Dokumen wajib ini belum diterima: …. Lengkapi, kembalikan berkas, atau penyelia menyatakannya "
        "lengkap dengan alasan yang dicetak."
    ),
    "The step … cannot be worked on now.": "Tahapan … tidak dapat dikerjakan sekarang.",
    "The service does not ask for …, so the applicant cannot be asked for it; its requirements are ….": (
        "Layanan ini tidak meminta …, jadi pemohon tidak dapat dimintai itu; persyaratannya …."
    ),
    "The step was not ready before ….": "Tahapan ini belum siap sebelum ….",
    "… is nothing that is done to ….": "… bukan tindakan pada ….",
    "… is not for the step … (…); try ….": "… bukan untuk tahapan … (…); coba ….",
    "… is not possible: the step … is … in a case that is ….": (
        "… tidak dapat dilakukan: tahapan … berstatus … dalam berkas yang berstatus …."
    ),
    "The limit of the step … is not over yet.": "Batas waktu tahapan … belum lewat.",
    "The value is nested deeper than … levels.": "Nilainya bersarang lebih dalam dari … tingkat.",
    "A … cannot be stored; use text or integers.": (
        "Nilai berjenis … tidak dapat disimpan; pakai teks atau bilangan bulat."
    ),
    # persons
    "The assignment ended on …; ask for a new letter.": (
        "Surat tugas berakhir pada …; mintalah surat baru."
    ),
    "They cannot be erased now: ….": "Datanya belum dapat dihapus: ….",
    "What was kept is destroyed with the archive authority's yes (…): give its letter.": (
        "Berkas dimusnahkan dengan persetujuan lembaga kearsipan (…): sebut suratnya."
    ),
    "It is held already (…).": "Datanya sudah ditahan (…).",
    "The case has no ….": "Berkas ini tidak mempunyai ….",
    "Nobody stands in this case as ….": "Tidak ada orang dalam berkas ini sebagai ….",
    "from, to: give a first day and a last one, … days at most.": (
        "from, to: isi hari pertama dan hari terakhir, paling banyak … hari."
    ),
    # webhooks and the feed
    "There is no region ….": "Daerah … tidak ada.",
    "There is no webhook …; casetrack webhooks list shows them.": (
        "Webhook … tidak ada; casetrack webhooks list menampilkannya."
    ),
    "… is …, not active.": "… berstatus …, tidak aktif.",
    "The ledger of region … ends at position …, before …: it is not the ledger that this position came "
    "from.": (
        "Buku peristiwa daerah … berakhir pada posisi …, sebelum …: posisi itu bukan dari buku ini."
    ),
    "The webhook is …, not paused.": "Webhook berstatus …, tidak sedang ditangguhkan.",
    "An agency has at most … webhooks; remove one.": (
        "Satu instansi mempunyai paling banyak … webhook; hapus salah satu."
    ),
    "The webhook is …; resume it first.": "Webhook berstatus …; lanjutkan dahulu.",
    # what came in
    "The body is not JSON that can be taken: ….": "Isi permintaan bukan JSON yang dapat diterima: ….",
}
_READ = [
    (reading(detail), words)
    for detail, words in sorted(DETAILS.items(), key=lambda item: -len(item[0].replace(HOLE, "")))
]
#: What the register denies: its meaning, at which position, by which article.
_DENIED = re.compile(r"[^()]+?(?P<at> \([^()]*\))?: (?P<law>[^:]+ art\. [^:]+)\.")
#: Words that stand between named things.
_BETWEEN = {" or ": " atau ", " and ": " dan "}


def in_indonesian(detail: str, meaning: str | None, faults: Iterable[Mapping[str, Any]]) -> str:
    """The same detail in Bahasa Indonesia; `meaning` is what its code means there."""
    told = [f"{fault['at']}: {fault['said']['id']}" for fault in faults]
    if told:
        return "; ".join(told) + "."
    denied = _DENIED.fullmatch(detail)
    if denied is not None and meaning:
        law = denied["law"].replace(" art. ", " Pasal ")
        return f"{_capital(meaning)}{denied['at'] or ''}: {law}."
    for read, words in _READ:
        found = read.fullmatch(detail)
        if found is not None:
            named = iter(found.groups())
            return "".join(_named(next(named)) if mark == HOLE else mark for mark in words)
    return f"{_capital(meaning)}." if meaning else detail


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _named(value: str) -> str:
    """What is named in a detail: clauses in their own words, anything else as it is."""
    told = rule_words.known(value)
    if told is not None:
        return told
    for english, words in _BETWEEN.items():
        value = re.sub(english, words, value)
    return value
