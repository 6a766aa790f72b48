"""A QR code that prints and scans, as SVG to be put into a page."""

import segno


def qr_svg(text: str) -> str:
    """An inline `<svg>` of the text as a QR code: black on white whatever the page's colours.

    Error level M survives a crease or a smudge of about 15 % (ISO/IEC 18004); the quiet zone of
    four modules belongs to the picture. It has no size of its own: the page's style gives it one.
    It is hidden from screen readers, so the same text has to stand beside it in letters.
    """
    svg: str = segno.make_qr(text, error="m", boost_error=False).svg_inline(
        border=4, dark="#000", light="#fff", omitsize=True, svgclass="qr", lineclass=None
    )
    return svg.replace("<svg ", '<svg aria-hidden="true" focusable="false" ', 1)
