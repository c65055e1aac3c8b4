"""MNIST's files: whole or a clear error, and mapped as torchvision reads them."""

import gzip
import hashlib
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import mnistlab
from mnistlab.core.data import archive, mnist
from mnistlab.core.data.archive import BUNDLED, SHA256
from mnistlab.core.data.mnist import Digits
from mnistlab.core.errors import DataError
from tests.core.bundled import raw

PROJECT = Path(mnistlab.__file__).parents[1]
LABELS = "t10k-labels-idx1-ubyte"
EIGHT_AT_ONCE = """
import hashlib, multiprocessing, os, sys
from pathlib import Path
from mnistlab.core.data import mnist

def no_network(event, arguments):
    if event.startswith("socket."):
        raise SystemExit(event)

def read(barrier):
    sys.addaudithook(no_network)
    barrier.wait()
    digits = mnist.load(Path(sys.argv[1]), train=True)
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
            archive.unpack(tmp_path / "cache", bundled=tmp_path)
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
            archive.unpack(cache_without_labels, bundle)
        assert f"The MNIST file {bundle / LABELS}.gz " in raised.value.problem
        assert "git checkout -- mnistlab/data" in raised.value.remedy
        assert not (cache_without_labels / "MNIST" / "raw" / LABELS).exists()

    def test_may_be_packed_by_another_program(
        self, cache_without_labels: Path, tmp_path: Path
    ) -> None:
        content = gzip.decompress((BUNDLED / f"{LABELS}.gz").read_bytes())
        archive.unpack(cache_without_labels, bundle_with(tmp_path, gzip.compress(content, 1)))
        assert (cache_without_labels / "MNIST" / "raw" / LABELS).read_bytes() == content


class TestTheCache:
    def test_is_not_written_again_if_it_is_whole(self, mnist_cache: Path, tmp_path: Path) -> None:
        files = sorted((mnist_cache / "MNIST" / "raw").iterdir())
        before = [file.stat() for file in files]
        assert archive.unpack(mnist_cache, bundled=tmp_path / "nowhere") == mnist_cache
        assert sorted((mnist_cache / "MNIST" / "raw").iterdir()) == files
        assert [file.stat().st_mtime_ns for file in files] == [s.st_mtime_ns for s in before]

    @pytest.mark.parametrize("damage", [truncated, flipped_in_the_middle, nothing])
    def test_is_mended_if_a_file_in_it_is_damaged(
        self, cache_without_labels: Path, damage: Callable[[bytes], bytes]
    ) -> None:
        unpacked = cache_without_labels / "MNIST" / "raw" / LABELS
        content = gzip.decompress((BUNDLED / f"{LABELS}.gz").read_bytes())
        unpacked.write_bytes(damage(content))
        digits = mnist.load(cache_without_labels, train=False)
        assert unpacked.read_bytes() == content
        assert np.array_equal(digits.labels.numpy(), raw(LABELS, 8))

    def test_that_is_a_file_is_an_error_with_a_remedy(self, tmp_path: Path) -> None:
        cache = tmp_path / "images"
        cache.write_text("not a folder")
        with pytest.raises(DataError) as raised:
            mnist.load(cache, train=True)
        assert f"MNIST can't be unpacked to {cache / 'MNIST' / 'raw'}" in raised.value.problem
        assert "Set MNISTLAB_HOME to a writable folder" in raised.value.remedy
        assert cache.read_text() == "not a folder"

    def test_with_a_name_no_disk_takes_is_an_error_with_a_remedy(self, tmp_path: Path) -> None:
        with pytest.raises(DataError, match="MNISTLAB_HOME"):
            archive.unpack(tmp_path / ("long" * 100))

    def test_keeps_no_half_written_files_if_it_cannot_be_finished(
        self, cache_without_labels: Path
    ) -> None:
        folder = cache_without_labels / "MNIST" / "raw"
        (folder / LABELS).mkdir()
        with pytest.raises(DataError, match="MNISTLAB_HOME"):
            archive.unpack(cache_without_labels)
        assert {path.name for path in folder.iterdir()} == SHA256.keys()

    def test_is_unpacked_by_eight_processes_at_once_without_a_network(self, tmp_path: Path) -> None:
        command = [sys.executable, "-W", "error", "-c", EIGHT_AT_ONCE, str(tmp_path)]
        answer = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True)
        assert (answer.stderr, answer.returncode) == ("", 0)
        digest = hashlib.sha256(raw("train-images-idx3-ubyte", 16).tobytes()).hexdigest()
        total = raw("train-labels-idx1-ubyte", 8).sum(dtype=int)
        assert answer.stdout.splitlines() == [f"{digest} {total}"] * 8
        assert {path.name for path in (tmp_path / "MNIST" / "raw").iterdir()} == SHA256.keys()
        shutil.rmtree(tmp_path / "MNIST")


class TestMappedTestDigits:
    def test_are_what_torchvision_reads(self, mnist_cache: Path, test_digits: Digits) -> None:
        images = archive.map_images(mnist_cache, archive.TEST)
        labels = archive.map_labels(mnist_cache, archive.TEST)
        assert (images.shape, images.dtype) == ((10_000, 28, 28), np.uint8)
        assert (labels.shape, labels.dtype) == ((10_000,), np.uint8)
        assert images.tobytes() == test_digits.pixels.numpy().tobytes()
        assert labels.tolist() == test_digits.labels.tolist()

    def test_have_training_digits_beside_them(
        self, mnist_cache: Path, training_digits: Digits
    ) -> None:
        images = archive.map_images(mnist_cache, archive.TRAINING)
        assert images.shape == (60_000, 28, 28)
        assert np.array_equal(images.reshape(-1, 784), training_digits.pixels.numpy())
        labels = archive.map_labels(mnist_cache, archive.TRAINING)
        assert np.array_equal(labels, training_digits.labels.numpy())

    def test_cannot_be_changed(self, mnist_cache: Path) -> None:
        with pytest.raises(ValueError, match="read-only"):
            archive.map_images(mnist_cache, archive.TEST)[0] = 0

    def test_are_unpacked_without_the_training_images(self, tmp_path: Path) -> None:
        assert archive.map_labels(tmp_path, archive.TEST)[:5].tolist() == [7, 2, 1, 0, 4]
        assert [path.name for path in (tmp_path / "MNIST" / "raw").iterdir()] == [LABELS]

    def test_stay_as_they_were_while_a_damaged_file_is_mended(self, tmp_path: Path) -> None:
        before = archive.map_labels(tmp_path, archive.TEST)
        unpacked = tmp_path / "MNIST" / "raw" / LABELS
        unpacked.rename(tmp_path / "elsewhere")
        unpacked.write_bytes(b"damaged")
        assert np.array_equal(archive.map_labels(tmp_path, archive.TEST), raw(LABELS, 8))
        assert np.array_equal(before, raw(LABELS, 8))
