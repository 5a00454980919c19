//! Separate processes that share a store.

use std::process::Command;
use std::sync::Arc;

use partner_center::credential::{AppRegistration, FileStore, RefreshToken, TokenStore};
use partner_center_emulator::Entra;

use crate::support::{World, text};

const STORE: &str = "PARTNER_CENTER_TEST_STORE";
const AUTHORITY: &str = "PARTNER_CENTER_TEST_AUTHORITY";
const REDEMPTIONS: u64 = 10;

/// A child process: the test below, run again with its variables set.
async fn child() {
    let app = AppRegistration::new(Entra::TENANT_ID, Entra::CLIENT_ID)
        .with_authority(std::env::var(AUTHORITY).unwrap());
    let store: Arc<dyn TokenStore> = Arc::new(FileStore::new(std::env::var(STORE).unwrap()));
    for _ in 0..REDEMPTIONS {
        text(&RefreshToken::new(&app, Arc::clone(&store)).unwrap()).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_processes_do_not_lose_each_others_rotation() {
    if std::env::var_os(STORE).is_some() {
        return child().await;
    }
    // A refresh token works once, so redeeming an old one fails.
    let world = World::with(|builder| builder.single_use_refresh_tokens(true)).await;
    let directory = tempfile::tempdir().unwrap();
    let store = FileStore::new(directory.path().join("token.json"));
    store.save(&world.stored()).await.unwrap();
    let children: Vec<_> = (0..2)
        .map(|_| {
            let mut command = Command::new(std::env::current_exe().unwrap());
            command
                .args(["--exact", "processes::two_processes_do_not_lose_each_others_rotation"])
                .env(STORE, store.path())
                .env(AUTHORITY, world.emulator.authority());
            tokio::task::spawn_blocking(move || command.output().unwrap())
        })
        .collect();
    for child in children {
        let output = child.await.unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    }
    let requests = world.entra().token_requests();
    assert_eq!((requests.refresh_token, requests.refused), (2 * REDEMPTIONS, 0));
    // The stored token is valid, too.
    text(&RefreshToken::new(&world.app(), Arc::new(store)).unwrap()).await;
}
