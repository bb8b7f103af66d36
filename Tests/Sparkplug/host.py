"""An independent Sparkplug host application: pysparkplug's compiled schema for the bytes, paho for MQTT."""

import collections
import json
import threading
import time

import paho.mqtt.client as mqtt
from pysparkplug import _protobuf as sparkplug

from plant import expect, wait_for

Message = collections.namedtuple("Message", "type device payload qos retain")

SPARKPLUG_TYPES = ("NBIRTH", "NDEATH", "NDATA", "NCMD", "DBIRTH", "DDEATH", "DDATA", "DCMD")


def now_ms():
    return int(time.time() * 1000)


def value_of(metric):
    """A metric's value by its own field; None for null."""
    field = metric.WhichOneof("value")
    if metric.is_null or field is None:
        return None
    value = getattr(metric, field)
    if field == "int_value" and value >= 2**31:
        return value - 2**32
    if field == "long_value" and value >= 2**63:
        return value - 2**64
    return value


def metrics_of(message):
    return {metric.name: metric for metric in message.payload.metrics}


class Host:
    """Connects, listens to a group, and says whether it is there."""

    def __init__(self, port, host_id="scada", group="plant1"):
        self.port, self.host_id, self.group = port, host_id, group
        self.raw = []
        self.others = []
        self.decoded = []
        self.lock = threading.Lock()
        self.stamp = now_ms()
        self.client = None

    def connect(self, topics=()):
        """A host's own session: the will first, then subscriptions, then the birth."""
        self.stamp = now_ms()
        self.client = mqtt.Client(client_id=f"host-{self.host_id}", clean_session=True)
        self.client.max_queued_messages_set(0)
        self.client.will_set(self.state_topic, self._state(False), qos=1, retain=True)
        subscribed = threading.Event()
        self.client.on_message = self._take
        self.client.on_connect = lambda client, *_: client.subscribe(
            [(f"spBv1.0/{self.group}/#", 1)] + [(topic, 1) for topic in topics]
        )
        self.client.on_subscribe = lambda *_: subscribed.set()
        self.client.connect("127.0.0.1", self.port, keepalive=30)
        self.client.loop_start()
        expect(subscribed.wait(60), "the host's own subscription was not answered")

    @property
    def state_topic(self):
        return f"spBv1.0/STATE/{self.host_id}"

    def _state(self, online, timestamp=None):
        return json.dumps({"online": online, "timestamp": self.stamp if timestamp is None else timestamp})

    def say(self, online, timestamp=None):
        """Publishes STATE; returns once the broker has it."""
        if timestamp is None and not online:
            self.stamp = now_ms()
        self.client.publish(self.state_topic, self._state(online, timestamp), qos=1, retain=True).wait_for_publish(60)

    def online(self):
        self.stamp = now_ms()
        self.say(True)

    def _take(self, _client, _data, message):
        # Only kept here: decoding can wait, the socket cannot.
        kept = (message.topic, message.payload, message.qos, message.retain)
        with self.lock:
            (self.raw if message.topic.startswith("spBv1.0/") else self.others).append(kept)

    def messages(self):
        """All Sparkplug messages of the edge node so far, in the order they came."""
        with self.lock:
            fresh = self.raw[len(self.decoded):]
        for topic, body, qos, retain in fresh:
            levels = topic.split("/")
            kind = levels[2]
            expect(kind in SPARKPLUG_TYPES, f"{topic} is no topic of the namespace")
            expect(len(levels) == (5 if kind[0] == "D" else 4), f"{topic} has {len(levels)} levels")
            device = levels[4] if len(levels) == 5 else None
            self.decoded.append(Message(kind, device, sparkplug.Payload.FromString(body), qos, retain))
        return self.decoded

    def wait(self, what, condition):
        """Waits until `condition` holds for the list of messages; returns its value."""
        return wait_for(what, lambda: condition(self.messages()))

    def wait_message(self, what, condition, after=0):
        """The first message behind place `after` for which `condition` holds, and the place behind it."""

        def find(messages):
            for place in range(after, len(messages)):
                if condition(messages[place]):
                    return place + 1, messages[place]
            return None

        return self.wait(what, find)

    def command(self, name, field, value, device=None, timestamp=None):
        payload = sparkplug.Payload(timestamp=timestamp or now_ms())
        metric = payload.metrics.add()
        metric.name = name
        metric.timestamp = timestamp or now_ms()
        setattr(metric, field, value)
        topic = f"spBv1.0/{self.group}/" + (f"DCMD/edge-1/{device}" if device else "NCMD/edge-1")
        self.client.publish(topic, payload.SerializeToString(), qos=0).wait_for_publish(60)

    def gone(self):
        """Ends the session in order: a last word, then DISCONNECT."""
        self.say(False)
        self.client.disconnect()
        self.client.loop_stop()


def check_session(messages):
    """What holds for every message of an edge node, whatever happens; gives the longest run of one birth."""
    expected, longest, run, alive, born = None, 0, 0, set(), False
    for place, message in enumerate(messages):
        if message.type in ("NCMD", "DCMD"):
            continue
        where = f"message {place}, {message.type} {message.device or ''}"
        payload = message.payload
        expect(payload.HasField("timestamp"), f"{where} has no timestamp")
        expect(not message.retain, f"{where} is retained")
        names = [metric.name for metric in payload.metrics]
        expect(all(metric.HasField("timestamp") for metric in payload.metrics), f"{where}: a metric without timestamp")
        expect(not any(metric.HasField("alias") for metric in payload.metrics), f"{where}: an alias")
        expect(all(names), f"{where}: a metric without name")
        if message.type == "NDEATH":
            expect(names == ["bdSeq"], f"{where} has {names}")
            expect(not payload.HasField("seq"), f"{where} has a sequence number")
            expected, alive, born = None, set(), False
            continue
        expect(message.qos == 0, f"{where} came with QoS {message.qos}")
        if message.type == "NBIRTH":
            expect(payload.seq == 0, f"{where} has seq {payload.seq}")
            expected, alive, born, run = 0, set(), True, 0
        expect(born, f"{where} before any NBIRTH")
        expect(payload.seq == expected, f"{where} has seq {payload.seq}, expected {expected}")
        expected = (expected + 1) % 256
        run += 1
        longest = max(longest, run)
        times = [metric.timestamp for metric in payload.metrics if not metric.is_historical]
        expect(times == sorted(times), f"{where}: its metrics are not in the order of their times")
        if message.type.endswith("BIRTH"):
            expect(len(set(names)) == len(names), f"{where}: a name twice")
            expect(all(metric.HasField("datatype") for metric in payload.metrics), f"{where}: a metric without datatype")
            check_nulls(payload, where)
        if message.type == "DBIRTH":
            alive.add(message.device)
        elif message.type == "DDATA":
            expect(message.device in alive, f"{where}: data of a device that is not born")
        elif message.type == "DDEATH":
            expect(message.device in alive, f"{where}: death of a device that is not born")
            alive.discard(message.device)
        if message.type.endswith("DATA"):
            expect(not any(metric.HasField("datatype") for metric in payload.metrics), f"{where}: a datatype in data")
            expect(names, f"{where}: data without a metric")
    return longest


def check_nulls(payload, where):
    for metric in payload.metrics:
        field = metric.WhichOneof("value")
        expect(metric.is_null == (field is None), f"{where}: {metric.name} is null {metric.is_null} with value {field}")
        if metric.HasField("properties"):
            keys, values = metric.properties.keys, metric.properties.values
            expect(len(keys) == len(values), f"{where}: {metric.name} has {len(keys)} property names for {len(values)} values")
            for key, value in zip(keys, values):
                if key == "Quality":
                    expect(value.type == 3 and value.int_value in (0, 192, 500), f"{where}: quality of {metric.name}: {value}")
