"""Which tool call a piece belongs to, and what is known of each.

A piece should name its call by `index`, and its first piece should bring id and name. Servers differ. Rules, in order:
1. An index that is known leads to its call. If the piece has another id: an id that was seen leads to that call; a new
   id with a name begins a new call, which takes the index; a new id without a name is still the same call.
2. A missing or bad index: an id that was seen leads to its call, a new id begins one.
3. Without index and id, the position in the chunk's list leads to the call that the last piece at that position went
   to, unless that call has arguments and the piece brings a name: then it begins a new one.
4. A name that equals what is known is a repetition; otherwise it is added to what is known.
5. Nothing is allocated by index: calls are kept in the order in which they began.
"""

from __future__ import annotations

from workbench.dialects._decoder import Flaw
from workbench.dialects.openai_chat.chunk import MAX_INDEX, Call, Function


class OpenCall:
    """A tool call that may get more pieces.

    Attributes:
        part: its number among the parts of the response.
        pieces: its argument text so far.
        ended: its end has been implied.
    """

    __slots__ = ("ended", "id", "name", "part", "pieces")

    def __init__(self, part: int) -> None:
        self.part = part
        self.id: str | None = None
        self.name: str | None = None
        self.pieces: list[str] = []
        self.ended = False


class Calls:
    """The tool calls of one response."""

    def __init__(self) -> None:
        self.all: list[OpenCall] = []
        self._by_index: dict[int, OpenCall] = {}
        self._by_id: dict[str, OpenCall] = {}
        self._by_position: dict[int, OpenCall] = {}

    def grown_by(self, piece: Call) -> tuple[OpenCall, str] | None:
        """Returns the call that a piece only adds arguments to, and these; None if the piece may do anything else."""
        function = piece.function
        if not isinstance(function, Function) or piece.id is not None or function.name is not None:
            return None
        call = None if piece.index is None else self._by_index.get(piece.index)
        if call is None or call.name is None or call.ended or not isinstance(function.arguments, str):
            return None
        return (call, function.arguments) if function.arguments else None

    def find(self, piece: Call, position: int, name: str | None, flaw: Flaw) -> OpenCall | None:
        """Finds the call that a piece belongs to; None when it begins a new one.

        Args:
            piece: as the chunk has it.
            position: where the piece stands in its chunk's list.
            name: of the piece, if it has one that is not empty.
            flaw: called for what had to be guessed.
        """
        index = piece.index
        if index is not None and not 0 <= index <= MAX_INDEX:
            flaw("bad-index", str(index))
            index = None
        if index is None:
            flaw("tool-index-missing", "")
            return self._find_unnumbered(piece.id, position, name)
        call = self._by_index.get(index)
        if call is None or not piece.id or call.id is None or piece.id == call.id:
            return call
        seen = self._by_id.get(piece.id)
        if seen is not None:
            flaw("tool-index-reused", piece.id)
            return seen
        if name is None:
            flaw("tool-id-changed", piece.id)
            return call
        flaw("tool-index-reused", piece.id)
        return None

    def _find_unnumbered(self, identity: str | None, position: int, name: str | None) -> OpenCall | None:
        if identity:
            return self._by_id.get(identity)
        call = self._by_position.get(position)
        return None if call is not None and call.pieces and name is not None else call

    def place(self, call: OpenCall, piece: Call, position: int) -> None:
        """Remembers by what a call can be found from now on."""
        if piece.index is not None and 0 <= piece.index <= MAX_INDEX:
            self._by_index[piece.index] = call
        if piece.id:
            self._by_id.setdefault(piece.id, call)
        self._by_position[position] = call

    def begin(self, part: int) -> OpenCall:
        """Begins a call."""
        call = OpenCall(part)
        self.all.append(call)
        return call
