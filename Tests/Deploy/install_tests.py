"""Deploy/install in a folder that stands for the root: install, upgrade, uninstall, and what it refuses."""

import os
import pathlib
import shutil

from support import BINARY, Case, ROOT, run

INSTALL = ROOT / "Deploy/install"


def files(folder):
    """Every file and link below a folder, as the installed system knows them."""
    return {"/" + str(path.relative_to(folder)) for path in pathlib.Path(folder).rglob("*") if path.is_symlink() or path.is_file()}


class InstallTests(Case):
    def install(self, *options, ok=True):
        return run(INSTALL, "--binary", BINARY, "--destdir", self.folder, *options, ok=ok)

    def test_life_of_an_installation(self):
        self.install()
        placed = files(self.folder)
        configuration = self.folder / "etc/ausculta/ausculta.yaml"
        program = self.folder / "usr/local/bin/ausculta"
        for name in ("/etc/systemd/system/ausculta.service", "/usr/local/share/man/man1/ausculta.1.gz",
                     "/usr/local/lib/sysusers.d/ausculta.conf"):
            self.assertIn(name, placed)
        self.assertEqual(run(program, "--version").stdout, run(BINARY, "--version").stdout)
        self.assertIn("valid", run(program, "check-config", configuration).stdout)
        # The program finds model and pages by its own place, from any working folder.
        found = run(program, "model", "list", cwd="/", env={**os.environ, "AUSCULTA_MODEL": ""}).stdout
        self.assertIn(f"{self.folder}/usr/local/lib/ausculta/Models/embedded", found)
        unit = (self.folder / "etc/systemd/system/ausculta.service").read_text()
        self.assertIn("ExecStart=/usr/local/lib/ausculta/ausculta serve", unit)
        self.assertNotIn("@", unit.replace("@system-service", "").replace("@privileged", "").replace("@resources", ""))

        # What belongs to the plant, and a file that only the former version had.
        configuration.write_text(configuration.read_text().replace("site: plant1", "site: harbour"))
        data = self.folder / "var/lib/ausculta/trend.sqlite"
        data.parent.mkdir(parents=True)
        data.write_text("years of trends")
        obsolete = self.folder / "usr/local/lib/ausculta/libformer.so"
        obsolete.write_text("")
        listed = self.folder / "usr/local/lib/ausculta/installed-files"
        listed.write_text(listed.read_text() + "/usr/local/lib/ausculta/libformer.so\n")

        self.install()
        self.assertIn("site: harbour", configuration.read_text())
        self.assertEqual(data.read_text(), "years of trends")
        self.assertFalse(obsolete.exists())
        self.assertEqual(files(self.folder) - {"/var/lib/ausculta/trend.sqlite"}, placed)

        said = self.install("--uninstall").stdout
        self.assertEqual(files(self.folder), {"/etc/ausculta/ausculta.yaml", "/var/lib/ausculta/trend.sqlite"})
        self.assertFalse((self.folder / "usr").exists(), "empty folders are left")
        self.assertIn("Kept", said)
        self.assertEqual(self.install("--uninstall", ok=False).returncode, 66)

    def test_an_upgrade_stops_at_a_configuration_the_new_version_refuses(self):
        configuration = self.folder / "etc/ausculta/ausculta.yaml"
        configuration.parent.mkdir(parents=True)
        configuration.write_text("site: plant1\nmachinery: []\n")
        refused = self.install(ok=False)
        self.assertEqual(refused.returncode, 78)
        self.assertIn("machinery", refused.stderr)
        self.assertIn("nothing was changed", refused.stderr)
        self.assertEqual(files(self.folder), {"/etc/ausculta/ausculta.yaml"})

    def test_refusals_say_what_to_do(self):
        self.assertIn("make release", self.refused("--binary", "/nowhere/ausculta", "--destdir", self.folder, status=66))
        self.assertIn("absolute", self.refused("--prefix", "opt", status=64))
        self.assertIn("--help", self.refused("--what", status=64))
        if os.getuid() != 0:
            self.assertIn("needs root", self.refused("--binary", BINARY, status=77))
        elif not pathlib.Path("/run/systemd/system").exists():
            self.assertIn("systemd does not run here", self.refused("--binary", BINARY, status=69))

    def refused(self, *options, status):
        done = run(INSTALL, *options, ok=False)
        self.assertEqual(done.returncode, status, done.stderr)
        return done.stderr

    def test_without_root_it_asks_for_it(self):
        if os.getuid() != 0 or not shutil.which("setpriv"):
            self.skipTest("this is for a root that can lay its rights down")
        # A copy that anyone may read: the clone's folder may be closed to others.
        copy = self.folder / "clone"
        shutil.copytree(ROOT / "Deploy", copy / "Deploy")
        for path in (self.folder, copy):
            path.chmod(0o755)
        done = run("setpriv", "--reuid=65534", "--clear-groups", copy / "Deploy/install", ok=False, cwd="/")
        self.assertEqual(done.returncode, 77)
        self.assertIn("sudo Deploy/install", done.stderr)

    def test_help_names_every_option(self):
        text = run(INSTALL, "--help").stdout
        for option in ("--binary", "--prefix", "--no-start", "--uninstall", "--destdir"):
            self.assertIn(option, text)
