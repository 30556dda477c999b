"""The parent half: start the worker, give it jobs, read messages against a deadline.

May import `protocol`, `output`, `errors`. The parent never waits for the end of the pipe (a
grandchild may hold it), and at every end kills the whole process group of the child.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from gradcli.worker.output import Tail
from gradcli.worker.protocol import Decoder, send

# How often the resident size is looked at, in seconds.
_WATCH_EVERY = 0.1
_CHUNK = 1 << 20
# After one of these the child is gone, or has nothing more to say.
_LAST = frozenset({"end", "failed", "time", "memory", "died"})
# Importing SymPy is not the user's time; on a busy machine it can take long.
_START_SECONDS = 60.0
# How long the server may take to end its child before both are killed.
_FAREWELL_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of one target.

    Parameters
    ----------
    seconds
        Wall clock; starts anew with every ``begin`` message.
    memory
        Resident bytes of the child.
    """

    seconds: float = 30.0
    memory: int = 2 * 1024**3


@dataclass(frozen=True, slots=True)
class Message:
    """One message of the child, or of the parent about the child.

    Parameters
    ----------
    kind
        ``targets``, ``begin``, ``evidence``, ``end``, ``failed`` from the child;
        ``time``, ``memory``, ``died`` from the parent, after which the child is gone.
    body
        The content; for ``died`` the exit status (negative: a signal).
    """

    kind: str
    body: Any


def _environment() -> dict[str, str]:
    """Return the environment of the worker: BLAS on one thread unless the user set it."""
    env = dict(os.environ)
    for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
        env.setdefault(name, "1")
    env["PYTHONUNBUFFERED"] = "1"
    # `-W error` is about the user's own runs: a warning is counted here, never fatal.
    env.pop("PYTHONWARNINGS", None)
    return env


def _command() -> list[str]:
    """Return the call that starts a worker; the two descriptors follow."""
    return [sys.executable, "-P", "-m", "gradcli.worker"]


class Worker:
    """A worker process; use it as a context manager.

    Parameters
    ----------
    limits
        The limits of every target.
    command
        The call that starts it; ``None``: this Python.

    Notes
    -----
    The server is started anew whenever it is found gone: because user code killed it, or
    because it cannot fork and so spent itself on one job.
    """

    def __init__(self, limits: Limits, command: Sequence[str] | None = None) -> None:
        self.limits = limits
        self._command = list(command or _command())
        self._token = secrets.token_hex(16)
        self._said: list[str] = []
        self._is_closed = False
        self._start()

    def _start(self) -> None:
        """Start a server."""
        self._child = 0
        self._is_ready = False
        self._has_exited = False
        jobs_read, self._jobs = os.pipe()
        self._results, results_write = os.pipe()
        pipes = [os.pipe(), os.pipe()]
        self._process = subprocess.Popen(
            [*self._command, str(jobs_read), str(results_write)],
            stdin=subprocess.DEVNULL,
            stdout=pipes[0][1],
            stderr=pipes[1][1],
            pass_fds=(jobs_read, results_write),
            start_new_session=True,
            env=_environment(),
        )
        for fd in (jobs_read, results_write, pipes[0][1], pipes[1][1]):
            os.close(fd)
        self._tails = [Tail(read) for read, _ in pipes]
        self._decoder = Decoder(self._token)
        self._waiting: list[tuple[str, Any]] = []
        os.write(self._jobs, self._token.encode() + b"\n")

    def __enter__(self) -> Worker:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Kill child and server, with everything they started; no job runs afterwards."""
        self._is_closed = True
        self._end()

    def _end(self) -> None:
        """End the server; it ends a child whose beginning was not heard of yet."""
        self._kill_child()
        for fd in (self._jobs, self._results):
            try:
                os.close(fd)
            except OSError:
                continue
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(_FAREWELL_SECONDS)
        _kill_group(self._process.pid)
        self._process.wait()
        for tail in self._tails:
            tail.close()

    def printed(self) -> list[str]:
        """Return what user code printed since the last call, safe to show."""
        said = [*self._said, *(line for tail in self._tails for line in tail.take())]
        self._said = []
        return said

    def run(self, job: dict[str, Any]) -> Iterator[Message]:
        """Do one job.

        Parameters
        ----------
        job
            JSON-ready description of the work.

        Yields
        ------
        Message
            Until ``end``, ``failed``, or one of ``time``, ``memory``, ``died``.
        """
        if self._is_closed:
            yield Message("died", None)
            return
        if self._process.poll() is not None:
            self._said = self.printed()
            self._end()
            self._start()
        if not self._is_ready:
            started = self._next(time.monotonic() + _START_SECONDS)
            self._is_ready = started.kind == "ready"
        try:
            send(self._jobs, self._token, "job", job)
        except OSError:
            yield Message("died", self._process.poll())
            return
        ended = False
        try:
            for found in self._messages():
                ended = found.kind in _LAST
                if ended:
                    self._finish()
                yield found
        finally:
            # Whoever has heard enough leaves a child behind that still works.
            if not ended:
                self._finish()

    def _messages(self) -> Iterator[Message]:
        """Yield what comes of a job, up to its last message."""
        deadline = time.monotonic() + self.limits.seconds
        while True:
            found = self._next(deadline)
            if found.kind == "forked":
                self._child = int(found.body)
            elif found.kind == "exit":
                self._has_exited = True
                yield Message("died", found.body)
                return
            else:
                if found.kind == "begin":
                    deadline = time.monotonic() + self.limits.seconds
                yield found
                if found.kind in _LAST:
                    return

    def _finish(self) -> None:
        """Kill what the child left behind and read up to the server's note of its end."""
        spent = self._child == self._process.pid
        self._kill_child()
        if spent:
            # It could not fork: it was the child itself, and is gone.
            self._process.wait()
            return
        if self._has_exited:
            self._has_exited = False
            return
        until = time.monotonic() + 2.0
        while self._process.poll() is None and time.monotonic() < until:
            found = self._next(until)
            if found.kind in ("exit", "died"):
                break
            if found.kind == "forked":
                _kill_group(int(found.body))

    def _next(self, deadline: float) -> Message:
        """Return the next message, or what the parent has to say instead."""
        while not self._waiting:
            left = deadline - time.monotonic()
            if left <= 0:
                return Message("time", None)
            if not self._read(min(left, _WATCH_EVERY)):
                return Message("died", self._ended())
            if self._waiting:
                break
            if self._process.poll() is not None:
                return Message("died", self._process.poll())
            if self._child and resident(self._child) > self.limits.memory:
                return Message("memory", None)
        return Message(*self._waiting.pop(0))

    def _read(self, seconds: float) -> bool:
        """Take in what comes within some time; return whether more can come."""
        tails = [tail for tail in self._tails if tail.is_open]
        watched = [self._results, *(tail.fileno() for tail in tails)]
        ready, _, _ = select.select(watched, [], [], seconds)
        for tail in tails:
            if tail.fileno() in ready:
                tail.drain()
        if self._results not in ready:
            return True
        data = os.read(self._results, _CHUNK)
        self._waiting += self._decoder.feed(data)
        return bool(data)

    def _ended(self) -> int | None:
        """Return how the server ended, once it has: nobody is left who could write."""
        try:
            return self._process.wait(timeout=1.0)
        except subprocess.TimeoutExpired:
            return None

    def _kill_child(self) -> None:
        if self._child:
            _kill_group(self._child)
            self._child = 0


def _kill_group(pid: int) -> None:
    """Kill a process group, which may be gone already."""
    try:
        os.killpg(pid, signal.SIGKILL)
    except (OSError, AttributeError):
        return


def resident(pid: int) -> int:
    """Return the resident size of a process in bytes, 0 where the system does not tell."""
    try:
        with open(f"/proc/{pid}/statm", encoding="ascii") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError):
        return 0
