"""The systemd unit: understood by systemd, closed as documented, and open enough for what the service does."""

import os
import re
import shutil

from support import BINARY, Case, PATIENCE_S, ROOT, free_port, run, tool, wait_for

# What docs/deployment.md reports. systemd's scale: 0 closed, 10 open; "OK" ends at 4.9.
REPORTED_EXPOSURE = 1.4


class UnitTests(Case):
    def unit(self, *lines_to_drop):
        """The unit as installed, its program one that is there."""
        (self.folder / "ausculta").symlink_to(BINARY)
        text = (ROOT / "Deploy/systemd/ausculta.service").read_text().replace("@LIBDIR@", str(self.folder))
        kept = [line for line in text.splitlines() if not line.startswith(lines_to_drop or ("\0",))]
        file = self.folder / "ausculta.service"
        file.write_text("\n".join(kept) + "\n")
        return file

    def test_systemd_understands_it(self):
        # The manual page is looked for where it is installed.
        done = run(tool("systemd-analyze"), "verify", self.unit("Documentation="), ok=False)
        self.assertEqual((done.returncode, done.stdout + done.stderr), (0, ""))

    def test_exposure_is_what_the_documentation_reports(self):
        done = run(tool("systemd-analyze"), "security", "--offline=yes", f"--threshold={REPORTED_EXPOSURE * 10:.0f}",
                   "--no-pager", self.unit(), ok=False)
        self.assertEqual(done.returncode, 0, done.stdout[-2000:])
        self.assertIn(f"{REPORTED_EXPOSURE} OK", (ROOT / "docs/deployment.md").read_text())

    def test_the_threshold_is_one_that_can_be_missed(self):
        done = run(tool("systemd-analyze"), "security", "--offline=yes", f"--threshold={REPORTED_EXPOSURE * 10:.0f}",
                   "--no-pager", self.unit("SystemCallFilter", "ProtectSystem", "CapabilityBoundingSet"), ok=False)
        self.assertNotEqual(done.returncode, 0)

    def test_the_service_makes_no_system_call_that_the_unit_forbids(self):
        strace = shutil.which("strace")
        if not strace or run(strace, "-f", "--seccomp-bpf", "-e", "trace=execve", "true", ok=False).returncode != 0:
            self.skipTest("strace cannot be used here")
        allowed = self.calls("@system-service") - self.calls("@privileged")
        if os.geteuid() == 0:
            # SQLite gives its files root's owner only where it is root, which the service is not.
            allowed |= {"chown", "fchown"}
        trace = self.folder / "trace"
        configuration = self.folder / "ausculta.yaml"
        text = (ROOT / "Deploy/systemd/ausculta.yaml").read_text()
        text = text.replace("/var/lib/ausculta", str(self.folder / "state")).replace("127.0.0.1:8750", f"127.0.0.1:{free_port()}")
        configuration.write_text(text.replace("localhost:1883", f"localhost:{free_port()}"))
        (self.folder / "state").mkdir()
        # With -D the tracer stands aside, and the signal that ends the service reaches it. execve is seen besides, as a sign that the trace works; names this kernel does not know are no matter.
        seen = "trace=!" + ",".join(f"?{name}" for name in sorted(allowed - {"execve"}))
        service = self.program(
            strace, "-D", "-f", "-q", "--seccomp-bpf", "-o", trace, "-e", seen, "-e", "signal=none",
            BINARY, "serve", "--config", configuration,
        )
        service.wait_for("broker: (disconnected|refused)", PATIENCE_S)
        service.stop()
        ended = f"{service.process.pid} +++ exited"
        wait_for("the end of the trace", lambda: ended in " ".join(trace.read_text(errors="replace").split()))
        called = set(re.findall(r"^\d+ +(?:<\.\.\. )?(\w+)(?:\(| resumed)", trace.read_text(errors="replace"), re.MULTILINE))
        self.assertEqual(called, {"execve"})

    def calls(self, group):
        """A group's calls, groups within it resolved."""
        names = set()
        for line in run(tool("systemd-analyze"), "syscall-filter", "--no-pager", group).stdout.splitlines()[1:]:
            name = line.strip()
            if name.startswith("#") or not name:
                continue
            names |= self.calls(name) if name.startswith("@") else {name}
        return names
