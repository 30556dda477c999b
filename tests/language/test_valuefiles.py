"""Files of values and standard input."""

import json
import os
import zipfile

import numpy as np
import pytest

from gradcli.errors import LimitError, ValueSyntaxError
from gradcli.language import valuefiles
from gradcli.language.valuefiles import read_values
from gradcli.language.values import read_value

A = np.array([[1.0, 2.0], [3.0, 4.0]])


def write(path, content):
    if isinstance(content, bytes):
        path.write_bytes(content)
    else:
        path.write_text(content, encoding="utf-8")
    return f"@{path}"


@pytest.mark.parametrize(
    ("name", "content", "value"),
    [
        ("a.csv", "1,2\n3,4\n", A),
        ("a.csv", "1, 2\r\n3, 4", A),
        ("a.csv", "\ufeff1,2\n\n3,4\n\n", A),
        ("a.csv", '"1","2"\n3,4', A),
        ("a.csv", "1,2,3", [1.0, 2, 3]),
        ("a.csv", "1\n2\n3\n", [1.0, 2, 3]),
        ("a.csv", "7", 7.0),
        ("a.csv", "nan,inf\n-inf,-Infinity", [[np.nan, np.inf], [-np.inf, -np.inf]]),
        ("a.tsv", "1\t2\n3\t4\n", A),
        ("a.json", "[[1,2],[3,4]]", A),
        ("a.json", "3.5", 3.5),
        ("a.json", '[1, "NaN", "-Infinity"]', [1, np.nan, -np.inf]),
    ],
)
def test_text_files(tmp_path, name, content, value):
    found = read_value(write(tmp_path / name, content), "A")
    np.testing.assert_array_equal(found, value)
    assert found.shape == np.shape(value)


@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.int32, np.uint8, np.bool_, ">f8"])
def test_numpy_files(tmp_path, dtype):
    array = A.astype(dtype)
    np.save(tmp_path / "a.npy", array)
    found = read_value(f"@{tmp_path / 'a.npy'}", "A")
    np.testing.assert_array_equal(found, array)
    assert found.dtype == np.dtype("=f8")
    np.savez(tmp_path / "d.npz", k=array, other=array + 1)
    np.testing.assert_array_equal(read_value(f"@{tmp_path / 'd.npz'}:k", "A"), array)
    np.savez_compressed(tmp_path / "one.npz", only=array)
    np.testing.assert_array_equal(read_value(f"@{tmp_path / 'one.npz'}", "A"), array)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.csv", "1,2\n3,x\n", "line 2: `x` is not a number"),
        ("a.csv", "a,b\n1,2\n", "line 1: `a` is not a number"),
        ("a.csv", "1,2\n3\n", "line 2 has 1 numbers, the first has 2"),
        ("a.csv", "", "it is empty"),
        ("a.csv", "1;2", "line 1"),
        ("a.csv", "1,\x1b[31m", "\\x1b"),
        ("a.csv", b"1,2\n\xff,3", "line 2 is not UTF-8"),
        ("a.csv", "1,2\n\x00,3", "line 2"),
        ("a.json", "[1,\n2", "line 2"),
        ("a.json", "", "line 1"),
        ("a.json", "[" * 100_000, "nested"),
        ("a.npy", "no array", ""),
        ("a.npy", b"\x93NUMPY\x01\x00", ""),
        ("a.npz", "no zip", ""),
        ("a.txt", "1,2", "suffix"),
        ("a", "1,2", "suffix"),
        ("a.pkl", "1,2", "suffix"),
    ],
)
def test_bad_files_are_named_with_the_line(tmp_path, name, content, message):
    with pytest.raises(ValueSyntaxError) as caught:
        read_value(write(tmp_path / name, content), "A")
    diagnostic = caught.value.diagnostic
    assert diagnostic.code == "E041"
    assert diagnostic.what.startswith("A: cannot use `")
    assert message in diagnostic.what
    assert diagnostic.hint


def test_nothing_is_unpickled(tmp_path):
    class Trap:
        def __reduce__(self):
            return (os.mkdir, (str(tmp_path / "trap"),))

    array = np.empty(1, dtype=object)
    array[0] = Trap()
    np.save(tmp_path / "a.npy", array)
    np.savez(tmp_path / "a.npz", k=array)
    for name in ("a.npy", "a.npz:k"):
        with pytest.raises(ValueSyntaxError) as caught:
            read_value(f"@{tmp_path / name}", "A")
        assert caught.value.diagnostic.code == "E041"
    assert not (tmp_path / "trap").exists()


@pytest.mark.parametrize("array", [np.array([1j]), np.array(["a"]), np.zeros(2, dtype="i4,f8")])
def test_only_real_numbers(tmp_path, array):
    np.save(tmp_path / "a.npy", array)
    with pytest.raises(ValueSyntaxError, match="no real numbers"):
        read_value(f"@{tmp_path / 'a.npy'}", "A")


def test_a_header_that_lies_about_its_size(tmp_path):
    np.save(tmp_path / "a.npy", np.zeros(100))
    data = (tmp_path / "a.npy").read_bytes()
    (tmp_path / "a.npy").write_bytes(data.replace(b"(100,)", b"(10000000000,)"[:6]))
    (tmp_path / "b.npy").write_bytes(data.replace(b"(100,), }       ", b"(10000000000,),}"))
    for name in ("a.npy", "b.npy"):
        with pytest.raises((ValueSyntaxError, LimitError)):
            read_value(f"@{tmp_path / name}", "A")


def test_keys(tmp_path):
    np.savez(tmp_path / "d.npz", k=A, z=A)
    for text in (f"@{tmp_path / 'd.npz'}", f"@{tmp_path / 'd.npz'}:q"):
        with pytest.raises(ValueSyntaxError) as caught:
            read_value(text, "A")
        assert "it has k, z" in caught.value.diagnostic.hint


def test_a_bomb_is_not_unpacked(tmp_path, monkeypatch):
    monkeypatch.setattr(valuefiles, "VALUE_FILE_BYTES", 10_000)
    with zipfile.ZipFile(tmp_path / "d.npz", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("k.npy", b"0" * 1_000_000)
    with pytest.raises(LimitError, match="1000000 bytes"):
        read_value(f"@{tmp_path / 'd.npz'}:k", "A")


def test_large_files_are_not_read(tmp_path):
    path = tmp_path / "a.csv"
    with open(path, "wb") as file:
        file.truncate(64 * 1024 * 1024 + 1)
    with pytest.raises(LimitError, match="64 MiB"):
        read_value(f"@{path}", "A")


def test_only_regular_files(tmp_path):
    folder = tmp_path / "d.csv"
    folder.mkdir()
    os.mkfifo(tmp_path / "f.csv")
    os.symlink(tmp_path / "l.csv", tmp_path / "l.csv")
    for path in (folder, tmp_path / "f.csv", tmp_path / "l.csv", tmp_path / "none.csv"):
        with pytest.raises(ValueSyntaxError) as caught:
            read_value(f"@{path}", "A")
        assert caught.value.diagnostic.code == "E041"
    with pytest.raises(ValueSyntaxError):
        read_value("@a\x00b.csv", "A")


def test_untrusted_reads_no_file_but_standard_input(tmp_path):
    text = write(tmp_path / "a.csv", "1,2")
    with pytest.raises(ValueSyntaxError) as caught:
        read_value(text, "A", allow_files=False)
    assert caught.value.diagnostic.code == "E042"
    assert read_value("@-", "A", allow_files=False, stdin="1,2").tolist() == [1.0, 2.0]


def test_files_only_at_the_start_of_a_value(tmp_path):
    text = write(tmp_path / "a.csv", "1,2")
    for value in (f"2*{text}", f"[{text}]", f"1,{text}"):
        with pytest.raises(ValueSyntaxError):
            read_value(value, "A")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("[1,2,3]", [1.0, 2, 3]),
        ("\n [[1,2],[3,4]]\n", A),
        ("1,2\n3,4\n", A),
        ("1\t2\n3\t4\n", A),
        ("5\n", 5.0),
        ('"NaN"', np.nan),
    ],
)
def test_standard_input_is_json_or_a_table(text, value):
    np.testing.assert_array_equal(read_value("@-", "x", stdin=text), value)


@pytest.mark.parametrize("text", [None, "", "x", "[1,", "{}", "@A.npy", '["@A.npy"]', "randn(3)"])
def test_standard_input_refused(text):
    with pytest.raises(ValueSyntaxError):
        read_value("@-", "x", stdin=text)


def test_standard_input_is_read_only_when_asked_for():
    calls = []

    def stdin():
        calls.append(1)
        return "1"

    read_value("3", "x", stdin=stdin)
    assert calls == []
    read_value("@-", "x", stdin=stdin)
    assert calls == [1]


def test_values_files(tmp_path):
    (tmp_path / "v.json").write_text(json.dumps({"x": [1, 2], "y": "1,2", "z": {}}))
    found, ignored = read_values(str(tmp_path / "v.json"), {"x", "y"})
    assert found == {"x": [1, 2], "y": "1,2"}
    assert ignored == ["z"]
    np.savez(tmp_path / "v.npz", x=A, q=A)
    found, ignored = read_values(str(tmp_path / "v.npz"), {"x"})
    assert found["x"].tolist() == A.tolist()
    assert ignored == ["q"]
    (tmp_path / "list.json").write_text("[1]")
    for name in ("list.json", "v.csv", "none.json"):
        with pytest.raises(ValueSyntaxError):
            read_values(str(tmp_path / name), {"x"})
