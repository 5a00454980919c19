//! The longer texts of `--help`, and its looks.

use anstyle::{AnsiColor, Style};
use clap::builder::Styles;

/// Help looks like cargo's.
pub(super) const STYLES: Styles = Styles::styled()
    .header(AnsiColor::BrightGreen.on_default().bold())
    .usage(AnsiColor::BrightGreen.on_default().bold())
    .literal(AnsiColor::BrightCyan.on_default().bold())
    .placeholder(AnsiColor::Cyan.on_default())
    .error(AnsiColor::Red.on_default().bold())
    .valid(AnsiColor::BrightCyan.on_default())
    .invalid(Style::new().bold());

pub(super) const FORMATS: &str = "\
Formats:
  table    for people: aligned, with totals and the age of the data
  json     one document: schemaVersion, rows, failures, summary
  ndjson   one row per line, as they come
  csv      RFC 4180 with a header; a text that a spreadsheet would run as a formula
           gets an apostrophe in front
  parquet  the columns of csv with their types; only in builds with --features parquet,
           because of how long those take

Rows are by the customers' ids, in a table by their names. table, any format with --sort, and rows
of the commercial queries are held until the end; rows of the classic operations, or of either
source with --order completion, are written as they come.";

pub(super) const ENVIRONMENT: &str = "\
Environment:
  PARTNER_CENTER_ACCESS_TOKEN   an access token, used as it is
  PARTNER_CENTER_REFRESH_TOKEN  a refresh token from a consent (docs/consent.md)
  PARTNER_CENTER_TENANT_ID      the partner's tenant: its id or a domain of it
  PARTNER_CENTER_CLIENT_ID      the app registration
  PARTNER_CENTER_CLIENT_SECRET  its secret, if it has one
  PARTNER_CENTER_CLOUD          global, usgov or china
  PARTNER_CENTER_AUTHORITY      the sign-in host, unless it is the cloud's
  PARTNER_CENTER_BASE_URL       where the service is, unless it is the cloud's
  PARTNER_CENTER_PROFILE        the profile to use
  PARTNER_CENTER_CONFIG_DIR     where config.toml and the token stores are

A flag wins over the environment, the environment over a profile. An empty variable counts as
not set. `partner-center doctor` shows what came from where.

Credentials, in the order they are looked for:
  1. PARTNER_CENTER_ACCESS_TOKEN
  2. PARTNER_CENTER_REFRESH_TOKEN, for the tenant and the client id
  3. the token store, which `partner-center login` fills
  4. PARTNER_CENTER_CLIENT_SECRET alone: application-only, good for customers but not for licenses

Profiles, in config.toml; secrets are not for this file:
  [profile.default]            used if none is named; any other with --profile NAME
  tenant-id = \"contoso.onmicrosoft.com\"
  client-id = \"00000000-1111-2222-3333-444444444444\"
  cloud = \"global\"             also authority, base-url, and store = \"file\" or \"keyring\"";

pub(super) const DEPLOYMENT_HELP: &str = "\
With --customer or --all-customers a row per customer and product, else the partner's totals, a row
per service.

Since 2021 the service is reported to answer classic operations with no rows for customers that do
have licenses. --customer asks the commercial query about such customers as well, --all-customers
asks it first. Columns mean the same from either source, and each row says which it came from.";

pub(super) const USAGE_HELP: &str = "\
With --customer or --all-customers a row per customer, product and workload, else the partner's
totals, a row per service and workload.";

pub(super) const FUNNEL_HELP: &str = "\
A row per customer, product and channel: sold, deployed, active; shelfware = sold - deployed,
idle = deployed - active. A license is active if it is in any workload. What is unknown is left
empty, never 0. Totals and thresholds are of the rows that --ignore, --min-idle and --below leave.

Thresholds:
  [any|total] METRIC OPERATOR NUMBER, such as 'idle > 100' or 'total usagePercent < 50'
  METRIC is sold, deployed, active, shelfware, idle, deploymentPercent or usagePercent

Rules for --ignore, in TOML; * and ? stand for any text and any character:
  [[ignore]]
  product = \"*TRIAL*\"     and customer = \"...\", by name or id: all that a rule says must be true
  spare = 5                only rows with no more than 5 licenses unused";

pub(super) const COMPLETIONS_HELP: &str = "\
To install them:
  bash        partner-center completions bash \\
                > ~/.local/share/bash-completion/completions/partner-center
  zsh         partner-center completions zsh > ~/.zfunc/_partner-center
              with ~/.zfunc in fpath
  fish        partner-center completions fish \\
                > ~/.config/fish/completions/partner-center.fish
  powershell  partner-center completions powershell | Out-String | Invoke-Expression
              in $PROFILE";

pub(super) const FILTER_HELP: &str = "\
Filters:
  FIELD eq 'VALUE', FIELD ne 'VALUE', combined with and, or and parentheses.
  A quote inside a value is written twice: customerName eq 'O''Brien'

Fields:
  serviceCode, serviceName, channel, customerTenantId, customerName, productId, productName;
  for usage also workloadCode, workloadName";

pub(super) const EMULATOR_HELP: &str = "\
A Partner Center and a sign-in host on this machine's loopback, for trying programs out in any
language. The first line on stdout is the base URL. Any bearer token will do.";

pub(super) const LOGIN_HELP: &str = "\
Shows a code and an address; whoever enters the one at the other, on any device, is signed in. What
comes of it, a refresh token, is kept in the token store and renews itself as long as it is used at
least every 90 days. Tenant and client id come from the environment or a profile; docs/consent.md
walks through the app registration.";

pub(super) const DOCTOR_HELP: &str = "\
Where each setting came from, which credentials are used, what their access token is, and whether
license analytics would take it. The exit code says the same:
   0  they would: the token says all that they ask of it; with --online, Partner Center answered
   4  they would not
  11  it cannot be told: the token is opaque, or does not say enough; try --online
Any other code is that of a setting that cannot be used, or of a request that failed.

Without --online nothing is asked of Partner Center, and roles there are not seen.";
