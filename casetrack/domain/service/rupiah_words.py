"""An amount in words, as papers about money say it in Bahasa Indonesia (terbilang)."""

_DIGITS = ("nol", "satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan")
#: From the largest: how much, and what it is called.
_SCALES = (
    (10**15, "kuadriliun"),
    (10**12, "triliun"),
    (10**9, "miliar"),
    (10**6, "juta"),
    (10**3, "ribu"),
)


def rupiah_in_words(amount: int) -> str:
    """Such as "dua ratus enam puluh tiga ribu rupiah". Raises ValueError below nought."""
    if amount < 0:
        raise ValueError("an amount below nought is not written")
    return f"{' '.join(_number(amount))} rupiah"


def _number(amount: int) -> list[str]:
    if amount == 0:
        return [_DIGITS[0]]
    words, rest = [], amount
    for value, name in _SCALES:
        many, rest = divmod(rest, value)
        if many == 1 and name == "ribu":
            words.append("seribu")
        elif many:
            words += [*_below_thousand(many), name]
    return words + _below_thousand(rest)


def _below_thousand(amount: int) -> list[str]:
    hundreds, rest = divmod(amount, 100)
    words = ["seratus"] if hundreds == 1 else [_DIGITS[hundreds], "ratus"] if hundreds else []
    tens, ones = divmod(rest, 10)
    if rest == 10:
        return [*words, "sepuluh"]
    if rest == 11:
        return [*words, "sebelas"]
    if tens == 1:
        return [*words, _DIGITS[ones], "belas"]
    words += [_DIGITS[tens], "puluh"] if tens else []
    return words + ([_DIGITS[ones]] if ones else [])
