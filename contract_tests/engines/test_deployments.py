"""The pages for deployments do what they say, with the frameworks that they name."""

from pathlib import Path

import pytest

from engines.conftest import NotingAPI
from support.library.pages import PAGES, needs_engines, run_page, running, write_files

ELSEWHERE = {"dlt", "recipes", "spark"}  # run beside the tests of their subjects
THERE = [page for page in PAGES if needs_engines(page) and page.stem not in ELSEWHERE]


def one_connection_for_an_app(api: NotingAPI) -> None:
    """The requests of the FastAPI app were sent first, on the connection of its one client."""
    (first, _), (second, path) = api.asked[:2]
    assert (first, path) == (second, "/v3/conversations/calls/404")


CHECKS = {"web": one_connection_for_an_app}


@pytest.mark.parametrize("page", THERE, ids=lambda page: page.stem)
def test_code_blocks_run(page, reader):
    """Each block does what the page says, and prints what the page shows; the fake saw what is promised."""
    run_page(page, programs=True)
    if check := CHECKS.get(page.stem):
        check(reader)


CELERY = """
from celery.signals import worker_init, worker_process_init
from tasks import app, convirza

worker_init.connect(lambda **_: convirza.calls.get(987654), weak=False)
worker_process_init.connect(lambda **_: convirza.calls.get(1), weak=False)
"""
GUNICORN = """
def pre_fork(server, worker):
    from records import convirza

    convirza.calls.get(987654)


def post_fork(server, worker):
    from records import convirza

    convirza.calls.get(1)
"""


@pytest.mark.parametrize(
    ("name", "source", "command"),
    [
        ("early.py", CELERY, "celery --app early:app worker --concurrency 4 --loglevel INFO"),
        (
            "gunicorn.conf.py",
            GUNICORN,
            "gunicorn records:application --preload --workers 4 --bind 127.0.0.1:0",
        ),
    ],
)
def test_children_use_no_connection_of_the_parent(reader, name, source, command):
    """A child whose parent has just sent a request, and forked, sends its own on another connection."""
    write_files("deploy/workers.md")
    Path(name).write_text(source)
    with running(command, name):
        children = reader.ports_of(1, number=4)
    parents = set(reader.ports_of(987654, number=1))
    assert len(parents | set(children)) == len(parents) + 4
