"""A LibreTranslate server of the organisation's own, through deep-translator's interface.

deep-translator's own LibreTranslator has no time limit and writes text and key into the URL; this one POSTs JSON.
"""

import json
from collections.abc import Callable
from typing import Any

import requests
from deep_translator.base import BaseTranslator
from deep_translator.exceptions import NotValidLength

from mailbot.errors import Permanent, Transient

_TIMEOUT = (2.0, 30.0)
_MOST_CHARACTERS = 50_000
_MOST_BYTES = 1_000_000


class _Posting(BaseTranslator):  # type: ignore[misc] # the library ships no types
    """One request: deep-translator's port with LibreTranslate's documented JSON protocol behind it."""

    def __init__(self, url: str, key: str, source: str, target: str) -> None:
        # The server says itself which languages it has; deep-translator's list lacks Romanian, Ukrainian and Bengali.
        languages = {source: source, target: target}
        super().__init__(base_url=url, languages=languages, source=source, target=target, payload_key="q")
        self._key = key

    def translate(self, text: str, **_kwargs: Any) -> str:  # noqa: ANN401 - the base's signature
        body = {"q": text, "source": self._source, "target": self._target, "format": "text", "api_key": self._key}
        url = self._base_url.rstrip("/") + "/translate"
        with requests.post(url, json=body, timeout=_TIMEOUT, allow_redirects=False, stream=True) as answer:
            if answer.status_code in {408, 429} or answer.status_code >= 500:
                raise Transient(f"the translator is not available now (HTTP {answer.status_code})")
            if answer.status_code != 200:
                raise Permanent(f"the translator refused (HTTP {answer.status_code})")
            content = answer.raw.read(_MOST_BYTES + 1, decode_content=True)
        if len(content) > _MOST_BYTES:
            raise Permanent("the translator answered far too much")
        translated = json.loads(content)["translatedText"]
        if not isinstance(translated, str) or not translated.strip():
            raise Permanent("the translator answered nothing")
        return translated


class LibreTranslate:
    """ports.Translator.  The key is asked for at each call, so that it can be rotated."""

    name = "libretranslate"

    def __init__(self, url: str, key: Callable[[], str]) -> None:
        self._url = url
        self._key = key

    def translate(self, text: str, source: str, target: str) -> str:
        """Raises Transient or Permanent; the message never holds the text or the key."""
        try:
            return _Posting(self._url, self._key(), source, target).translate(text[:_MOST_CHARACTERS])
        except (requests.ConnectionError, requests.Timeout) as error:
            raise Transient(f"the translator does not answer ({type(error).__name__})") from None
        except (requests.RequestException, NotValidLength, KeyError, ValueError, TypeError, OSError) as error:
            raise Permanent(f"the translator answered something else ({type(error).__name__})") from None
