"""A broker, the service under test and machines to listen to. Everything started here is ended here."""

import os
import pathlib
import signal
import sys

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "Support"))
import programs  # noqa: E402
from programs import PATIENCE_S, ROOT, Failure, free_port, tool, wait_for  # noqa: E402, F401

BINARY = os.environ.get("AUSCULTA", str(ROOT / ".build" / "debug" / "ausculta"))

LABELS = """\
labels:
  compressor:
    - {id: normal, name: {en: Normal running, zh: 正常运行}, kind: normal,
       prompts: ["the sound of an air compressor running normally"]}
    - {id: bearing-lacking-oil, name: {en: Bearing lacking oil, zh: 轴承缺油}, kind: fault, severity: warning,
       prompts: ["the sound of an air compressor with a dry bearing that lacks oil"]}
    - {id: other, name: {en: Other, zh: 其他}, kind: anchor, prompts: ["other sounds"]}
"""


def expect(condition, text):
    if not condition:
        raise Failure(text)


class Program(programs.Program):
    """A program as a service manager ends it."""

    ENDS_WITH = signal.SIGTERM


class Broker(Program):
    """A mosquitto whose log tells every packet."""

    def __init__(self, folder):
        self.port = free_port()
        configuration = folder / "mosquitto.conf"
        configuration.write_text(
            f"listener {self.port} 127.0.0.1\nallow_anonymous true\npersistence false\nlog_dest stderr\nlog_type all\n"
            f"log_timestamp false\nmax_queued_messages 0\nmax_queued_bytes 0\n" + ("user root\n" if os.geteuid() == 0 else "")
        )
        super().__init__([tool("mosquitto"), "-c", configuration], folder / "mosquitto.log")
        self.wait_for(" running")

    @property
    def url(self):
        return f"mqtt://127.0.0.1:{self.port}"


class Service(Program):
    """`ausculta serve` with one configuration; may be started again and goes on where it was."""

    def __init__(self, folder, broker, machines, publish, rule, window):
        self.folder = folder
        self.store = folder / "trend.sqlite"
        self.file = folder / "ausculta.yaml"
        listed = "\n".join(f"  - {{id: {machine}, profile: compressor}}" for machine in machines)
        self.file.write_text(
            f"""\
site: plant1
node: edge-1
broker: {{url: "{broker.url}"}}
window: {window}
rule: {rule}
evidence: {{capture: false}}
{LABELS}machines:
{listed}
store: {{path: {self.store.name}, retain: 1d}}
http: {{listen: "off"}}
publish: {publish}
"""
        )
        self.start()

    def start(self):
        super().__init__([BINARY, "serve", "--config", self.file], self.folder / "service.log")


def simulated(folder, broker, machine, state):
    """A machine whose sound goes on until it is stopped."""
    return Program(
        [BINARY, "simulate", "--machine", machine, "--state", state, "--rate", "16000", "--site", "plant1", "--broker",
         broker.url, "--seed", "3000101", "--chunk", "0.5", "--duration", "600s"],
        folder / f"{machine}-{state}.log",
    )
