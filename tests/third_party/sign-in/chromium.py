"""Chromium without a window, driven through pipes with its DevTools protocol."""

import itertools
import json
import os
import subprocess
import time

FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update", "--remote-debugging-pipe",
]


class Chromium:
    """One browser with one tab."""

    def __init__(self, profile):
        to_browser, self.commands = os.pipe()
        self.messages, from_browser = os.pipe()

        def connect():
            # The protocol reads from 3 and writes to 4. Both may be in use for the other.
            reading, writing = os.dup(to_browser), os.dup(from_browser)
            os.dup2(reading, 3)
            os.dup2(writing, 4)

        command = ["chromium", *FLAGS, f"--user-data-dir={profile}", "about:blank"]
        self.process = subprocess.Popen(
            command, preexec_fn=connect, close_fds=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        os.close(to_browser)
        os.close(from_browser)
        self.numbers, self.buffer, self.events = itertools.count(1), b"", []
        targets = self.send("Target.getTargets")["targetInfos"]
        tab = next(target for target in targets if target["type"] == "page")
        attach = {"targetId": tab["targetId"], "flatten": True}
        self.session = self.send("Target.attachToTarget", attach)["sessionId"]
        for domain in ["Page", "Network", "Runtime", "Log"]:
            self.send(f"{domain}.enable")

    def receive(self):
        while b"\0" not in self.buffer:
            read = os.read(self.messages, 65536)
            if not read:
                raise RuntimeError("the browser has ended")
            self.buffer += read
        message, self.buffer = self.buffer.split(b"\0", 1)
        return json.loads(message)

    def send(self, method, parameters=None):
        number = next(self.numbers)
        message = {"id": number, "method": method, "params": parameters or {}}
        if hasattr(self, "session"):
            message["sessionId"] = self.session
        os.write(self.commands, json.dumps(message).encode() + b"\0")
        while True:
            message = self.receive()
            if message.get("id") == number:
                if "error" in message:
                    raise RuntimeError(f"{method}: {message['error']}")
                return message["result"]
            self.events.append(message)

    def run(self, script):
        return self.send("Runtime.evaluate", {"expression": script, "returnByValue": True})["result"].get("value")

    def wait_for(self, script, seconds=60):
        """Waits until a script is true, and returns its value."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            try:
                if value := self.run(script):
                    return value
            except RuntimeError as error:
                # The page is just being replaced.
                if "context" not in str(error):
                    raise
            time.sleep(0.1)
        raise RuntimeError(f"it did not come true: {script}\n{self.run('document.documentElement.outerHTML')}")

    def open(self, address):
        self.send("Page.navigate", {"url": address})

    def history(self):
        """The addresses that the button "back" would show, and the current one."""
        return [entry["url"] for entry in self.send("Page.getNavigationHistory")["entries"]]

    def requested(self):
        """The addresses that pages asked for."""
        requests = [event["params"] for event in self.events if event["method"] == "Network.requestWillBeSent"]
        return [request["request"]["url"] for request in requests]

    def posted(self):
        """The forms that pages posted."""
        requests = [event["params"] for event in self.events if event["method"] == "Network.requestWillBeSent"]
        return [request["request"]["postData"] for request in requests if "postData" in request["request"]]

    def complaints(self):
        """What pages wrote to the console."""
        kinds = ["Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Log.entryAdded"]
        return [event["params"] for event in self.events if event["method"] in kinds]

    def close(self):
        del self.session
        try:
            self.send("Browser.close")
        except (RuntimeError, BrokenPipeError):
            pass
        self.process.wait(timeout=60)
        os.close(self.commands)
        os.close(self.messages)
