"""The real MNIST, whole or a clear error, and how it is divided."""

import gzip
import hashlib
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from torchvision.transforms.functional import to_tensor

import mnistlab
from mnistlab.core import data
from mnistlab.core.config import RunConfig
from mnistlab.core.data import BUNDLED, SHA256, Digits
from mnistlab.core.errors import DataError

PROJECT = Path(mnistlab.__file__).parents[1]
LABELS = "t10k-labels-idx1-ubyte"
EIGHT_AT_ONCE = """
import hashlib, multiprocessing, os, sys
from pathlib import Path
from mnistlab.core import data

def no_network(event, arguments):
    if event.startswith("socket."):
        raise SystemExit(event)

def read(barrier):
    sys.addaudithook(no_network)
    barrier.wait()
    digits = data.load(Path(sys.argv[1]), train=True)
    digest = hashlib.sha256(digits.pixels.numpy().tobytes()).hexdigest()
    os.write(sys.stdout.fileno(), f"{digest} {digits.labels.numpy().sum()}\\n".encode())

fork = multiprocessing.get_context("fork")
barrier = fork.Barrier(8)
processes = [fork.Process(target=read, args=[barrier]) for _ in range(8)]
for process in processes:
    process.start()
for process in processes:
    process.join()
sys.exit(any(process.exitcode for process in processes))
"""


def raw(name: str, header: int) -> "np.ndarray[tuple[int], np.dtype[np.uint8]]":
    """Read a bundled IDX file by hand: all bytes after its header."""
    return np.frombuffer(gzip.open(BUNDLED / f"{name}.gz").read(), np.uint8, offset=header)


@pytest.fixture
def cache_without_labels(mnist_cache: Path, tmp_path: Path) -> Path:
    """A cache folder in which only the test labels are missing."""
    folder = tmp_path / "cache" / "MNIST" / "raw"
    folder.mkdir(parents=True)
    for name in SHA256.keys() - {LABELS}:
        (folder / name).symlink_to(mnist_cache / "MNIST" / "raw" / name)
    return tmp_path / "cache"


def bundle_with(tmp_path: Path, packed: bytes) -> Path:
    """Return a folder of bundled files in which the test labels are `packed`."""
    bundle = tmp_path / "bundle"
    bundle.mkdir()
    (bundle / f"{LABELS}.gz").write_bytes(packed)
    return bundle


def truncated(packed: bytes) -> bytes:
    return packed[: len(packed) // 2]


def flipped_in_the_middle(packed: bytes) -> bytes:
    return packed[:100] + bytes([packed[100] ^ 255]) + packed[101:]


def flipped_at_the_end(packed: bytes) -> bytes:
    return packed[:-6] + bytes([packed[-6] ^ 255]) + packed[-5:]


def another_digit(packed: bytes) -> bytes:
    content = bytearray(gzip.decompress(packed))
    content[-1] = (content[-1] + 1) % 10
    return gzip.compress(bytes(content))


def a_web_page(packed: bytes) -> bytes:
    return b"<html>404</html>"


def nothing(packed: bytes) -> bytes:
    return b""


class TestMnist:
    def test_training_images_are_the_bytes_of_the_raw_files(self, training_digits: Digits) -> None:
        assert training_digits.pixels.shape == (60_000, 784)
        pixels = raw("train-images-idx3-ubyte", 16).reshape(-1, 784)
        assert np.array_equal(training_digits.pixels.numpy(), pixels)
        assert np.array_equal(training_digits.labels.numpy(), raw("train-labels-idx1-ubyte", 8))

    def test_test_images_are_the_bytes_of_the_raw_files(self, test_digits: Digits) -> None:
        assert test_digits.pixels.shape == (10_000, 784)
        pixels = raw("t10k-images-idx3-ubyte", 16).reshape(-1, 784)
        assert np.array_equal(test_digits.pixels.numpy(), pixels)
        assert np.array_equal(test_digits.labels.numpy(), raw(LABELS, 8))

    def test_begins_with_the_digits_everybody_knows(
        self, training_digits: Digits, test_digits: Digits
    ) -> None:
        assert training_digits.labels[:10].tolist() == [5, 0, 4, 1, 9, 2, 1, 3, 1, 4]
        assert test_digits.labels[:10].tolist() == [7, 2, 1, 0, 4, 1, 4, 9, 5, 9]

    def test_is_kept_as_bytes_and_whole_numbers(self, training_digits: Digits) -> None:
        assert training_digits.pixels.dtype == torch.uint8
        assert training_digits.labels.dtype == torch.int64
        assert len(training_digits) == 60_000

    def test_is_scaled_as_torchvision_does(self, test_digits: Digits) -> None:
        scaled = data.scale(test_digits.pixels[:100])
        expected = [to_tensor(image.reshape(28, 28).numpy()) for image in test_digits.pixels[:100]]
        assert scaled.dtype == torch.float32
        assert torch.equal(scaled, torch.cat(expected).reshape(-1, 784))
        assert (scaled.min(), scaled.max()) == (0, 1)
        assert test_digits.pixels.dtype == torch.uint8


class TestABundledFile:
    @pytest.mark.parametrize("name", SHA256)
    def test_that_is_missing_is_named_with_a_remedy(
        self, mnist_cache: Path, tmp_path: Path, name: str
    ) -> None:
        folder = tmp_path / "cache" / "MNIST" / "raw"
        folder.mkdir(parents=True)
        for other in SHA256.keys() - {name}:
            (folder / other).symlink_to(mnist_cache / "MNIST" / "raw" / other)
        with pytest.raises(DataError) as raised:
            data.unpack(tmp_path / "cache", bundled=tmp_path)
        assert raised.value.problem == f"The MNIST file {tmp_path / name}.gz is missing."
        assert "git checkout -- mnistlab/data" in raised.value.remedy

    @pytest.mark.parametrize(
        "damage",
        [
            truncated,
            flipped_in_the_middle,
            flipped_at_the_end,
            another_digit,
            a_web_page,
            nothing,
        ],
    )
    def test_that_is_damaged_is_named_with_a_remedy(
        self, cache_without_labels: Path, tmp_path: Path, damage: Callable[[bytes], bytes]
    ) -> None:
        packed = (BUNDLED / f"{LABELS}.gz").read_bytes()
        bundle = bundle_with(tmp_path, damage(packed))
        with pytest.raises(DataError) as raised:
            data.unpack(cache_without_labels, bundle)
        assert f"The MNIST file {bundle / LABELS}.gz " in raised.value.problem
        assert "git checkout -- mnistlab/data" in raised.value.remedy
        assert not (cache_without_labels / "MNIST" / "raw" / LABELS).exists()

    def test_may_be_packed_by_another_program(
        self, cache_without_labels: Path, tmp_path: Path
    ) -> None:
        content = gzip.decompress((BUNDLED / f"{LABELS}.gz").read_bytes())
        data.unpack(cache_without_labels, bundle_with(tmp_path, gzip.compress(content, 1)))
        assert (cache_without_labels / "MNIST" / "raw" / LABELS).read_bytes() == content


class TestTheCache:
    def test_is_not_written_again_if_it_is_whole(self, mnist_cache: Path, tmp_path: Path) -> None:
        files = sorted((mnist_cache / "MNIST" / "raw").iterdir())
        before = [file.stat() for file in files]
        assert data.unpack(mnist_cache, bundled=tmp_path / "nowhere") == mnist_cache
        assert sorted((mnist_cache / "MNIST" / "raw").iterdir()) == files
        assert [file.stat().st_mtime_ns for file in files] == [s.st_mtime_ns for s in before]

    @pytest.mark.parametrize("damage", [truncated, flipped_in_the_middle, nothing])
    def test_is_mended_if_a_file_in_it_is_damaged(
        self, cache_without_labels: Path, damage: Callable[[bytes], bytes]
    ) -> None:
        unpacked = cache_without_labels / "MNIST" / "raw" / LABELS
        content = gzip.decompress((BUNDLED / f"{LABELS}.gz").read_bytes())
        unpacked.write_bytes(damage(content))
        digits = data.load(cache_without_labels, train=False)
        assert unpacked.read_bytes() == content
        assert np.array_equal(digits.labels.numpy(), raw(LABELS, 8))

    def test_that_is_a_file_is_an_error_with_a_remedy(self, tmp_path: Path) -> None:
        cache = tmp_path / "images"
        cache.write_text("not a folder")
        with pytest.raises(DataError) as raised:
            data.load(cache, train=True)
        assert f"MNIST can't be unpacked to {cache / 'MNIST' / 'raw'}" in raised.value.problem
        assert "Set MNISTLAB_HOME to a folder that can be written" in raised.value.remedy
        assert cache.read_text() == "not a folder"

    def test_with_a_name_no_disk_takes_is_an_error_with_a_remedy(self, tmp_path: Path) -> None:
        with pytest.raises(DataError, match="MNISTLAB_HOME"):
            data.unpack(tmp_path / ("long" * 100))

    def test_keeps_no_half_written_files_if_it_cannot_be_finished(
        self, cache_without_labels: Path
    ) -> None:
        folder = cache_without_labels / "MNIST" / "raw"
        (folder / LABELS).mkdir()
        with pytest.raises(DataError, match="MNISTLAB_HOME"):
            data.unpack(cache_without_labels)
        assert {path.name for path in folder.iterdir()} == SHA256.keys()

    def test_is_unpacked_by_eight_processes_at_once_without_a_network(self, tmp_path: Path) -> None:
        command = [sys.executable, "-W", "error", "-c", EIGHT_AT_ONCE, str(tmp_path)]
        answer = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True)
        assert (answer.stderr, answer.returncode) == ("", 0)
        digest = hashlib.sha256(raw("train-images-idx3-ubyte", 16)).hexdigest()
        total = raw("train-labels-idx1-ubyte", 8).sum(dtype=int)
        assert answer.stdout.splitlines() == [f"{digest} {total}"] * 8
        assert {path.name for path in (tmp_path / "MNIST" / "raw").iterdir()} == SHA256.keys()
        shutil.rmtree(tmp_path / "MNIST")


NUMBERED = Digits(torch.zeros(60_000, 1, dtype=torch.uint8), torch.arange(60_000))
"""Images that carry their number as their label, to see where each goes."""


def numbers(training: int, validation: int, **others: int) -> tuple[set[int], set[int]]:
    """Return which images are trained on, and which validate."""
    config = RunConfig(training_images=training, validation_images=validation, **others)
    splits = data.split(NUMBERED, NUMBERED, config)
    train, held_out = splits.train.labels.tolist(), splits.validation.labels.tolist()
    assert (len(set(train)), len(set(held_out))) == (len(train), len(held_out))
    assert (len(train), len(held_out)) == (training, validation)
    return set(train), set(held_out)


class TestSplits:
    @pytest.mark.parametrize("sizes", [(55_000, 5_000), (1_000, 300), (1, 59_999), (60_000, 0)])
    def test_have_no_image_in_common(self, sizes: tuple[int, int]) -> None:
        train, validation = numbers(*sizes)
        assert not train & validation

    def test_of_fewer_training_images_are_a_part_of_those_of_more(self) -> None:
        few, held_out = numbers(1_000, 5_000)
        many, held_out_too = numbers(20_000, 5_000)
        assert few < many
        assert held_out == held_out_too

    def test_of_fewer_validation_images_are_a_part_of_those_of_more(self) -> None:
        assert numbers(1_000, 300)[1] < numbers(1_000, 5_000)[1]

    def test_follow_each_other_in_one_shuffle(self) -> None:
        train, validation = numbers(1_000, 300)
        assert train | validation == numbers(1_300, 0)[0]

    def test_are_the_same_whatever_the_seed(self) -> None:
        assert numbers(1_000, 300, seed=0) == numbers(1_000, 300, seed=1)

    def test_are_shuffled(self, training_digits: Digits, test_digits: Digits) -> None:
        assert numbers(1_000, 300)[1] != set(range(300))
        config = RunConfig(training_images=1_000, validation_images=1_000)
        splits = data.split(training_digits, test_digits, config)
        for part in (splits.train, splits.validation):
            assert part.labels.bincount(minlength=10).min() > 50

    def test_keep_each_image_with_its_label(
        self, training_digits: Digits, test_digits: Digits
    ) -> None:
        config = RunConfig(training_images=200, validation_images=100)
        splits = data.split(training_digits, test_digits, config)
        images = map(bytes, training_digits.pixels.numpy())
        label_of = dict(zip(images, training_digits.labels, strict=True))
        for part in (splits.train, splits.validation):
            assert [label_of[bytes(pixels)] for pixels in part.pixels.numpy()] == list(part.labels)

    def test_leave_the_test_images_whole(
        self, training_digits: Digits, test_digits: Digits
    ) -> None:
        splits = data.split(training_digits, test_digits, RunConfig(training_images=10))
        assert splits.test is test_digits


def test_picked_images_are_copies(test_digits: Digits) -> None:
    picked = test_digits.pick(torch.tensor([3, 1]))
    assert picked.labels.tolist() == [0, 2]
    picked.pixels.zero_()
    assert test_digits.pixels[3].any()
