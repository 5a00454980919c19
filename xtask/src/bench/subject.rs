//! Starts the measured programs and their servers, pins them to cores, and parses their output.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, Stdio};

use anyhow::{Context, Result, ensure};

use crate::command::{cargo, program, run};

/// The cores of the server and of the measured program, so that neither takes time from the other.
pub(super) const SERVER: &str = "0";
pub(super) const CLIENT: &str = "1";

/// The paths where `subject serve` has the documented response with three rows, and a page of 10,000 such rows.
pub(super) const SMALL: &str =
    "/v1/customers/4d3cf487-70f4-4e1e-9ff1-b2bfce8d9f04/analytics/licenses/deployment";
pub(super) const PAGE: &str =
    "/v1/customers/00000000-0000-0000-0000-000000000001/analytics/licenses/deployment";

/// The programs of `benches/` and the command line, built in release mode.
pub(super) struct Subjects {
    release: PathBuf,
}

impl Subjects {
    pub(super) fn build() -> Result<Self> {
        run(&mut cargo(&[
            "build",
            "--release",
            "--quiet",
            "--package",
            "partner-center-benches",
            "--package",
            "partner-center-cli",
        ]))?;
        Ok(Self { release: crate::target().join("release") })
    }

    pub(super) fn subject(&self) -> PathBuf {
        self.release.join("subject")
    }

    pub(super) fn command_line(&self) -> PathBuf {
        self.release.join("partner-center")
    }

    /// A folder that does not exist.
    pub(super) fn nowhere(&self) -> PathBuf {
        self.release.join("no-configuration")
    }

    /// Runs a subject on the client's core, and parses its results.
    pub(super) fn measure(&self, arguments: &[&str]) -> Result<Measured> {
        let output =
            pinned(CLIENT, &self.subject()).args(arguments).output().context("cannot run taskset")?;
        ensure!(
            output.status.success(),
            "`subject {}` failed: {}",
            arguments.join(" "),
            String::from_utf8_lossy(&output.stderr)
        );
        Measured::read(&String::from_utf8_lossy(&output.stdout))
    }

    /// Starts a server on the server's core.
    pub(super) fn serve(&self, arguments: &[&str]) -> Result<Server> {
        let mut child = pinned(SERVER, &self.subject())
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .context("cannot run taskset")?;
        let mut stdout = BufReader::new(child.stdout.take().context("no standard output")?);
        let mut url = String::new();
        stdout.read_line(&mut url)?;
        let server = Server { child, stdout, url: url.trim().to_owned() };
        ensure!(server.url.starts_with("http://"), "`subject {}` did not start", arguments.join(" "));
        Ok(server)
    }
}

fn pinned(core: &str, what: &PathBuf) -> Command {
    let mut command = program("taskset", &["--cpu-list", core]);
    command.arg(what);
    command
}

/// A server process, killed on drop.
pub(super) struct Server {
    child: Child,
    stdout: BufReader<ChildStdout>,
    pub(super) url: String,
}

impl Server {
    /// Closes its input, and parses the results that it prints.
    pub(super) fn end(mut self) -> Result<Measured> {
        drop(self.child.stdin.take());
        let mut output = String::new();
        self.stdout.read_to_string(&mut output)?;
        Measured::read(&output)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have exited already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The results of a subject, as `name=value` pairs.
#[derive(Clone, Debug)]
pub(super) struct Measured(BTreeMap<String, String>);

impl Measured {
    fn read(line: &str) -> Result<Self> {
        let pairs = line.split_whitespace().map(|pair| {
            let (name, value) = pair.split_once('=').with_context(|| format!("`{pair}` is not a result"))?;
            Ok((name.to_owned(), value.to_owned()))
        });
        Ok(Self(pairs.collect::<Result<_>>()?))
    }

    pub(super) fn text(&self, name: &str) -> Result<&str> {
        self.0.get(name).map(String::as_str).with_context(|| format!("a subject did not report {name}"))
    }

    pub(super) fn number(&self, name: &str) -> Result<f64> {
        self.text(name)?.parse().with_context(|| format!("{name} of a subject is not a number"))
    }

    pub(super) fn mebibytes(&self, name: &str) -> Result<f64> {
        Ok(self.number(name)? / 1024.0)
    }
}
