"""What the service tells the service manager: ready, alive, reloading, stopping; each over a real socket."""

import os
import signal
import socket

from support import BINARY, Case, PATIENCE_S, ROOT, free_port


class ServiceManagerTests(Case):
    def test_ready_alive_reloading_stopping(self):
        path = self.folder / "notify"
        ear = self.enterContext(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM))
        ear.bind(str(path))
        ear.settimeout(PATIENCE_S)
        told = []

        def hear(assignment):
            while True:
                lines = ear.recv(4096).decode().splitlines()
                told.extend(lines)
                if any(line.startswith(assignment) for line in lines):
                    return lines

        configuration = self.folder / "ausculta.yaml"
        text = (ROOT / "Deploy/systemd/ausculta.yaml").read_text()
        text = text.replace("/var/lib/ausculta", str(self.folder)).replace("127.0.0.1:8750", f"127.0.0.1:{free_port()}")
        configuration.write_text(text.replace("localhost:1883", f"localhost:{free_port()}"))
        service = self.program(
            BINARY, "serve", "--config", configuration,
            env={**os.environ, "NOTIFY_SOCKET": str(path), "WATCHDOG_USEC": "8000000"},
        )
        hear("READY=1")
        self.assertIn("listening to", service.text())
        # A broker that is away is told, and neither delays the start nor costs a sign of life.
        self.assertIn("STATUS=broker: disconnected", hear("STATUS=broker: disconnected")[0])
        for _ in range(4):
            hear("WATCHDOG=1")
        self.assertNotIn("STOPPING=1", told)

        service.process.send_signal(signal.SIGHUP)
        reloading = hear("RELOADING=1")
        self.assertRegex(reloading[1], r"^MONOTONIC_USEC=[1-9]\d*$")
        hear("READY=1")
        service.wait_for("is in force")

        service.process.send_signal(signal.SIGTERM)
        hear("STOPPING=1")
        self.assertEqual(service.process.wait(PATIENCE_S), 0)
