"""A broker, the service under test and machines to listen to. Everything started here is ended here."""

import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = os.environ.get("AUSCULTA", str(ROOT / ".build" / "debug" / "ausculta"))
# How long something that takes seconds may take where the machine has much else to do.
PATIENCE_S = 150

LABELS = """\
labels:
  compressor:
    - {id: normal, name: {en: Normal running, zh: 正常运行}, kind: normal,
       prompts: ["the sound of an air compressor running normally"]}
    - {id: bearing-lacking-oil, name: {en: Bearing lacking oil, zh: 轴承缺油}, kind: fault, severity: warning,
       prompts: ["the sound of an air compressor with a dry bearing that lacks oil"]}
    - {id: other, name: {en: Other, zh: 其他}, kind: anchor, prompts: ["other sounds"]}
"""


class Failure(Exception):
    """A check did not hold; the text says which and what was found."""


def expect(condition, text):
    if not condition:
        raise Failure(text)


def wait_for(what, condition, seconds=PATIENCE_S, every=0.05):
    """Asks `condition` until it gives something true, and returns that."""
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise Failure(f"not within {seconds} s: {what}")
        time.sleep(every)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Program:
    """A program in the background, its output in a file."""

    def __init__(self, command, log):
        self.log = pathlib.Path(log)
        self.name = pathlib.Path(command[0]).name
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                [str(part) for part in command], cwd=ROOT, stdout=output, stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
            )

    def text(self):
        return self.log.read_text(errors="replace")

    def wait_for(self, pattern):
        def found():
            match = re.search(pattern, self.text())
            if not match and self.process.poll() is not None:
                raise Failure(f"{self.name} ended with {self.process.returncode}:\n{self.text()[-3000:]}")
            return match

        return wait_for(f"'{pattern}' from {self.name}", found)

    def stop(self, with_signal=signal.SIGTERM):
        if self.process.poll() is None:
            self.process.send_signal(with_signal)
            try:
                self.process.wait(PATIENCE_S)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def kill(self):
        """As a power cut would."""
        self.process.kill()
        self.process.wait()


class Broker(Program):
    """A mosquitto whose log tells every packet."""

    def __init__(self, folder):
        self.port = free_port()
        configuration = folder / "mosquitto.conf"
        configuration.write_text(
            f"listener {self.port} 127.0.0.1\nallow_anonymous true\npersistence false\nlog_dest stderr\nlog_type all\n"
            f"log_timestamp false\nmax_queued_messages 0\nmax_queued_bytes 0\n" + ("user root\n" if os.geteuid() == 0 else "")
        )
        program = shutil.which("mosquitto", path=os.environ["PATH"] + ":/usr/sbin:/usr/local/sbin")
        expect(program, "there is no mosquitto; Deploy/bootstrap --test installs it")
        super().__init__([program, "-c", configuration], folder / "mosquitto.log")
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
