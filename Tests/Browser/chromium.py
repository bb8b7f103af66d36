"""Chromium from Debian, driven through its own driver; what it complains of is kept."""

import base64
import os
import pathlib
import shutil

from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service as Driver
from selenium.webdriver.common.by import By

from service import Failure, wait_for

SIZES = {"desk": (1440, 900), "phone": (390, 844), "tall": (1440, 1130)}
CHECKS = pathlib.Path(__file__).with_name("page_checks.js").read_text()
# Runs before every page's own scripts.
EARLY = """
window.violations = [];
document.addEventListener("securitypolicyviolation", (event) => window.violations.push(event.violatedDirective + " " + event.blockedURI));
performance.setResourceTimingBufferSize(5000);
"""


class Browser:
    def __init__(self, profile, microphone=None):
        options = Options()
        options.binary_location = shutil.which("chromium")
        arguments = [
            "--headless=new", "--disable-dev-shm-usage", "--disable-gpu", "--hide-scrollbars", "--mute-audio", "--no-first-run",
            "--disable-background-networking", "--disable-component-update", "--disable-sync", "--lang=en",
            f"--user-data-dir={profile}", "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream",
        ]
        if microphone:
            arguments.append(f"--use-file-for-fake-audio-capture={microphone}")
        if os.geteuid() == 0:
            # Chromium's sandbox refuses to run as root, as containers do.
            arguments.append("--no-sandbox")
        for argument in arguments:
            options.add_argument(argument)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        self.driver = webdriver.Chrome(options=options, service=Driver(shutil.which("chromedriver")))
        self.driver.set_script_timeout(180)
        self.driver.set_page_load_timeout(180)
        self.driver.execute_cdp_cmd("Page.enable", {})
        self.driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": EARLY})
        self.complaints = []
        self.size("desk")

    def quit(self):
        self.driver.quit()

    def size(self, kind, scale=1):
        width, height = SIZES[kind]
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
            "width": width, "height": height, "deviceScaleFactor": scale, "mobile": kind == "phone",
        })
        self.driver.execute_cdp_cmd("Emulation.setTouchEmulationEnabled", {"enabled": kind == "phone"})

    def still(self, on):
        """Without movement: colours are what they come to rest at."""
        value = "reduce" if on else "no-preference"
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [{"name": "prefers-reduced-motion", "value": value}]})

    def script(self, text, *arguments):
        return self.driver.execute_script(text, *arguments)

    def later(self, text, *arguments):
        """Runs the body of an async function and gives what it returns."""
        wrapped = "const done = arguments[arguments.length - 1]; const given = [...arguments].slice(0, -1);" \
            f"(async (...args) => {{ {text} }})(...given).then((value) => done({{value}}), (error) => done({{error: String(error)}}));"
        answer = self.driver.execute_async_script(wrapped, *arguments)
        if "error" in answer:
            raise Failure(f"script: {answer['error']}")
        return answer.get("value")

    def check(self, name, *arguments):
        """One of the checks of page_checks.js."""
        return self.later(f"{CHECKS}\nreturn {name}(...args);", *arguments)

    def open(self, base, page, language=None, theme=None):
        """Loads the document anew and shows a page."""
        if language or theme:
            # Set from a document of the same origin that runs no script, so that the page starts with it.
            self.driver.get(base + "/assets/img/mark.svg")
            self.script("localStorage.setItem('ausculta.language', arguments[0]); localStorage.setItem('ausculta.theme', arguments[1])",
                        language or "en", theme or "light")
        else:
            self.driver.get("about:blank")
        self.driver.get(f"{base}/#{page}")
        self.settled(page)

    def go(self, page):
        """Shows a page as a link within the dashboard does, without loading the document anew."""
        if self.script("return location.hash") == "#" + page:
            return self.settled(page)
        self.script("document.querySelector('main').firstElementChild?.setAttribute('data-left', ''); location.hash = arguments[0]", page)
        self.settled(page)

    def settled(self, page):
        """Until the page is there and holds what it asked for."""
        wait_for(f"page {page} is shown", lambda: self.script("""
            const main = document.querySelector("main");
            return main && main.querySelector("h1") && !main.querySelector("[data-left], .skeleton, [aria-busy=true]")
              && document.readyState === "complete" && document.fonts.status === "loaded";"""))
        # What came last is laid out and painted.
        self.later("await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));")

    def live(self):
        wait_for("the live connection stands", lambda: self.script("return document.documentElement.dataset.live") == "open")

    def find(self, selector):
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def text(self, selector):
        return self.script("return [...document.querySelectorAll(arguments[0])].map((each) => each.innerText.trim())", selector)

    def wait(self, what, script, *arguments, seconds=180):
        return wait_for(what, lambda: self.script(script, *arguments), seconds)

    def click(self, selector, words=None):
        """Clicks the one visible element, as a person does."""
        def clicked():
            for element in self.find(selector):
                if element.is_displayed() and element.is_enabled() and (words is None or words in element.text):
                    self.script("arguments[0].scrollIntoView({block: 'center'})", element)
                    element.click()
                    return True
            return False

        wait_for(f"{selector}{' with ' + repr(words) if words else ''} can be clicked", clicked)

    def write(self, selector, words):
        field = wait_for(f"{selector} can be written in", lambda: next((each for each in self.find(selector) if each.is_displayed()), None))
        field.clear()
        field.send_keys(words)

    def console(self):
        """Errors and warnings since the last call."""
        lines = [line for line in self.driver.get_log("browser") if line["level"] in ("SEVERE", "WARNING")]
        return [f"{line['level']} {line['message']}" for line in lines]

    def picture(self, file, full=False):
        width, height = self.script("return [innerWidth, Math.min(4000, arguments[0] ? document.documentElement.scrollHeight : innerHeight)]", full)
        shot = self.driver.execute_cdp_cmd("Page.captureScreenshot", {
            "format": "png", "captureBeyondViewport": full, "clip": {"x": 0, "y": 0, "width": width, "height": height, "scale": 1},
        } if full else {"format": "png"})
        pathlib.Path(file).write_bytes(base64.b64decode(shot["data"]))
