"""Output files: whole or not at all, and never through a link."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from gradcli.errors import UsageError
from gradcli.render.files import array_bytes, replacing, write_file


def test_a_file_is_replaced_whole(tmp_path: Path) -> None:
    path = tmp_path / "out.txt"
    path.write_text("old")
    write_file(str(path), b"new")
    assert path.read_bytes() == b"new"
    assert os.listdir(tmp_path) == ["out.txt"]


def test_nothing_is_left_after_a_failure(tmp_path: Path) -> None:
    path = tmp_path / "out.txt"
    path.write_text("old")

    def interrupted() -> None:
        with replacing(str(path)) as file:
            file.write(b"half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert path.read_text() == "old"
    assert os.listdir(tmp_path) == ["out.txt"]


def test_links_folders_and_pipes_are_refused(tmp_path: Path) -> None:
    target = tmp_path / "target"
    target.write_text("kept")
    (tmp_path / "link").symlink_to(target)
    (tmp_path / "dangling").symlink_to(tmp_path / "nowhere")
    os.mkfifo(tmp_path / "pipe")
    for name, why in (("link", "symbolic link"), ("dangling", "symbolic link"),
                      ("pipe", "regular file"), ("", "folder")):  # fmt: skip
        with pytest.raises(UsageError, match=why):
            write_file(str(tmp_path / name), b"x")
    assert target.read_text() == "kept"
    assert not (tmp_path / "nowhere").exists()


def test_a_character_device_is_written() -> None:
    write_file("/dev/null", b"x")


@pytest.mark.parametrize("path", ["/dev/full", "/nowhere/at/all", "a\0b"])
def test_what_cannot_be_written_is_an_error_of_ours(path: str) -> None:
    with pytest.raises(UsageError) as problem:
        write_file(path, b"x")
    assert problem.value.diagnostic.code == "E093"


def test_arrays_read_back(tmp_path: Path) -> None:
    results = {"x": np.arange(3.0), "file": np.eye(2)}
    path = tmp_path / "g.npz"
    write_file(str(path), array_bytes(results, str(path)))
    with np.load(path) as found:
        assert sorted(found) == ["file", "x"]
        np.testing.assert_array_equal(found["file"], np.eye(2))
    assert array_bytes(results, "a.npz") == array_bytes(results, "b.npz")
    path = tmp_path / "g.npy"
    write_file(str(path), array_bytes({"x": np.arange(3.0)}, str(path)))
    np.testing.assert_array_equal(np.load(path), np.arange(3.0))
    with pytest.raises(UsageError, match="one array"):
        array_bytes(results, "g.npy")
