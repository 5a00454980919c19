//! The text of `--version`: version, commit and enabled features.

use std::sync::LazyLock;

/// `-V` prints the version alone.
pub(super) static LONG: LazyLock<String> = LazyLock::new(|| {
    const FEATURES: &[(&str, bool)] = &[
        ("rustls", cfg!(feature = "rustls")),
        ("native-tls", cfg!(feature = "native-tls")),
        ("keyring", cfg!(feature = "keyring")),
        ("xlsx", cfg!(feature = "xlsx")),
        ("object-store", cfg!(feature = "object-store")),
    ];
    let on: Vec<_> = FEATURES.iter().filter(|(_, on)| *on).map(|(name, _)| *name).collect();
    let features = if on.is_empty() { "none".to_owned() } else { on.join(", ") };
    format!(
        "{}\ncommit    {}\nfeatures  {features}",
        env!("CARGO_PKG_VERSION"),
        env!("PARTNER_CENTER_COMMIT")
    )
});
