"""The target that the environment names, and the settings that are refused."""

import pytest

from support.server.target import FIXED_SEED, from_environment

LIVE = {"CONVIRZA_BASE_URL": "https://api.example/v3", "CONVIRZA_TOKEN": "a-token"}


def test_fake_is_the_default() -> None:
    """Without a setting the fake is checked, and all its facts are known."""
    target = from_environment({})
    assert (target.kind, target.path, target.seed) == ("fake", "/v3", FIXED_SEED)
    assert target.token
    assert target.call_ids
    assert target.forbidden_id
    assert target.missing_id


def test_app_wins_over_a_base_url() -> None:
    """An app of one's own is loaded by name, and nothing is known of it but what is said."""
    target = from_environment({**LIVE, "CONVIRZA_CONTRACT_APP": "convirza.fake:create_app"})
    assert (target.kind, target.call_ids, target.forbidden_id) == ("app", (), None)


def test_live_api_gets_requests_slowly() -> None:
    """A live API gets one request a second, and fewer examples, unless the environment sets more."""
    target = from_environment({**LIVE, "CONVIRZA_CONTRACT_CALL_IDS": "7, 5,7"})
    assert (target.kind, target.requests_per_second, target.call_ids) == ("live", 1.0, (7, 5))
    assert target.examples < from_environment({}).examples


def test_token_is_not_shown() -> None:
    """The target may stand in a message: its token does not."""
    assert "a-token" not in repr(from_environment(LIVE))


def test_random_seed_can_be_replayed() -> None:
    """A random seed is a number, and that number repeats the run."""
    seed = from_environment({"CONVIRZA_CONTRACT_SEED": "random"}).seed
    assert from_environment({"CONVIRZA_CONTRACT_SEED": str(seed)}).seed == seed


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:8080/v3", "http://localhost/v3", "http://[::1]:80", "https://api.example/v3/"]
)
def test_base_url_is_https_or_this_machine(url: str) -> None:
    """A token goes over TLS, or stays on this machine."""
    assert from_environment({**LIVE, "CONVIRZA_BASE_URL": url}).live


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CONVIRZA_CONTRACT_APP", "convirza.fake"),
        ("CONVIRZA_CONTRACT_APP", "convirza.nothing:app"),
        ("CONVIRZA_CONTRACT_APP", "convirza.fake:nothing"),
        ("CONVIRZA_CONTRACT_APP", "convirza.fake:DEFAULT_TOKEN"),
        ("CONVIRZA_BASE_URL", "http://api.example/v3"),
        ("CONVIRZA_BASE_URL", "ftp://127.0.0.1"),
        ("CONVIRZA_BASE_URL", "https://user:password@api.example"),
        ("CONVIRZA_BASE_URL", "https://api.example?x=1"),
        ("CONVIRZA_BASE_URL", "https://"),
        ("CONVIRZA_TOKEN", "two words"),
        ("CONVIRZA_TOKEN", "ring"),
        ("CONVIRZA_TOKEN", "Bearer"),
        ("CONVIRZA_TOKEN", "transcription"),
        ("CONVIRZA_CONTRACT_EMAIL", "one@example.com"),
        ("CONVIRZA_CONTRACT_CALL_IDS", "1,two"),
        ("CONVIRZA_CONTRACT_CALL_IDS", "0"),
        ("CONVIRZA_CONTRACT_CALL_IDS", str(2**63)),
        ("CONVIRZA_CONTRACT_FORBIDDEN_ID", "1,2"),
        ("CONVIRZA_CONTRACT_MISSING_ID", "-4"),
        ("CONVIRZA_CONTRACT_RPS", "0"),
        ("CONVIRZA_CONTRACT_RPS", "nan"),
        ("CONVIRZA_CONTRACT_RPS", "fast"),
        ("CONVIRZA_CONTRACT_EXAMPLES", "-1"),
        ("CONVIRZA_CONTRACT_EXAMPLES", "1.5"),
        ("CONVIRZA_CONTRACT_SEED", "dice"),
    ],
)
def test_wrong_setting_is_named_in_one_line(name: str, value: str) -> None:
    """An invalid setting is reported by its name, before any request."""
    with pytest.raises(ValueError, match=f"^{name}: ") as caught:
        from_environment({**LIVE, name: value})
    assert "\n" not in str(caught.value)
