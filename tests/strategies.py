"""What a visitor could send, for Hypothesis: anything at all, and what is nearly right.

`cases` runs a check on so many of them.
"""

import io
import json
import struct
import zlib
from collections.abc import Callable
from typing import Any

import numpy as np
import psutil
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from PIL import Image

from mnistlab.core.settings.fields import SETTINGS

CASES_AT_A_TIME = 50
"""Hypothesis remembers the cases of one test, which would pass for a leak of ours."""


PHASES = [phase for phase in Phase if phase is not Phase.shrink]
"""A failing case is printed as it was found: making it smaller means some thousand pages."""


def cases(count: int, strategy: st.SearchStrategy[Any], check: Callable[[Any], None]) -> float:
    """Check so many cases, in parts; return the megabytes that the last two thirds cost."""
    process = psutil.Process()
    warm = None
    for part, begin in enumerate(range(0, count, CASES_AT_A_TIME)):
        if warm is None and begin >= count / 3:
            warm = process.memory_info().rss
        _check_part(part, min(CASES_AT_A_TIME, count - begin), strategy, check)
    return (process.memory_info().rss - warm) / 2**20 if warm else 0.0


def _check_part(
    part: int, count: int, strategy: st.SearchStrategy[Any], check: Callable[[Any], None]
) -> None:
    @settings(max_examples=count, suppress_health_check=[*HealthCheck], phases=PHASES)
    @given(strategy)
    def check_all(sent: Any) -> None:
        check(sent)

    if settings().derandomize:  # the same cases each time, but others in each part
        seed(part)(check_all)
    check_all()


# Words and numbers, in URLs and forms.

MARKUP = ["<img src=x onerror=alert(1)>", "**x** :red[x] $x$", "![](http://x.example/x.png)"]
ODD = ["", " ", "\0", "\ud800", "½", "٣", "1_000", "nan", "-inf", "1e400", "0x10", "9" * 5_000]

words = (
    st.text(st.characters(), max_size=40)
    | st.builds(lambda letter, times: letter * times, st.characters(), st.integers(0, 50_000))
    | st.sampled_from([*MARKUP, *ODD])
)
numbers = st.floats() | st.integers() | st.sampled_from([1e308, 5e-324, 2**63, -(2**63), 10**400])
typed = words | numbers.map(str) | st.lists(st.integers(-9, 3_000)).map(lambda n: str(n)[1:-1])
names = st.sampled_from([*SETTINGS, "lab", "run", "compare"]) | words
queries = st.dictionaries(names, typed, max_size=8)
"""A URL's query as pages see it: of a repeated key the last counts."""


# Drawings.

scalars = st.none() | st.booleans() | numbers | st.text(max_size=5)
json_values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4)
    ),
    max_leaves=12,
)
deep = st.integers(1, 400).map(lambda levels: json.loads("[" * levels + "]" * levels))
places = st.floats(-50, 330) | st.integers(0, 280)
sizes = st.floats(0.5, 40)


def _command(kind: str, count: int) -> st.SearchStrategy[list[object]]:
    return st.lists(places, min_size=count, max_size=count).map(lambda numbers: [kind, *numbers])


curves = st.lists(_command("Q", 4) | _command("L", 2), max_size=8)
pen_paths = st.tuples(_command("M", 2), curves).map(lambda parts: [parts[0], *parts[1]])
any_paths = json_values | st.lists(
    st.lists(st.sampled_from("MQLZ") | scalars | places, max_size=6), max_size=6
)
POSITION = ("left", "top", "angle", "skewX", "skewY", "scaleX", "scaleY")


def _items(
    paths: st.SearchStrategy[Any], widths: st.SearchStrategy[Any], others: st.SearchStrategy[Any]
) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {"type": st.just("Path"), "path": paths, "strokeWidth": widths},
        optional={
            **dict.fromkeys(POSITION, others),
            "originX": st.just("center"),
            "originY": st.just("center"),
            "flipX": st.booleans(),
        },
    )


pen_items = _items(pen_paths, sizes, places)
any_items = _items(pen_paths | any_paths, sizes | scalars, places | scalars)
objects = (
    st.lists(pen_items, max_size=4)
    | st.lists(any_items | pen_items | json_values, max_size=4)
    | st.builds(lambda item, times: [item] * times, any_items, st.integers(2, 3_000))
    | json_values
    | deep
)
canvases = st.fixed_dictionaries({"objects": objects}) | json_values
"""Drawings as JSON."""


# Pictures.

KINDS = ("PNG", "JPEG", "GIF", "BMP", "TIFF", "WEBP", "PPM", "ICO")
MODES = ("1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "I;16", "YCbCr")


def encode(kind: str, mode: str, size: tuple[int, int], orientation: int, frames: int) -> bytes:
    """Return a picture of a bar as a file; as PNG where the kind has no such mode."""
    image = Image.new("L", size, 230)
    image.paste(20, (size[0] // 3, size[1] // 4, size[0] // 3 + 9, size[1] // 4 + 40))
    exif = Image.Exif()
    exif[0x0112] = orientation
    more = {"save_all": True, "append_images": [image] * frames} if frames else {}
    buffer = io.BytesIO()
    try:
        image.convert(mode).save(buffer, kind, exif=exif, **more)
    except (OSError, KeyError, ValueError):
        buffer = io.BytesIO()
        image.save(buffer, "PNG")
    return buffer.getvalue()


def png(width: int, height: int, depth: int, colours: int, more: bytes) -> bytes:
    """Return a PNG file that says so much of itself, whether or not it is true."""
    header = struct.pack(">IIBBBBB", width, height, depth, colours, 0, 0, 0)
    pixels = zlib.compress(bytes(20_000))
    text = b"a\0\0" + zlib.compress(bytes(5_000_000)) if more == b"bomb" else more
    chunks = [(b"IHDR", header), (b"zTXt", text), (b"IDAT", pixels), (b"IEND", b"")]
    body = b"".join(
        struct.pack(">I", len(content))
        + name
        + content
        + struct.pack(">I", zlib.crc32(name + content))
        for name, content in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + body


def _damage(content: bytes, places: list[tuple[float, int]], share: float) -> bytes:
    changed = bytearray(content)
    for place, value in places:
        changed[int(place * (len(changed) - 1))] = value
    return bytes(changed[: int(share * len(changed))])


shares = st.floats(0, 1)
sides = st.integers(1, 200) | st.sampled_from([1, 2, 3, 280, 281, 999, 1_001])
whole_files = st.builds(
    encode,
    st.sampled_from(KINDS[:2]) | st.sampled_from(KINDS),
    st.sampled_from(MODES),
    st.tuples(sides, sides),
    st.integers(0, 9),
    st.integers(0, 2),
)
damaged_files = st.builds(
    _damage,
    whole_files,
    st.lists(st.tuples(shares, st.integers(0, 255)), min_size=1, max_size=5),
    shares | st.just(1.0),
)
lying_files = st.builds(
    png,
    st.integers(0, 2**32 - 1) | sides,
    st.integers(0, 2**32 - 1) | sides,
    st.sampled_from([1, 2, 4, 8, 16, 7]),
    st.sampled_from([0, 2, 3, 4, 6, 5]),
    st.binary(max_size=20) | st.just(b"bomb"),
)
uploads = st.binary(max_size=200) | whole_files | damaged_files | lying_files
"""A file's content."""


# Sets of labelled drawings.


def pack(arrays: dict[str, Any], is_compressed: bool) -> bytes:
    """Return arrays as an .npz file."""
    buffer = io.BytesIO()
    save = np.savez_compressed if is_compressed else np.savez
    save(buffer, allow_pickle=False, **arrays)
    return buffer.getvalue()


RIGHT = {
    "points": np.array([(1, 2), (3, 4), (5, 6), (7, 8)], dtype=np.float32),
    "stroke_start": np.array([0, 1, 4]),
    "digit_start": np.array([0, 1, 2]),
    "labels": np.array([3, 4], dtype=np.uint8),
}
PICTURES = {
    "pictures": np.full((2, 100, 100), 9, dtype=np.uint8),
    "picture_labels": np.array([5, 6], dtype=np.uint8),
}
some_arrays = st.lists(st.floats() | st.integers(-3, 12), max_size=8).map(np.array) | st.lists(
    st.integers(-3, 12), max_size=4
).map(np.array)
coordinates = st.lists(st.floats(-1e4, 1e4), min_size=8, max_size=8)
any_coordinates = st.lists(st.floats(), min_size=8, max_size=8)
pairs = (coordinates | any_coordinates).map(lambda given: np.array(given).reshape(4, 2))
whole_sets = st.builds(
    pack,
    st.fixed_dictionaries(
        {name: st.just(array) | some_arrays | pairs for name, array in RIGHT.items()}
    )
    | st.fixed_dictionaries({**{name: st.just(a) for name, a in RIGHT.items()}, "points": pairs})
    | st.fixed_dictionaries(
        {name: st.just(a) | some_arrays | pairs for name, a in PICTURES.items()},
        optional={name: st.just(a) for name, a in RIGHT.items()},
    ),
    st.booleans(),
)
damaged_sets = st.builds(
    _damage,
    whole_sets,
    st.lists(st.tuples(shares, st.integers(0, 255)), min_size=1, max_size=5),
    shares | st.just(1.0),
)
sets_of_drawings = st.binary(max_size=200) | whole_sets | damaged_sets
"""A file's content."""
