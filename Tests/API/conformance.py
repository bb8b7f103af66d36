"""Starts a demo, asks it everything its description says, and lets schemathesis try to break it.

Exit status: 0 the service answers as described, 1 it does not.
"""

import argparse
import array
import base64
import io
import json
import math
import pathlib
import re
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
import wave

import jsonschema_rs
import schemathesis
from schemathesis.core.failures import FailureGroup

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "Support"))
from programs import ROOT, Demo, Failure  # noqa: E402

DOCUMENT = ROOT / "Dashboards" / "openapi.json"
PENDING = pathlib.Path(__file__).with_name("pending.txt")
METHODS = ("get", "post", "delete", "put", "patch")
# Without an end; it is asked apart, below.
ENDLESS = "/api/v1/events"


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


class Asker:
    """Asks one thing after another and holds every answer against the description; tells all differences at the end."""

    def __init__(self, schema, base):
        self.schema = schema
        self.base = base
        self.asked = 0
        self.differences = []

    def ask(self, method, path, expected=200, **parts):
        case = self.schema[path][method].Case(**parts)
        response = case.call(base_url=self.base, timeout=120)
        self.asked += 1
        name = f"{method} {path} {parts.get('path_parameters', {}) or ''}"
        if response.status_code != expected:
            self.differences.append(f"{name}: {response.status_code}, expected {expected}: {response.text[:300]}")
            return None
        try:
            case.validate_response(response)
        except FailureGroup as group:
            self.differences += [f"{name}: {failure}\n{response.text[:300]}" for failure in group.exceptions]
        return response.json() if response.headers.get("Content-Type", "").startswith("application/json") else None

    def finish(self):
        if self.differences:
            raise Failure("\n\n".join(self.differences))
        print(f"api: {self.asked} requests for things that are there are answered as described")


def sound():
    """Three seconds of a hum, as a WAV file."""
    samples = array.array("h", (int(8000 * math.sin(i * 0.05)) for i in range(48_000)))
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setparams((1, 2, 16_000, 0, "NONE", ""))
        writer.writeframes(samples.tobytes())
    return file.getvalue()


def use_it(asker, ids):
    """What people do: ask the desk, put a window on the review list, decide it and take that back, acknowledge, delete."""
    hum = sound()
    fields = {"labels": "a humming motor, a dry bearing, something else", "threshold": 0.5, "window": 2, "hop": 1, "top": 2}
    asker.ask("POST", "/api/predict", body={"audio": hum, **fields}, media_type="multipart/form-data")
    encoded = base64.b64encode(hum).decode()
    asker.ask("POST", "/api/predict", body={"audio": encoded, **fields}, media_type="application/json")
    labels = ["normal pump", "good", "", "normal pump"]
    asker.ask("POST", "/api/v1/labels/advice", body={"labels": labels}, media_type="application/json")
    machine = {"id": ids["machines"]}
    windows = asker.ask("GET", "/api/v1/machines/{id}/windows", path_parameters=machine, query={"limit": 1})
    asker.ask("GET", "/api/v1/machines/{id}/audio", path_parameters=machine, query={"format": "wav", "seconds": 2})
    asker.ask("GET", "/api/v1/alarms", query={"state": "past"})
    for state in ("decided", "expired"):
        asker.ask("GET", "/api/v1/review", query={"state": state})
    if windows and windows["windows"]:
        window = windows["windows"][0]
        wish = {"machine": ids["machines"], "start": window["start"], "end": window["end"]}
        item = asker.ask("POST", "/api/v1/review", expected=201, body=wish, media_type="application/json")
        if item:
            place = {"id": item["id"]}
            said = {"decision": "label", "label": item["labels"][0]["id"], "comment": "heard"}
            path = "/api/v1/review/{id}/decision"
            decided = asker.ask("POST", path, path_parameters=place, body=said, media_type="application/json")
            asker.ask("POST", path, expected=409, path_parameters=place, body=said, media_type="application/json")
            if decided:
                place = {"id": decided["decision"]["id"]}
                asker.ask("DELETE", "/api/v1/review/decisions/{id}", path_parameters=place)
                asker.ask("DELETE", "/api/v1/review/decisions/{id}", expected=409, path_parameters=place)
    if "clips" in ids:
        clip = {"id": ids["clips"]}
        path = "/api/v1/clips/{id}/audio"
        asker.ask("GET", path, path_parameters=clip, query={"format": "wav"})
        asker.ask("GET", path, expected=206, path_parameters=clip, headers={"Range": "bytes=0-99"})
        asker.ask("GET", path, expected=416, path_parameters=clip, headers={"Range": "bytes=999999999-"})
    alarm = {"id": ids["alarms"]}
    path = "/api/v1/alarms/{id}/ack"
    asker.ask("POST", path, path_parameters=alarm, body={"comment": "on my way"}, media_type="application/json")
    asker.ask("GET", "/api/v1/alarms/{id}", path_parameters=alarm)


def ask_with_data(asker, document, answered, ids):
    """Every GET once, with ids of things that are there."""
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
        asker.ask("GET", path, path_parameters=parameters)


def check_event(document, name, data):
    """Holds an event's data against the schemas of what it tells."""
    parts = {
        "machines": {
            "type": "object",
            "required": ["machines", "time"],
            "properties": {"machines": {"items": {"$ref": "#/components/schemas/CardWithoutSparkline"}}},
        },
        "system": {
            "type": "object",
            "required": ["broker", "problems", "machines"],
            "properties": {
                "broker": {"$ref": "#/components/schemas/BrokerState"},
                "problems": {"items": {"$ref": "#/components/schemas/Problem"}},
                "machines": {"$ref": "#/components/schemas/MachineCount"},
            },
        },
        "alarm": {"$ref": "#/components/schemas/Alarm"},
        "review": {"type": "object", "required": ["open"]},
        "window": {"type": "object", "required": ["machine", "start", "end", "verdict", "scores", "quality"]},
    }
    if name not in parts:
        raise Failure(f"{ENDLESS}: the event {name} is not described")
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **parts[name], "components": document["components"]}
    errors = [f"{error.message} at {error.instance_path}" for error in jsonschema_rs.iter_errors(schema, data)]
    if errors:
        raise Failure(f"{ENDLESS}: the event {name} is not as described: {errors[:5]}")


def ask_for_events(base, document, machine):
    """Reads events until every kind came that comes by itself."""
    wanted = {"machines", "system", "window"}
    with urllib.request.urlopen(f"{base}{ENDLESS}?machine={machine}", timeout=60) as stream:
        if not stream.headers["Content-Type"].startswith("text/event-stream"):
            raise Failure(f"{ENDLESS} is {stream.headers['Content-Type']}")
        name = ""
        for line in stream:
            if line.startswith(b"event:"):
                name = line[6:].decode().strip()
            elif line.startswith(b"data:"):
                check_event(document, name, json.loads(line[5:]))
                wanted.discard(name)
                if not wanted:
                    print("api: live events come as described")
                    return
    raise Failure(f"{ENDLESS} ended without {sorted(wanted)}")


def try_to_break(base, document, answered, ids, examples, folder):
    """schemathesis: right and wrong requests of all kinds, all its checks."""
    kept = json.loads(json.dumps(document))
    for method, path, operation in list(operations(kept)):
        if f"{method.upper()} {path}" not in answered or path == ENDLESS:
            del kept["paths"][path][method]
            continue
        # Ids made up are never there. What is asked for by a real one, too, has its parameters read.
        kind = path.split("/")[3] if path.count("/") > 2 else ""
        for parameter in operation.get("parameters", []):
            if parameter.get("in") == "path" and kind in ids and method != "delete":
                parameter["schema"] = {"type": "string", "enum": [ids[kind], "nobody"]}
                parameter["example"] = ids[kind]
    kept["paths"] = {path: item for path, item in kept["paths"].items() if item}
    file = pathlib.Path(folder) / "served.json"
    file.write_text(json.dumps(kept))
    # Sound that is none, machines that are not there: right by the schema, refused for good reasons.
    config = pathlib.Path(folder) / "schemathesis.toml"
    config.write_text("""
        [checks.positive_data_acceptance]
        expected-statuses = ["2xx", "400", "401", "404", "409", "413", "415", "422", "429"]
        [checks.negative_data_rejection]
        expected-statuses = ["4xx"]
        [phases.coverage]
        unexpected-methods = ["PUT"]
    """)
    command = [
        str(pathlib.Path(sys.executable).with_name("st")), "--config-file", str(config), "run", str(file), "--url", base,
        # How fast it answers says more about this machine than about the service.
        "--checks", "all", "--max-response-time", "600", "--phases", "examples,coverage,fuzzing", "--max-examples", str(examples),
        "--request-timeout", "60", "--seed", "20260101", "--generation-deterministic", "--no-shrink",
        "--continue-on-failure", "--warnings", "off",
    ]
    if subprocess.run(command, cwd=folder).returncode != 0:
        raise Failure("the service does not answer as Dashboards/openapi.json says")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--binary", default=str(ROOT / ".build/debug/ausculta"))
    parser.add_argument("--examples", type=int, default=5, help="requests schemathesis makes up per operation")
    options = parser.parse_args()
    document = json.loads(DOCUMENT.read_text())
    folder = tempfile.TemporaryDirectory(prefix="ausculta-api-", ignore_cleanup_errors=True)
    demo = Demo(options.binary, folder.name, seconds=3000)
    try:
        base = demo.ready().base
        if fetch_json(f"{base}/api/openapi.json") != document:
            raise Failure("/api/openapi.json is not Dashboards/openapi.json")
        answered = check_pending(base, document)
        print(f"api: {len(answered)} operations are answered, {len(pending())} are pending")
        print("api: waiting for the demo's alarm")
        demo.wait_for("ALARM", 240)
        ids = known_ids(base, answered)
        schema = schemathesis.openapi.from_dict(document)
        asker = Asker(schema, base)
        ask_with_data(asker, document, answered, ids)
        use_it(asker, ids)
        asker.finish()
        if f"GET {ENDLESS}" in answered:
            ask_for_events(base, document, ids["machines"])
        try_to_break(base, document, answered, ids, options.examples, folder.name)
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
        folder.cleanup()


main()
