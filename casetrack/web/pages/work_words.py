"""What roles and lists of work are called, in both languages."""

from collections.abc import Mapping

Both = tuple[str, str]

ROLE_NAMES: Mapping[str, Both] = {
    "clerk": ("Petugas loket", "Clerk"),
    "officer": ("Petugas", "Officer"),
    "supervisor": ("Penyelia", "Supervisor"),
    "head": ("Pimpinan", "Head"),
    "auditor": ("Auditor", "Auditor"),
    "integrator": ("Sistem lain", "Integrator"),
    "admin": ("Administrator", "Administrator"),
}
#: List → what it is called, in the order in which it is worked on.
LISTS: Mapping[str, Both] = {
    "overdue": ("Lewat batas waktu", "Past their limit"),
    "work": ("Tahapan terbuka di instansi Anda", "Open steps of your agency"),
    "check": ("Diperiksa kelengkapannya", "To check for completeness"),
    "send_back": ("Dikirim kembali ke pemohon", "To send back to the applicant"),
    "people": ("Tentang orangnya: meninggal atau kuasa berakhir", "About people: a death, a power"),
    "endorse": ("Menunggu paraf", "Waiting for a paraf"),
    "sign": ("Menunggu tanda tangan", "Waiting for a signature"),
    "issue": ("Siap diterbitkan", "To issue"),
    "hand_over": ("Siap diserahkan", "To hand over"),
    "tell": ("Diberi tahu langsung", "To tell in person"),
    "take_back": ("Ditarik kembali", "To take back"),
    "papers": ("Surat asli dikembalikan", "Original papers to give back"),
    "close": ("Dapat ditutup", "To close"),
}
