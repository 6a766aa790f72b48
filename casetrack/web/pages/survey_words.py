"""The survey's questions and answers, as PermenPANRB 14/2017 asks them: (Bahasa Indonesia, English)."""

from collections.abc import Mapping

from casetrack.domain.case.survey import Element

Words = tuple[str, str]

QUESTIONS: Mapping[Element, Words] = {
    "requirements": (
        "Bagaimana kesesuaian persyaratan pelayanan dengan jenis pelayanannya?",
        "How well do the requirements fit the service?",
    ),
    "procedure": (
        "Bagaimana kemudahan prosedur pelayanan di unit ini?",
        "How easy is the procedure of this service?",
    ),
    "time": (
        "Bagaimana kecepatan waktu dalam memberikan pelayanan?",
        "How quick was the service?",
    ),
    "cost": (
        "Bagaimana kewajaran biaya atau tarif dalam pelayanan?",
        "How fair is the cost of the service?",
    ),
    "product": (
        "Bagaimana kesesuaian hasil pelayanan dengan yang tercantum dalam standar pelayanan?",
        "How well does the result fit the published standard?",
    ),
    "competence": (
        "Bagaimana kompetensi atau kemampuan petugas dalam pelayanan?",
        "How capable was the staff?",
    ),
    "conduct": (
        "Bagaimana kesopanan dan keramahan petugas dalam pelayanan?",
        "How polite and friendly was the staff?",
    ),
    "complaints": (
        "Bagaimana penanganan pengaduan, saran, dan masukan?",
        "How are complaints and suggestions dealt with?",
    ),
    "facilities": (
        "Bagaimana kualitas sarana dan prasarana?",
        "How good are the facilities?",
    ),
}
#: From 1 to 4.
CHOICES: Mapping[Element, tuple[Words, Words, Words, Words]] = {
    "requirements": (
        ("Tidak sesuai", "Not at all"),
        ("Kurang sesuai", "Not well"),
        ("Sesuai", "Well"),
        ("Sangat sesuai", "Very well"),
    ),
    "procedure": (
        ("Tidak mudah", "Not easy"),
        ("Kurang mudah", "Hardly easy"),
        ("Mudah", "Easy"),
        ("Sangat mudah", "Very easy"),
    ),
    "time": (
        ("Tidak cepat", "Not quick"),
        ("Kurang cepat", "Hardly quick"),
        ("Cepat", "Quick"),
        ("Sangat cepat", "Very quick"),
    ),
    "cost": (
        ("Sangat mahal", "Very expensive"),
        ("Cukup mahal", "Rather expensive"),
        ("Murah", "Cheap"),
        ("Gratis", "Free of charge"),
    ),
    "product": (
        ("Tidak sesuai", "Not at all"),
        ("Kurang sesuai", "Not well"),
        ("Sesuai", "Well"),
        ("Sangat sesuai", "Very well"),
    ),
    "competence": (
        ("Tidak kompeten", "Not capable"),
        ("Kurang kompeten", "Hardly capable"),
        ("Kompeten", "Capable"),
        ("Sangat kompeten", "Very capable"),
    ),
    "conduct": (
        ("Tidak sopan dan ramah", "Not polite"),
        ("Kurang sopan dan ramah", "Hardly polite"),
        ("Sopan dan ramah", "Polite and friendly"),
        ("Sangat sopan dan ramah", "Very polite and friendly"),
    ),
    "complaints": (
        ("Tidak ada", "Not at all"),
        ("Ada tetapi tidak berfungsi", "There is a way that does not work"),
        ("Berfungsi kurang maksimal", "They work, not well"),
        ("Dikelola dengan baik", "They are dealt with well"),
    ),
    "facilities": (
        ("Buruk", "Bad"),
        ("Cukup", "Fair"),
        ("Baik", "Good"),
        ("Sangat baik", "Very good"),
    ),
}
