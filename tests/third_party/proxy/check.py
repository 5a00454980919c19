"""Runs the command line behind Squid, against the emulator behind a TLS front.

The hosts partner.test and login.test exist in Squid's hosts file only, so that a request that reaches them went through
the proxy. Squid's log says where the program connected, and its answer.
"""

import os
import re
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import ExitStack
from pathlib import Path

PROGRAM = sys.argv[1]
USER, PASSWORD = "desk", "a-password-that-must-not-show"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def pump(source, target):
    """Copies bytes until one side closes."""
    try:
        while data := source.recv(65536):
            target.sendall(data)
    except OSError:
        pass
    for end in (source, target):
        try:
            end.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass


def front(context, port):
    """Serves TLS on a free port, and passes the bytes on to a port of this machine."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve(plain):
        try:
            secure = context.wrap_socket(plain, server_side=True)
            behind = socket.create_connection(("127.0.0.1", port))
        except OSError:
            return
        threading.Thread(target=pump, args=(secure, behind), daemon=True).start()
        pump(behind, secure)

    def accept():
        while True:
            plain, _ = listener.accept()
            threading.Thread(target=serve, args=(plain,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    return listener.getsockname()[1]


def openssl(folder, *arguments):
    subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)


def certificates(folder):
    """A root certificate, and one for the two hosts that it issued."""
    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    openssl(folder, "req", "-x509", *key, "-keyout", "root.key", "-out", "root.pem", "-days", "2",
            "-subj", "/CN=A root for one run")
    openssl(folder, "req", *key, "-keyout", "host.key", "-out", "host.csr", "-subj", "/CN=partner.test")
    (folder / "names").write_text("subjectAltName=DNS:partner.test,DNS:login.test\n")
    openssl(folder, "x509", "-req", "-in", "host.csr", "-CA", "root.pem", "-CAkey", "root.key",
            "-CAcreateserial", "-days", "2", "-extfile", "names", "-out", "host.pem")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "host.pem", folder / "host.key")
    return context


class Proxy:
    """Squid, with or without a password."""

    def __init__(self, stack, folder, name, with_password):
        self.port, self.log = free_port(), folder / f"{name}.log"
        self.pid = folder / f"{name}.pid"
        helper = next(path for path in (Path("/usr/lib/squid/basic_ncsa_auth"),
                                        Path("/usr/libexec/squid/basic_ncsa_auth")) if path.exists())
        hashed = subprocess.run(["openssl", "passwd", "-apr1", PASSWORD], check=True, capture_output=True, text=True)
        (folder / "passwords").write_text(f"{USER}:{hashed.stdout}")
        access = (f"auth_param basic program {helper} {folder}/passwords\n"
                  "acl known proxy_auth REQUIRED\nhttp_access deny forbidden\nhttp_access allow known\n"
                  if with_password else "http_access deny forbidden\nhttp_access allow all\n")
        configuration = folder / f"{name}.conf"
        configuration.write_text(
            f"http_port 127.0.0.1:{self.port}\nhosts_file {folder}/hosts\npid_filename {self.pid}\n"
            f"acl forbidden dstdomain forbidden.test\n{access}http_access deny all\ncache deny all\n"
            f"access_log stdio:{self.log}\ncache_log {folder}/{name}.cache.log\nshutdown_lifetime 1 second\n"
            f"logfile_rotate 0\nconnect_timeout 5 seconds\n")
        self.process = subprocess.Popen(["squid", "-N", "-f", configuration], stderr=subprocess.PIPE)
        stack.callback(self.stop)
        for _ in range(300):
            if self.process.poll() is not None:
                sys.exit(f"squid ended: {self.process.stderr.read().decode()}")
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    break
            time.sleep(0.1)
        self.seen = 0

    def stop(self):
        self.process.terminate()
        self.process.wait()

    def address(self, password=None):
        user = f"{USER}:{password}@" if password else ""
        return f"http://{user}127.0.0.1:{self.port}"

    def connections(self):
        """What was asked of the proxy since the last call: the status and the host of each."""
        for _ in range(50):
            lines = self.log.read_text().splitlines() if self.log.exists() else []
            if len(lines) > self.seen:
                break
            time.sleep(0.1)
        new, self.seen = lines[self.seen:], len(lines)
        found = [re.search(r"/(\d{3}) \d+ CONNECT ([^: ]+)", line) for line in new]
        return [(int(match[1]), match[2]) for match in found if match]

    def is_unused(self):
        time.sleep(0.3)
        lines = self.log.read_text().splitlines() if self.log.exists() else []
        return len(lines) == self.seen


def main(stack):
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
    folder.chmod(0o777)
    (folder / "hosts").write_text("127.0.0.1 partner.test login.test forbidden.test\n")
    context = certificates(folder)
    for path in folder.iterdir():
        path.chmod(0o644)

    emulator = subprocess.Popen([PROGRAM, "emulator"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    stack.callback(emulator.wait)
    stack.callback(emulator.terminate)
    base = emulator.stdout.readline().strip()
    text = ""
    while "--client" not in text:
        text += emulator.stderr.readline()
    # From the commands that it prints.
    value = lambda word: re.search(rf"{word} (\S+)", text)[1]
    port = lambda url: int(url.rsplit(":", 1)[1])
    service = f"https://partner.test:{front(context, port(base))}"
    sign_in = f"https://login.test:{front(context, port(value('set authority')))}"
    closed = f"https://partner.test:{free_port()}"

    open_proxy = Proxy(stack, folder, "open", with_password=False)
    strict_proxy = Proxy(stack, folder, "strict", with_password=True)

    def run(arguments, **variables):
        environment = {name: value for name, value in os.environ.items()
                       if not name.lower().endswith("_proxy") and not name.startswith("PARTNER_CENTER_")}
        environment |= {"PARTNER_CENTER_BASE_URL": service, "PARTNER_CENTER_ACCESS_TOKEN": "any",
                        "SSL_CERT_FILE": str(folder / "root.pem"), "PARTNER_CENTER_CONFIG_DIR": str(folder / "config")}
        environment |= {name: value for name, value in variables.items() if value is not None}
        for name in [name for name, value in variables.items() if value is None]:
            environment.pop(name, None)
        done = subprocess.run([PROGRAM, *arguments], env=environment, capture_output=True, text=True)
        assert PASSWORD not in done.stdout + done.stderr, "the password shows"
        return done

    call = ["customers", "list", "--format", "csv"]
    checked = 0

    def expect(done, code, *texts):
        nonlocal checked
        checked += 1
        assert done.returncode == code, f"exit code {done.returncode}, expected {code}\n{done.stderr}"
        for text in texts:
            assert text in done.stderr, f"no {text!r} in\n{done.stderr}"

    # Every variable in both letter cases, and hosts without the proxy, whose names do not exist.
    for variable in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        for name in ("NO_PROXY", "no_proxy"):
            for hosts, is_direct in (("", False), ("test.example", False), ("partner.test", True), (".test", True),
                                     ("other.example, partner.test", True), ("*", True)):
                done = run([*call, "--max-attempts", "1"], **{variable: open_proxy.address(), name: hosts})
                if is_direct:
                    expect(done, 8, "could not resolve the host name")
                    assert open_proxy.is_unused(), (variable, name, hosts)
                else:
                    expect(done, 0)
                    assert done.stdout.count("\n") > 20, done.stdout
                    assert set(open_proxy.connections()) == {(200, "partner.test")}

    # By a flag and by a profile.
    expect(run([*call, "--proxy", open_proxy.address()]), 0)
    open_proxy.connections()
    (folder / "config").mkdir()
    (folder / "config" / "config.toml").write_text(f'[profile.default]\nproxy = "{open_proxy.address()}"\n')
    expect(run(call), 0)
    assert open_proxy.connections()
    shutil.rmtree(folder / "config")

    # With a password: none, a wrong one, the right one.
    for password, code in ((None, 8), ("wrong", 8), (PASSWORD, 0)):
        done = run(call, HTTPS_PROXY=strict_proxy.address(password))
        expect(done, code, *([] if code == 0 else ["the proxy requires a user name and password", "HTTPS_PROXY"]))
        connections = strict_proxy.connections()
        expected = {407} if code else {200}
        assert {status for status, _ in connections} == expected, connections
        assert code == 0 or len(connections) == 1, f"a refused password is sent once: {connections}"

    # What the proxy does not connect to: a forbidden host, and a port that nobody serves.
    forbidden = service.replace("partner.test", "forbidden.test")
    for url in (forbidden, closed):
        done = run([*call, "--max-attempts", "1"], HTTPS_PROXY=open_proxy.address(), PARTNER_CENTER_BASE_URL=url)
        expect(done, 8, "the proxy refused to connect to the service")
        assert open_proxy.connections()

    # A certificate that is not trusted is an error at once, which names the variable.
    done = run(call, HTTPS_PROXY=open_proxy.address(), SSL_CERT_FILE=None)
    expect(done, 8, "the certificate of the service is not trusted", "SSL_CERT_FILE")
    assert len(open_proxy.connections()) == 1, "it is not tried again"

    # Sign-in goes through the proxy too, and a call with the sign-in.
    ids = {"PARTNER_CENTER_TENANT_ID": value("--tenant"), "PARTNER_CENTER_CLIENT_ID": value("--client")}
    signed_in = {"PARTNER_CENTER_AUTHORITY": sign_in, "PARTNER_CENTER_ACCESS_TOKEN": None, **ids}
    expect(run(["login"], HTTPS_PROXY=strict_proxy.address(PASSWORD), **signed_in), 0, "signed in")
    assert {host for _, host in strict_proxy.connections()} == {"login.test"}
    expect(run(call, HTTPS_PROXY=strict_proxy.address(PASSWORD), **signed_in), 0)
    assert {host for _, host in strict_proxy.connections()} == {"login.test", "partner.test"}
    done = run(["login"], HTTPS_PROXY=strict_proxy.address(), **signed_in)
    expect(done, 8, "the proxy requires a user name and password")
    done = run(["login"], HTTPS_PROXY=open_proxy.address(), **{**signed_in, "SSL_CERT_FILE": None})
    expect(done, 8, "the certificate of the sign-in service is not trusted", "SSL_CERT_FILE")

    print(f"proxy: {checked} runs behind Squid reached what they should, and nothing else")


with ExitStack() as exits:
    main(exits)
