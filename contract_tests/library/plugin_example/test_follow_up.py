"""Tests of the program against a fake API, with the fixtures of `convirza[testing]`."""

import pytest
from follow_up import main, numbers_to_call_back

from convirza import Convirza, ServerError
from convirza.fake import FakeAPI, FakeClock


def test_missed_callers_are_called_back(convirza_client: Convirza, convirza_fake: FakeAPI) -> None:
    """The number of a missed call is in the list, that of an answered one is not."""
    missed = convirza_fake.add_call(disposition="BUSY", caller_id="18015550101")
    answered = convirza_fake.add_call(disposition="ANSWERED", caller_id="18015550102")

    assert numbers_to_call_back(convirza_client, [missed, answered]) == ["18015550101"]


def test_calls_that_no_longer_exist_are_left_out(convirza_client: Convirza, convirza_fake: FakeAPI) -> None:
    """A 404 does not stop the others."""
    missed = convirza_fake.add_call(disposition="BUSY", caller_id="18015550101")

    assert numbers_to_call_back(convirza_client, [404, missed]) == ["18015550101"]
    assert [request.status for request in convirza_fake.requests] == [404, 200]


def test_rate_limit_is_waited_for(
    convirza_client: Convirza, convirza_fake: FakeAPI, convirza_clock: FakeClock
) -> None:
    """The client waits as long as the API says; the clock of the test does not."""
    missed = convirza_fake.add_call(disposition="BUSY", caller_id="18015550101")
    convirza_fake.script("rate-limited", retry_after=30)

    assert numbers_to_call_back(convirza_client, [missed]) == ["18015550101"]
    assert convirza_clock.sleeps == [30]


def test_outage_is_an_error(convirza_client: Convirza, convirza_fake: FakeAPI) -> None:
    """The client sends four attempts, then raises."""
    convirza_fake.script("unavailable", times=None)

    with pytest.raises(ServerError):
        numbers_to_call_back(convirza_client, [987654])
    assert len(convirza_fake.requests) == 4


def test_program_finds_the_fake_by_itself(convirza_fake: FakeAPI, capsys: pytest.CaptureFixture[str]) -> None:
    """A client made without arguments takes address and token from the environment."""
    missed = convirza_fake.add_call(disposition="NO ANSWER", caller_id="18015550101")

    main([str(missed)])

    assert capsys.readouterr().out == "18015550101\n"
