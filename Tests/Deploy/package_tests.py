"""The Debian package: built from the program under test, unpacked, run, looked over by lintian, and lived with."""

import os
import pathlib
import re
import shutil
import tempfile

from support import BINARY, Case, PATIENCE_S, ROOT, run, tool

OVERRIDES = ROOT / "Deploy/deb/lintian-overrides"


class PackageTests(Case):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.mkdtemp(prefix="ausculta-deploy-deb-")
        cls.addClassCleanup(shutil.rmtree, folder)
        built = run(ROOT / "Deploy/deb/build", "--binary", BINARY, "--out", folder, "--fast", timeout=5 * PATIENCE_S)
        cls.package = pathlib.Path(built.stdout.strip())

    def test_it_says_what_it_is_and_what_it_needs(self):
        def field(name):
            return run("dpkg-deb", "--field", self.package, name).stdout.strip()

        version = run(BINARY, "--version").stdout.strip()
        self.assertEqual(field("Version").rsplit("-", 1)[0], version)
        self.assertEqual(field("Architecture"), run("dpkg", "--print-architecture").stdout.strip())
        depends = field("Depends")
        # What it is linked with, found by dpkg-shlibdeps, and what it finds by name.
        for name in ("libmosquitto1", "libsndfile1", "libsoxr0", "libsqlite3-0", "libargon2-1", "libjs-dygraphs", "libc6"):
            self.assertRegex(depends, rf"(^|, ){name}\b")
        self.assertNotIn("swift", depends)
        self.assertEqual(run("dpkg-deb", "--info", self.package, "conffiles").stdout, "/etc/ausculta/ausculta.yaml\n")

    def test_the_unpacked_program_runs_with_the_packaged_configuration(self):
        run("dpkg-deb", "-x", self.package, self.folder)
        program = self.folder / "usr/bin/ausculta"
        self.assertEqual(run(program, "--version", cwd="/").stdout, run(BINARY, "--version").stdout)
        checked = run(program, "check-config", self.folder / "etc/ausculta/ausculta.yaml", cwd="/")
        self.assertIn("/var/lib/ausculta/trend.sqlite", checked.stdout)
        environment = {key: value for key, value in os.environ.items() if key != "AUSCULTA_MODEL"}
        listed = run(program, "model", "list", cwd="/", env=environment).stdout
        self.assertIn(f"{self.folder}/usr/lib/ausculta/Models/embedded", listed)
        # No library comes from a toolchain, which a box does not have.
        libraries = run("ldd", self.folder / "usr/lib/ausculta/ausculta").stdout
        self.assertNotIn("not found", libraries)
        outside = [line for line in libraries.splitlines() if "/usr/lib/swift/" in line]
        self.assertEqual(outside, [])
        unit = (self.folder / "lib/systemd/system/ausculta.service").read_text()
        self.assertIn("ExecStart=/usr/lib/ausculta/ausculta serve --config /etc/ausculta/ausculta.yaml", unit)
        for name in ("copyright", "changelog.gz", "changelog.Debian.gz", "configuration.md", "examples/ausculta.yaml"):
            self.assertTrue((self.folder / "usr/share/doc/ausculta" / name).is_file(), name)

    def test_the_manual_page_has_every_command(self):
        commands = re.findall(r"^  ([a-z][a-z-]+) {2,}\S", run(BINARY, "--help").stdout, re.MULTILINE)
        self.assertGreater(len(commands), 15)
        page = (ROOT / "Deploy/deb/ausculta.1").read_text().replace("\\-", "-")
        described = set(re.findall(r"^\.B ([a-z][a-z-]+)", page, re.MULTILINE))
        self.assertEqual(set(commands) - described, set())
        self.assertEqual(described - set(commands) - {"ausculta"}, set())

    def test_lintian_has_no_remark_that_is_not_explained(self):
        # Which of the explained remarks come depends on how the program was built. A trial package is not compressed.
        suppressed = ",".join((
            "unused-override", "mismatched-override", "uses-no-compression-for-control-tarball",
            "uses-no-compression-for-data-tarball",
        ))
        done = run(tool("lintian"), "--allow-root", "-I", "--fail-on", "error,warning,info", "--suppress-tags", suppressed,
                   "--tag-display-limit", "0", self.package, ok=False, timeout=5 * PATIENCE_S)
        self.assertEqual((done.returncode, done.stdout), (0, ""), done.stderr)

    def test_every_override_has_its_reason(self):
        lines = OVERRIDES.read_text().splitlines()
        for number, line in enumerate(lines):
            if line.startswith("ausculta:"):
                above = [text for text in reversed(lines[:number])]
                reason = next(text for text in above if not text.startswith("ausculta:"))
                self.assertTrue(reason.startswith("# "), f"line {number + 1}: {line}")

    def test_life_with_the_package(self):
        """Installed, upgraded, removed and purged by dpkg, over a copy of this system that is thrown away."""
        overlay = """
            set -e
            mount -t tmpfs tmpfs "$1" && mkdir "$1/upper" "$1/work" "$1/tree"
            mount -t overlay overlay -o "lowerdir=/,upperdir=$1/upper,workdir=$1/work" "$1/tree"
            mount -t proc proc "$1/tree/proc" && mount --bind /dev "$1/tree/dev"
            cat "$2" >"$1/tree/tmp/ausculta.deb"
            exec chroot "$1/tree" sh -ec "$3"
        """

        def in_copy(script):
            return run("unshare", "--mount", "sh", "-c", overlay, "sh", self.folder, self.package, script, ok=False)

        if os.getuid() != 0 or in_copy("true").returncode != 0:
            self.skipTest("needs root and an overlay file system")
        if in_copy("! dpkg --simulate --install /tmp/ausculta.deb").returncode == 0:
            self.skipTest("packages it depends on are not installed here")
        done = in_copy("""
            export DEBIAN_FRONTEND=noninteractive LC_ALL=C
            dpkg -i /tmp/ausculta.deb >/dev/null
            id -un ausculta
            stat -c '%U:%G %a %n' /etc/ausculta /etc/ausculta/ausculta.yaml
            readlink /etc/systemd/system/multi-user.target.wants/ausculta.service
            setpriv --reuid=ausculta --regid=ausculta --clear-groups ausculta check-config /etc/ausculta/ausculta.yaml | head -n 1
            # The service's data, a password beside its configuration, and a change to that.
            install -d -o ausculta /var/lib/ausculta && echo years >/var/lib/ausculta/trend.sqlite
            echo secret >/etc/ausculta/broker-password
            sed -i 's/^site: plant1/site: harbour/' /etc/ausculta/ausculta.yaml
            dpkg -i /tmp/ausculta.deb >/dev/null
            grep '^site: harbour' /etc/ausculta/ausculta.yaml
            dpkg -r ausculta >/dev/null
            grep '^site: harbour' /etc/ausculta/ausculta.yaml
            cat /var/lib/ausculta/trend.sqlite
            ls -d /usr/lib/ausculta /usr/bin/ausculta 2>/dev/null || echo program gone
            dpkg -P ausculta >/dev/null 2>&1
            ls /etc/ausculta
            ls -d /var/lib/ausculta 2>/dev/null || echo data gone
        """)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertEqual(done.stdout.splitlines(), [
            "ausculta",
            "root:ausculta 750 /etc/ausculta",
            "root:ausculta 640 /etc/ausculta/ausculta.yaml",
            "/lib/systemd/system/ausculta.service",
            "/etc/ausculta/ausculta.yaml: valid",
            "site: harbour",
            "site: harbour",
            "years",
            "program gone",
            "broker-password",
            "data gone",
        ])
