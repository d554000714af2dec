"""Which API the contract suite checks, and the known facts of it, from the environment."""

import dataclasses
import importlib
import ipaddress
import json
import random
from collections.abc import Callable, Mapping
from typing import Any, Final, Literal

import httpx

from support.contract import DOCUMENT, LARGEST_ID, SERVER_PATH

FIXED_SEED: Final = 20260420
_SHORTEST_TOKEN: Final = 6
HOW_TO_RUN_LIVE: Final = (
    "live: set CONVIRZA_TOKEN to a token of the API at CONVIRZA_BASE_URL to run the suite against it"
)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Target:
    """An API and the facts of it; a fact that is not known is None or empty."""

    kind: Literal["fake", "app", "live"]
    base_url: str
    app: Any = None
    token: str | None = dataclasses.field(default=None, repr=False)
    call_ids: tuple[int, ...] = ()
    forbidden_id: int | None = None
    missing_id: int | None = None
    full_call_id: int | None = None
    """A call that has every module."""
    email: str | None = dataclasses.field(default=None, repr=False)
    password: str | None = dataclasses.field(default=None, repr=False)
    skip_unknown: bool = False
    """Whether checks without their facts may be skipped."""
    requests_per_second: float | None = None
    examples: int = 100
    seed: int = FIXED_SEED

    @property
    def live(self) -> bool:
        """Whether requests leave the process."""
        return self.kind == "live"

    @property
    def host(self) -> str:
        """Host and port."""
        return httpx.URL(self.base_url).netloc.decode()

    @property
    def path(self) -> str:
        """What precedes the document's paths."""
        return httpx.URL(self.base_url).path.rstrip("/")

    @property
    def missing_facts(self) -> list[str]:
        """The variables of the facts without which most checks are skipped, and which are not set."""
        facts = {
            "CONVIRZA_TOKEN": self.token,
            "CONVIRZA_CONTRACT_CALL_IDS": self.call_ids,
            "CONVIRZA_CONTRACT_FORBIDDEN_ID": self.forbidden_id,
            "CONVIRZA_CONTRACT_MISSING_ID": self.missing_id,
        }
        return [name for name, value in facts.items() if not value]


def from_environment(environ: Mapping[str, str]) -> Target:
    """The target that the environment names: an app, a live API, or else the fake.

    Raises ValueError, in one line that names the variable, for a wrong setting.
    """
    values = {name: value.strip() for name, value in environ.items() if value.strip()}
    live = "CONVIRZA_CONTRACT_APP" not in values and "CONVIRZA_BASE_URL" in values
    generation: dict[str, Any] = {
        "examples": _number(values, "CONVIRZA_CONTRACT_EXAMPLES", int, 10 if live else 100),
        "seed": _seed(values),
    }
    facts: dict[str, Any] = {
        "token": _token(values),
        "call_ids": _ids(values, "CONVIRZA_CONTRACT_CALL_IDS"),
        "forbidden_id": next(iter(_ids(values, "CONVIRZA_CONTRACT_FORBIDDEN_ID", most=1)), None),
        "missing_id": next(iter(_ids(values, "CONVIRZA_CONTRACT_MISSING_ID", most=1)), None),
        "full_call_id": next(iter(_ids(values, "CONVIRZA_CONTRACT_FULL_CALL_ID", most=1)), None),
        "email": values.get("CONVIRZA_CONTRACT_EMAIL"),
        "password": values.get("CONVIRZA_CONTRACT_PASSWORD"),
        "skip_unknown": "CONVIRZA_CONTRACT_SKIP_UNKNOWN" in values,
    }
    if bool(facts["email"]) != bool(facts["password"]):
        raise ValueError("CONVIRZA_CONTRACT_EMAIL: set it together with CONVIRZA_CONTRACT_PASSWORD")
    if live:
        return Target(
            kind="live",
            base_url=_base_url(values["CONVIRZA_BASE_URL"]),
            requests_per_second=_number(values, "CONVIRZA_CONTRACT_RPS", float, 1.0),
            **facts,
            **generation,
        )
    _number(values, "CONVIRZA_CONTRACT_RPS", float, 1.0)
    in_process = f"http://contract.example{SERVER_PATH}"
    if name := values.get("CONVIRZA_CONTRACT_APP"):
        return Target(kind="app", base_url=in_process, app=_app(name), **facts, **generation)
    return _fake(in_process, generation)


def _fake(base_url: str, generation: Mapping[str, Any]) -> Target:
    # Imported here: the suite checks another API without the fake's dependencies.
    from convirza import fake
    from convirza.fake.records import MODULES, calls

    seeded = fake.ids_in_scope()
    return Target(
        kind="fake",
        base_url=base_url,
        app=fake.create_app(),
        token=fake.DEFAULT_TOKEN,
        call_ids=(fake.DOCUMENTED_CALL_ID, 1, LARGEST_ID, *seeded[10:14]),
        forbidden_id=fake.FORBIDDEN_CALL_ID,
        missing_id=fake.UNKNOWN_CALL_ID,
        full_call_id=next(each for each in seeded if all(calls()[each][key] for key in MODULES.values())),
        email=fake.DEFAULT_EMAIL,
        password=fake.DEFAULT_PASSWORD,
        **generation,
    )


def _app(name: str) -> Any:
    module, _, attribute = name.partition(":")
    if not module or not attribute:
        raise ValueError(f"CONVIRZA_CONTRACT_APP: {name!r} is not of the form module:app")
    try:
        app: Any = importlib.import_module(module)
        for part in attribute.split("."):
            app = getattr(app, part)
    except Exception as error:
        raise ValueError(f"CONVIRZA_CONTRACT_APP: cannot load {name!r}: {error!r}") from error
    if not callable(app):
        raise ValueError(f"CONVIRZA_CONTRACT_APP: {name!r} is no ASGI app")
    return app


def _base_url(text: str) -> str:
    wrong = ValueError("CONVIRZA_BASE_URL: neither an https address nor one of this machine")
    try:
        url = httpx.URL(text)
    except httpx.InvalidURL:
        raise wrong from None
    if not url.host or url.query or url.fragment or url.userinfo:
        raise wrong
    if url.scheme != "https" and not (url.scheme == "http" and _loopback(url.host)):
        raise wrong
    return text.rstrip("/")


def _loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _token(values: Mapping[str, str]) -> str | None:
    token = values.get("CONVIRZA_TOKEN")
    # The value is a secret: the message does not show it.
    if token is not None and not (token.isascii() and token.isprintable() and " " not in token):
        raise ValueError("CONVIRZA_TOKEN: a token has no spaces and only printable ASCII characters")
    if token is not None and (len(token) < _SHORTEST_TOKEN or token.lower() in _document_text()):
        raise ValueError(
            "CONVIRZA_TOKEN: too short, or a common word, which a response may contain by chance;"
            " use a token that the document does not contain"
        )
    return token


def _document_text() -> str:
    return json.dumps(DOCUMENT, ensure_ascii=False).lower()


def _ids(values: Mapping[str, str], name: str, most: int | None = None) -> tuple[int, ...]:
    texts = [text.strip() for text in values.get(name, "").split(",") if text.strip()]
    if not all(text.isascii() and text.isdigit() and 1 <= int(text) <= LARGEST_ID for text in texts):
        raise ValueError(f"{name}: not an id, a whole number from 1 to 2^63-1")
    if most is not None and len(texts) > most:
        raise ValueError(f"{name}: more than one id")
    return tuple(dict.fromkeys(int(text) for text in texts))


def _number(values: Mapping[str, str], name: str, kind: Callable[[str], Any], default: Any) -> Any:
    try:
        number = kind(values[name]) if name in values else default
    except ValueError:
        number = 0
    if not 0 < number < float("inf"):
        raise ValueError(f"{name}: not a positive number")
    return number


def _seed(values: Mapping[str, str]) -> int:
    text = values.get("CONVIRZA_CONTRACT_SEED", str(FIXED_SEED))
    if text == "random":
        return random.SystemRandom().randrange(2**32)
    if not (text.isascii() and text.isdigit()):
        raise ValueError("CONVIRZA_CONTRACT_SEED: neither a whole number nor `random`")
    return int(text)
