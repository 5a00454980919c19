//! Tests of the file store: wide modes, invalid contents, killed processes, held locks.

use std::process::Command;
use std::time::SystemTime;

use partner_center_emulator::{Emulator, Entra};
use secrecy::ExposeSecret;

use super::*;
use crate::clock::ManualClock;
use crate::credential::{AppRegistration, Credential, RefreshToken};

fn token(secret: &str) -> StoredToken {
    StoredToken::new(Entra::TENANT_ID, Entra::CLIENT_ID, secret, SystemTime::now())
}

fn temporary() -> (tempfile::TempDir, FileStore) {
    let directory = tempfile::tempdir().unwrap();
    let store = FileStore::new(directory.path().join("tokens").join("default.json"));
    (directory, store)
}

async fn kept(store: &FileStore) -> Option<String> {
    store.load().await.unwrap().map(|token| token.refresh_token().expose_secret().to_owned())
}

/// How many temporary copies exist.
fn unfinished(store: &FileStore) -> usize {
    let names = fs::read_dir(store.directory()).unwrap().map(|entry| entry.unwrap().file_name());
    names.filter(|name| is_unfinished(name.to_str().unwrap())).count()
}

#[tokio::test]
async fn a_saved_token_is_loaded_until_it_is_cleared() {
    let (_directory, store) = temporary();
    assert_eq!(kept(&store).await, None);
    store.clear().await.unwrap();
    for secret in ["first", "second"] {
        store.save(&token(secret)).await.unwrap();
        assert_eq!(kept(&store).await.as_deref(), Some(secret));
    }
    assert_eq!(unfinished(&store), 0);
    store.clear().await.unwrap();
    assert_eq!(kept(&store).await, None);
}

#[cfg(unix)]
#[tokio::test]
async fn only_the_owner_may_read_the_created_files() {
    use std::os::unix::fs::PermissionsExt;

    let (_directory, store) = temporary();
    let lock = store.lock().await.unwrap();
    store.save(&token("secret")).await.unwrap();
    drop(lock);
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(store.path()), 0o600);
    assert_eq!(mode(&store.beside(".lock")), 0o600);
    assert_eq!(mode(store.directory()), 0o700);
}

#[cfg(unix)]
#[tokio::test]
async fn a_file_that_others_can_access_is_rejected_with_the_command_that_fixes_it() {
    use std::os::unix::fs::PermissionsExt;

    let (_directory, store) = temporary();
    store.save(&token("sentinel")).await.unwrap();
    for mode in [0o644, 0o640, 0o604, 0o620, 0o601, 0o666] {
        fs::set_permissions(store.path(), fs::Permissions::from_mode(mode)).unwrap();
        let error = store.load().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration);
        let command = format!("`chmod 600 {}`", store.path().display());
        assert!(error.advice().contains(&command), "{}", error.advice());
        assert!(!format!("{error} {error:?}").contains("sentinel"));
    }
    // Runs the command as printed.
    let command = format!("chmod 600 {}", shell_word(store.path()));
    assert!(Command::new("sh").arg("-c").arg(command).status().unwrap().success());
    assert_eq!(kept(&store).await.as_deref(), Some("sentinel"));
    // A sign-in replaces a file that is open to others by one that is not.
    fs::set_permissions(store.path(), fs::Permissions::from_mode(0o644)).unwrap();
    store.save(&token("new")).await.unwrap();
    assert_eq!(kept(&store).await.as_deref(), Some("new"));
}

#[cfg(unix)]
#[test]
fn a_path_is_one_word_of_a_command() {
    assert_eq!(shell_word(Path::new("/var/lib/a-b_c.json")), "/var/lib/a-b_c.json");
    assert_eq!(shell_word(Path::new("/a b/$(c)")), "'/a b/$(c)'");
    assert_eq!(shell_word(Path::new("/o'clock")), r"'/o'\''clock'");
}

#[tokio::test]
async fn an_unreadable_file_is_rejected_and_not_changed() {
    let (_directory, store) = temporary();
    store.save(&token("secret")).await.unwrap();
    let long = "x".repeat(format::LONGEST + 1);
    for (content, what) in [
        ("{\"version\":2}", "a newer version of this program (format 2)"),
        ("", "does not contain a stored token"),
        ("{\"version\":1,\"refresh_tok", "does not contain a stored token"),
        (&long, "does not contain a stored token"),
    ] {
        fs::write(store.path(), content).unwrap();
        let error = store.load().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration);
        assert!(error.message().contains(what), "{error}");
        assert_eq!(fs::read_to_string(store.path()).unwrap(), content, "not overwritten");
    }
    let directory = FileStore::new(store.directory());
    assert_eq!(directory.load().await.unwrap_err().kind(), ErrorKind::Configuration);
}

#[tokio::test]
async fn an_error_names_the_path_that_cannot_be_written() {
    let (_directory, store) = temporary();
    store.save(&token("secret")).await.unwrap();
    let below_a_file = FileStore::new(store.path().join("below").join("token.json"));
    for error in
        [below_a_file.save(&token("secret")).await.unwrap_err(), below_a_file.lock().await.unwrap_err()]
    {
        assert_eq!(error.kind(), ErrorKind::Configuration);
        assert!(error.message().contains(&below_a_file.path().display().to_string()), "{error}");
    }
}

#[tokio::test]
async fn waiting_for_the_lock_times_out() {
    let (_directory, store) = temporary();
    let lock = store.lock().await.unwrap();
    let clock = ManualClock::new();
    // Another store on the same path, as another process would have.
    let other = FileStore::new(store.path()).with_clock(clock.clone());
    let error = other.lock().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert!(error.message().contains("another process holds the lock"), "{error}");
    assert!(clock.elapsed() >= LONGEST_WAIT && clock.elapsed() < LONGEST_WAIT + LAST_WAIT * 2);
    drop(lock);
    other.lock().await.unwrap();
}

#[tokio::test]
async fn a_waiting_store_gets_the_lock_when_it_is_free() {
    let (_directory, store) = temporary();
    let (first, second) = (store.clone(), store.clone());
    let lock = first.lock().await.unwrap();
    let waiter = tokio::spawn(async move { second.lock().await });
    tokio::time::sleep(Duration::from_millis(5)).await;
    assert!(!waiter.is_finished());
    drop(lock);
    waiter.await.unwrap().unwrap();
}

const KILL_AT: &str = "PARTNER_CENTER_TEST_KILL_AT";
const STORE: &str = "PARTNER_CENTER_TEST_STORE";
const AUTHORITY: &str = "PARTNER_CENTER_TEST_AUTHORITY";
const THIS: &str =
    "credential::oauth::store::file::tests::a_process_killed_at_any_point_of_a_write_leaves_a_usable_store";

fn app(authority: &str) -> AppRegistration {
    AppRegistration::new(Entra::TENANT_ID, Entra::CLIENT_ID).with_authority(authority)
}

/// The process that is killed: the test below, run again with its variables set.
async fn child() {
    let mut store = FileStore::new(std::env::var(STORE).unwrap());
    store.steps = |step| {
        if std::env::var(KILL_AT).unwrap() == format!("{step:?}") {
            std::process::abort();
        }
    };
    let credential = RefreshToken::new(&app(&std::env::var(AUTHORITY).unwrap()), Arc::new(store)).unwrap();
    credential.token().await.unwrap();
    panic!("an access token was returned before its refresh token was stored");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_process_killed_at_any_point_of_a_write_leaves_a_usable_store() {
    if std::env::var_os(KILL_AT).is_some() {
        return child().await;
    }
    let emulator = Emulator::builder().customers(1).start().await.unwrap();
    let (_directory, store) = temporary();
    let before = emulator.entra().issue_refresh_token();
    for (redeemed, step) in [
        Step::Begun,
        Step::Created,
        Step::HalfWritten,
        Step::Written,
        Step::Synced,
        Step::Renamed,
        Step::Done,
    ]
    .into_iter()
    .enumerate()
    {
        store.save(&token(&before)).await.unwrap();
        let mut command = Command::new(std::env::current_exe().unwrap());
        command
            .args(["--exact", THIS])
            .env(KILL_AT, format!("{step:?}"))
            .env(STORE, store.path())
            .env(AUTHORITY, emulator.authority());
        let output = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
        let printed = String::from_utf8_lossy(&output.stdout);
        assert!(!output.status.success() && !printed.contains("panicked"), "{step:?}: {printed}");
        // It was killed after the sign-in host responded, with the lock held.
        assert_eq!(emulator.entra().token_requests().refresh_token, u64::try_from(2 * redeemed + 1).unwrap());

        let after = kept(&store).await.unwrap();
        let renamed = matches!(step, Step::Renamed | Step::Done);
        assert_eq!(
            after != before,
            renamed,
            "{step:?}: the old token until the rename, the new one afterwards"
        );
        // The next process can continue, whatever was left behind.
        let credential = RefreshToken::new(&app(emulator.authority()), Arc::new(store.clone())).unwrap();
        credential.token().await.unwrap();
        assert_ne!(kept(&store).await.unwrap(), after, "{step:?}");
        assert_eq!(unfinished(&store), 0, "{step:?}: temporary copies are removed");
    }
    assert_eq!(emulator.entra().token_requests().refused, 0);
}

/// Stops a write half-way until it may continue.
mod halfway {
    use std::sync::{Condvar, Mutex};

    use super::Step;

    static STATE: Mutex<(bool, bool)> = Mutex::new((false, false));
    static CHANGED: Condvar = Condvar::new();

    pub(super) fn step(step: Step) {
        if step != Step::HalfWritten {
            return;
        }
        let mut state = STATE.lock().unwrap();
        state.0 = true;
        CHANGED.notify_all();
        while !state.1 {
            state = CHANGED.wait(state).unwrap();
        }
    }

    pub(super) fn wait_until_there() {
        let mut state = STATE.lock().unwrap();
        while !state.0 {
            state = CHANGED.wait(state).unwrap();
        }
    }

    pub(super) fn go_on() {
        STATE.lock().unwrap().1 = true;
        CHANGED.notify_all();
    }
}

// The lock was released while the write still ran, so another process wrote at the same time, and the write of an
// abandoned sign-in overwrote a newer one.
#[test]
fn the_lock_is_held_until_the_write_ends_even_if_its_future_is_dropped() {
    let runtime = || tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let (_directory, mut store) = temporary();
    let other = FileStore::new(store.path()).with_clock(ManualClock::new());
    store.steps = halfway::step;
    let first = runtime();
    first.block_on(async {
        let lock = store.lock().await.unwrap();
        let given_up = tokio::spawn({
            let store = store.clone();
            async move {
                store.save(&token("given up")).await.unwrap();
                drop(lock);
            }
        });
        tokio::task::spawn_blocking(halfway::wait_until_there).await.unwrap();
        given_up.abort();
        assert!(given_up.await.unwrap_err().is_cancelled());
    });
    // The runtime shuts down too, as when a process is told to stop.
    first.shutdown_background();
    let second = runtime();
    let error = second.block_on(other.lock()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout, "the write has not ended, and no other may start");
    assert_eq!((second.block_on(kept(&other)), unfinished(&other)), (None, 1));
    halfway::go_on();
    let patient = FileStore::new(store.path());
    let lock = second.block_on(patient.lock()).unwrap();
    assert_eq!(
        second.block_on(kept(&patient)).as_deref(),
        Some("given up"),
        "the write ended before the lock was free"
    );
    second.block_on(patient.save(&token("newer"))).unwrap();
    drop(lock);
    assert_eq!(second.block_on(kept(&patient)).as_deref(), Some("newer"), "and is not overwritten");
    assert_eq!(unfinished(&patient), 0);
}

// A save that waits for a thread holds the lock, too.
#[test]
fn a_queued_write_holds_the_lock_too() {
    let runtime =
        tokio::runtime::Builder::new_current_thread().max_blocking_threads(1).enable_all().build().unwrap();
    let (_directory, store) = temporary();
    let (release, released) = std::sync::mpsc::channel::<()>();
    runtime.block_on(async {
        let lock = store.lock().await.unwrap();
        let busy = tokio::task::spawn_blocking(move || released.recv());
        let old = token("of the sign-in that was given up");
        let mut save = store.save(&old);
        let polled =
            std::future::poll_fn(|context| std::task::Poll::Ready(save.as_mut().poll(context).is_pending()));
        assert!(polled.await, "there is no thread for it yet");
        drop(save);
        drop(lock);
        let other = FileStore::new(store.path());
        assert!(other.try_lock().unwrap().is_none());
        release.send(()).unwrap();
        busy.await.unwrap().unwrap();
        let lock = other.lock().await.unwrap();
        other.save(&token("newer")).await.unwrap();
        drop(lock);
        assert_eq!(kept(&store).await.as_deref(), Some("newer"));
    });
}

#[tokio::test]
async fn writers_without_the_lock_do_not_use_each_others_copies() {
    let (_directory, store) = temporary();
    let writers: Vec<_> = (0..20)
        .map(|number| {
            let store = FileStore::new(store.path());
            tokio::spawn(async move { store.save(&token(&format!("token-{number}"))).await })
        })
        .collect();
    for writer in writers {
        writer.await.unwrap().unwrap();
    }
    assert!(kept(&store).await.unwrap().starts_with("token-"));
    // The next process that holds the lock removes the copies that others left behind, and no other files.
    fs::write(store.beside(".4711-0.tmp"), "half").unwrap();
    fs::write(store.beside(".tmp"), "of 0.1").unwrap();
    fs::write(store.directory().join("another.tmp"), "not ours").unwrap();
    store.save(&token("x")).await.unwrap();
    assert_eq!(unfinished(&store), 3);
    let lock = store.lock().await.unwrap();
    store.save(&token("x")).await.unwrap();
    drop(lock);
    assert_eq!(unfinished(&store), 1);
}

// A full disk was a usage error.
#[test]
fn a_full_disk_is_not_a_configuration_error() {
    use std::io::ErrorKind as Io;

    let store = FileStore::new("token.json");
    for (io, kind) in [
        (Io::StorageFull, ErrorKind::TokenStore),
        (Io::QuotaExceeded, ErrorKind::TokenStore),
        (Io::FileTooLarge, ErrorKind::TokenStore),
        (Io::WriteZero, ErrorKind::TokenStore),
        (Io::Interrupted, ErrorKind::TokenStore),
        (Io::PermissionDenied, ErrorKind::Configuration),
        (Io::NotFound, ErrorKind::Configuration),
        (Io::ReadOnlyFilesystem, ErrorKind::Configuration),
        (Io::NotADirectory, ErrorKind::Configuration),
    ] {
        let error = store.io_error("written", io::Error::from(io));
        assert_eq!(
            (error.kind(), error.is_invalid_input()),
            (kind, kind == ErrorKind::Configuration),
            "{io:?}"
        );
        assert!(!error.is_unauthorized() && error.message().contains("token.json"), "{error}");
    }
}

// Opening a pipe waited forever for a writer.
#[cfg(unix)]
#[tokio::test]
async fn a_pipe_is_rejected_without_blocking() {
    let (_directory, store) = temporary();
    fs::create_dir_all(store.directory()).unwrap();
    assert!(Command::new("mkfifo").arg(store.path()).status().unwrap().success());
    let error = store.load().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Configuration);
}
