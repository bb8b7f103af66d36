"""Holds a running service against the Sparkplug specification, as an independent host sees it.

Exit status: 0 everything held, 1 something did not. checklist.md says which assertion each scene covers.
"""

import argparse
import itertools
import json
import pathlib
import re
import shutil
import signal
import sqlite3
import sys
import tempfile
import time

import jsonschema
import paho.mqtt.client as mqtt
import pysparkplug

from host import Host, check_session, metrics_of, now_ms, value_of
from plant import BINARY, ROOT, Broker, Failure, Service, expect, simulated, wait_for

MACHINE = "compressor-1"
FAULT = "bearing-lacking-oil"
CROWD = 400
STORED_EVENTS = 10_000


def tell(words):
    """A line of what a host's operator would see."""
    print("  " + words, flush=True)


def rebirth(host):
    host.command("Node Control/Rebirth", "boolean_value", True)


def is_type(kind, device=None):
    return lambda message: message.type == kind and (device is None or message.device == device)


def reads(name, value, kind="DDATA"):
    """A message of the machine in which a metric has a value and is news."""

    def check(message):
        metric = metrics_of(message).get(name)
        return message.type == kind and metric is not None and not metric.is_historical and value_of(metric) == value

    return check


def bd_seq(message):
    return value_of(metrics_of(message)["bdSeq"])


# ---- What the broker's log tells of the connection -----------------------------------------------------------------------


def check_packets(broker, connections):
    """CONNECT, will and subscriptions of the edge node, packet by packet."""
    log = broker.text()
    client = "ausculta-plant1-edge-1-sparkplug"
    connects = re.findall(rf"New client connected from \S+ as {client} \((p\d), (c\d), k\d+[^)]*\)", log)
    expect(len(connects) == connections, f"the broker saw {len(connects)} connections, expected {connections}")
    expect(set(connects) == {("p5", "c1")}, f"not a clean start of MQTT 5: {connects}")
    wills = re.findall(r"Will message specified \((\d+) bytes\) \(r(\d), q(\d)\)\.\s*\n\s*(spBv1\.0/plant1\S+)", log)
    expect(len(wills) == connections, f"{len(wills)} wills for {connections} connections")
    expect({will[1:] for will in wills} == {("0", "1", "spBv1.0/plant1/NDEATH/edge-1")}, f"wills: {wills}")
    for topic in ("spBv1.0/plant1/NCMD/edge-1", "spBv1.0/plant1/DCMD/edge-1/+", "spBv1.0/STATE/scada"):
        expect(f"{topic} (QoS 1" in log, f"no subscription to {topic} with QoS 1 in the broker's log")
    first_subscription = log.find("spBv1.0/plant1/NCMD/edge-1 (QoS 1")
    first_birth = log.find("'spBv1.0/plant1/NBIRTH/edge-1'")
    expect(0 < first_subscription < first_birth, "NBIRTH came before the subscription to NCMD")
    for line in re.findall(rf"Received PUBLISH from {client} \(([^)]*)\)", log):
        quality = "q1" if "/NDEATH/" in line else "q0"
        expect(f" {quality}," in line and " r0," in line, f"published with ({line}), expected {quality} and r0")


# ---- One machine: births, an alarm, commands, deaths -----------------------------------------------------------------------


def one_machine(folder):
    broker = Broker(folder)
    service = machine = None
    host = Host(broker.port)
    try:
        service = Service(
            folder, broker, [MACHINE, "compressor-2"],
            "{sparkplug: {primary_host: scada}, tags: true, home_assistant: true}",
            "{consecutive: 2, clear_after: 2, stale_after: 20s}", "{length: 4s, hop: 2s}",
        )
        machine = simulated(folder, broker, MACHINE, FAULT)
        host.connect(["ausculta/plant1/#", "uns/#", "homeassistant/#"])
        service.wait_for("listening to 2 machines")
        wait_for("the edge node's subscription", lambda: "spBv1.0/STATE/scada (QoS 1" in broker.text())
        host.say(False)
        host.say(True, timestamp=host.stamp - 60_000)
        host.client.publish("spBv1.0/STATE/other", json.dumps({"online": True, "timestamp": now_ms()}), qos=1)
        expect(not host.messages(), "something was said although the primary host is not online")
        host.online()

        place, birth = host.wait_message("NBIRTH", is_type("NBIRTH"))
        check_node_birth(birth, expected_bd_seq=0)
        tell(f"NBIRTH  {len(metrics_of(birth))} metrics, bdSeq {bd_seq(birth)}")
        place, device_birth = host.wait_message("DBIRTH", is_type("DBIRTH", MACHINE))
        check_device_birth(device_birth)
        tell(f"DBIRTH  {MACHINE}: {len(metrics_of(device_birth))} metrics")
        first = host.messages()[0]
        expect(first.type == "NBIRTH", f"the first message was {first.type}")

        alarm_id, place = alarm_and_acknowledgement(host, service, place)
        before_storm = storm(host)
        machine.stop()
        machine = simulated(folder, broker, MACHINE, "normal")
        host.wait_message("the clear", reads(f"Alarm/{FAULT}/State", "normal"), place)
        tell(f"DDATA   {MACHINE}: Alarm/{FAULT}/State = normal")
        check_json(host)
        check_tags(host, alarm_id)
        check_discovery(host)

        place = len(host.messages())
        births = [message for message in host.messages()[before_storm:] if message.type == "NBIRTH"]
        expect(1 <= len(births) <= 10, f"{len(births)} births for 200 requests")
        expect(not any(message.type == "NDEATH" for message in host.messages()), "a rebirth brought an NDEATH")
        service.kill()
        place, death = host.wait_message("NDEATH after kill -9", is_type("NDEATH"), place)
        expect(bd_seq(death) == 0, f"NDEATH has bdSeq {bd_seq(death)}, the NBIRTH had 0")
        tell(f"NDEATH  after kill -9: bdSeq {bd_seq(death)}")
        service.start()
        place, birth = host.wait_message("NBIRTH after the restart", is_type("NBIRTH"), place)
        check_node_birth(birth, expected_bd_seq=1)
        host.wait_message("DBIRTH after the restart", is_type("DBIRTH", MACHINE), place)
        service.stop(signal.SIGTERM)
        place, death = host.wait_message("NDEATH at the end", is_type("NDEATH"), place)
        expect(bd_seq(death) == 1, f"NDEATH has bdSeq {bd_seq(death)}, the NBIRTH had 1")
        expect(host.messages()[-1].type == "NDEATH", "something was said after the NDEATH")
        check_session(host.messages())
        check_packets(broker, connections=2)
    finally:
        finish(machine, service, broker)


def check_node_birth(birth, expected_bd_seq):
    metrics = metrics_of(birth)
    expect(bd_seq(birth) == expected_bd_seq, f"NBIRTH has bdSeq {bd_seq(birth)}, expected {expected_bd_seq}")
    order = metrics.get("Node Control/Rebirth")
    expect(order is not None and order.datatype == 11 and value_of(order) is False, "Node Control/Rebirth is not false")
    decoded = pysparkplug.NBirth.decode(birth.payload.SerializeToString())
    expect(decoded.seq == 0, "pysparkplug reads another sequence number")


def check_device_birth(birth):
    types = {name: metric.datatype for name, metric in metrics_of(birth).items()}
    wanted = {
        "Health/State": 12, "Health/Score": 3, "Health/TopLabel": 12, "Health/Confidence": 10, f"Fault/{FAULT}/Active": 11,
        f"Fault/{FAULT}/Confidence": 10, f"Fault/{FAULT}/Consecutive": 3, f"Alarm/{FAULT}/State": 12,
        f"Alarm/{FAULT}/Since": 13, f"Alarm/{FAULT}/Id": 12, f"Alarm/{FAULT}/Ack": 12, f"Alarm/{FAULT}/ShelveSeconds": 3,
        f"Alarm/{FAULT}/Reset": 11, "Stream/Online": 11, "Stream/LevelDbfs": 10, "Stream/DroppedChunks": 4,
        "Properties/Model": 12,
    }
    for name, datatype in wanted.items():
        expect(types.get(name) == datatype, f"{name} has datatype {types.get(name)}, expected {datatype}")
    pysparkplug.DBirth.decode(birth.payload.SerializeToString())


def alarm_and_acknowledgement(host, service, place):
    """A fault, orders that make no sense, an acknowledgement, and what the trend log has of it."""
    name = f"Alarm/{FAULT}"

    def raised(messages):
        for message in messages[place:]:
            metric = metrics_of(message).get(f"{name}/State")
            if message.device == MACHINE and metric is not None and value_of(metric) == "unack_active":
                return message
        return None

    alarm = host.wait("the alarm", raised)
    alarm_id = value_of(metrics_of(alarm)[f"{name}/Id"])
    expect(re.fullmatch(r"[0-9a-f-]{36}", alarm_id or ""), f"the alarm's id is {alarm_id}")
    tell(f"{alarm.type:7} {MACHINE}: {name}/State = unack_active, Id = {alarm_id}")
    for metric, field, value, words in (
        (f"{name}/Ack", "string_value", "all of them", "no alarm id"),
        (f"{name}/Ack", "boolean_value", True, "newer than the command"),
        (f"{name}/ShelveSeconds", "double_value", 0.5, "whole number"),
        (f"{name}/Reset", "boolean_value", False, "write true"),
        ("Health/State", "string_value", "normal", "cannot be written"),
    ):
        after = len(host.messages())
        host.command(metric, field, value, MACHINE, timestamp=1000)
        host.wait_message(f"the refusal of {metric}", lambda message, words=words: words in str(
            value_of(metrics_of(message)["Command/Result"]) if "Command/Result" in metrics_of(message) else ""), after)
    after = len(host.messages())
    host.command(f"{name}/Ack", "string_value", alarm_id, MACHINE)
    tell(f"DCMD    {MACHINE}: {name}/Ack = {alarm_id}")
    place, _ = host.wait_message("the acknowledged state", reads(f"{name}/State", "ack_active"), after)
    tell(f"DDATA   {MACHINE}: {name}/State = ack_active")
    with sqlite3.connect(f"file:{service.store}?mode=ro", uri=True) as log:
        rows = log.execute("SELECT alarm_id, user, comment FROM events WHERE type = 'acknowledged'").fetchall()
    expect(rows == [(alarm_id, "sparkplug:scada", f"DCMD {name}/Ack")], f"the trend log has {rows}")
    return alarm_id, place


def storm(host):
    """Two hundred rebirth requests at once; gives the place before them."""
    before = len(host.messages())
    for _ in range(200):
        rebirth(host)
    place, birth = host.wait_message("a rebirth", is_type("NBIRTH"), before)
    expect(bd_seq(birth) == 0, f"a rebirth has bdSeq {bd_seq(birth)}")
    host.wait_message("the device's rebirth", is_type("DBIRTH", MACHINE), place)
    return before


# ---- The other profiles, by the same subscriber ------------------------------------------------------------------------------


def check_json(host):
    """Every JSON message on the wire is as its schema says, and every schema was met."""
    schemas = {
        path.name.split(".")[0]: jsonschema.Draft202012Validator(json.loads(path.read_text(encoding="utf-8")))
        for path in sorted((ROOT / "docs" / "schemas").glob("*.schema.json"))
    }
    seen = set()
    for topic, body, _, _ in list(host.others):
        levels = topic.split("/")
        if levels[0] != "ausculta" or levels[-1] == "audio" or not body:
            continue
        kind = "fault" if levels[-2] == "fault" else levels[-1]
        expect(kind in schemas, f"no schema for {topic}")
        document = json.loads(body)
        error = next(iter(schemas[kind].iter_errors(document)), None)
        expect(error is None, f"{topic}: {error and error.message} in {body.decode()}")
        unknown = set(document) - set(schemas[kind].schema["properties"])
        expect(not unknown, f"{topic}: the schema does not know {unknown}")
        seen.add(kind)
    missing = {"window", "state", "fault", "event", "status"} - seen
    expect(not missing, f"no message of {missing} came")


def last_of(host, topic):
    bodies = [body for known, body, _, _ in list(host.others) if known == topic]
    return json.loads(bodies[-1]) if bodies else None


def check_tags(host, alarm_id):
    place = f"uns/plant1/{MACHINE}"
    values = {}
    for topic, body, _, _ in list(host.others):
        if topic.startswith("uns/"):
            tag = json.loads(body)
            expect(sorted(tag) == ["timestamp_ms", "value"], f"{topic}: {tag}")
            expect(topic.count("/") == 5, f"{topic} has another depth")
            values.setdefault(topic, []).append(tag["value"])
    states = values[f"{place}/fault/{FAULT}/state"]
    expect("unack_active" in states and "ack_active" in states, f"the tag's states were {states}")
    expect(values[f"{place}/fault/{FAULT}/alarm_id"][-1] == alarm_id, "the tag has another alarm id")
    repeated = [topic for topic, told in values.items() if any(a == b for a, b in zip(told, told[1:]))]
    expect(not repeated, f"told again without a change: {repeated}")


def check_discovery(host):
    topic = f"homeassistant/device/ausculta_plant1_{MACHINE}/config"
    config = last_of(host, topic)
    expect(config, f"nothing on {topic}")
    told = {known for known, _, _, _ in list(host.others)}
    for name, component in config["cmps"].items():
        expect(component["stat_t"] in told, f"{name} reads {component['stat_t']}, where nothing is")
    expect(config["avty_t"] in told, f"nothing on {config['avty_t']}")


# ---- Many machines: 300 messages, a host that goes and comes, 10,000 events ---------------------------------------------------


class Crowd:
    """Hundreds of microphones that send a moment of sound when they are asked to."""

    def __init__(self, port, machines):
        self.machines = machines
        self.client = mqtt.Client(client_id="crowd")
        self.client.max_queued_messages_set(0)
        self.client.connect("127.0.0.1", port, keepalive=60)
        self.client.loop_start()
        wait_for("the crowd's connection", self.client.is_connected)

    def sound(self):
        """A tenth of a second of silence from everybody: too little to be judged, enough to be heard."""
        for machine in self.machines:
            sent = self.client.publish(f"ausculta/plant1/{machine}/audio", wave(), qos=1)
        sent.wait_for_publish(60)

    def order(self, command):
        """One command to every machine."""
        body = json.dumps({"command": command, "label": FAULT, "user": "crowd"})
        for machine in self.machines:
            sent = self.client.publish(f"ausculta/plant1/{machine}/cmd", body, qos=1)
        sent.wait_for_publish(60)

    def stop(self):
        self.client.disconnect()
        self.client.loop_stop()


def wave(rate=8000, count=800):
    header = b"RIFF" + (36 + 2 * count).to_bytes(4, "little") + b"WAVEfmt " + (16).to_bytes(4, "little")
    layout = (1).to_bytes(2, "little") + (1).to_bytes(2, "little") + rate.to_bytes(4, "little")
    layout += (2 * rate).to_bytes(4, "little") + (2).to_bytes(2, "little") + (16).to_bytes(2, "little")
    return header + layout + b"data" + (2 * count).to_bytes(4, "little") + bytes(2 * count)


def crowd(folder):
    machines = [f"m-{number:04}" for number in range(CROWD)]
    broker = Broker(folder)
    service = sound = None
    host = Host(broker.port)
    try:
        service = Service(
            folder, broker, machines, "{json: false, sparkplug: {primary_host: scada}}", "{stale_after: 1h}",
            "{length: 10s, hop: 2s}",
        )
        service.wait_for(f"listening to {CROWD} machines")
        host.connect()
        sound = Crowd(broker.port, machines)
        sound.sound()
        host.online()
        host.wait(f"{CROWD} births", lambda messages: len({m.device for m in messages if m.type == "DBIRTH"}) == CROWD)
        longest = check_session(host.messages())
        expect(longest > 300, f"only {longest} messages of one birth")

        place = len(host.messages())
        host.say(False, timestamp=host.stamp - 1)
        host.say(False)
        place, _ = host.wait_message("NDEATH for the host's end", is_type("NDEATH"), place)
        wait_for("the disconnect", lambda: broker.text().count("Received DISCONNECT from ausculta-plant1-edge-1-sparkplug") == 1)
        stored = store_events(service, sound)
        expect(not any(message.type == "DDATA" for message in host.messages()[place:]), "data without a primary host")
        host.online()
        check_flush(host, service, place, stored)
        service.stop()
        check_session(host.messages())
        check_packets(broker, connections=2)
    finally:
        if sound:
            sound.stop()
        finish(service, broker)


def pending(service):
    with sqlite3.connect(f"file:{service.store}?mode=ro", uri=True, timeout=30) as log:
        return log.execute("SELECT count(*) FROM outbox WHERE target = 'sparkplug' AND sent_ms IS NULL").fetchone()[0]


def store_events(service, sound):
    """Alarms that are taken out of service and put back, on every machine, until enough has happened. No machine is lost
    meanwhile: what a lost one has to tell would wait for its birth."""
    stored = pending(service)
    command = itertools.cycle(("out_of_service", "in_service"))
    while stored < STORED_EVENTS:
        stored += CROWD
        sound.order(next(command))
        wait_for(f"{stored} stored events", lambda: pending(service) >= stored, every=0.1)
    return pending(service)


def check_flush(host, service, place, stored):
    def history(messages):
        found = [message for message in messages[place:] if message.type == "DDATA"
                 and all(metric.is_historical for metric in message.payload.metrics)]
        return found if len(found) >= stored else None

    place_birth, birth = host.wait_message("NBIRTH for the host's return", is_type("NBIRTH"), place)
    expect(bd_seq(birth) == 1, f"NBIRTH has bdSeq {bd_seq(birth)}, expected 1")
    flushed = host.wait(f"{stored} stored events", history)
    told = [value_of(metrics_of(message)["Event/Id"]) for message in flushed]
    with sqlite3.connect(f"file:{service.store}?mode=ro", uri=True, timeout=30) as log:
        kept = [row[0].lower() for row in log.execute("SELECT event_id FROM outbox WHERE target = 'sparkplug' ORDER BY id")]
    kept = kept[-stored:]
    expect(told == kept, f"the stored events came in another order than they happened in: {differences(kept, told)}")
    first = next(i for i, m in enumerate(host.messages()) if i >= place_birth and m.type == "DDATA")
    between = {message.type for message in host.messages()[place_birth:first]}
    expect(between <= {"DBIRTH"}, f"between NBIRTH and the stored events came {between}")
    sent = flushed[0].payload
    expect(all(metric.timestamp < sent.timestamp for metric in sent.metrics), "a stored event without its own time")
    print(f"  {len(told)} stored events in order, {len(host.messages())} messages in all")


def differences(kept, told):
    places = [place for place, pair in enumerate(itertools.zip_longest(kept, told)) if pair[0] != pair[1]]
    return f"{len(kept)} kept, {len(told)} told, {len(places)} at another place, the first {places[:5]}"


def finish(*programs):
    for program in programs:
        if program:
            program.stop()


SCENES = [("one machine", one_machine), ("crowd", crowd)]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", default="", help="run the scenes with this word in their name")
    options = parser.parse_args()
    if not pathlib.Path(BINARY).exists():
        print(f"sparkplug: there is no {BINARY}; build it with: make build", file=sys.stderr)
        return 1
    chosen = [each for each in SCENES if options.only in each[0]]
    if not chosen:
        parser.error(f"no scene has '{options.only}' in its name; there are: {', '.join(name for name, _ in SCENES)}")
    failed = False
    for name, scene in chosen:
        began = time.monotonic()
        folder = pathlib.Path(tempfile.mkdtemp(prefix="ausculta-sparkplug-"))
        try:
            scene(folder)
            shutil.rmtree(folder)
            print(f"sparkplug: {name}: held ({time.monotonic() - began:.0f} s)")
        except Failure as failure:
            failed = True
            print(f"sparkplug: {name}: {failure}\n  (logs in {folder})", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
