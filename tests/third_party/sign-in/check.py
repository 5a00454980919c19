"""Signs in with Chromium at the emulator, and checks what the browser was shown, asked for and keeps."""

import os
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from chromium import Chromium

PROGRAM = Path(sys.argv[1]).resolve()
TENANT = "5b1ad0a7-6a8c-4d5c-9d11-1f9a5c1a7c0e"
CLIENT = "9a3c2f54-0b1d-4c77-8e2e-6d5f3a1b9c40"
SIGNED_IN = "You are signed in. Close this tab and go back to the terminal."
DECLINED = "The sign-in was declined. Close this tab and go back to the terminal."


def fail(text):
    sys.exit(f"sign-in: {text}")


def environment(emulator, directory, **more):
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("PARTNER_CENTER_")}
    return inherited | {
        "PARTNER_CENTER_BASE_URL": emulator["url"],
        "PARTNER_CENTER_AUTHORITY": emulator["authority"],
        "PARTNER_CENTER_TENANT_ID": TENANT,
        "PARTNER_CENTER_CLIENT_ID": CLIENT,
        "PARTNER_CENTER_CONFIG_DIR": str(directory),
    } | more


def start_emulator():
    """The addresses of the emulator, which it prints, and its process."""
    process = subprocess.Popen(
        [PROGRAM, "emulator"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    url = process.stdout.readline().strip()
    for line in process.stderr:
        for word in line.split():
            if word.startswith("PARTNER_CENTER_AUTHORITY="):
                # Nothing may block while it writes its notes.
                threading.Thread(target=process.stderr.read, daemon=True).start()
                return {"url": url, "authority": word.partition("=")[2], "process": process}
    return fail("the emulator did not print its addresses")


def opener(directory):
    """A program that is given the address, as a browser would be."""
    script, opened = directory / "browser", directory / "opened"
    script.write_text(f"#!/bin/sh\nprintf '%s' \"$1\" > '{opened}.new'\nmv '{opened}.new' '{opened}'\n")
    script.chmod(0o700)
    return script, opened


def sign_in(emulator, directory, button, flags=(), **more):
    """Runs `login` and answers in the browser. Returns what both showed, and the code."""
    script, opened = opener(directory)
    opened.unlink(missing_ok=True)
    login = subprocess.Popen(
        [PROGRAM, "-vv", "login", "--browser", *flags],
        env=environment(emulator, directory, BROWSER=str(script), **more),
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )
    end = time.monotonic() + 60
    while not opened.exists():
        if time.monotonic() > end:
            fail("no browser was opened")
        time.sleep(0.05)
    address = opened.read_text()

    profile = directory / f"profile-{button}"
    browser = Chromium(profile)
    browser.open(address)
    browser.wait_for(f"document.querySelector('button[value={button}]') !== null")
    browser.run(f"document.querySelector('button[value={button}]').click()")
    browser.wait_for("location.pathname === '/done' && document.readyState === 'complete'")
    shown = browser.run("document.body.innerText")
    place, history = browser.run("location.href"), browser.history()
    scripts = browser.run("document.scripts.length")
    # Login ends once the page is shown; the page must not need it any more.
    _, stderr = login.communicate(timeout=60)
    result = {
        "code": login.returncode, "stderr": stderr, "address": address, "shown": shown, "place": place,
        "history": history, "scripts": scripts, "requested": browser.requested(), "posted": browser.posted(),
        "complaints": browser.complaints(),
        "referrer": browser.run("document.referrer"),
    }
    browser.close()
    result["profile"] = profile
    return result


def check(result, emulator, text, code):
    if result["code"] != code:
        fail(f"login ended with {result['code']}:\n{result['stderr']}")
    if text not in result["shown"]:
        fail(f"the last page says {result['shown']!r}")
    redirect = parse_qs(urlsplit(result["address"]).query)["redirect_uri"][0]
    if result["place"] != f"{redirect}/done":
        fail(f"the last page is at {result['place']}")
    for address in result["history"] + result["requested"] + [result["place"], result["referrer"]]:
        if "code=" in address or "error=" in address:
            fail(f"the answer is in an address: {address}")
    hosts = {urlsplit(emulator["authority"]).netloc, urlsplit(redirect).netloc}
    for address in result["requested"]:
        if urlsplit(address).netloc not in hosts:
            fail(f"a page asked for {address}")
    if result["scripts"] or result["complaints"]:
        fail(f"the last page has scripts or complaints: {result['complaints']}")


def code_of(result):
    """The authorization code, which the browser has posted."""
    for form in result["posted"]:
        if codes := parse_qs(form).get("code"):
            return codes[0]
    return None


def keeps(profile, secret):
    """The files of the browser that contain a text."""
    files = [file for file in profile.rglob("*") if file.is_file()]
    return [str(file.relative_to(profile)) for file in files if secret.encode() in file.read_bytes()]


def licenses(emulator, directory):
    run = subprocess.run(
        [PROGRAM, "licenses", "deployment", "--format", "csv"], capture_output=True, text=True,
        env=environment(emulator, directory), stdin=subprocess.DEVNULL,
    )
    return run


def main():
    emulator = start_emulator()
    try:
        with tempfile.TemporaryDirectory() as directory:
            directory = Path(directory)
            declined = sign_in(emulator, directory, "cancel")
            check(declined, emulator, DECLINED, 4)
            if licenses(emulator, directory).returncode != 4:
                fail("a declined sign-in was stored")

            accepted = sign_in(emulator, directory, "accept")
            check(accepted, emulator, SIGNED_IN, 0)
            code = code_of(accepted)
            if not code:
                fail("the browser was not sent back with a code")
            if code in accepted["stderr"] or code in accepted["shown"]:
                fail("the code is shown")
            if kept := keeps(accepted["profile"], code):
                fail(f"the code is in the browser's files: {kept}")
            if not keeps(accepted["profile"], "code_challenge="):
                fail("the browser's files do not even have the address of the sign-in")
            run = licenses(emulator, directory)
            if run.returncode or len(run.stdout.splitlines()) < 2:
                fail(f"the stored sign-in does not work:\n{run.stdout}{run.stderr}")

            secret = "the-emulators-client-secret"
            confidential = sign_in(
                emulator, directory, "accept", ["--confidential"], PARTNER_CENTER_CLIENT_SECRET=secret
            )
            check(confidential, emulator, SIGNED_IN, 0)
            if secret in confidential["stderr"]:
                fail("the client secret is shown")
    finally:
        emulator["process"].terminate()
    print(
        "sign-in: accepted, declined and confidential in Chromium; the last page has no code in its address, asks for "
        "nothing and runs nothing, and licenses are read with the stored sign-in"
    )


main()
