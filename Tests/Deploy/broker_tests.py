"""The plant's broker configuration with a real mosquitto: who gets in, who may say what, and what the service says of it."""

import json
import pathlib
import shutil
import tempfile

from broker import PASSWORDS, PlainBroker, PlantBroker, make_certificates
from support import BINARY, Case, Listener, ROOT, run, tool, wait_for

AUDIO = "ausculta/plant1/compressor-1/audio"
FAULT = "ausculta/plant1/compressor-1/fault/bearing-lacking-oil"
STATUS = "ausculta/plant1/_node/edge-1/status"


class BrokerCase(Case):
    """Certificates are made once; every test has a broker of its own."""

    @classmethod
    def setUpClass(cls):
        folder = tempfile.mkdtemp(prefix="ausculta-deploy-ca-")
        cls.addClassCleanup(shutil.rmtree, folder)
        cls.certificates = make_certificates(pathlib.Path(folder) / "ca")

    def plant_broker(self, **options):
        return self.start(PlantBroker(self.folder / "broker", self.certificates, **options))

    def configuration(self, name="ausculta", **broker):
        """A service's configuration, or a machine's; `broker` are the keys of its broker section."""
        if "password" in broker:
            password = self.folder / f"{name}-password"
            password.write_text(broker.pop("password") + "\n")
            broker["password_file"] = str(password)
        file = self.folder / f"{name}.yaml"
        file.write_text(json.dumps({
            "site": "plant1", "node": "edge-1", "broker": broker, "window": {"length": "10s", "hop": "2s"},
            "rule": {"consecutive": 1},
            "labels": {"compressor": [
                {"id": "normal", "name": "Normal running", "kind": "normal",
                 "prompts": ["the sound of an air compressor running normally"]},
                {"id": "bearing-lacking-oil", "name": "Bearing lacking oil", "kind": "fault",
                 "prompts": ["an air compressor with a bearing lacking oil"]},
                {"id": "other", "name": "Other", "kind": "anchor", "prompts": ["other sounds"]},
            ]},
            "machines": [{"id": "compressor-1", "profile": "compressor"}],
            "store": {"path": str(self.folder / f"{name}.sqlite")}, "http": {"listen": "off"},
        }))
        return file

    def keys(self, broker, user="ausculta", port=None, **keys):
        found = {"url": f"mqtts://localhost:{port or broker.port}", "ca_file": str(self.certificates / "ca.pem")}
        return found | ({"username": user, "password": PASSWORDS[user]} if port is None else {}) | keys

    def service(self, **broker):
        return self.program(BINARY, "serve", "--config", self.configuration(**broker), name="serve.log")

    def listen(self, broker, user, *topics, name="heard"):
        heard = self.start(Listener(self.folder / name, *broker.options(user), *[x for t in topics for x in ("-t", t)]))
        return heard


class RightClientsTests(BrokerCase):
    def test_from_the_machines_sound_to_scada(self):
        broker = self.plant_broker()
        scada = self.listen(broker, "scada", "ausculta/#")
        service = self.service(**self.keys(broker))
        service.wait_for("broker: connected")
        machine = self.configuration(name="machine", **self.keys(broker, user="compressor-1"))
        self.program(
            BINARY, "simulate", "--machine", "compressor-1", "--state", "bearing-lacking-oil", "--rate", "16000",
            "--config", machine, "--duration", "120s", "--format", "wav", name="machine.log",
        )
        self.assertEqual(json.loads(scada.first(STATUS))["status"], "online")
        fault = json.loads(scada.first(FAULT, lambda text: json.loads(text)["active"]))
        self.assertEqual(fault["state"], "unack_active")
        raised = "ausculta/plant1/compressor-1/event"
        alarm = json.loads(scada.first(raised, lambda text: json.loads(text)["type"] == "fault_raised"))["alarm_id"]

        # SCADA acknowledges, and hears that it is done.
        command = json.dumps({"command": "acknowledge", "alarm_id": alarm, "user": "scada"})
        broker.publish("scada", "ausculta/plant1/compressor-1/cmd", "-m", command)
        scada.first(FAULT, lambda text: json.loads(text)["state"] == "ack_active")
        self.assertIn(alarm, scada.first("ausculta/plant1/compressor-1/cmd/result"))
        # It subscribed to everything and heard of the plant what the list allows.
        heard = {topic.split("/", 3)[3].split("/")[0] for topic, _ in scada.messages()}
        self.assertLessEqual(heard, {"fault", "state", "event", "cmd", "edge-1"})

        service.stop()
        self.assertEqual(json.loads(scada.first(STATUS, lambda text: "offline" in text))["status"], "offline")

    def test_a_certificate_instead_of_a_password(self):
        broker = self.plant_broker()
        own = {"cert_file": str(self.certificates / "ausculta.pem"), "key_file": str(self.certificates / "ausculta.key")}
        service = self.service(**self.keys(broker, port=broker.certificate_port, **own))
        service.wait_for("broker: connected")
        # The certificate's name is the user: it may say what the box may say.
        scada = self.listen(broker, "scada", STATUS)
        self.assertEqual(json.loads(scada.first(STATUS))["status"], "online")


class RefusedTests(BrokerCase):
    def test_a_wrong_password(self):
        broker = self.plant_broker()
        service = self.service(**self.keys(broker, password="guessed"))
        said = service.wait_for(r"broker: refused: (.*)").group(1)
        self.assertRegex(said, "(?i)not authori[sz]ed|bad user ?name or password")
        self.assertIsNone(service.process.poll(), "it stays and tries again")
        denied = broker.publish("compressor-1", AUDIO, "-m", "x", password="guessed", ok=False)
        self.assertNotEqual(denied.returncode, 0)

    def test_without_a_user(self):
        broker = self.plant_broker()
        service = self.service(url=f"mqtts://localhost:{broker.port}", ca_file=str(self.certificates / "ca.pem"))
        service.wait_for("broker: refused")

    def test_what_is_not_ones_own_is_not_delivered(self):
        broker = self.plant_broker()
        box = self.listen(broker, "ausculta", "ausculta/#", name="box")
        scada = self.listen(broker, "scada", "ausculta/#", name="scada")
        other = self.listen(broker, "compressor-2", "#", name="other")
        marker = "the last one"
        for user, topic, reader in (("compressor-1", AUDIO, box), ("ausculta", FAULT, scada)):
            def is_heard():
                broker.publish(user, topic, "-m", "are you there")
                return reader.messages()

            wait_for(f"{reader.log.name} to be subscribed", is_heard, every=0.3)
        for user, topic in (
            ("compressor-1", "ausculta/plant1/compressor-2/audio"),      # another machine's sound
            ("compressor-1", "ausculta/plant2/compressor-1/audio"),      # another site's
            ("compressor-1", FAULT),                                     # a fault of its own invention
            ("compressor-1", "ausculta/plant1/compressor-1/cmd"),        # an acknowledgement
            ("scada", AUDIO), ("scada", FAULT), ("scada", "ausculta/plant1/compressor-1/state"),
            ("ausculta", AUDIO), ("ausculta", "ausculta/plant1/compressor-1/cmd"),
        ):
            broker.publish(user, topic, "-m", f"forged by {user}", ok=False)
        broker.publish("compressor-1", AUDIO, "-m", marker)
        broker.publish("ausculta", FAULT, "-m", marker)
        box.first(AUDIO, lambda text: text == marker)
        scada.first(FAULT, lambda text: text == marker)
        for listener in (box, scada, other):
            forged = [message for message in listener.messages() if "forged" in message[1]]
            self.assertEqual(forged, [], listener.log.name)
        self.assertEqual(other.messages(), [], "a machine hears nothing")
        self.assertFalse(any(topic == AUDIO for topic, _ in scada.messages()), "SCADA hears no sound")

    def test_a_brokers_certificate_that_is_over(self):
        broker = self.plant_broker(server="expired-server")
        service = self.service(**self.keys(broker))
        said = service.wait_for(r"broker: refused: (.*)").group(1)
        self.assertIn("certificate verify failed", said)

    def test_a_clients_certificate_that_is_over(self):
        broker = self.plant_broker()
        own = {"cert_file": str(self.certificates / "expired.pem"), "key_file": str(self.certificates / "expired.key")}
        service = self.service(**self.keys(broker, port=broker.certificate_port, **own))
        said = service.wait_for(r"broker: refused: (.*)").group(1)
        self.assertIn("certificate expired", said)

    def test_no_certificate_where_one_is_wanted(self):
        broker = self.plant_broker()
        service = self.service(**self.keys(broker, port=broker.certificate_port))
        said = service.wait_for(r"broker: refused: (.*)").group(1)
        self.assertIn("certificate required", said)

    def test_an_authority_nobody_knows(self):
        broker = self.plant_broker()
        stranger = make_certificates(self.folder / "stranger")
        service = self.service(**self.keys(broker, ca_file=str(stranger / "ca.pem")))
        said = service.wait_for(r"broker: (?:refused|disconnected): (.*)").group(1)
        self.assertRegex(said, "(?i)certificate|TLS|SSL|authority")


class BridgeTests(BrokerCase):
    def test_results_reach_the_plant_broker_and_sound_does_not(self):
        plant = self.start(PlainBroker(self.folder / "plant"))
        bridge = (ROOT / "Deploy/mosquitto/bridge-plant.conf").read_text()
        bridge = bridge.replace("broker.plant.example:8883", f"127.0.0.1:{plant.port}")
        bridge = "".join(line for line in bridge.splitlines(True) if not line.startswith(("bridge_cafile", "remote_username", "remote_password")))
        broker = self.plant_broker(extra=bridge)
        there = self.start(Listener(self.folder / "there", "-p", str(plant.port), "-t", "ausculta/#"))
        there.first("ausculta/plant1/_node/edge-1/bridge", lambda text: text == "1")
        broker.publish("compressor-1", AUDIO, "-m", "sound")
        broker.publish("ausculta", FAULT, "-r", "-m", "a fault")
        there.first(FAULT, lambda text: text == "a fault")
        self.assertNotIn(AUDIO, {topic for topic, _ in there.messages()})
        # And a command comes the other way.
        box = self.listen(broker, "ausculta", "ausculta/plant1/+/cmd")
        wanted = "ausculta/plant1/compressor-1/cmd"

        def arrived():
            run(tool("mosquitto_pub"), "-p", plant.port, "-q", "1", "-t", wanted, "-m", "a command")
            return box.messages()

        wait_for("the command", arrived, every=0.3)
        self.assertEqual(box.messages()[0], (wanted, "a command"))


class TrialAuthorityTests(Case):
    def test_it_overwrites_nothing_and_says_so(self):
        run(ROOT / "Deploy/mosquitto/trial-ca", self.folder / "ca", "--host", "broker.plant.example", "--host", "192.0.2.7")
        again = run(ROOT / "Deploy/mosquitto/trial-ca", self.folder / "ca", ok=False)
        self.assertEqual(again.returncode, 73)
        text = run("openssl", "x509", "-in", self.folder / "ca/server.pem", "-noout", "-ext", "subjectAltName").stdout
        self.assertIn("DNS:broker.plant.example", text)
        self.assertIn("IP Address:192.0.2.7", text)
        for name in ("server", "ausculta", "scada"):
            run("openssl", "verify", "-CAfile", self.folder / "ca/ca.pem", self.folder / f"ca/{name}.pem")
        over = run("openssl", "verify", "-CAfile", self.folder / "ca/ca.pem", self.folder / "ca/expired.pem", ok=False)
        self.assertIn("expired", over.stderr)
        self.assertEqual((self.folder / "ca/ca.key").stat().st_mode & 0o077, 0)
