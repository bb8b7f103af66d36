"""The service under test: a demo, or `serve` with a configuration of ours. Everything started here is ended here."""

import contextlib
import json
import pathlib
import subprocess
import sys
import threading
import urllib.error
import urllib.request

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "Support"))
import programs  # noqa: E402
from programs import PATIENCE_S, ROOT, Failure, Program, free_port, tool, wait_for  # noqa: E402, F401

# For configurations: one fault, which `ausculta simulate` makes.
LABELS = """\
labels:
  compressor:
    - {id: normal, name: {en: Normal running, zh: 正常运行}, kind: normal,
       prompts: ["the sound of an air compressor running normally"]}
    - {id: bearing-lacking-oil, name: {en: Bearing lacking oil, zh: 轴承缺油}, kind: fault, severity: warning,
       prompts: ["an air compressor with a bearing lacking oil"]}
    - {id: other, name: {en: Other, zh: 其他}, kind: anchor, prompts: ["other sounds"]}
"""


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


class Demo(programs.Demo, Service):
    """`ausculta demo`; compressor-2 runs out of oil."""

    def __init__(self, binary, folder):
        super().__init__(binary, folder, seconds=3000)


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
{LABELS}machines:
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
{LABELS}machines:
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


class Watched(Service):
    """`ausculta serve` with a failing machine whose PLC says whether it runs; windows come every 2 s."""

    MACHINE, SITE, TOPIC = "compressor-7", "contexttest", "contexttest/plc"

    def __init__(self, binary, folder, broker_port):
        port = free_port()
        self.broker_port = broker_port
        file = folder / "watched.yaml"
        file.write_text(f"""\
site: {self.SITE}
node: watched
broker: {{url: "mqtt://127.0.0.1:{broker_port}"}}
window: {{length: 10s, hop: 2s}}
rule: {{consecutive: 2}}
{LABELS}machines:
  - id: {self.MACHINE}
    profile: compressor
    context: {{settle: 0s, signals: [{{name: run, topic: {self.TOPIC}, states: {{"1": running, "0": stopped}}}}]}}
store: {{path: watched.sqlite, retain: 1d}}
http: {{listen: "127.0.0.1:{port}"}}
""")
        super().__init__([binary, "serve", "--config", file], folder / "watched.log")
        self.base = f"http://127.0.0.1:{port}"
        self.machine = Program(
            [binary, "simulate", "--machine", self.MACHINE, "--state", "bearing-lacking-oil", "--rate", "16000", "--site",
             self.SITE, "--broker", f"mqtt://127.0.0.1:{broker_port}", "--duration", "1800s"], folder / "watched-machine.log",
        )

    def alarms(self, state="active"):
        return self.get(f"/api/v1/alarms?state={state}")["alarms"]

    def ready(self):
        def raised():
            if self.process.poll() is not None:
                raise Failure(f"serve ended with {self.process.returncode}:\n{self.text()[-3000:]}")
            return self.alarms()

        wait_for("the alarm of the machine with a PLC", raised, 300)
        return self

    def say(self, running):
        """What the PLC says from now on."""
        subprocess.run(
            [tool("mosquitto_pub"), "-h", "127.0.0.1", "-p", str(self.broker_port), "-q", "1", "-r", "-t", self.TOPIC, "-m",
             "1" if running else "0"], check=True, timeout=PATIENCE_S,
        )

    def stop(self):
        self.machine.stop()
        super().stop()


class Subscriber:
    """What an independent MQTT client gets on one topic, as documents."""

    def __init__(self, port, topic):
        self.process = subprocess.Popen(
            [tool("mosquitto_sub"), "-h", "127.0.0.1", "-p", str(port), "-t", topic, "-q", "1"],
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
