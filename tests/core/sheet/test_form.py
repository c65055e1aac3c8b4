"""The PDF, as another program reads it."""

import subprocess
import sys
from pathlib import Path

import pypdfium2
import pytest

import mnistlab
from mnistlab.core.sheet.form import make_form
from mnistlab.core.sheet.layout import LAYOUTS, Layout


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.paper.name)
def test_is_one_page_of_its_paper_with_a_label_on_each_column(layout: Layout) -> None:
    with pypdfium2.PdfDocument(make_form(layout)) as document:
        assert len(document) == 1
        page = document[0]
        width, height = (side * 25.4 / 72 for side in page.get_size())
        text = page.get_textpage().get_text_range()
    assert (width, height) == pytest.approx((layout.paper.width, layout.paper.height), abs=0.01)
    assert "Write each digit five to ten times, one in each box, with a dark pen." in text
    assert "photograph the whole page" in text
    assert text.split()[-10:] == list("0123456789")


def test_is_small() -> None:
    assert len(make_form(LAYOUTS[0])) < 10_000


IMPORT = """
import sys
import mnistlab.core.sheet.form, mnistlab.core.sheet.reading
print({"cv2", "fpdf", "scipy"} & set(sys.modules))
"""


def test_nothing_large_is_imported_before_a_form_is_asked_for() -> None:
    project = Path(mnistlab.__file__).parents[1]
    command = [sys.executable, "-c", IMPORT]
    done = subprocess.run(command, cwd=project, capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"
