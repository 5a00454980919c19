//! Places whose files a test reads and changes without the dataset.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
#[cfg(feature = "object-store")]
use std::sync::Arc;

#[cfg(feature = "object-store")]
use futures_util::TryStreamExt as _;
#[cfg(feature = "object-store")]
use object_store::{ObjectStore, ObjectStoreExt as _, memory::InMemory};

use crate::Place;

/// The root in the store. Next to it are objects that the dataset must not see.
#[cfg(feature = "object-store")]
pub(super) const ROOT: &str = "some/dataset";

/// Every file with its bytes.
pub(super) type Files = BTreeMap<String, Vec<u8>>;

/// The place of a test, deleted after it.
#[derive(Debug)]
pub(super) enum TestPlace {
    Folder(tempfile::TempDir),
    #[cfg(feature = "object-store")]
    Store(Arc<InMemory>),
}

impl TestPlace {
    pub(super) fn folder() -> Self {
        Self::Folder(tempfile::tempdir().unwrap())
    }

    #[cfg(feature = "object-store")]
    pub(super) async fn store() -> Self {
        let store = Arc::new(InMemory::new());
        for neighbor in ["some/dataset-2/letter.txt", "some/letter.txt"] {
            store.put(&neighbor.into(), "private".into()).await.unwrap();
        }
        Self::Store(store)
    }

    /// New places, one of each kind. They are empty, and the folder does not exist.
    #[cfg_attr(
        not(feature = "object-store"),
        expect(clippy::unused_async, reason = "a store is filled first")
    )]
    pub(super) async fn each() -> Vec<Self> {
        vec![
            Self::folder(),
            #[cfg(feature = "object-store")]
            Self::store().await,
        ]
    }

    fn root(folder: &tempfile::TempDir) -> std::path::PathBuf {
        folder.path().join("new")
    }

    pub(super) fn place(&self) -> Place {
        match self {
            Self::Folder(folder) => Place::new(Self::root(folder).to_str().unwrap()).unwrap(),
            #[cfg(feature = "object-store")]
            Self::Store(store) => Place::in_store(store.clone(), ROOT),
        }
    }

    pub(super) async fn files(&self) -> Files {
        match self {
            Self::Folder(folder) => files_below(&Self::root(folder)),
            #[cfg(feature = "object-store")]
            Self::Store(store) => {
                let mut found = Files::new();
                for object in store.list(Some(&ROOT.into())).try_collect::<Vec<_>>().await.unwrap() {
                    let name = object.location.as_ref().strip_prefix(ROOT).unwrap()[1..].to_owned();
                    let bytes = store.get(&object.location).await.unwrap().bytes().await.unwrap();
                    found.insert(name, bytes.to_vec());
                }
                found
            }
        }
    }

    /// The files without the lock, which stays in a folder and not in a store.
    pub(super) async fn unlocked_files(&self) -> Files {
        let mut files = self.files().await;
        files.remove(".lock");
        files
    }

    pub(super) async fn put(&self, name: &str, bytes: Vec<u8>) {
        match self {
            Self::Folder(folder) => {
                let file = Self::root(folder).join(name);
                fs::create_dir_all(file.parent().unwrap()).unwrap();
                fs::write(file, bytes).unwrap();
            }
            #[cfg(feature = "object-store")]
            Self::Store(store) => {
                store.put(&format!("{ROOT}/{name}").into(), bytes.into()).await.unwrap();
            }
        }
    }

    pub(super) async fn put_all(&self, files: &Files) {
        for (name, bytes) in files {
            self.put(name, bytes.clone()).await;
        }
    }

    pub(super) async fn delete(&self, name: &str) {
        match self {
            Self::Folder(folder) => fs::remove_file(Self::root(folder).join(name)).unwrap(),
            #[cfg(feature = "object-store")]
            Self::Store(store) => store.delete(&format!("{ROOT}/{name}").into()).await.unwrap(),
        }
    }
}

fn files_below(root: &Path) -> Files {
    let mut found = Files::new();
    let mut folders = vec![root.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(root).unwrap().to_str().unwrap().replace('\\', "/");
                found.insert(name, fs::read(&path).unwrap());
            }
        }
    }
    found
}
