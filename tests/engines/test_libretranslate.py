import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from mailbot.engines.libretranslate import LibreTranslate
from mailbot.errors import Permanent, Transient

TEXT = "التدفئة لا تعمل"


class Fake(ThreadingHTTPServer):
    """LibreTranslate's documented POST /translate, and nothing else; `answer` overrides what it says."""

    answer: tuple[int, bytes] | None = None
    seen: list[tuple[str, dict[str, str]]]


class Handler(BaseHTTPRequestHandler):
    server: Fake

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.seen.append((self.path, body))
        status, said = 200, json.dumps({"translatedText": f"[{body['target']}] traduit"}).encode()
        if self.path != "/translate" or set(body) != {"q", "source", "target", "format", "api_key"}:
            status, said = 400, b'{"error": "bad request"}'
        if body.get("api_key") != "key":
            status, said = 403, b'{"error": "Invalid API key"}'
        status, said = self.server.answer or (status, said)
        self.send_response(status)
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    def log_message(self, *_arguments: object) -> None:
        """Quiet."""


@pytest.fixture
def server() -> Iterator[Fake]:
    fake = Fake(("127.0.0.1", 0), Handler)
    fake.seen = []
    threading.Thread(target=fake.serve_forever, daemon=True).start()
    yield fake
    fake.shutdown()
    fake.server_close()


def translator(server: Fake, key: str = "key") -> LibreTranslate:
    return LibreTranslate(f"http://127.0.0.1:{server.server_address[1]}", lambda: key)


def test_text_and_key_go_into_the_body_never_into_the_url(server: Fake) -> None:
    assert translator(server).translate(TEXT, "ar", "fr") == "[fr] traduit"
    ((path, body),) = server.seen
    assert path == "/translate"
    assert body["q"] == TEXT


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        ((500, b"{}"), Transient),
        ((429, b"{}"), Transient),
        ((400, b'{"error": "x"}'), Permanent),
        ((302, b""), Permanent),
        ((200, b"not json"), Permanent),
        ((200, b'{"error": "x"}'), Permanent),
        ((200, b'{"translatedText": ""}'), Permanent),
        ((200, b'{"translatedText": "' + b"x" * 2_000_000 + b'"}'), Permanent),
    ],
)
def test_every_other_answer_is_an_error_that_holds_no_text(
    answer: tuple[int, bytes], kind: type[Exception], server: Fake
) -> None:
    server.answer = answer
    with pytest.raises(kind) as caught:
        translator(server).translate(TEXT, "ar", "fr")

    assert TEXT not in str(caught.value)
    assert "key" not in str(caught.value)


def test_a_wrong_key_and_a_dead_server_are_told_apart(server: Fake) -> None:
    with pytest.raises(Permanent):
        translator(server, "wrong").translate(TEXT, "ar", "fr")
    with pytest.raises(Transient):
        LibreTranslate("http://127.0.0.1:1", lambda: "key").translate(TEXT, "ar", "fr")
