"""Containers of arrays: nested dicts, lists and tuples taken apart and put together.

May import nothing of ours. `flatten` lists the leaves from left to right and returns a
`Structure` that remembers the containers; both directions use an explicit stack, because
the depth of nesting is input.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

_CONTAINERS = (dict, list, tuple)


@dataclass(frozen=True, slots=True)
class Node:
    """One container: its type, its keys where it is a dict, the number of its parts."""

    kind: type
    keys: tuple[Any, ...] | None
    count: int


@dataclass(frozen=True, slots=True)
class Structure:
    """The containers of a value in order of closing; ``None`` stands for a leaf.

    Parameters
    ----------
    nodes
        In postfix order: a container follows its parts.
    """

    nodes: tuple[Node | None, ...]

    @property
    def leaf_count(self) -> int:
        """Number of leaves."""
        return sum(n is None for n in self.nodes)


LEAF = Structure((None,))


def _is_container(value: Any) -> bool:
    # `type`, not `isinstance`: a tracer answers for its class itself.
    return issubclass(type(value), _CONTAINERS)


def flatten(value: Any) -> tuple[list[Any], Structure]:
    """Take a value apart.

    Parameters
    ----------
    value
        An array, a number, or nested dicts, lists and tuples (named ones too) of them.

    Returns
    -------
    leaves : list
        What is not a container, from left to right; the parts of a dict in its order.
    structure : Structure
        The containers, for `unflatten`.

    Examples
    --------
    >>> leaves, structure = flatten({"w": [1.0, 2.0], "b": 3.0})
    >>> leaves
    [1.0, 2.0, 3.0]
    >>> unflatten(structure, [4.0, 5.0, 6.0])
    {'w': [4.0, 5.0], 'b': 6.0}
    """
    if not _is_container(value):
        return [value], LEAF
    leaves: list[Any] = []
    nodes: list[Node | None] = []
    pending: list[Any] = [value]
    while pending:
        item = pending.pop()
        if type(item) is Node:
            nodes.append(item)
        elif _is_container(item):
            keys = tuple(item) if isinstance(item, dict) else None
            parts = list(item.values()) if isinstance(item, dict) else list(item)
            pending.append(Node(type(item), keys, len(parts)))
            pending += reversed(parts)
        else:
            nodes.append(None)
            leaves.append(item)
    return leaves, Structure(tuple(nodes))


def unflatten(structure: Structure, leaves: Iterable[Any]) -> Any:
    """Put leaves into the containers of a structure; the inverse of `flatten`.

    Parameters
    ----------
    structure
        From `flatten`.
    leaves
        As many as the structure has.

    Returns
    -------
    object
        The leaves in fresh containers of the same types.
    """
    if structure is LEAF:
        (leaf,) = leaves
        return leaf
    source = iter(leaves)
    built: list[Any] = []
    for node in structure.nodes:
        if node is None:
            built.append(next(source))
            continue
        first = len(built) - node.count
        parts = built[first:]
        del built[first:]
        built.append(_container(node, parts))
    return built[0]


def _container(node: Node, parts: Sequence[Any]) -> Any:
    """Return one container with the given parts."""
    if node.keys is not None:
        filled = dict(zip(node.keys, parts, strict=True))
        return filled if node.kind is dict else _like_dict(node.kind, filled)
    make: Callable[..., Any] | None = getattr(node.kind, "_make", None)
    return make(parts) if make is not None else node.kind(parts)


def _like_dict(kind: type, filled: dict[Any, Any]) -> Any:
    """Return a dict of a subclass (OrderedDict, defaultdict) with the given items."""
    try:
        made = kind()
    except TypeError:
        return filled
    made.update(filled)
    return made


def paths(value: Any, name: str) -> list[str]:
    """Return one name per leaf, written as Python reaches it: ``w[0]``, ``p['b']``.

    Parameters
    ----------
    value
        The value, a leaf or nested containers.
    name
        The name of the whole.

    Returns
    -------
    list of str
        In the order of `flatten`.
    """
    named: list[str] = []
    pending = [(name, value)]
    while pending:
        label, item = pending.pop()
        if not _is_container(item):
            named.append(label)
            continue
        parts = item.items() if isinstance(item, dict) else enumerate(item)
        pending += reversed([(f"{label}[{k!r}]", v) for k, v in parts])
    return named
