"""The emblem of the invented university, drawn, so that no image file is needed."""

import base64
import io
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from odoo.tools.misc import file_path

SIZE = 480
INK = (18, 62, 92)
PAPER = (255, 255, 255)
FONT = "report_plutoprint/static/fonts/LiberationSerif-Bold.ttf"


def draw(letters):
    """Return a round emblem with ``letters`` as a base64 PNG.

    :rtype: bytes
    """
    image = Image.new("RGBA", (SIZE, SIZE), (255, 255, 255, 0))
    pen = ImageDraw.Draw(image)
    for inset, colour in ((8, INK), (22, PAPER), (34, INK)):
        pen.ellipse((inset, inset, SIZE - inset, SIZE - inset), fill=colour)
    font = ImageFont.truetype(Path(file_path(FONT)), 190)
    left, top, right, bottom = pen.textbbox((0, 0), letters, font=font)
    corner = ((SIZE - left - right) / 2, (SIZE - top - bottom) / 2)
    pen.text(corner, letters, font=font, fill=PAPER)
    content = io.BytesIO()
    image.save(content, "PNG", optimize=True)
    return base64.b64encode(content.getvalue())
