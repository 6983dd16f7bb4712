"""QR codes as SVG; plain Python, no Odoo."""

from reportlab.graphics.barcode import qrencoder

# Plenty for an address; the largest code of level M holds twice that.
MAX_BYTES = 1000
# Readers take any of the eight masks. Trying all of them for the most even picture, as
# reportlab does by itself, takes longer than laying out the rest of the page.
MASK = 0


def qr_svg(value, border=4):
    """Return the QR code of a text as SVG, error correction level M.

    The dark modules are one path: a viewer that smooths edges shows no seams.

    :param str value: text, stored in UTF-8
    :param int border: quiet zone in modules
    :raise ValueError: when the text is empty or too long for a code
    """
    if not value:
        raise ValueError("A QR code needs a text.")
    if len(value.encode()) > MAX_BYTES:
        raise ValueError("The text is too long for a QR code.")
    code = qrencoder.QRCode(None, qrencoder.QRErrorCorrectLevel.M)
    code.addData(value)
    code.version = code.calculate_version()
    code.makeImpl(False, MASK)
    size = code.getModuleCount()
    path = []
    for number, row in enumerate(code.modules):
        column = 0
        while column < size:
            dark = row[column]
            length = 1
            while column + length < size and row[column + length] == dark:
                length += 1
            if dark:
                start = column + border
                path.append(f"M{start} {number + border}h{length}v1h-{length}z")
            column += length
    side = size + 2 * border
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" '
        f'width="{side}" height="{side}" viewBox="0 0 {side} {side}">'
        f'<path d="{"".join(path)}"/></svg>'
    )
