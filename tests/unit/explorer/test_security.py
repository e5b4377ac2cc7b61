"""What reaches the page: requests of this machine and of this page, small ones, and nothing that opens a file."""

import json
from html.parser import HTMLParser
from urllib.parse import quote

import pytest

from coldspin.exceptions import InvalidInputError
from coldspin.explorer import callbacks
from coldspin.explorer.background import Cancelled
from coldspin.explorer.security import LARGEST_REQUEST
from coldspin.explorer.server import bind, build_app
from coldspin.explorer.state import PageState
from coldspin.explorer.uploads import LARGEST, UploadStore

PORT = 8123
HOST = f"127.0.0.1:{PORT}"
CALLBACK = "/_dash-update-component"


class NoWorkers:
    """In place of the processes: remembers what it was asked."""

    def __init__(self):
        self.asked, self.cancelled, self.answer = [], [], {"done": True}

    def run(self, tab, purpose, message, number=0):
        self.asked.append((tab, purpose, message))
        self.number = number
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    def progress(self, tab):
        return {"page": ("fields", 0.5)} if tab == "a" * 32 else {}

    def cancel(self, tab, before):
        self.cancelled.append((tab, before))


@pytest.fixture
def workers():
    return NoWorkers()


@pytest.fixture
def client(workers):
    return build_app(workers, PORT).server.test_client()


def call(client, task, request, **headers):
    store = {"id": f"{task}-request", "property": "data", "value": request}
    content = {
        "output": f"{task}-answer.data",
        "outputs": {"id": f"{task}-answer", "property": "data"},
        "inputs": [store],
        "changedPropIds": [f"{task}-request.data"],
    }
    return client.post(CALLBACK, json=content, headers={"Host": HOST, **headers})


def answer(response, task):
    return response.get_json()["response"][f"{task}-answer"]["data"]


@pytest.mark.parametrize(
    "path", ["/", "/_dash-layout", "/_dash-dependencies", "/assets/explorer.js"]
)
@pytest.mark.parametrize(
    "host",
    ["evil.example", f"evil.example:{PORT}", "127.0.0.1:1", "127.0.0.1", f"0.0.0.0:{PORT}", ""],
)
def test_a_foreign_host_is_refused(client, path, host):
    assert client.get(path, headers={"Host": host}).status_code == 403


@pytest.mark.parametrize("host", [HOST, f"localhost:{PORT}"])
def test_this_machine_is_served(client, host):
    assert client.get("/", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("header", ["Origin", "Referer"])
@pytest.mark.parametrize(
    "value",
    [
        "http://evil.example",
        "null",
        f"https://{HOST}",
        "http://127.0.0.1:1/",
        f"http://{HOST}.evil.example",
        "http://[",
        "",
    ],
)
def test_a_foreign_origin_is_refused(client, header, value):
    assert call(client, "progress", {"tab": "a" * 32}, **{header: value}).status_code == 403
    assert (
        call(client, "progress", {"tab": "a" * 32}, **{header: f"http://{HOST}/?x"}).status_code
        == 200
    )


def test_another_site_may_link_to_the_page_and_do_nothing_else(client):
    foreign = {"Host": HOST, "Sec-Fetch-Site": "cross-site"}
    assert client.get("/", headers=foreign).status_code == 200
    assert client.get("/_dash-layout", headers=foreign).status_code == 403


def sent_file(client, content=b"B (G), T1 (s)\n1, 2\n", tab="a" * 32, **headers):
    headers = {"Host": HOST, "Content-Type": "application/octet-stream", **headers}
    return client.post(f"/_upload?tab={tab}&name=x.csv", data=content, headers=headers)


def test_a_file_is_sent_once_and_spoken_of_by_its_hash(client, workers):
    known = sent_file(client).get_json()["sha256"]
    request = {
        "n": 1,
        "tab": "a" * 32,
        "task": "data",
        "state": {},
        "given": {"name": "y.csv", "sha256": known},
    }
    assert answer(call(client, "data", request), "data")["done"]
    ((_, _, (task, _, upload)),) = workers.asked
    assert (task, upload.name, upload.content) == ("data", "y.csv", b"B (G), T1 (s)\n1, 2\n")
    for other in ({"tab": "b" * 32}, {"given": {"name": "y.csv", "sha256": "0" * 64}}):
        assert answer(call(client, "data", request | other), "data")["resend"]
    assert (
        "no data file" in answer(call(client, "data", request | {"given": None}), "data")["problem"]
    )
    assert len(workers.asked) == 1


def test_no_other_page_sends_a_file(client):
    assert sent_file(client, Origin="http://evil.example").status_code == 403
    assert sent_file(client, Host="evil.example").status_code == 403
    assert sent_file(client, **{"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert sent_file(client, **{"Content-Type": "text/plain"}).status_code == 400
    for tab in ("", "A" * 32, "..", "a" * 33):
        assert sent_file(client, tab=tab).status_code == 400


def test_a_file_that_is_too_large_is_refused(client):
    assert sent_file(client, bytes(LARGEST)).status_code == 200
    assert sent_file(client, bytes(LARGEST + 1)).status_code == 413


def test_a_request_that_is_too_large_is_refused(client, workers):
    content = b"x" * (LARGEST_REQUEST + 1)
    refused = client.post(
        CALLBACK, data=content, headers={"Host": HOST}, content_type="application/json"
    )
    assert refused.status_code == 413
    told = client.get(
        "/", headers={"Host": HOST}, environ_overrides={"CONTENT_LENGTH": str(10**12)}
    )
    assert told.status_code == 413
    assert workers.asked == []


@pytest.mark.parametrize(
    "path",
    [
        "/assets/../server.py",
        "/assets/%2e%2e/server.py",
        "/assets/..%2fserver.py",
        "/assets//etc/passwd",
        "/assets/%2fetc/passwd",
        "/_dash-component-suites/dash/../../../etc/passwd",
        "/_dash-component-suites/coldspin/explorer/server.py",
        "/_dash-component-suites/os/x.py",
        "/etc/passwd",
        "/server.py",
        "/_reload-hash",
        "/_mcp",
        "/%00",
    ],
)
def test_no_path_leads_to_a_file_that_is_not_of_the_page(client, path):
    found = client.get(path, headers={"Host": HOST})
    assert found.status_code == 404
    assert b"root:" not in found.data
    assert b"import" not in found.data


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b"7",
        b"{}",
        b'{"output": 7}',
        b'{"output": "x.y", "inputs": 3}',
        b'{"output": "x.y", "inputs": [3]}',
        b'{"output": "x.y", "inputs": [{"id": {"a": 1}}], "outputs": {"id": "x"}}',
        b'{"output": "x.y", "inputs": [], "outputs": {"id": "x", "property": {}}}',
        (
            b'{"output": "x.y", "inputs": [{"id": "x", "property": 7}], "outputs": {"id": "x", '
            b'"property": "y"}}'
        ),
        b"[" * 100_000,
        b'{"a":' * 50_000,
        b"\xff\xfe",
    ],
)
def test_what_is_no_request_of_the_page_is_refused_and_the_page_lives_on(client, content):
    found = client.post(
        CALLBACK, data=content, headers={"Host": HOST}, content_type="application/json"
    )
    assert found.status_code == 400
    assert call(client, "progress", {"tab": "a" * 32}).status_code == 200


def test_an_unknown_callback_ends_with_an_error_and_the_page_lives_on(client):
    client.application.config["PROPAGATE_EXCEPTIONS"] = False
    content = {"output": "x.y", "outputs": {"id": "x", "property": "y"}, "inputs": []}
    assert client.post(CALLBACK, json=content, headers={"Host": HOST}).status_code >= 400
    assert call(client, "progress", {"tab": "a" * 32}).status_code == 200


def test_headers_let_the_browser_refuse_the_rest(client):
    headers = client.get("/", headers={"Host": HOST}).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe-eval" not in policy
    assert "'unsafe-inline'" not in next(part for part in policy.split(";") if "script-src" in part)
    assert "http" not in policy
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "Access-Control-Allow-Origin" not in headers


class Tags(HTMLParser):
    """Every tag with its attributes, and the text of elements."""

    def __init__(self):
        super().__init__()
        self.tags = []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))


EVIL = "\"'><script>alert(1)</script><img src=x onerror=alert(1)>{{7*7}}"


@pytest.mark.parametrize(
    "field", ["material", "size", "correlation_time", "more", "free", "x", "field"]
)
def test_html_in_a_link_is_text(client, field):
    text = client.get(f"/?{field}={quote(EVIL)}", headers={"Host": HOST}).get_data(as_text=True)
    reader = Tags()
    reader.feed(text)
    assert "<script>alert" not in text
    assert not any("onerror" in attributes for _, attributes in reader.tags)
    assert all(
        "src" in attributes
        or attributes.get("type") == "application/json"
        or attributes.get("id") == "_dash-renderer"
        for tag, attributes in reader.tags
        if tag == "script"
    )
    assert "{{7*7}}" in text
    assert "49" not in next(
        (a.get("value", "") for t, a in reader.tags if a.get("name") == field and t == "input"), ""
    )


def test_html_in_the_stages_of_a_link_is_text(client):
    stages = quote(json.dumps([{"kind": "pump", "field": EVIL}]))
    assert "<script>alert" not in client.get(f"/?stages={stages}", headers={"Host": HOST}).get_data(
        as_text=True
    )


@pytest.mark.parametrize(
    "query", ["nonsense=1", "spin", "stages=[[", "unit=%00", "%ff%fe=%ff", "a=" + "b" * 20_000]
)
def test_a_damaged_link_gives_a_sentence_and_the_page_as_it_opens(client, query):
    found = client.get(f"/?{query}", headers={"Host": HOST})
    assert found.status_code == 200
    assert "is shown instead" in found.get_data(as_text=True)


def test_every_script_and_style_is_of_this_server(client):
    reader = Tags()
    reader.feed(client.get("/", headers={"Host": HOST}).get_data(as_text=True))
    places = [
        a.get("src") or a.get("href", "")
        for tag, a in reader.tags
        if tag in ("script", "link", "img", "a")
    ]
    assert places
    assert not [place for place in places if "//" in place]
    own = [place for place in places if place.startswith("/assets/")]
    assert [place.rpartition("/")[2].partition("?")[0] for place in own if ".js" in place] == [
        *("controls.js", "elements.js", "explorer.js")  # each needs those before
    ]
    for place in own:
        with client.get(place, headers={"Host": HOST}) as found:
            assert found.status_code == 200


def test_what_a_page_sends_is_answered_or_refused_in_a_sentence(client):
    state = PageState(correlation_time="ten ns").model_dump()
    found = answer(call(client, "curves", {"n": 3, "state": state}), "curves")
    assert found["n"] == 3
    assert found["at"] == "correlation_time"
    assert found["problem"].count(".") >= 1
    for request in (None, 7, [], {"n": "x"}, {"state": {"a": 1}}, {"n": 2**70, "state": None}):
        assert "problem" in answer(call(client, "curves", request), "curves")


def test_a_crashed_callback_is_said_and_disturbs_no_other(client, workers, monkeypatch, caplog):
    workers.answer = ZeroDivisionError("a fault of ours")
    request = {"n": 1, "tab": "a" * 32, "task": "details", "state": PageState().model_dump()}
    found = answer(call(client, "details", request), "details")
    assert "went wrong" in found["problem"]
    assert "fault" not in found["problem"]
    assert "a fault of ours" in caplog.text
    workers.answer = {"done": True}
    assert answer(call(client, "details", request | {"tab": "b" * 32}), "details")["done"]


def test_tabs_have_names_of_their_own_and_no_others(workers):
    state = PageState().model_dump()
    for tab in (None, "", "../x", "A" * 32, "a" * 31, 7):
        found = callbacks.run_task(
            workers, UploadStore(), {"n": 1, "tab": tab, "task": "details", "state": state}
        )
        assert "which tab" in found["problem"]
    assert workers.asked == []
    callbacks.cancel(workers, {"tab": "b" * 32, "before": 4})
    assert workers.cancelled == [("b" * 32, 4)]


def test_what_is_given_up_is_told_as_such(workers):
    workers.answer = Cancelled()
    request = {"n": 9, "tab": "a" * 32, "task": "details", "state": {}, "given": None}
    assert callbacks.run_task(workers, UploadStore(), request) == {
        "n": 9,
        "task": "details",
        "gone": True,
    }


def test_a_slow_method_is_not_computed_while_one_waits(workers):
    state = PageState(method="semiclassical", effective_isotope=True).model_dump()
    assert callbacks.curves({"n": 1, "state": state})["slow"]
    assert "takes long" in callbacks.rest({"n": 1, "state": state})["problem"]


def test_the_server_listens_on_this_machine_alone():
    handle = bind(None)
    try:
        host, port = handle.getsockname()
        assert host == "127.0.0.1"
        with pytest.raises(InvalidInputError, match=f"port {port} cannot be taken"):
            bind(port)
        other = bind(None)
        other.close()
    finally:
        handle.close()
