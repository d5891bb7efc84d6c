"""The replay server plays scripts to the byte, records what it was asked, and stays on this machine."""

from __future__ import annotations

import http.client
import json
import socket
import threading
import time
from contextlib import closing
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import UNSET

from workbench.dialects.anthropic_messages import DIALECT as ANTHROPIC
from workbench.dialects.openai_chat import DIALECT as OPENAI
from workbench.upstream.replay import (
    Answer,
    Position,
    ReplayServer,
    Script,
    cut_by_frame,
    error_answer,
    frame_ends,
    play,
)
from workbench.upstream.replay.http import MAX_HEAD_BYTES
from workbench.wire import PARTITIONS, by_bytes, every_byte

BODY = b'data: {"n": 0}\n\n: ping\n\ndata: {"n": 1}\r\n\r\ndata: [DONE]\n\ndata: tail'
ASKED = {"stream": True, "messages": []}
PATH = OPENAI.path


def connection(server: ReplayServer) -> http.client.HTTPConnection:
    """Opens a connection to a server."""
    return http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=10)


def ask(server: ReplayServer, path: str = PATH, method: str = "POST", sent: object = ASKED) -> tuple[int, bytes]:
    """Asks once, on a connection of its own; returns status and body."""
    with closing(connection(server)) as client:
        client.request(method, path, json.dumps(sent), {"content-type": "application/json", "x-api-key": "k"})
        response = client.getresponse()
        return response.status, response.read()


def raw(server: ReplayServer, data: bytes, *, stop: int | None = None) -> bytes:
    """Sends bytes as they are; returns all that comes back, or the first so many bytes."""
    address = urlsplit(server.url)
    with socket.create_connection((address.hostname, address.port), timeout=10) as client:
        client.sendall(data)
        got = b""
        while stop is None or len(got) < stop:
            piece = client.recv(65536)
            if not piece:
                break
            got += piece
        return got


def head(server: ReplayServer, line: str = f"POST {PATH} HTTP/1.1", **headers: str) -> bytes:
    """Writes the head of a request by hand."""
    fields = {"host": urlsplit(server.url).netloc, **{name.replace("_", "-"): value for name, value in headers.items()}}
    return "\r\n".join([line, *(f"{name}: {value}" for name, value in fields.items()), "", ""]).encode()


@pytest.mark.parametrize("transfer", ["chunked", "close", "length"])
@pytest.mark.parametrize("name", PARTITIONS)
def test_body_arrives_to_the_byte(name: str, transfer: str) -> None:
    """However it is cut and however its end is told, the client reads the body."""
    with ReplayServer(Script((play(OPENAI, BODY, partition=PARTITIONS[name], transfer=transfer),))) as server:
        assert (200, BODY) == ask(server)
    assert (len(BODY), "complete") == (server.received[0].sent_bytes, server.received[0].end)


def test_media_type_is_the_dialects() -> None:
    """A client sees what the provider would say."""
    with ReplayServer(Script((play(ANTHROPIC, BODY),))) as server:
        got = raw(server, head(server, f"POST {ANTHROPIC.path} HTTP/1.1", connection="close"))
    assert got.startswith(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n")


def test_each_chunk_is_a_chunk_of_the_transfer() -> None:
    """The cuts are on the wire, not only in the script."""
    with ReplayServer(Script((play(OPENAI, b"abcde", partition=by_bytes(2)),))) as server:
        got = raw(server, head(server, connection="close"))
    assert got.endswith(b"\r\n\r\n2\r\nab\r\n2\r\ncd\r\n1\r\ne\r\n0\r\n\r\n")


def test_next_request_gets_the_next_turn() -> None:
    """On one connection or another, answers follow the script; each request is recorded with its JSON."""
    script = Script((play(OPENAI, b"one"), play(OPENAI, b"two"), play(OPENAI, b"three")))
    with ReplayServer(script) as server:
        with closing(connection(server)) as client:
            for expected in (b"one", b"two"):
                client.request("POST", PATH, json.dumps({"turn": expected.decode()}))
                assert expected == client.getresponse().read()
        assert (200, b"three") == ask(server)
    assert [{"turn": "one"}, {"turn": "two"}, ASKED] == [one.json for one in server.received]
    assert [0, 1, 2] == [one.answer for one in server.received]


def test_request_that_is_not_json_has_none() -> None:
    """It is answered and recorded all the same."""
    with ReplayServer(Script((play(OPENAI, BODY),))) as server:
        raw(server, head(server, content_length="3", connection="close") + b"{x}")
    assert (UNSET, 3) == (server.received[0].json, server.received[0].body_bytes)


def test_chunked_request_is_read() -> None:
    """Some clients send their JSON in chunks."""
    with ReplayServer(Script((play(OPENAI, BODY),))) as server:
        chunked = b'5\r\n{"a":\r\n3;x=y\r\n 1}\r\n0\r\ntrailer: x\r\n\r\n'
        raw(server, head(server, transfer_encoding="chunked", connection="close") + chunked)
    assert {"a": 1} == server.received[0].json


def test_only_listed_headers_are_kept() -> None:
    """A key that a library sends, even a made-up one, is not written down."""
    with ReplayServer(Script((play(OPENAI, BODY),))) as server:
        ask(server)
    assert (("content-type", "application/json"),) == server.received[0].headers


@pytest.mark.parametrize(
    ("method", "path"), [("POST", "/v1/other"), ("GET", PATH), ("POST", PATH + "/more"), ("CONNECT", PATH)]
)
def test_unexpected_request_is_a_surprise(method: str, path: str) -> None:
    """It gets a 404 that says what was expected, is recorded, and uses up no answer."""
    with ReplayServer(Script((play(OPENAI, BODY),))) as server:
        status, body = ask(server, path, method)
        assert (200, BODY) == ask(server)
    assert 404 == status
    assert f"expected POST {PATH}, not {method} {path}" == json.loads(body)["error"]["message"]
    assert [("surprise", 404), ("expected", 200)] == [(one.kind, one.status) for one in server.received]


def test_one_request_too_many_is_told() -> None:
    """After the last answer the same path is gone (410), and another was never there (404)."""
    with ReplayServer(Script((play(OPENAI, BODY),))) as server:
        statuses = [ask(server)[0], ask(server)[0], ask(server, "/v1/other")[0]]
    assert [200, 410, 404] == statuses
    assert ["expected", "too-many", "surprise"] == [one.kind for one in server.received]


def test_table_answers_any_time() -> None:
    """What a library asks beside its stream, such as a list of models, uses up no answer."""
    script = Script((play(OPENAI, BODY),), {"GET /v1/models": {"data": []}})
    with ReplayServer(script) as server:
        assert (200, b'{"data":[]}') == ask(server, "/v1/models?limit=1", "GET")
        assert (200, BODY) == ask(server)
        assert (200, b'{"data":[]}') == ask(server, "/v1/models", "GET")


def test_path_may_have_a_blank() -> None:
    """Some providers put the model into the path."""
    answer = Answer(body=b"x", path="/v1beta/models/{model}:streamGenerateContent")
    with ReplayServer(Script((answer,))) as server:
        assert 404 == ask(server, "/v1beta/models/a/b:streamGenerateContent")[0]
        assert 200 == ask(server, "/v1beta/models/gemini-x:streamGenerateContent?alt=sse")[0]


def test_error_status_comes_with_its_json() -> None:
    """A status that only providers know has a body all the same."""
    with ReplayServer(Script((error_answer(PATH, 529, {"type": "error"}, headers=(("retry-after", "1"),)),))) as server:
        assert (529, b'{"type":"error"}') == ask(server)


@pytest.mark.parametrize("transfer", ["chunked", "length"])
@pytest.mark.parametrize("reset", [False, True])
def test_disconnect_after_some_bytes(transfer: str, reset: bool) -> None:
    """The client gets so many bytes, and then an end that is none."""
    answer = play(OPENAI, BODY, partition=by_bytes(7), transfer=transfer, disconnect_after=10, reset=reset)
    with (
        ReplayServer(Script((answer,))) as server,
        closing(connection(server)) as client,
    ):
        client.request("POST", PATH, "{}")
        with pytest.raises((http.client.IncompleteRead, ConnectionError)) as caught:
            client.getresponse().read()
        if not reset:
            assert caught.value.partial == BODY[:10]
    assert (10, "disconnected") == (server.received[0].sent_bytes, server.received[0].end)


def test_regular_end_after_some_bytes() -> None:
    """Where the end of the connection ends the body, a disconnect cuts it without a trace."""
    with ReplayServer(Script((play(OPENAI, BODY, transfer="close", disconnect_after=10),))) as server:
        assert (200, BODY[:10]) == ask(server)


def test_stall_sends_nothing_more() -> None:
    """The client waits until it has enough; that it left is recorded."""
    with ReplayServer(Script((play(OPENAI, BODY, transfer="close", stall_after=10),))) as server:
        address = urlsplit(server.url)
        with socket.create_connection((address.hostname, address.port), timeout=0.3) as client:
            client.sendall(head(server))
            got = b""
            while not got.endswith(BODY[:10]):
                got += client.recv(65536)
            with pytest.raises(TimeoutError):
                client.recv(65536)
            assert "stalled" == server.received[0].end
        wait_for(lambda: server.received[0].end == "client-left")


def wait_for(what) -> None:
    """Waits until something is so; fails after ten seconds."""
    until = time.monotonic() + 10
    while not what():
        assert time.monotonic() < until
        time.sleep(0.005)


def test_delays_change_nothing_but_time() -> None:
    """A body that comes slowly is the same body."""
    with ReplayServer(Script((play(OPENAI, BODY, partition=by_bytes(20), delay_s=0.02),))) as server:
        assert (200, BODY) == ask(server)


def test_lockstep_sends_one_frame_at_each_next() -> None:
    """Nothing comes before `next`; then one frame with the bytes up to it, the tail, and the end."""
    pieces = cut_by_frame(BODY, frame_ends(BODY, "sse"))
    with ReplayServer(Script((play(OPENAI, BODY, lockstep=True),))) as server:
        got: list[bytes] = []
        with closing(connection(server)) as client:
            client.request("POST", PATH, "{}")
            response = client.getresponse()
            reader = threading.Thread(target=lambda: got.extend(iter(lambda: response.read1(65536), b"")))
            reader.start()
            for index, piece in enumerate(pieces):
                wait_for(lambda: server.held)
                assert (Position(0, index - 1), b"".join(pieces[:index])) == (server.position, b"".join(got))
                assert server.next()
                wait_for(lambda count=index + 1: b"".join(got) == b"".join(pieces[:count]))
                assert min(index, 2) == server.frame_of(0), piece
            wait_for(lambda: server.held)
            assert reader.is_alive()
            server.next()
            reader.join(10)
            assert not server.next()
    assert BODY == b"".join(got)


def test_frames_are_cut_behind_both_bytes_of_a_line_end() -> None:
    """A client that waits for LF is not kept waiting; what follows the last frame is a piece of its own."""
    expected = (b'data: {"n": 0}\n\n', b': ping\n\ndata: {"n": 1}\r\n\r\n', b"data: [DONE]\n\n", b"data: tail")
    assert expected == cut_by_frame(BODY, frame_ends(BODY, "sse"))


@given(st.lists(st.sampled_from([b"data: x\n\n", b"data: y\r\n\r\n", b": c\n", b"\r", b"\n", b"z"])).map(b"".join))
def test_cut_by_frame_loses_nothing(body: bytes) -> None:
    """The pieces join to the body, none is empty, and the frame ends are all at or right before a cut."""
    ends = frame_ends(body, "sse")
    pieces = cut_by_frame(body, ends)
    assert body == b"".join(pieces)
    assert b"" not in pieces
    assert len(ends) <= len(pieces) <= len(ends) + 1


@pytest.mark.parametrize("chunks", [(b"ab", b"d"), (b"ab", b"", b"c")], ids=["other", "empty"])
def test_chunks_must_join_to_the_body(chunks: tuple[bytes, ...]) -> None:
    """A script that would play another body is refused when it is made."""
    with pytest.raises(ValueError, match="must join"):
        Answer(body=b"abc", path="/", chunks=chunks)


def test_it_listens_on_loopback_only() -> None:
    """No address of this machine but 127.0.0.1 is listened on."""
    with ReplayServer(Script(())) as server:
        port = urlsplit(server.url).port
        with socket.socket() as other, pytest.raises(ConnectionRefusedError):
            other.connect(("127.0.0.2", port))
        with socket.socket() as same:
            same.connect(("127.0.0.1", port))


@pytest.mark.parametrize("line", [f"POST http://example.org{PATH} HTTP/1.1", "CONNECT example.org:443 HTTP/1.1"])
def test_it_is_no_proxy(line: str) -> None:
    """A request for another host is refused and recorded."""
    with ReplayServer(Script((play(OPENAI, BODY),))) as server:
        got = raw(server, head(server, line, connection="close"))
    assert got.startswith(b"HTTP/1.1 421 ")
    assert "refused" == server.received[0].kind


def test_request_that_names_another_host_is_refused() -> None:
    """A web page that found the port by chance gets nothing."""
    with ReplayServer(Script((play(OPENAI, BODY),))) as server:
        got = raw(server, head(server, host="example.org", connection="close"))
    assert got.startswith(b"HTTP/1.1 421 ")


BROKEN = [
    ("no HTTP", b"hello\r\n\r\n", 400),
    ("header", b"POST / HTTP/1.1\r\nno colon\r\n\r\n", 400),
    ("length", b"POST / HTTP/1.1\r\ncontent-length: -1\r\n\r\n", 400),
    ("two framings", b"POST / HTTP/1.1\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n", 400),
    ("chunk size", b"POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n+5\r\n", 400),
    ("chunk longer", b"POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n1\r\nabc", 400),
    ("body too large", b"POST / HTTP/1.1\r\ncontent-length: 1001\r\n\r\n", 413),
    ("chunks too large", b"POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n3e9\r\n", 413),
    ("head too large", b"POST / HTTP/1.1\r\nx: " + b"y" * (MAX_HEAD_BYTES + 10) + b"\r\n\r\n", 431),
    ("too slow", b"POST / HTTP/1.1\r\n", 408),
]


@pytest.mark.parametrize(("data", "status"), [row[1:] for row in BROKEN], ids=[row[0] for row in BROKEN])
def test_broken_request_is_refused_and_the_next_served(data: bytes, status: int) -> None:
    """What breaks HTTP or a bound is answered with its status, recorded, and holds up nobody."""
    with ReplayServer(Script((play(OPENAI, BODY),)), patience_s=0.3, max_body_bytes=1000) as server:
        assert raw(server, data).startswith(f"HTTP/1.1 {status} ".encode())
        assert (200, BODY) == ask(server)
    assert [("refused", status), ("expected", 200)] == [(one.kind, one.status) for one in server.received]


def test_client_that_leaves_in_the_middle_is_recorded() -> None:
    """The server notices while it waits for `next`."""
    with ReplayServer(Script((play(OPENAI, BODY, lockstep=True), play(OPENAI, BODY)))) as server:
        raw(server, head(server), stop=10)
        wait_for(lambda: server.received and server.received[0].end == "client-left")
        assert not server.held
        assert (200, BODY) == ask(server)


def test_closing_ends_what_is_under_way() -> None:
    """A stalled answer does not keep the server from closing, and its thread is gone."""
    before = threading.active_count()
    with ReplayServer(Script((play(OPENAI, BODY, lockstep=True),))) as server:
        address = urlsplit(server.url)
        client = socket.create_connection((address.hostname, address.port), timeout=10)
        client.sendall(head(server))
        wait_for(lambda: server.held)
    with client:
        client.settimeout(10)
        assert client.recv(65536).startswith(b"HTTP/1.1 200 OK")
        assert b"" == client.recv(65536)
    assert "stopped" == server.received[0].end
    assert before == threading.active_count()


def test_frame_counts_only_what_is_complete() -> None:
    """With one byte a chunk the frame moves at the last byte of each."""
    ends = frame_ends(BODY, "sse")
    answer = play(OPENAI, BODY, partition=every_byte)
    assert [-1, 0, 0, 1, 2, 2] == [
        answer.frame_at(sent) for sent in (0, ends[0], ends[1] - 1, ends[1], ends[2], len(BODY))
    ]
