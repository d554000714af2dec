"""What the pages for production promise of the network: spans, services, proxies and certificates."""

import contextlib
import json
import os
import re
import select
import shlex
import socket
import subprocess
import sys
import threading
from collections.abc import Generator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import uvicorn
import yaml

from support.library.pages import free_port, project, running, write_files

TRACED = """
import asyncio

import httpx
from opentelemetry import trace
from opentelemetry.instrumentation.httpx import HTTPXClientInstrumentor
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from tracing import hide_filters, traced_client

from convirza import AsyncConvirza, Convirza

exporter = InMemorySpanExporter()
provider = TracerProvider()
provider.add_span_processor(SimpleSpanProcessor(exporter))
trace.set_tracer_provider(provider)
tracer = trace.get_tracer("test")
period = {"limit": 1, "caller_id": "+12085550100"}


async def read() -> None:
    async def hide(span, request):
        hide_filters(span, request)

    async with httpx.AsyncClient() as http_client:
        HTTPXClientInstrumentor.instrument_client(http_client, request_hook=hide)
        convirza = AsyncConvirza(http_client=http_client)
        with tracer.start_as_current_span("tasks"):
            async for outcome in convirza.calls.get_many([987654, 1, 404], concurrency=3):
                outcome.call
            await convirza.calls.list_page(**period)


with traced_client() as http_client:
    convirza = Convirza(http_client=http_client)
    with tracer.start_as_current_span("threads"):
        list(convirza.calls.get_many([987654, 1, 404], concurrency=3))
        convirza.calls.list_page(**period)
asyncio.run(read())
with tracer.start_as_current_span("untraced"), Convirza() as convirza:
    convirza.calls.get(1)
spans = exporter.get_finished_spans()
names = {span.context.span_id: span.name for span in spans}
print([names[span.parent.span_id] for span in spans if span.parent])
print(any("2085550100" in span.to_json() or "fake-convirza-token" in span.to_json() for span in spans))
"""


def run_program(source: str) -> str:
    """Runs a program as a reader would; returns what it prints."""
    ended = subprocess.run(
        [sys.executable, "-c", source], capture_output=True, encoding="utf-8", timeout=120, check=False
    )
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


def test_spans_are_children_of_the_callers(reader):
    """Requests of threads and tasks have the caller's span as their parent; no span has a phone number."""
    write_files("deploy/monitoring.md")
    assert run_program(TRACED) == f"{['threads'] * 4 + ['tasks'] * 4}\nFalse\n"
    assert len(reader.requests) == 9


def compose(name: str) -> dict[str, Any]:
    """A file of the page about Docker."""
    write_files("deploy/docker.md")
    parsed: dict[str, Any] = yaml.safe_load(Path(name).read_text("utf-8"))
    return parsed


@pytest.mark.usefixtures("reader")
def test_compose_services_run():
    """The commands of the services do on this machine what they do in containers, on a free port."""
    services = compose("compose.yaml")["services"]
    port = free_port()
    health = [word.replace("8080", port) for word in services["fake"]["healthcheck"]["test"]]
    environment = services["export"]["environment"]
    url = environment["CONVIRZA_BASE_URL"].replace("8080", port).replace("//fake:", "//127.0.0.1:")
    assert health.pop(0) == "CMD"
    assert subprocess.run(health, capture_output=True, check=False).returncode == 1
    Path("data").mkdir()
    with running(services["fake"]["command"].replace("8080", port), "compose.yaml"):
        subprocess.run(health, check=True)
        ended = subprocess.run(
            shlex.split(services["export"]["command"]),
            env={**os.environ, **environment, "CONVIRZA_BASE_URL": url},
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
    assert ended.returncode == 0, ended.stderr
    assert json.loads(Path("data/calls/_manifest.json").read_bytes())["calls"] > 1_000
    assert [json.loads(line) for line in ended.stderr.splitlines()]


def test_compose_for_production_reads_the_secret(reader, monkeypatch):
    """The job takes its token from the file of the secret."""
    file = compose("compose.production.yaml")
    [job] = file["services"].values()
    assert job["secrets"] == list(file["secrets"]) == ["convirza_token"]
    monkeypatch.delenv("CONVIRZA_TOKEN")
    Path("convirza_token").write_text(f"{reader.token}\n")
    Path("data").mkdir()
    shell, option, script = job["command"]
    script = script.replace("$$", "$").replace("/run/secrets/", "")
    subprocess.run([shell, option, script], check=True)
    assert Path("data/calls/_manifest.json").exists()


@pytest.mark.usefixtures("reader")
def test_image_installs_known_extras():
    """The image has what the services need."""
    write_files("deploy/docker.md")
    image = Path("Dockerfile").read_text("utf-8")
    found = re.search(r"pip install --no-cache-dir '/src\[([a-z,]+)\]'", image)
    assert found
    assert set(found[1].split(",")) <= set(project()["project"]["optional-dependencies"])


def test_own_client_uses_proxy_and_private_ca(reader, monkeypatch):
    """Client and environment variables lead through a proxy, and trust a private CA only if configured."""
    write_files("deploy/http.md")
    make = "openssl req -x509 -newkey rsa:2048 -nodes -days 100 -subj /CN=api -keyout key.pem -out cert.pem"
    subprocess.run([*make.split(), "-addext", "subjectAltName=IP:127.0.0.1"], check=True, capture_output=True)
    own = Path("own_client.py").read_text("utf-8")
    simple = "from convirza import Convirza\nprint(Convirza().calls.get(1).call_id)"
    with tls_server(reader.app) as port, proxy() as (address, tunnels):
        api = f"127.0.0.1:{port}"
        monkeypatch.setenv("CONVIRZA_BASE_URL", f"https://{api}/v3")
        monkeypatch.setenv("COMPANY_PROXY", address)
        with pytest.raises(AssertionError, match="for a private CA, set SSL_CERT_FILE"):
            run_program(own)
        monkeypatch.setenv("COMPANY_CA", "cert.pem")
        assert run_program(own) == "ANSWERED\n"
        assert set(tunnels) == {api}
        tunnels.clear()
        monkeypatch.setenv("HTTPS_PROXY", address)
        monkeypatch.setenv("SSL_CERT_FILE", "cert.pem")
        assert run_program(simple) == "1\n"
        assert tunnels == [api]
        monkeypatch.setenv("NO_PROXY", "127.0.0.0/8")
        assert run_program(simple) == "1\n"
        assert tunnels == [api]


@contextlib.contextmanager
def tls_server(app: Any) -> Generator[int]:
    """Serves an app over TLS, with the certificate of this folder; yields the port."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        config = uvicorn.Config(
            app, ssl_certfile="cert.pem", ssl_keyfile="key.pem", log_config=None, lifespan="off"
        )
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, args=([listener],))
        thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            server.should_exit = True
            thread.join()


class _Tunnel(BaseHTTPRequestHandler):
    server: Any

    def do_CONNECT(self) -> None:
        """Copies bytes in both directions, until one side ends."""
        self.server.tunnels.append(self.path)
        host, _, port = self.path.partition(":")
        with socket.create_connection((host, int(port))) as upstream:
            self.send_response(200)
            self.end_headers()
            other = {upstream: self.connection, self.connection: upstream}
            while True:
                for source in select.select(list(other), [], [])[0]:
                    if not (data := source.recv(65536)):
                        return
                    other[source].sendall(data)

    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing."""


@contextlib.contextmanager
def proxy() -> Generator[tuple[str, list[str]]]:
    """A proxy that makes tunnels; yields its address, and where the tunnels went."""
    tunnels: list[str] = []
    with ThreadingHTTPServer(("127.0.0.1", 0), _Tunnel) as server:
        vars(server)["tunnels"] = tunnels
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}", tunnels
        finally:
            server.shutdown()
