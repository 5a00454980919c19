"""Signs in with Chromium at the emulator, and checks what the browser was shown, asked for and keeps."""

import os
import shlex
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from chromium import Chromium

PROGRAM = Path(sys.argv[1]).resolve()
SIGNED_IN = "You are signed in. Close this tab and go back to the terminal."
DECLINED = "The sign-in was declined. Close this tab and go back to the terminal."


def fail(text):
    sys.exit(f"sign-in: {text}")


def environment(directory, **more):
    """That of a new shell: whatever is known is in the directory."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("PARTNER_CENTER_")}
    return inherited | {"PARTNER_CENTER_CONFIG_DIR": str(directory)} | more


def start_emulator():
    """The emulator's process, the arguments of the commands that it prints, and its sign-in host."""
    process = subprocess.Popen(
        [PROGRAM, "emulator"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    process.stdout.readline()
    commands, unfinished = [], ""
    for line in process.stderr:
        unfinished += line.strip()
        if unfinished.endswith("\\"):
            unfinished = unfinished[:-1]
            continue
        words, unfinished = shlex.split(unfinished.replace("`", "'")), ""
        if words[:1] == ["partner-center"]:
            commands.append(words[1:])
        if "login" in words[1:]:
            # Nothing may block while it writes its notes.
            threading.Thread(target=process.stderr.read, daemon=True).start()
            authority = next(words[-1] for words in commands if "authority" in words)
            return {"process": process, "commands": commands, "authority": authority}
    return fail("the emulator did not print commands")


def opener(directory):
    """A program that is given the address, as a browser would be."""
    script, opened = directory / "browser", directory / "opened"
    script.write_text(f"#!/bin/sh\nprintf '%s' \"$1\" > '{opened}.new'\nmv '{opened}.new' '{opened}'\n")
    script.chmod(0o700)
    return script, opened


def sign_in(emulator, directory, button, flags=(), **more):
    """Runs the emulator's commands and answers in the browser. Returns what both showed, and the code."""
    script, opened = opener(directory)
    opened.unlink(missing_ok=True)
    *settings, login = emulator["commands"]
    for arguments in settings:
        subprocess.run([PROGRAM, *arguments], env=environment(directory), check=True, capture_output=True)
    login = subprocess.Popen(
        [PROGRAM, "-vv", *login, "--browser", *flags],
        env=environment(directory, BROWSER=str(script), **more),
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


def licenses(directory):
    return subprocess.run(
        [PROGRAM, "--profile", "emulator", "licenses", "deployment", "--format", "csv"],
        capture_output=True, text=True, env=environment(directory), stdin=subprocess.DEVNULL,
    )


def main():
    emulator = start_emulator()
    try:
        with tempfile.TemporaryDirectory() as directory:
            directory = Path(directory)
            declined = sign_in(emulator, directory, "cancel")
            check(declined, emulator, DECLINED, 4)
            if licenses(directory).returncode != 4:
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
            run = licenses(directory)
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
