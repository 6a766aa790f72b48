"""Pages and sheets as answers: nobody between keeps them, and they load nothing from elsewhere."""

from flask import Response

_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


def as_page(html: str, status: int = 200) -> Response:
    """A page, with the policy that all pages and slips have."""
    response = Response(html, status, content_type="text/html; charset=utf-8")
    response.headers["Cache-Control"] = "no-store"
    response.headers["Content-Security-Policy"] = _POLICY
    return response


def as_pdf(content: bytes, name: str) -> Response:
    """A sheet, shown by the browser's own reader; `name` is what it is saved as."""
    response = Response(content, content_type="application/pdf")
    response.headers["Cache-Control"] = "no-store"
    response.headers["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    return response
