"""Takes the pictures of the dashboard that README and docs show, from a running demo.

    docs/images/dashboard.sh [--minutes 8] [--url http://127.0.0.1:8750] [--binary FILE]

Without --url it starts a demo of its own and lets it run for some minutes first, so that the lines have a history. The
pictures are WebP, beside this script.
"""

import argparse
import io
import json
import pathlib
import sys
import tempfile
import time
import urllib.request

from PIL import Image

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(ROOT / "Tests" / "Browser"))
sys.dont_write_bytecode = True

from chromium import Browser  # noqa: E402
from service import Demo, make_sound, wait_for  # noqa: E402

# Flat colours stay as they are; what a spectrogram loses nobody sees.
QUALITY = 88


def keep(browser, name, scale=1):
    """The screen as it is."""
    with tempfile.TemporaryDirectory() as folder:
        raw = pathlib.Path(folder) / "raw.png"
        # What glides into place has arrived.
        browser.later("await new Promise((done) => setTimeout(done, 1500));")
        browser.picture(raw)
        image = Image.open(io.BytesIO(raw.read_bytes())).convert("RGB")
    if scale != 1:
        image = image.resize((round(image.width * scale), round(image.height * scale)), Image.Resampling.LANCZOS)
    file = HERE / f"dashboard-{name}.webp"
    image.save(file, quality=QUALITY, method=6)
    print(f"{file.name}: {image.width} x {image.height}, {file.stat().st_size / 1000:.0f} kB", flush=True)


def plant(browser, base, language, theme):
    browser.open(base, "/plant", language, theme)
    browser.live()
    browser.wait("machines that are heard", "return document.querySelectorAll('article.machine').length >= 4")


def pictures(browser, base, sound):
    with urllib.request.urlopen(f"{base}/api/v1/alarms?state=active", timeout=60) as answer:
        alarm = json.load(answer)["alarms"][0]
    plant(browser, base, "en", "light")
    keep(browser, "plant")
    browser.open(base, "/machine/compressor-2?range=15m")
    browser.wait("the trend", "return document.querySelector('.trend-canvas canvas')")
    browser.wait("the spectrogram", "const image = document.querySelector('.spectrogram img'); return image && !image.hidden && image.naturalWidth > 0")
    browser.size("tall")
    keep(browser, "machine")
    browser.size("desk")
    browser.open(base, f"/alarms/{alarm['alarm_id']}")
    browser.wait("the spectrogram", "const image = document.querySelector('.spectrogram img'); return image && !image.hidden && image.naturalWidth > 0")
    keep(browser, "alarm")
    browser.open(base, "/alarms")
    keep(browser, "alarms")

    browser.open(base, "/desk")
    browser.script("document.querySelector('#sound').classList.remove('sr-only')")
    browser.find("#sound")[0].send_keys(str(sound))
    browser.wait("the file is taken", "return !document.querySelector('.chosen').hidden && document.querySelector('.spectrogram canvas')")
    browser.script("document.querySelector('#sound').classList.add('sr-only')")
    browser.write("#labels", "an air compressor running normally\nan air compressor with a bearing lacking oil\na broken valve plate\nbackground noise")
    browser.click("button.go")
    browser.wait("an answer", "return !document.querySelector('.answer').hidden")
    browser.script("scrollTo(0, 0); document.activeElement.blur()")
    keep(browser, "desk")

    plant(browser, base, "zh", "light")
    keep(browser, "plant-zh")
    browser.open(base, "/machine/compressor-2?range=15m", "zh", "dark")
    browser.wait("the trend", "return document.querySelector('.trend-canvas canvas')")
    browser.size("tall")
    keep(browser, "machine-zh-dark")
    browser.size("phone", scale=2)
    plant(browser, base, "en", "dark")
    keep(browser, "phone", scale=0.75)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--binary", default=str(ROOT / ".build/release/ausculta"))
    parser.add_argument("--url", help="a demo that runs already, its alarm raised")
    parser.add_argument("--minutes", type=float, default=8, help="how long a demo of its own runs before the pictures")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="ausculta-pictures-", ignore_cleanup_errors=True) as folder:
        folder = pathlib.Path(folder)
        demo = browser = None
        try:
            if not options.url:
                begun = time.monotonic()
                demo = Demo(options.binary, folder).ready()
                wait_for("the demo's alarm", lambda: demo.get("/api/v1/alarms?state=active")["alarms"], 400)
                time.sleep(max(0, 60 * options.minutes - (time.monotonic() - begun)))
            sound = make_sound(options.binary, folder, "bearing-lacking-oil", 30)
            browser = Browser(folder / "profile")
            pictures(browser, options.url or demo.base, sound)
        finally:
            if browser:
                browser.quit()
            if demo:
                demo.stop()


if __name__ == "__main__":
    main()
