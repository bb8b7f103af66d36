"""A mosquitto with the plant's configuration, in a folder and on ports of its own."""

import os
import socket

from support import Program, ROOT, free_port, run, tool, wait_for

PASSWORDS = {"ausculta": "box password", "scada": "scada password", "compressor-1": "first", "compressor-2": "second"}


def make_certificates(folder):
    run(ROOT / "Deploy/mosquitto/trial-ca", folder, "ausculta", "scada", "compressor-1")
    return folder


class PlantBroker(Program):
    """The configuration in Deploy/mosquitto, its paths and ports replaced."""

    def __init__(self, folder, certificates, server="server", extra=""):
        folder.mkdir()
        self.port, self.certificate_port = free_port(), free_port()
        self.certificates = certificates
        for name in ("ca.pem", f"{server}.pem", f"{server}.key"):
            (folder / name.replace(server, "server")).write_bytes((certificates / name).read_bytes())
        (folder / "acl").write_bytes((ROOT / "Deploy/mosquitto/acl").read_bytes())
        passwords = folder / "passwords"
        passwords.touch(0o600)
        for user, password in PASSWORDS.items():
            run(tool("mosquitto_passwd"), "-b", passwords, user, password)
        text = (ROOT / "Deploy/mosquitto/ausculta.conf").read_text()
        text = self.moved(text, folder).replace("/var/lib/mosquitto/", f"{folder}/")
        text = text.replace("listener 8883", f"listener {self.port} 127.0.0.1")
        text = text.replace("listener 8884", f"listener {self.certificate_port} 127.0.0.1")
        # Started as root it would become the user mosquitto, who may not read a test's folder.
        text = ("user root\n" if os.getuid() == 0 else "") + text + "log_dest stderr\n" + self.moved(extra, folder)
        configuration = folder / "mosquitto.conf"
        configuration.write_text(text)
        super().__init__([tool("mosquitto"), "-c", configuration], folder / "mosquitto.log")
        wait_until_open(self, self.port)

    @staticmethod
    def moved(text, folder):
        return text.replace("/etc/mosquitto/ausculta", str(folder))

    def options(self, user, password=None):
        """What mosquitto_pub and mosquitto_sub need to be that user."""
        return ["-V", "mqttv5", "-h", "localhost", "-p", self.port, "--cafile", self.certificates / "ca.pem", "-u", user,
                "-P", password or PASSWORDS[user]]

    def publish(self, user, topic, *message, password=None, ok=True):
        return run(tool("mosquitto_pub"), *self.options(user, password), "-q", "1", "-t", topic, *message, ok=ok)


class PlainBroker(Program):
    """A mosquitto without anything, for one who is bridged to."""

    def __init__(self, folder, extra=""):
        folder.mkdir()
        self.port = free_port()
        configuration = folder / "mosquitto.conf"
        configuration.write_text(f"listener {self.port} 127.0.0.1\nallow_anonymous true\nlog_dest stderr\n{extra}")
        super().__init__([tool("mosquitto"), "-c", configuration], folder / "mosquitto.log")
        wait_until_open(self, self.port)


def wait_until_open(broker, port):
    def is_open():
        if broker.process.poll() is not None:
            raise AssertionError(f"mosquitto ended with {broker.process.returncode}: {broker.text()}")
        with socket.create_connection(("127.0.0.1", port), timeout=5):
            return True

    try:
        wait_for(f"a broker on port {port}", is_open)
    except BaseException:
        broker.stop()
        raise
