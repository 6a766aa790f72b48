"""What who complained reads of their complaint: (Bahasa Indonesia, English)."""

from collections.abc import Mapping

from casetrack.domain.case.complaints import ComplaintKind, ComplaintState

Words = tuple[str, str]

STATES: Mapping[ComplaintState, Words] = {
    "received": ("Diterima", "Received"),
    "reacted": ("Ditanggapi", "Reacted to"),
    "in_work": ("Ditindaklanjuti", "In work"),
    "answered": ("Dijawab", "Answered"),
    "closed": ("Selesai", "Closed"),
}
KINDS: Mapping[ComplaintKind, Words] = {
    "information": ("Permintaan informasi", "Request for information"),
    "delay": ("Keterlambatan", "Delay"),
    "requirements": ("Persyaratan", "Requirements"),
    "service": ("Pelayanan", "Service"),
    "conduct": ("Perilaku petugas", "An officer's conduct"),
    "money": ("Permintaan uang atau suap", "Money asked for, or a bribe"),
}
#: A field of the form that files one.
FIELDS: Mapping[str, Words] = {
    "region": ("Daerah", "Region"),
    "kind": ("Tentang", "About"),
    "text": ("Isi pengaduan", "Your complaint"),
    "case": ("Nomor permohonan", "Application number"),
    "case_code": ("Kode akses permohonan", "Access code of the application"),
    "contact.name": ("Nama", "Name"),
    "contact.phone": ("Telepon", "Telephone"),
    "contact.email": ("E-mail", "E-mail"),
}
#: The body that gave a complaint its own number.
OUTSIDE: Mapping[str, Words] = {
    "lapor": ("SP4N-LAPOR!", "SP4N-LAPOR!"),
    "ombudsman": ("Ombudsman RI", "Ombudsman"),
    "other": ("Badan lain", "Another body"),
}
