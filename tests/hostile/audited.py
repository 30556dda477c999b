"""Runs one call of gradcli with every audit event written down; not a test itself.

Usage: audited.py LOG WORDS…. After start-up (the imports of the command line and of what an
expression needs) nothing may open a file for writing, reach the network, start a process,
or compile a text that comes from outside.
"""

import sys

EVENTS: list[str] = []
WATCHED = ("open", "socket.", "subprocess.", "os.exec", "os.fork", "os.spawn", "os.system",
           "os.posix_spawn", "os.remove", "os.rename", "os.mkdir", "shutil.", "compile", "exec",
           "import", "ctypes.dlopen", "urllib.", "ftplib.", "webbrowser.")  # fmt: skip


def watch(event: str, args: tuple) -> None:
    if not event.startswith(WATCHED):
        return
    if event == "open":
        EVENTS.append(f"open\t{args[0]!r}\t{args[1]!r}\t{args[2]!r}")
    elif event == "compile":
        caller = sys._getframe(1).f_code.co_filename
        source = args[0]
        text = source if isinstance(source, str) else (source or b"").decode("utf-8", "replace")
        EVENTS.append(f"compile\t{args[1]!r}\t{caller}\t{text[:20_000]!r}")
    elif event == "exec":
        EVENTS.append(f"exec\t{getattr(args[0], 'co_filename', '')}")
    else:
        EVENTS.append(f"{event}\t{args!r}"[:2000])


def run(log: str, words: list[str]) -> int:
    sys.addaudithook(watch)
    sys.path.pop(0)
    from gradcli.cli.dispatch import main
    from gradcli.cli.streams import Streams

    status = main(words, Streams())
    text = "\n".join(EVENTS)
    with open(log, "w") as file:
        file.write(text)
    return status


if __name__ == "__main__":
    sys.exit(run(sys.argv[1], sys.argv[2:]))
