"""Whether words seem to hold what opens somebody's account elsewhere.

No clerk types in a user name, password or one-time code of an applicant: it would stay for as long as the
case does.
"""

import re

_WORD = (
    r"(?:kata\s*sandi|sandi|password|passwd|pwd|passcode|otp|user\s*name|user\s*id|nama\s+pengguna"
    r"|kode\s+(?:otp|verifikasi|sekali\s+pakai)|one[- ]time\s+(?:code|password))"
)
_SAID = re.compile(
    rf"\b{_WORD}(?:nya|ku)?\b(?:\s+\w+){{0,2}}\s*(?:[:=]|\badalah\b|\bis\b)\s*\S{{4}}",
    re.IGNORECASE,
)
_CODE = re.compile(
    r"\b(?:pin|otp|kode\s+(?:otp|verifikasi|sekali\s+pakai)|one[- ]time\s+code)(?:nya|ku)?\b"
    r"\D{0,12}\d{4,8}\b",
    re.IGNORECASE,
)


def may_open_an_account(text: str) -> bool:
    """Whether it names a password, a user name or a one-time code and then says one."""
    return bool(_SAID.search(text) or _CODE.search(text))
