"""A server's whole day in one process: `python -m tests.ui.visitor`.

Trains a run, looks at every page and asks the network in every way there is. What comes
last on standard output are the names of all modules that were imported, in one line.
"""

import sys

import numpy as np
from streamlit.testing.v1 import AppTest

from mnistlab.ui import navigation, services
from tests.factories import SMALL
from tests.ui.conftest import CheckedApp, draw, png, stroke, train, upload, words


def main() -> None:
    server = services.get_services()
    run = train(server, server.store.create_lab(), SMALL, seconds=600)
    app = CheckedApp()
    app.query_params["lab"], app.query_params["run"] = run.lab, run.id
    app.run()
    for page in navigation.PAGES:
        app.switch_page(page.path).run()
        assert not app.error, page
        print(words(app))
    ask_in_every_way(app)
    server.engine.close()
    server.store.close()
    print(*sys.modules)


def ask_in_every_way(app: AppTest) -> None:
    app.switch_page(navigation.DRAW.path).run()
    draw(app, stroke((140, 40), (138, 140), (136, 240)))
    assert "data-prediction" in words(app)
    app.button(key="label_1").click().run()
    assert "now 1 digit" in words(app)
    app.switch_page(navigation.MISTAKES.path).run()
    app.button_group(key="mistakes_of").set_value("My handwriting").run()
    assert "1 digit of your handwriting" in words(app)
    app.switch_page(navigation.DRAW.path).run()
    app.button_group(key="way").set_value("Test digit").run()
    assert "data-prediction" in words(app)
    pixels = np.full((120, 100), 255, dtype=np.uint8)
    pixels[20:100, 46:54] = 0
    upload(app, "one.png", png(pixels))
    assert "data-prediction" in words(app)


if __name__ == "__main__":
    main()
