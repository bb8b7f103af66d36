"""The service under test: a demo, or `serve` with a configuration of ours. Everything started here is ended here."""

import contextlib
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import threading
import time
import urllib.error
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
# How long something that takes seconds may take where the machine has much else to do.
PATIENCE_S = 180


class Failure(Exception):
    """A check did not hold; the text says which and what was found."""


def wait_for(what, condition, seconds=PATIENCE_S, every=0.2):
    """Asks `condition` until it gives something true, and returns that; the last exception is told on failure."""
    deadline = time.monotonic() + seconds
    trouble = None
    while True:
        try:
            value = condition()
            if value:
                return value
            trouble = None
        except Failure:
            raise
        except Exception as error:
            trouble = error
        if time.monotonic() > deadline:
            raise Failure(f"not within {seconds} s: {what}" + (f" ({trouble})" if trouble else ""))
        time.sleep(every)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Program:
    """A program of ours in the background, its output in a file."""

    def __init__(self, command, log):
        self.log = pathlib.Path(log)
        self.command = [str(part) for part in command]
        with self.log.open("wb") as output:
            self.process = subprocess.Popen(
                self.command, cwd=ROOT, stdout=output, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL
            )

    def text(self):
        return self.log.read_text(errors="replace")

    def wait_for(self, pattern, seconds=PATIENCE_S):
        def found():
            match = re.search(pattern, self.text())
            if not match and self.process.poll() is not None:
                raise Failure(f"{' '.join(self.command[:2])} ended with {self.process.returncode}:\n{self.text()[-3000:]}")
            return match

        return wait_for(f"'{pattern}' from {' '.join(self.command[:2])}", found, seconds)

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(60)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


class Service(Program):
    """Something with a dashboard at `base`."""

    base = ""

    def get(self, path):
        with urllib.request.urlopen(self.base + path, timeout=60) as answer:
            return json.load(answer)

    def post(self, path, body):
        request = urllib.request.Request(self.base + path, data=json.dumps(body).encode(), headers={"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=PATIENCE_S) as answer:
            return json.load(answer)


class Demo(Service):
    """`ausculta demo` on free ports; compressor-2 runs out of oil."""

    def __init__(self, binary, folder):
        # The leash: should nobody be left to stop it, it ends by itself.
        super().__init__([binary, "demo", "--duration", "3000", "--keep", folder / "demo"], folder / "demo.log")
        self.port = None

    def ready(self):
        self.port = int(self.wait_for(r"mqtt://127\.0\.0\.1:(\d+)").group(1))
        self.base = self.wait_for(r"open (http://\S+)/").group(1)
        return self


class Serve(Service):
    """`ausculta serve` with two users, listening to one failing machine at the broker given."""

    PASSWORDS = {"mei": "a long pass phrase for mei", "otto": "another long one for otto"}
    SITE = "browsertest"

    def __init__(self, binary, folder, broker_port):
        users = folder / "users"
        for name, role in (("mei", "operator"), ("otto", "viewer")):
            subprocess.run(
                [binary, "user", "add", name, "--role", role, "--file", users],
                input=self.PASSWORDS[name] + "\n", text=True, check=True, cwd=ROOT, capture_output=True, timeout=PATIENCE_S,
            )
        port = free_port()
        file = folder / "users.yaml"
        file.write_text(f"""\
site: {self.SITE}
node: users
broker: {{url: "mqtt://127.0.0.1:{broker_port}"}}
window: {{length: 10s, hop: 5s}}
rule: {{consecutive: 2}}
labels:
  compressor:
    - {{id: normal, name: {{en: Normal running, zh: 正常运行}}, kind: normal,
       prompts: ["the sound of an air compressor running normally"]}}
    - {{id: bearing-lacking-oil, name: {{en: Bearing lacking oil, zh: 轴承缺油}}, kind: fault, severity: warning,
       prompts: ["an air compressor with a bearing lacking oil"]}}
    - {{id: other, name: {{en: Other, zh: 其他}}, kind: anchor, prompts: ["other sounds"]}}
machines:
  - {{id: compressor-9, profile: compressor}}
store: {{path: users.sqlite, retain: 1d}}
http: {{listen: "127.0.0.1:{port}", users_file: {users.name}}}
""")
        super().__init__([binary, "serve", "--config", file], folder / "users.log")
        self.base = f"http://127.0.0.1:{port}"
        self.machine = Program(
            [binary, "simulate", "--machine", "compressor-9", "--state", "bearing-lacking-oil", "--rate", "16000", "--site",
             self.SITE, "--broker", f"mqtt://127.0.0.1:{broker_port}", "--duration", "1800s"], folder / "machine.log",
        )

    def ready(self):
        def answers():
            if self.process.poll() is not None:
                raise Failure(f"serve ended with {self.process.returncode}:\n{self.text()[-3000:]}")
            with contextlib.suppress(urllib.error.URLError, ConnectionError):
                with urllib.request.urlopen(f"{self.base}/readyz", timeout=20) as answer:
                    return answer.status == 200

        wait_for("/readyz of the service with users", answers)
        return self

    def stop(self):
        self.machine.stop()
        super().stop()


class Proposing(Service):
    """`ausculta serve` that proposes a machine's normal sound by itself; windows of 2 s, so that 80 s are enough."""

    MACHINE, SITE = "compressor-8", "enroltest"

    def __init__(self, binary, folder, broker_port):
        port = free_port()
        file = folder / "proposing.yaml"
        file.write_text(f"""\
site: {self.SITE}
node: proposing
broker: {{url: "mqtt://127.0.0.1:{broker_port}"}}
window: {{length: 2s, hop: 2s}}
enrolment: {{automatic: true, after: 80s}}
labels:
  compressor:
    - {{id: normal, name: {{en: Normal running, zh: 正常运行}}, kind: normal,
       prompts: ["the sound of an air compressor running normally"]}}
    - {{id: bearing-lacking-oil, name: {{en: Bearing lacking oil, zh: 轴承缺油}}, kind: fault, severity: warning,
       prompts: ["an air compressor with a bearing lacking oil"]}}
    - {{id: other, name: {{en: Other, zh: 其他}}, kind: anchor, prompts: ["other sounds"]}}
machines:
  - {{id: {self.MACHINE}, profile: compressor}}
store: {{path: proposing.sqlite, retain: 1d}}
http: {{listen: "127.0.0.1:{port}"}}
""")
        super().__init__([binary, "serve", "--config", file], folder / "proposing.log")
        self.base = f"http://127.0.0.1:{port}"
        self.machine = Program(
            [binary, "simulate", "--machine", self.MACHINE, "--state", "normal", "--rate", "16000", "--site", self.SITE,
             "--broker", f"mqtt://127.0.0.1:{broker_port}", "--duration", "1800s"], folder / "proposing-machine.log",
        )

    def ready(self):
        def answers():
            if self.process.poll() is not None:
                raise Failure(f"serve ended with {self.process.returncode}:\n{self.text()[-3000:]}")
            return self.get(f"/api/v1/machines/{self.MACHINE}")

        wait_for("the service that proposes", answers)
        return self

    def enrolment(self):
        return self.get(f"/api/v1/machines/{self.MACHINE}/enrolment")

    def stop(self):
        self.machine.stop()
        super().stop()


class Subscriber:
    """What an independent MQTT client gets on one topic, as documents."""

    def __init__(self, port, topic):
        program = shutil.which("mosquitto_sub", path=os.environ["PATH"] + ":/usr/sbin:/usr/local/sbin")
        self.process = subprocess.Popen(
            [program, "-h", "127.0.0.1", "-p", str(port), "-t", topic, "-q", "1"],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL, text=True,
        )
        self.documents = []
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self):
        for line in self.process.stdout:
            if line.strip():
                self.documents.append(json.loads(line))

    def stop(self):
        self.process.terminate()
        self.process.wait()


def make_sound(binary, folder, state, seconds):
    """A WAV of a simulated machine."""
    out = folder / state
    subprocess.run(
        [binary, "simulate", "--machine", "recorded", "--state", state, "--out", out, "--duration", f"{seconds}s", "--chunk",
         f"{seconds}s"], check=True, cwd=ROOT, capture_output=True, timeout=PATIENCE_S,
    )
    return next(out.glob("**/*.wav"))
