"""Starts a demo, asks it everything its description says, and lets schemathesis try to break it.

Exit status: 0 the service answers as described, 1 it does not.
"""

import argparse
import json
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

import schemathesis

ROOT = pathlib.Path(__file__).resolve().parents[2]
DOCUMENT = ROOT / "Dashboards" / "openapi.json"
PENDING = pathlib.Path(__file__).with_name("pending.txt")
METHODS = ("get", "post", "delete", "put", "patch")
# Without an end; it is asked apart, below.
ENDLESS = "/api/v1/events"


class Failure(Exception):
    pass


def fetch(url, method="GET", body=None, headers=None, timeout=30):
    request = urllib.request.Request(url, data=body, method=method, headers=headers or {})
    try:
        with urllib.request.urlopen(request, timeout=timeout) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


def fetch_json(url):
    status, body = fetch(url)
    return json.loads(body) if status == 200 else None


class Demo:
    """`ausculta demo`, ended with SIGINT."""

    def __init__(self, binary):
        self.log = tempfile.NamedTemporaryFile("w+", suffix=".log")
        self.process = subprocess.Popen(
            [binary, "demo"], cwd=ROOT, stdout=self.log, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL
        )

    def text(self):
        return pathlib.Path(self.log.name).read_text(errors="replace")

    def wait_for(self, pattern, seconds):
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            found = re.search(pattern, self.text())
            if found:
                return found
            if self.process.poll() is not None:
                raise Failure(f"the demo ended:\n{self.text()}")
            time.sleep(0.2)
        raise Failure(f"no '{pattern}' within {seconds} s:\n{self.text()}")

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(60)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


def operations(document):
    for path, item in document["paths"].items():
        for method in METHODS:
            if method in item:
                yield method, path, item[method]


def pending():
    lines = (line.strip() for line in PENDING.read_text().splitlines())
    return {line for line in lines if line and not line.startswith("#")}


def is_answered(base, method, path):
    """Whether there is a route: the service names unknown paths and methods by codes of their own."""
    url = base + re.sub(r"{\w+}", "probe", path)
    if path == ENDLESS:
        try:
            urllib.request.urlopen(url, timeout=30).close()
            return True
        except urllib.error.HTTPError as error:
            return b"no_such_route" not in error.read()
    _, body = fetch(url, method.upper(), body=b"" if method == "post" else None)
    # Outside /api an unknown path is the pages' to explain.
    return not re.search(rb'"code":"(no_such_route|wrong_method)"|^\s*<!doctype html>', body, re.IGNORECASE)


def check_pending(base, document):
    expected = pending()
    answered = set()
    for method, path, _ in operations(document):
        name = f"{method.upper()} {path}"
        if is_answered(base, method, path):
            answered.add(name)
    described = {f"{method.upper()} {path}" for method, path, _ in operations(document)}
    if answered & expected:
        raise Failure(f"answered, so they must leave {PENDING.name}: {sorted(answered & expected)}")
    if described - answered - expected:
        raise Failure(f"described and not answered: {sorted(described - answered - expected)}")
    if expected - described:
        raise Failure(f"in {PENDING.name} and not described: {sorted(expected - described)}")
    return answered


def known_ids(base, answered):
    """An id of everything the demo has by now, by the path that wants it."""
    ids = {}
    if "GET /api/v1/machines" in answered:
        machines = fetch_json(f"{base}/api/v1/machines")["machines"]
        ids["machines"] = machines[0]["id"]
        if "GET /api/v1/machines/{id}/clips" in answered:
            for machine in machines:
                clips = fetch_json(f"{base}/api/v1/machines/{machine['id']}/clips")["clips"]
                if clips:
                    ids["clips"] = clips[0]["id"]
    if "GET /api/v1/alarms" in answered:
        alarms = fetch_json(f"{base}/api/v1/alarms")["alarms"]
        if not alarms:
            raise Failure("the demo raised an alarm and /api/v1/alarms has none")
        ids["alarms"] = alarms[0]["alarm_id"]
    if "GET /api/v1/review" in answered:
        items = fetch_json(f"{base}/api/v1/review")["items"]
        if items:
            ids["review"] = items[0]["id"]
    return ids


def ask_with_data(schema, base, document, answered, ids):
    """Every GET once, with ids of things that are there."""
    asked = 0
    for method, path, _ in operations(document):
        if method != "get" or f"GET {path}" not in answered or path == ENDLESS:
            continue
        parameters = {}
        if "{id}" in path:
            kind = path.split("/")[3]
            if kind not in ids:
                print(f"api: nothing to ask {path} for yet")
                continue
            parameters = {"id": ids[kind]}
        case = schema[path]["GET"].Case(path_parameters=parameters)
        response = case.call(base_url=base)
        if response.status_code != 200:
            raise Failure(f"GET {path} {parameters}: {response.status_code} {response.text[:300]}")
        case.validate_response(response)
        asked += 1
    print(f"api: {asked} requests for things that are there are answered as described")


def ask_for_events(base):
    with urllib.request.urlopen(f"{base}{ENDLESS}", timeout=60) as stream:
        if not stream.headers["Content-Type"].startswith("text/event-stream"):
            raise Failure(f"{ENDLESS} is {stream.headers['Content-Type']}")
        for line in stream:
            if line.startswith(b"data:"):
                json.loads(line[5:])
                print("api: live events come as described")
                return
    raise Failure(f"{ENDLESS} ended without an event")


def try_to_break(base, document, answered, ids, examples, folder):
    """schemathesis: right and wrong requests of all kinds, all its checks."""
    kept = json.loads(json.dumps(document))
    for method, path, _ in list(operations(document)):
        if f"{method.upper()} {path}" not in answered or path == ENDLESS:
            del kept["paths"][path][method]
    kept["paths"] = {path: item for path, item in kept["paths"].items() if item}
    file = pathlib.Path(folder) / "served.json"
    file.write_text(json.dumps(kept))
    # Sound that is none, machines that are not there: right by the schema, refused for good reasons.
    config = pathlib.Path(folder) / "schemathesis.toml"
    config.write_text('[checks.positive_data_acceptance]\nexpected-statuses = ["2xx", "400", "401", "404", "409", "429"]\n')
    command = [
        str(pathlib.Path(sys.executable).with_name("st")), "--config-file", str(config), "run", str(file), "--url", base,
        "--checks", "all", "--phases", "examples,coverage,fuzzing", "--max-examples", str(examples),
        "--request-timeout", "60", "--seed", "20260101", "--continue-on-failure", "--warnings", "off",
        "--generation-database", "none",
    ]
    if subprocess.run(command, cwd=folder).returncode != 0:
        raise Failure("the service does not answer as Dashboards/openapi.json says")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--binary", default=str(ROOT / ".build/debug/ausculta"))
    parser.add_argument("--examples", type=int, default=15, help="requests schemathesis makes up per operation")
    options = parser.parse_args()
    document = json.loads(DOCUMENT.read_text())
    demo = Demo(options.binary)
    try:
        base = demo.wait_for(r"open (http://\S+)/", 120).group(1)
        if fetch_json(f"{base}/api/openapi.json") != document:
            raise Failure("/api/openapi.json is not Dashboards/openapi.json")
        answered = check_pending(base, document)
        print(f"api: {len(answered)} operations are answered, {len(pending())} are pending")
        print("api: waiting for the demo's alarm")
        demo.wait_for("ALARM", 240)
        ids = known_ids(base, answered)
        schema = schemathesis.openapi.from_dict(document)
        ask_with_data(schema, base, document, answered, ids)
        if f"GET {ENDLESS}" in answered:
            ask_for_events(base)
        with tempfile.TemporaryDirectory() as folder:
            try_to_break(base, document, answered, ids, options.examples, folder)
        if demo.process.poll() is not None:
            raise Failure("the demo did not survive")
        status, _ = fetch(f"{base}/readyz")
        if status != 200:
            raise Failure(f"/readyz says {status} after all this")
        print("api: the service answers as described")
    except Failure as failure:
        print(f"api: FAILED: {failure}", file=sys.stderr)
        sys.exit(1)
    finally:
        demo.stop()


main()
