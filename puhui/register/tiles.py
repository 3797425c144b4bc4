"""C2SP tlog-tiles: which hashes lie in which tile, and what a tile is called.

A tile of level L holds up to 256 hashes, each the root of 256**L leaves.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache

from puhui.register.merkle import HASH_BYTES, Nodes, root

HEIGHT = 8
WIDTH = 1 << HEIGHT

_ADDRESS = re.compile(r"((?:x[0-9]{3}/)*[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?", re.ASCII)


class MissingTile(LookupError):
    """The log does not hold a tile that its size says it has; the message names it."""


@dataclass(frozen=True, slots=True)
class Tile:
    """The first `width` hashes of tile `index` at `level`."""

    level: int
    index: int
    width: int = WIDTH

    @property
    def start(self) -> int:
        """The number, within the level, of the tile's first hash."""
        return self.index * WIDTH

    @property
    def address(self) -> str:
        """`x001/x234/067`, with `.p/W` behind it while the tile is partial."""
        digits = f"{self.index:d}"
        digits = digits.zfill(-(-len(digits) // 3) * 3)
        parts = [digits[at : at + 3] for at in range(0, len(digits), 3)]
        number = "/".join([*(f"x{part}" for part in parts[:-1]), parts[-1]])
        return number if self.width == WIDTH else f"{number}.p/{self.width}"


def parse_address(level: int, address: str) -> Tile | None:
    """Return the tile with this address, or None if it is not written the one right way."""
    match = _ADDRESS.fullmatch(address)
    if match is None or len(address) > 40:
        return None
    index = int(match[1].replace("/", "").replace("x", ""))
    tile = Tile(level, index, int(match[2]) if match[2] else WIDTH)
    return tile if tile.address == address and tile.width <= WIDTH else None


def width_at(size: int, level: int, index: int) -> int:
    """Return how many hashes tile `index` of `level` has in a tree of `size` leaves."""
    return max(0, min(WIDTH, (size >> (HEIGHT * level)) - index * WIDTH))


def new_tiles(old_size: int, new_size: int) -> list[tuple[int, int]]:
    """Return (level, index) of the tiles that growth completes, lower levels first."""
    completed, level = list[tuple[int, int]](), 0
    while new_size >> (HEIGHT * (level + 1)):
        shift = HEIGHT * (level + 1)
        completed += [(level, index) for index in range(old_size >> shift, new_size >> shift)]
        level += 1
    return completed


def nodes_from_tiles(read: Callable[[Tile], bytes], size: int) -> Nodes:
    """Return the view of a tree of `size` whose hashes come from tiles, each read once.

    Asked for a hash, it raises `MissingTile` when `read` gives other than the tile's width.
    """

    @cache
    def hashes(level: int, index: int) -> list[bytes]:
        tile = Tile(level, index, width_at(size, level, index))
        data = read(tile)
        if len(data) != tile.width * HASH_BYTES:
            raise MissingTile(f"tile {level}/{tile.address}")
        return [data[at : at + HASH_BYTES] for at in range(0, len(data), HASH_BYTES)]

    @cache
    def node(height: int, index: int) -> bytes:
        level, within = divmod(height, HEIGHT)
        tile, offset = divmod(index << within, WIDTH)
        return root(hashes(level, tile)[offset : offset + (1 << within)])

    return node


@dataclass(frozen=True, slots=True)
class Stretch:
    """Hashes in a row of one level, all in one tile: those over which a node stands."""

    level: int
    start: int
    width: int


def stretch_of(height: int, index: int) -> Stretch:
    """Return the hashes over which the complete subtree (height, index) stands."""
    level, within = divmod(height, HEIGHT)
    return Stretch(level, index << within, 1 << within)


def stretches(ask: Callable[[Nodes], object]) -> list[Stretch]:
    """Return what `ask` will want to know of a tree, each once; it is asked in vain first."""
    wanted = dict[Stretch, None]()

    def node(height: int, index: int) -> bytes:
        wanted[stretch_of(height, index)] = None
        return b""

    ask(node)
    return list(wanted)


def nodes_from_stretches(read: Mapping[Stretch, bytes]) -> Nodes:
    """Return the view of a tree of which these hashes are at hand.

    Asked for a node, it raises `MissingTile` when they are other than the stretch's width.
    """

    def node(height: int, index: int) -> bytes:
        stretch = stretch_of(height, index)
        data = read.get(stretch, b"")
        if len(data) != stretch.width * HASH_BYTES:
            raise MissingTile(f"{stretch.level}: {stretch.start} + {stretch.width}")
        return root([data[at : at + HASH_BYTES] for at in range(0, len(data), HASH_BYTES)])

    return node
