"""Opens pages in Chromium, and reports scripts, requests and console messages."""

import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

QUIET = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update", "--hide-scrollbars",
]

# The pages of which pictures are left behind.
PICTURES = ["sample-report", "sample-customer", "sample-index", "hostile-report"]

# What the checks must find: a script, a message and a request.
PLANTED = """<!doctype html><title>planted</title>
<script>console.log("planted")</script><img src="http://planted.invalid/x.png" alt="">"""


def chromium(*arguments):
    with tempfile.TemporaryDirectory() as profile:
        command = ["chromium", *QUIET, f"--user-data-dir={profile}", *arguments]
        return subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)


def visit(page):
    """The page's console messages, and the addresses that were requested."""
    with tempfile.TemporaryDirectory() as directory:
        log = Path(directory) / "net.json"
        run = chromium("--enable-logging=stderr", f"--log-net-log={log}", "--dump-dom", page)
        messages = re.findall(r"CONSOLE[:(].*", run.stderr)
        events = json.loads(log.read_text(encoding="utf-8"))["events"]
    starts = [event["params"] for event in events if "initiator" in event.get("params", {})]
    # The browser's own requests, such as those for updates, have no page as initiator.
    of_page = {start["url"] for start in starts if start["initiator"] != "not an origin"}
    return messages, {url for url in of_page if not url.startswith(("file:", "data:"))}


def main(pages):
    with tempfile.TemporaryDirectory() as directory:
        planted = Path(directory) / "planted.html"
        planted.write_text(PLANTED, encoding="utf-8")
        messages, requested = visit(planted.as_uri())
        if not messages or not any("planted.invalid" in url for url in requested):
            sys.exit(f"browser: a planted script or request was not found: {messages} {requested}")
    files = sorted(pages.glob("*.html"))
    if not any("hostile" in page.name for page in files):
        sys.exit("browser: there is no page with hostile names")
    for page in files:
        messages, requested = visit(page.as_uri())
        if messages or requested:
            sys.exit(f"browser: {page.name}: {messages} {requested}")
        if page.stem not in PICTURES:
            continue
        for name, width in (("wide", 1280), ("narrow", 390)):
            picture = page.with_suffix(f".{name}.png")
            chromium(f"--window-size={width},2400", f"--screenshot={picture}", page.as_uri())
        chromium("--no-pdf-header-footer", f"--print-to-pdf={page.with_suffix('.pdf')}", page.as_uri())
    print(f"browser: {len(files)} pages ran no script, sent no request and wrote nothing to the console")


main(Path(sys.argv[1]))
