"""QR codes as SVG; plain Python, no Odoo."""

from reportlab.graphics.barcode import qrencoder

# Plenty for an address; the largest code of level M holds twice that.
MAX_BYTES = 1000


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
    code.make()
    size = code.getModuleCount()
    path = []
    for row in range(size):
        column = 0
        while column < size:
            start = column
            while column < size and code.isDark(row, column):
                column += 1
            if column > start:
                length = column - start
                path.append(f"M{start + border} {row + border}h{length}v1h-{length}z")
            column += 1
    side = size + 2 * border
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" '
        f'width="{side}" height="{side}" viewBox="0 0 {side} {side}">'
        f'<path d="{"".join(path)}"/></svg>'
    )
