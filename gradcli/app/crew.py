"""Workers that check Python targets, one or several at a time, with results in order.

May import `worker`, `reports`.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from queue import SimpleQueue

from gradcli.reports import CheckEntry
from gradcli.worker.parent import Limits, Worker

Task = Callable[[Worker], Iterator[CheckEntry]]
# Tasks that wait behind every running one: a failure that ends the run wastes no more.
_AHEAD = 2


class Crew:
    """One worker or several; use it as a context manager.

    Parameters
    ----------
    limits
        The limits of every target.
    size
        Number of workers; each is started when it is first needed.
    """

    def __init__(self, limits: Limits, size: int) -> None:
        self._limits = limits
        self._size = size
        self._hired: list[Worker] = []
        self._idle: SimpleQueue[Worker] = SimpleQueue()

    def __enter__(self) -> Crew:
        return self

    def __exit__(self, *_: object) -> None:
        # Threads of a pool that still wait for a worker see it die and end.
        for worker in self._hired:
            worker.close()

    def do(self, tasks: Iterable[Task]) -> Iterator[CheckEntry]:
        """Yield the entries of every task, in the order of the tasks.

        Parameters
        ----------
        tasks
            Each checks one file or module with the worker it is given.
        """
        if self._size == 1:
            worker = self._hire()
            for task in tasks:
                yield from task(worker)
            self._idle.put(worker)
            return
        pool = ThreadPoolExecutor(self._size)
        running: deque[Future[list[CheckEntry]]] = deque()
        try:
            for task in tasks:
                running.append(pool.submit(self._alone, task))
                if len(running) > _AHEAD * self._size:
                    yield from running.popleft().result()
            while running:
                yield from running.popleft().result()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)

    def _alone(self, task: Task) -> list[CheckEntry]:
        """Do one task with a worker that nobody else has meanwhile."""
        worker = self._hire()
        try:
            return list(task(worker))
        finally:
            self._idle.put(worker)

    def _hire(self) -> Worker:
        """Return an idle worker, or a new one."""
        if not self._idle.empty():
            return self._idle.get()
        worker = Worker(self._limits)
        self._hired.append(worker)
        return worker
