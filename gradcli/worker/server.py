"""The server half of the worker: imports once, forks a throw-away child for every job.

May import `protocol` and `session`. Started as ``python -P -m gradcli.worker JOBS RESULTS``
with two inherited descriptors. It is single-threaded (BLAS is told so by the parent), so
that forking is safe; the child leads a process group of its own, reads nothing from
standard input, leaves no core file, and ends by ``os._exit``. Whoever is killed, nobody is
left behind: the server ends its child when the parent goes away, and the child ends with the
server.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import sys
from collections.abc import Callable
from typing import Any, NoReturn

from gradcli.worker.lifeline import end_with
from gradcli.worker.protocol import Decoder, send

_CHUNK = 1 << 16
# How often a system without process descriptors is asked whether a child has ended.
_POLL_SECONDS = 0.02


def _read_jobs(fd: int, token: str) -> Any:
    """Yield jobs until the parent closes the pipe."""
    decoder = Decoder(token)
    while data := os.read(fd, _CHUNK):
        for _, job in decoder.feed(data):
            yield job


def serve(
    argv: list[str], work: Callable[[dict[str, Any], Callable[[str, Any], None]], None]
) -> None:
    """Run jobs until the parent goes away.

    Parameters
    ----------
    argv
        Descriptor of the jobs, descriptor of the results; the token is the first line of
        the jobs.
    work
        ``(job, tell)``: does one job, telling what it finds.
    """
    jobs, results = int(argv[0]), int(argv[1])
    token = _first_line(jobs)
    send(results, token, "ready", None)
    for job in _read_jobs(jobs, token):
        if not hasattr(os, "fork"):
            # The server spends itself on the job; the parent starts another one.
            _child(job, results, token, work)
        server = os.getpid()
        pid = os.fork()
        if pid == 0:
            os.close(jobs)
            end_with(server)
            _child(job, results, token, work)
        status = _await(pid, jobs)
        send(results, token, "exit", os.waitstatus_to_exitcode(status))


def _await(pid: int, jobs: int) -> int:
    """Return how a child ended; where the parent goes away first, kill it and leave.

    The parent says nothing between a job and the end of its child, so what can be read from
    the jobs meanwhile is their end.
    """
    while True:
        done, status = os.waitpid(pid, os.WNOHANG)
        if done:
            return status
        if _is_over(pid, jobs):
            with contextlib.suppress(OSError):
                os.killpg(pid, signal.SIGKILL)
            with contextlib.suppress(OSError):
                os.kill(pid, signal.SIGKILL)
            os._exit(0)


def _is_over(pid: int, jobs: int) -> bool:
    """Wait until a child or the jobs end; return whether it is the jobs."""
    if not hasattr(os, "pidfd_open"):
        ready, _, _ = select.select([jobs], [], [], _POLL_SECONDS)
        return jobs in ready
    try:
        watched = os.pidfd_open(pid)
    except OSError:
        return False
    try:
        ready, _, _ = select.select([watched, jobs], [], [])
    finally:
        os.close(watched)
    return watched not in ready


def _first_line(fd: int) -> str:
    """Read the token, byte by byte, so that nothing behind it is swallowed."""
    text = bytearray()
    while (byte := os.read(fd, 1)) not in (b"", b"\n"):
        text += byte
    return text.decode()


def _child(job: dict[str, Any], results: int, token: str, work: Any) -> NoReturn:
    """Do one job in a process group of its own and leave without any clean-up of user code."""
    code, owner = 1, os.getpid()

    def tell(kind: str, body: Any) -> None:
        if os.getpid() != owner:
            # A process that user code forked off comes back here like the child itself.
            os._exit(0)
        send(results, token, kind, body)

    try:
        _isolate()
        tell("forked", owner)
        work(job, tell)
        tell("end", None)
        code = 0
    except BaseException as problem:
        message = f"{type(problem).__name__}: {problem}"
        tell("failed", {"message": message, "trace": _trace(problem)})
    finally:
        for stream in (sys.stdout, sys.stderr):
            try:
                stream.flush()
            except (OSError, ValueError, AttributeError):
                continue
        os._exit(code)


def _trace(problem: BaseException) -> str:
    """Return the traceback for ``--debug``."""
    import traceback

    return "".join(traceback.format_exception(problem))


def _isolate() -> None:
    """Give the child its own session, an empty standard input and no core files."""
    if hasattr(os, "setsid") and os.getsid(0) != os.getpid():
        os.setsid()
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.close(null)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    except ImportError:  # not POSIX: the wall clock and the kill remain
        return


def main() -> None:
    """Start serving; import what every job needs before the first fork."""
    from gradcli.worker.session import run_job, warm_up

    warm_up()
    serve(sys.argv[1:], run_job)
    # Nothing is open that is worth Python's own way of leaving; the parent is waiting.
    os._exit(0)
