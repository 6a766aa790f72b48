"""What the codes and details about bills and payments say in Bahasa Indonesia."""

from collections.abc import Mapping

#: Code → meaning.
MONEY_CODES: Mapping[str, str] = {
    "unknown_bill": "berkas ini tidak mempunyai tagihan tersebut",
    "no_bill_here": "layanan ini tidak menyebut apa yang dibayar pada tahapan tersebut",
    "unknown_account": "register tidak memuat rekening tersebut untuk layanan ini",
    "not_a_code": "kode bayar bukan milik rekening ini",
    "no_account": "register tidak memuat rekening instansi untuk layanan ini",
    "bill_open": "masih ada tagihan yang terbuka pada tahapan ini",
    "bill_confirmed": "pembayaran sudah terkonfirmasi",
    "bill_state_forbids": "status tagihan tidak mengizinkan tindakan ini",
    "no_bill_open": "tidak ada tagihan berkode bayar yang terbuka pada tahapan ini",
    "too_many_bills": "jumlah tagihan berkas sudah mencapai batas",
    "not_counted": "tarif tidak dapat dihitung dari isian berkas ini",
    "free_of_charge": "menurut tarif tidak ada yang harus dibayar",
    "amount_differs": "jumlah yang masuk berbeda dari jumlah tagihan",
    "not_less": "pengurangan harus menghasilkan jumlah yang lebih kecil",
    "code_known": "kode bayar ini sudah dipakai tagihan lain",
    "reference_used": "pembayaran dengan rujukan ini sudah mengonfirmasi satu tagihan",
    "reference_listed": (
        "pembayaran dengan rujukan ini ada dalam daftar yang tidak cocok dengan tagihan, dengan jumlah, "
        "kode, atau rekening lain"
    ),
    "reference_closed": (
        "pembayaran dengan rujukan ini sudah ditutup dan tidak mengonfirmasi tagihan apa pun"
    ),
    "closing_differs": (
        "alasan penutupan tidak sesuai dengan ada tidaknya tagihan yang dikonfirmasi oleh pembayaran ini"
    ),
    "own_bill": "yang menetapkan, mengurangi, atau memegang berkas tagihan tidak mengonfirmasinya",
    "unreadable_file": "daftar pembayaran ini tidak dapat dibaca",
    "payments_too_large": (
        "berkas bank melebihi batas ukuran; muat dalam beberapa bagian, masing-masing dengan baris judul "
        "kolomnya"
    ),
    "unknown_payment_file": "tidak ada daftar pembayaran tersebut",
    "unknown_payment": "tidak ada pembayaran tersebut",
    "payment_state_forbids": "hanya pembayaran yang tidak cocok dengan tagihan yang dapat ditutup",
    "own_payment": "pembayaran ini untuk tagihan berkas Anda sendiri, atau tagihan yang Anda terbitkan "
    "atau kurangi; rekan Anda yang menutupnya",
    "payment_missing": "penyerahan menunggu pembayaran yang terkonfirmasi",
}
#: Detail → the same, with a hole for each value.
MONEY_DETAILS: Mapping[str, str] = {
    "The bank's file is larger than the … MB (…,000,000 bytes) that it may be; load it in parts, each "
    "with the line that names the columns.": (
        "Berkas bank melebihi batas … MB (….000.000 bita); muat dalam beberapa bagian, masing-masing "
        "dengan baris judul kolomnya."
    ),
    "A payment with this reference confirmed a bill of the account … already; one payment is for one "
    "bill.": (
        "Pembayaran dengan rujukan ini sudah mengonfirmasi satu tagihan rekening …; satu pembayaran "
        "hanya untuk satu tagihan."
    ),
    "A payment with this reference is on the list of those that fit no bill: … rupiah with the code … "
    "into the account …. Give the right reference, or close that payment first, saying what became of "
    "it.": (
        "Pembayaran dengan rujukan ini ada dalam daftar yang tidak cocok dengan tagihan: … rupiah dengan "
        "kode bayar … ke rekening …. Isi rujukan yang benar, atau tutup dahulu pembayaran itu dengan "
        "menyebut apa yang terjadi dengan uangnya."
    ),
    "A payment with this reference waits to be settled: … rupiah with the code … into the account …. Try "
    "again once it is settled, or give the right reference.": (
        "Pembayaran dengan rujukan ini masih menunggu diproses: … rupiah dengan kode bayar … ke rekening "
        "…. Coba lagi setelah selesai diproses, atau isi rujukan yang benar."
    ),
    "A payment with this reference into the account … was closed as …, and confirms nothing. Give the "
    "right reference, or correct that closing first, as confirmed_by_hand, if it was wrong.": (
        "Pembayaran dengan rujukan ini ke rekening … sudah ditutup dengan alasan … dan tidak "
        "mengonfirmasi tagihan apa pun. Isi rujukan yang benar, atau jika penutupan itu keliru, "
        "perbaiki dahulu alasannya menjadi confirmed_by_hand."
    ),
    "By a payment with this reference … of … is confirmed; close it as told_twice or confirmed_by_hand, "
    "or refund that bill first.": (
        "Pembayaran dengan rujukan ini sudah mengonfirmasi … dari …; tutup dengan alasan told_twice atau "
        "confirmed_by_hand, atau kembalikan dahulu pembayaran tagihan itu."
    ),
    "Only a closing is corrected; this payment is ….": (
        "Hanya penutupan yang dapat diperbaiki; pembayaran ini berstatus …."
    ),
    "This payment is closed as …; correct that reason.": (
        "Pembayaran ini ditutup dengan alasan …; perbaiki alasan itu."
    ),
    "By this payment … of … is confirmed; close it as matched.": (
        "Pembayaran ini sudah mengonfirmasi … dari …; tutup dengan alasan matched."
    ),
    "Only a payment that fits no bill is closed; this one is ….": (
        "Hanya pembayaran yang tidak cocok dengan tagihan yang ditutup; yang ini berstatus …."
    ),
    "The step … has no bill.": "Tahapan … tidak mempunyai tagihan.",
    "No bill is issued now: the step … is … in a case that is ….": (
        "Tagihan belum dapat ditetapkan: tahapan … berstatus … dalam berkas yang berstatus …."
    ),
    "A case has … bills at most.": "Satu berkas memuat paling banyak … tagihan.",
    "The tariff cannot be counted: ….": "Tarif tidak dapat dihitung: ….",
    "A bill that is … takes no …; that takes ….": (
        "Tagihan berstatus … tidak menerima …; statusnya harus …."
    ),
    "In a case that is … nothing is paid any more; cancel the bill.": (
        "Pada berkas berstatus … tidak ada lagi pembayaran; batalkan tagihannya."
    ),
    "The bill is of … rupiah and not of …; it stays as it is.": (
        "Tagihan sebesar … rupiah, bukan …; statusnya tetap."
    ),
    "The bill is of … rupiah; a reduction makes it less.": (
        "Tagihan sebesar … rupiah; pengurangan harus membuatnya lebih kecil."
    ),
    "The register names no account of … for this service today that rests on a text in force; two "
    "registrars enter it.": (
        "Register tidak memuat rekening … untuk layanan ini hari ini yang didasari ketentuan yang "
        "berlaku; dua petugas register mencatatnya."
    ),
    "The hand-over waits for a confirmed payment at the step ….": (
        "Penyerahan menunggu pembayaran yang terkonfirmasi pada tahapan …."
    ),
}
#: A clause of a fault of a field → the same.
MONEY_CLAUSES: Mapping[str, str] = {
    "has no bill": "tidak mempunyai tagihan",
    "the formula of the service says it": "ditetapkan oleh rumus layanan",
    "reduce the bill by a decision": "kurangi tagihan dengan keputusan",
    "the bill is issued here and is no other system's": (
        "tagihan ditetapkan di sini, bukan oleh sistem lain"
    ),
    "the service says until when it is paid": "batas bayar ditetapkan oleh layanan",
    "give whole rupiah from 1": "isi rupiah bulat mulai 1",
    "the step has no bill": "tahapan ini tidak mempunyai tagihan",
    "not a code of this account": "bukan kode bayar rekening ini",
    "one of …": "salah satu dari …",
    "casetrack draws the codes of this account": "kode bayar rekening ini dibuat oleh casetrack",
    "the register has no such account": "register tidak memuat rekening tersebut",
    "it is not base64": "bukan base64",
    "it is larger than 2 MB": "lebih dari 2 MB",
    "load it in parts": "muat bagian demi bagian",
    "send it as a form": "kirim sebagai formulir",
    "it has more than … rows": "memuat lebih dari … baris",
    "its encoding is none of UTF-8, UTF-16 and Windows-1252": (
        "pengodeannya bukan UTF-8, UTF-16, atau Windows-1252"
    ),
    "no line names the columns code, amount and reference": (
        "tidak ada baris yang menamai kolom kode, jumlah, dan referensi"
    ),
    "say why": "sebutkan alasannya",
    "no such payment was told of": "pembayaran tersebut tidak ada",
    "say which payment of the bank or treasury it is": "sebutkan rujukan bank atau kas daerah",
    "say why it is this amount": "sebutkan alasan jumlah ini",
    "say which assessment of the other system it is, and its day": (
        "sebutkan nomor dan tanggal ketetapan sistem lain"
    ),
    "say how much, in whole rupiah": "sebutkan jumlahnya dalam rupiah bulat",
    "enter the code that … gave for it": "isi kode bayar dari …",
}
