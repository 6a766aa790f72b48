"""What a rule finds wrong with one field, in Bahasa Indonesia beside its own English.

A rule says it in clauses, what is wrong and how to mend it; each has its words here, with a hole for what
is named in it.
"""

import re
from collections.abc import Mapping

from casetrack.domain.people.contact import FORMS
from casetrack.web.http.bad_day_problems import BAD_DAYS_CLAUSES
from casetrack.web.http.complaint_problems import COMPLAINT_CLAUSES
from casetrack.web.http.money_words import MONEY_CLAUSES
from casetrack.web.http.silence_problems import SILENCE_CLAUSES

_BETWEEN = "; "
#: Where a value stands.
HOLE = "…"
#: What cannot be told clause by clause.
_OTHER = "Isian ini tidak dapat diterima"
#: A clause of a rule → the same in Bahasa Indonesia.
CLAUSES: Mapping[str, str] = {
    **BAD_DAYS_CLAUSES,
    **COMPLAINT_CLAUSES,
    **MONEY_CLAUSES,
    **SILENCE_CLAUSES,
    # names, texts
    "it holds a control character or a line break": "memuat karakter kendali atau baris baru",
    "type it anew": "ketik ulang",
    "there is no letter in it": "tidak memuat huruf",
    "write it as one reads it": "tulis sebagaimana dibaca",
    "it must be 1 to … characters": "harus 1 sampai … karakter",
    "an objection or appeal is taken in by itself, with the link to its decision": (
        "keberatan atau banding diterima tersendiri, dengan tautan ke keputusannya"
    ),
    "there is no such counter here": "loket tersebut tidak ada",
    "… is not taken in at this counter": "… tidak diterima di loket ini",
    "a text in a form has at most … bytes": "teks dalam formulir paling banyak … bita",
    f"it must be {FORMS['nik'].looks}": "harus 16 angka",
    f"it must be {FORMS['email'].looks}": "harus satu alamat surel",
    f"it must be {FORMS['phone'].looks}": "harus nomor telepon",
    f"it must be {FORMS['passport_number'].looks}": "harus 5 sampai 20 huruf dan angka",
    "a company has none; give its NIB or NPWP as company_number": (
        "badan usaha tidak mempunyainya; isi NIB atau NPWP di company_number"
    ),
    f"it must be {FORMS['company_number'].looks}": "harus NIB (13 angka) atau NPWP (15 atau 16)",
    f"it must be {FORMS['language'].looks}": "harus id atau en",
    # ways to reach somebody
    "it must be one e-mail address, such as …": "harus satu alamat surel, misalnya …",
    "it is too long: at most … characters before the @ and … in all": (
        "terlalu panjang: paling banyak … karakter sebelum @ dan … seluruhnya"
    ),
    "what stands before the @ must be plain letters, without accents": (
        "bagian sebelum @ harus huruf biasa tanpa aksen"
    ),
    "what stands before the @ cannot be": "bagian sebelum @ tidak mungkin",
    "what stands behind the @ is no domain": "bagian sesudah @ bukan domain",
    "it is no telephone number": "bukan nomor telepon",
    "a number in Indonesia has 7 to 12 digits behind +62": (
        "nomor di Indonesia terdiri atas 7 sampai 12 angka sesudah +62"
    ),
    "an international number has 8 to 15 digits": "nomor internasional terdiri atas 8 sampai 15 angka",
    "it has neither area code nor country code": "tanpa kode area dan kode negara",
    "write … (with the area code) or +country and number": (
        "tulis … (dengan kode area) atau +kode negara dan nomor"
    ),
    "a channel is there twice": "satu saluran tertulis dua kali",
    "name each once, the best one first": "tulis masing-masing sekali, yang terbaik lebih dulu",
    "… needs an e-mail address": "… memerlukan alamat surel",
    "… needs a telephone number": "… memerlukan nomor telepon",
    "… needs a mobile number, which begins with 08": (
        "… memerlukan nomor seluler, yang diawali 08"
    ),
    "give it or leave … out": "isi atau hilangkan …",
    "a person has none": "orang perseorangan tidak memilikinya",
    "only of who acts for the applicant by their office, together with their name": (
        "hanya dari yang mewakili badan usaha pemohon karena jabatannya, bersama namanya"
    ),
    "only for a company somebody acts by their office": (
        "hanya badan usaha yang diwakili seseorang karena jabatannya"
    ),
    "a person has a representative": "orang perseorangan memiliki kuasa",
    "give their NIK, or the kind company": "isi NIK-nya, atau pilih jenis company",
    # people who come and leave
    "it is still to come": "tanggalnya belum tiba",
    "give a day up to …": "isi tanggal paling lambat …",
    "no fact of a case is older than …": "tidak ada kejadian pada berkas yang lebih lama dari …",
    "compare the year": "cocokkan tahunnya",
    "compare the year, or give none": "cocokkan tahunnya, atau kosongkan",
    "it is more than … years off": "lebih dari … tahun lagi",
    "it is before the birth that the NIK says, …": "mendahului tanggal lahir menurut NIK, …",
    "it is before the day of which it tells, …": "mendahului tanggal yang diterangkannya, …",
    "it is before the first day of the power, …": "mendahului hari pertama kuasa, …",
    "it is before the day of the power, …": "mendahului tanggal kuasa, …",
    "it is before the day of the death, …": "mendahului tanggal meninggal, …",
    "compare both days": "cocokkan kedua tanggal",
    "this person died, as the case says": "orang ini sudah meninggal menurut berkas",
    "it has passed": "tanggalnya sudah lewat",
    "is no original of this case": "bukan dokumen asli dari berkas ini",
    "say which originals go back": "sebutkan dokumen asli yang dikembalikan",
    "names one twice": "menyebut satu dokumen dua kali",
    "no original goes back as a file": "dokumen asli tidak dapat dikembalikan sebagai berkas elektronik",
    "the service does not say that it is sent so": "layanan ini tidak dikirim dengan cara itu",
    "nobody stands at the counter where it is sent": "bila dikirim, tidak ada orang di loket",
    "say how they signed: paper or screen": "sebutkan tanda tangannya: paper atau screen",
    "is no file of this case for …": "bukan berkas … dari permohonan ini",
    "shows the signature of another hand-over": "memuat tanda tangan penyerahan yang lain",
    "a signature on a screen comes as a PNG": "tanda tangan di layar harus berupa PNG",
    "take_back says so": "harus disebut",
    "… takes none": "… tidak memerlukannya",
    "is missing: the signing service asks for NIK and passphrase": (
        "belum diisi: layanan tanda tangan meminta NIK dan frasa sandi"
    ),
    "is missing: … says so": "harus diisi: diperlukan untuk …",
    "who acts for a company is said by change_director": (
        "siapa yang mewakili badan usaha diubah dengan change_director"
    ),
    "is missing: say who acts for the company from now on": (
        "harus diisi: siapa yang mewakili badan usaha mulai sekarang"
    ),
    # search, numbers, links
    "there is no word in it": "tidak memuat kata",
    "no number of a person or company looks like this": (
        "tidak ada nomor orang atau badan usaha yang berbentuk demikian"
    ),
    "write a case number, words of a name, 16 digits of a NIK, a passport number, a telephone number, or "
    "a NIB (13 digits) or NPWP (15 or 16)": (
        "tulis nomor berkas, kata dari nama, 16 angka NIK, nomor paspor, nomor telepon, NIB (13 angka), "
        "atau NPWP (15 atau 16)"
    ),
    "The last digit does not fit the others: one digit is mistyped": (
        "angka terakhir tidak cocok dengan yang lain: ada satu angka yang salah ketik"
    ),
    "There is no such case among those of your agency": "tidak ada berkas demikian pada instansi Anda",
    "this is the case itself": "ini berkas itu sendiri",
    "a duplicate names it as duplicate_of": "duplikat menyebutnya sebagai duplicate_of",
    "only with link, or close as a duplicate": "hanya dengan link, atau close sebagai duplikat",
    "what came out of the other one is valid": "yang terbit dari berkas lain masih berlaku",
    "name it with correction_of or renews": "sebut dengan correction_of atau renews",
    "nothing came out of the other one that could be corrected": (
        "belum ada yang terbit dari berkas lain untuk diperbaiki"
    ),
    "no permit or card came out of the other one": "tidak ada izin atau kartu dari berkas lain",
    "the other one is of another service": "berkas lain adalah layanan lain",
    "the other one is of another applicant": "berkas lain adalah permohonan orang lain",
    "the other one was opened on another day": "berkas lain dibuka pada hari lain",
    "the service of this one takes no objections": "layanan berkas ini bukan layanan keberatan",
    "the service of this one takes no appeals": "layanan berkas ini bukan layanan banding",
    "the other one is an objection or an appeal itself": "berkas lain itu sendiri keberatan atau banding",
    "the other one is no objection": "berkas lain bukan keberatan",
    "an objection or an appeal is about one decision": (
        "keberatan atau banding ditujukan terhadap satu keputusan"
    ),
    # facts and documents
    "not asked for": "tidak diminta",
    "known: none": "tidak ada yang dikenal",
    "known: …": "yang dikenal: …",
    "is missing": "harus diisi",
    "cannot be taken": "tidak dapat diterima",
    "give one of …": "isi salah satu dari …",
    "give a code": "isi sebuah kode",
    "give a whole number": "isi bilangan bulat",
    "give a whole number from … to …": "isi bilangan bulat dari … sampai …",
    "give a whole number from …": "isi bilangan bulat mulai …",
    "give a whole number to …": "isi bilangan bulat sampai …",
    "give true or false": "isi true atau false",
    "give a day as YYYY-MM-DD": "isi hari sebagai TTTT-BB-HH",
    "give a text of 1 to … characters": "isi teks 1 sampai … karakter",
    "… takes no documents": "… tidak disertai dokumen",
    "it is not the hash of the file that came": "bukan hash dari file yang diterima",
    "send the file again": "kirim ulang filenya",
    "unknown service": "layanan tidak dikenal",
    "unknown step": "langkah tidak dikenal",
    "taken in at another agency's counter": "diterima di loket instansi lain",
    # products
    "only where a step refuses and the service has such a letter": (
        "hanya bila tahapan menolak dan layanan memiliki surat penolakan"
    ),
    "the service draws up no products": "layanan ini tidak menerbitkan produk",
    "unknown product": "produk tidak dikenal",
    "is no place that the office writes": "bukan tempat yang diisi kantor",
    "only a refusal has them": "hanya surat penolakan yang memuatnya",
    "nobody is heard before they were notified": "pemberitahuan mendahului pemeriksaan, bukan sesudahnya",
    "is missing: nobody is burdened without it": "harus diisi: tanpa ini tidak boleh membebani siapa pun",
    "is missing: say on what ground, and by which instrument": (
        "harus diisi: dengan alasan apa dan berdasarkan naskah apa"
    ),
    "the day is to come": "harinya belum tiba",
    "the day lies between the last signature and today": (
        "harinya antara tanda tangan terakhir dan hari ini"
    ),
    "given where the number comes from outside, and only there": (
        "diisi bila nomor berasal dari luar, dan hanya di situ"
    ),
    "a day from then on, where the service leaves it to you": (
        "hari sesudahnya, bila layanan menyerahkannya kepada Anda"
    ),
    # what is put right
    "is missing: say which, and as what they are corrected": (
        "harus diisi: data mana dan menjadi apa"
    ),
    "the case has no representative": "permohonan ini tidak berkuasa",
    # what belongs to an action
    "is missing: say which number its issuer gave, and on which day": (
        "harus diisi: nomor dari penerbitnya dan tanggalnya"
    ),
    "is missing: say whose conflict it is": "harus diisi: benturan kepentingan siapa",
    "is missing: a conflict is declared or reported with its ground": (
        "harus diisi: benturan kepentingan disampaikan dengan alasannya"
    ),
    "is missing: say by which article the superior acts": (
        "harus diisi: berdasarkan pasal mana atasan bertindak"
    ),
    "is missing: say why the superior acts": "harus diisi: mengapa atasan bertindak",
    "is missing: say which court it was": "harus diisi: pengadilan mana",
    "is missing: only a court suspends without one of these grounds": (
        "harus diisi: hanya pengadilan yang menangguhkan tanpa salah satu alasan ini"
    ),
    "is missing: say why": "harus diisi: mengapa",
    "is missing: say whether it took place": "harus diisi: terlaksana atau tidak",
    "is missing: say because of whom it did not take place": (
        "harus diisi: karena siapa tidak terlaksana"
    ),
    "is missing: say the day, from when and until when": "harus diisi: hari, dari dan sampai jam",
    "is missing: say where it is": "harus diisi: di mana",
    "is missing: say who wants it moved": "harus diisi: siapa yang meminta dipindahkan",
    "is missing: say why it is moved": "harus diisi: mengapa dipindahkan",
    "comes after the beginning": "harus sesudah jam mulai",
    "is a working day of the agency": "harus hari kerja instansi",
    "lies in the hours of the agency": "harus di dalam jam kerja instansi",
    "only what is suspended has a ground": "alasan hanya untuk penangguhan",
    "is missing: say to which case this one belongs, and how": (
        "harus diisi: berkas ini terkait dengan berkas mana, dan bagaimana"
    ),
    # what stands against erasing somebody
    "the case … is not over": "berkas … belum selesai",
    "a case of other agencies is not over": "berkas pada instansi lain belum selesai",
    "in … it is still to be said who they are": "dalam … belum dipastikan siapa orangnya",
    "an auditor holds it (…)": "ditahan pengawas (…)",
    "the case is kept by … until …": "berkas disimpan menurut … sampai …",
    # a paper of the register
    "keys with values are wanted": "harus berupa kunci dengan nilai",
    "give a map with …": "isi dengan …",
    "unknown key …": "kunci … tidak dikenal",
    "unknown … …": "… … tidak dikenal",
    "give …": "isi …",
    "use …": "pakai …",
    "did you mean …?": "maksudnya …?",
    "name the article that says so, or leave giver_acts out": (
        "sebut pasal yang mengaturnya, atau hilangkan giver_acts"
    ),
    "a list is wanted": "harus berupa daftar",
    "give a list of at most …": "isi daftar dengan paling banyak …",
    "a text is wanted": "harus berupa teks",
    "give 1 to … characters": "isi 1 sampai … karakter",
    "a number stands in quotes": "angka ditulis dalam tanda kutip",
    "a whole number is wanted": "harus bilangan bulat",
    "write digits only, without quotes": "tulis angka saja, tanpa tanda kutip",
    "true or false is wanted": "harus true atau false",
    "write true or false, without quotes": "tulis true atau false, tanpa tanda kutip",
    "a day is wanted": "harus berupa hari",
    "write it as YYYY-MM-DD": "tulis sebagai TTTT-BB-HH",
    # a webhook's endpoint
    "the URL cannot be read": "URL tidak dapat dibaca",
    "the URL must look like https://host/path": "URL harus berbentuk https://host/path",
    "the URL must hold no login: deliveries are signed instead": (
        "URL tidak boleh memuat nama dan kata sandi: pengiriman sudah ditandatangani"
    ),
    "the URL must be plain ASCII without blanks": "URL harus ASCII tanpa spasi",
    "write a name as xn--…": "tulis nama sebagai xn--…",
    "the URL's host is neither a name nor an address": "host pada URL bukan nama dan bukan alamat",
    "what follows # would not be sent": "yang sesudah # tidak ikut dikirim",
    "leave it out": "hilangkan",
    "the host is not on the public internet": "host tidak berada di internet publik",
    "the port … is not one of the web (443, 80)": "porta … bukan porta web (443, 80)",
    "only https may leave this machine": "hanya https yang boleh keluar dari mesin ini",
    "the operator may allow it (CASETRACK_WEBHOOK_ALLOW)": (
        "operator dapat mengizinkannya (CASETRACK_WEBHOOK_ALLOW)"
    ),
    "the host name cannot be resolved": "nama host tidak ditemukan",
    "the host name has no address": "nama host tidak mempunyai alamat",
    # questions to the register
    "neither a day nor a moment with an offset": "bukan hari dan bukan saat dengan selisih zona",
    "not a kind that ends by itself": "bukan jenis yang berakhir dengan sendirinya",
    "goes without known": "tanpa known",
    "more than one is named": "lebih dari satu disebut",
    # who becomes a registrar
    "no paper is named that makes a registrar": "tidak disebut naskah yang mengangkat petugas register",
    "give 'letter', with its number and day, or 'instrument', one of the register": (
        "isi 'letter' dengan nomor dan tanggalnya, atau 'instrument' dari register"
    ),
    "a decree or a letter gives no power by itself": (
        "keputusan atau surat tidak memberi kewenangan dengan sendirinya"
    ),
    "name the law, or the giver": "sebut undang-undangnya, atau pemberi kewenangannya",
    "it ends before it begins to work": "berakhir sebelum mulai berlaku",
    "it works from … on: end it then or later, or leave 'until' out": (
        "mulai berlaku …: akhiri pada hari itu atau sesudahnya, atau hilangkan 'until'"
    ),
    "this text is over before the duty begins": "peraturan ini sudah berakhir sebelum tugas dimulai",
    "name one that is in force, or a letter": "sebut yang berlaku, atau sebuah surat",
    "the new text was not signed by then": "peraturan baru belum ditandatangani pada hari itu",
    "begin on … or later": "mulai pada … atau sesudahnya",
    "the region has no agency …": "daerah tidak memiliki instansi …",
    "… has no account that is live": "… tidak memiliki akun yang aktif",
    "… is …, which keeps no papers": "… berperan …, yang tidak mencatat naskah",
    "its role is one of …": "perannya harus salah satu dari …",
}


#: A field that is missing, and why it is asked for: the second half has words of its own.
_MISSING = "is missing: "


def reading(clause: str) -> re.Pattern[str]:
    """Reads a text that has these words, with something in each of its holes."""
    return re.compile("(.+?)".join(re.escape(part) for part in clause.split(HOLE)))


#: The longest first, so that what has words of its own is not taken for a list.
_READ = [
    (reading(clause), words)
    for clause, words in sorted(CLAUSES.items(), key=lambda item: -len(item[0].replace(HOLE, "")))
]


def said(message: str) -> dict[str, str]:
    """A rule's message in both languages; what has no words yet is at least said to be wrong."""
    told = known(message) or _OTHER
    return {"id": told[:1].upper() + told[1:], "en": message}


def known(message: str) -> str | None:
    """The message in Bahasa Indonesia where each of its clauses has words; None otherwise."""
    clauses = [_in_indonesian(clause) for clause in message.removesuffix(".").split(_BETWEEN)]
    told = [clause for clause in clauses if clause is not None]
    return _BETWEEN.join(told) if len(told) == len(clauses) else None


def _in_indonesian(clause: str) -> str | None:
    for reading, words in _READ:
        found = reading.fullmatch(clause)
        if found is not None:
            named = iter(found.groups())
            return "".join(next(named) if mark == HOLE else mark for mark in words)
    if clause.startswith(_MISSING):
        why = _in_indonesian(clause.removeprefix(_MISSING))
        return f"harus diisi: {why}" if why is not None else None
    return None
