"""Makes the form as a PDF of one page, with fpdf2."""

from typing import TYPE_CHECKING

from mnistlab.core.settings.config import DIGITS
from mnistlab.core.sheet.layout import (
    BOX_HEIGHT,
    BOX_WIDTH,
    CORNERS,
    LABEL_HEIGHT,
    LINE_WIDTH,
    MARK_GAP,
    MARK_SIDE,
    Layout,
)
from mnistlab.core.sheet.marks import MODULES, mark_modules

if TYPE_CHECKING:
    from fpdf import FPDF

TITLE = "My handwriting"
WHAT_TO_DO = (
    "Write each digit five to ten times, one in each box, with a dark pen.",
    "Then photograph the whole page, with the four black squares in the picture.",
)

FONT = "helvetica"
"""One of the fourteen that every reader of PDF files has (ISO 32000-1, 9.6.2.2)."""

BLACK, TEXT, QUIET, LINE = 0, 40, 130, 190
"""Levels of grey from 0 to 255. Lines are pale, but dark enough to be found in a photo."""

OVERLAP = 0.02
"""Millimetres by which white modules of a mark overlap, or readers draw seams between them."""


def make_form(layout: Layout) -> bytes:
    """Return a form as a PDF file."""
    from fpdf import FPDF  # imported when a form is asked for, and not when a server starts

    pdf = FPDF(unit="mm", format=(layout.paper.width, layout.paper.height))
    pdf.set_title(f"{TITLE}: a form for digits on {layout.paper.name}")
    pdf.set_lang("en")
    pdf.set_auto_page_break(False)
    pdf.set_margin(0)
    pdf.add_page()
    _write_heading(pdf, layout)
    _write_labels(pdf, layout)
    _draw_boxes(pdf, layout)
    for place in range(len(CORNERS)):
        _draw_mark(pdf, layout, place)
    return bytes(pdf.output())


def _write_heading(pdf: "FPDF", layout: Layout) -> None:
    """Write the title and what to do between the upper marks, in three lines as high as they."""
    left, top = layout.margins
    x, y = left + MARK_SIDE + MARK_GAP, top + layout.top
    width = layout.width - 2 * (MARK_SIDE + MARK_GAP)
    pdf.set_text_color(TEXT)
    pdf.set_font(FONT, style="B", size=13)
    pdf.set_xy(x, y)
    pdf.cell(width, MARK_SIDE * 0.44, TITLE, align="C")
    pdf.set_font(FONT, size=9)
    for line, text in enumerate(WHAT_TO_DO):
        pdf.set_xy(x, y + MARK_SIDE * (0.48 + 0.3 * line))
        pdf.cell(width, MARK_SIDE * 0.28, text, align="C")


def _write_labels(pdf: "FPDF", layout: Layout) -> None:
    left, top = layout.margins
    pdf.set_text_color(QUIET)
    pdf.set_font(FONT, size=12)
    for digit in range(DIGITS):
        pdf.set_xy(left + digit * BOX_WIDTH, top - LABEL_HEIGHT)
        pdf.cell(BOX_WIDTH, LABEL_HEIGHT, str(digit), align="C")


def _draw_boxes(pdf: "FPDF", layout: Layout) -> None:
    left, top = layout.margins
    pdf.set_draw_color(LINE)
    pdf.set_line_width(LINE_WIDTH)
    for column in range(DIGITS + 1):
        x = left + column * BOX_WIDTH
        pdf.line(x, top, x, top + layout.height)
    for row in range(layout.rows + 1):
        y = top + row * BOX_HEIGHT
        pdf.line(left, y, left + layout.width, y)


def _draw_mark(pdf: "FPDF", layout: Layout, place: int) -> None:
    """Draw a mark as a black square with its white modules on top."""
    left, top = layout.margins
    x, y = layout.mark_corners(place)[0] + (left, top)
    pdf.set_fill_color(BLACK)
    pdf.rect(x, y, MARK_SIDE, MARK_SIDE, style="F")
    pdf.set_fill_color(255)
    module = MARK_SIDE / MODULES
    for row, modules in enumerate(mark_modules(layout.first_mark + place)):
        for column, is_black in enumerate(modules):
            if not is_black:
                corner = x + column * module - OVERLAP, y + row * module - OVERLAP
                pdf.rect(*corner, module + 2 * OVERLAP, module + 2 * OVERLAP, style="F")
