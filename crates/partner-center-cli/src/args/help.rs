//! Longer texts and styles of `--help`.

use anstyle::{AnsiColor, Style};
use clap::builder::Styles;

/// The same styles as cargo's.
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
  ndjson   one row per line, as they arrive
  csv      RFC 4180 with a header; text that a spreadsheet would run as a formula
           is prefixed with an apostrophe
  xlsx     an Excel workbook: summary with a chart, customers, products, rows, and what was
           not read; texts are never run as formulas
  parquet  for DuckDB and Spark: numbers, times and lists with their types; a time whose
           text says more than its instant also has a column <name>Text

Rows are sorted by customer id, in a table by customer name. A table, any format with --sort, and
rows of the commercial queries are held until the end; rows of the classic operations, or of either
source with --order completion, are written as they arrive.";

pub(super) const ENVIRONMENT: &str = "\
Environment:
  PARTNER_CENTER_ACCESS_TOKEN   an access token, used as is
  PARTNER_CENTER_REFRESH_TOKEN  a refresh token, such as one from a consent flow
  PARTNER_CENTER_TENANT_ID      the partner's tenant: its id or one of its domains
  PARTNER_CENTER_CLIENT_ID      the app registration
  PARTNER_CENTER_CLIENT_SECRET  its secret, if it has one
  PARTNER_CENTER_CLIENT_CERTIFICATE_PATH
                                a PEM file with its certificate and private key, instead
  PARTNER_CENTER_FEDERATED_TOKEN_FILE
                                a file with the token of a federated identity, instead
  PARTNER_CENTER_CLOUD          global, usgov or china
  PARTNER_CENTER_AUTHORITY      the sign-in host, if not the cloud's own
  PARTNER_CENTER_BASE_URL       the base URL of the service, if not the cloud's own
  PARTNER_CENTER_PROFILE        the profile to use
  PARTNER_CENTER_CONFIG_DIR     the directory of config.toml and the token stores
  HTTPS_PROXY, ALL_PROXY        the proxy, as http://host:port or http://user:password@host:port
  NO_PROXY                      hosts without it: names, addresses, networks, or * for all
  SSL_CERT_FILE                 trusted root certificates, as PEM, instead of the system's
  PAGER                         shows tables that are longer than the terminal [default: less]
  RUST_LOG                      levels of the log, such as info or partner_center=debug

Flags override the environment, and the environment overrides a profile. An empty variable counts
as not set. `partner-center doctor` shows where each value came from.

Credentials, in the order they are looked for:
  1. PARTNER_CENTER_ACCESS_TOKEN
  2. PARTNER_CENTER_REFRESH_TOKEN, for the tenant and the client id
  3. the token store, which `partner-center login` fills
  4. the client secret, certificate or federated token alone: application-only, works for
     customers but not for licenses

Profiles, in config.toml, which `partner-center config` changes; do not put secrets in this file:
  [profile.default]            used unless --profile NAME selects another
  tenant-id = \"contoso.onmicrosoft.com\"
  client-id = \"00000000-1111-2222-3333-444444444444\"
  cloud = \"global\"             also authority, base-url, proxy, no-proxy,
                               client-certificate-path, federated-token-file, and
                               store = \"file\" or \"keyring\"";

pub(super) const DEPLOYMENT_HELP: &str = "\
With --customer or --all-customers: one row per customer and product. Otherwise: the partner's
totals, one row per service.

Since 2021 the classic operations are reported to return no rows for some customers that do have
licenses. --customer therefore also tries the commercial query for such customers, and
--all-customers tries it first. Columns mean the same from either source, and each row names its
source.";

pub(super) const USAGE_HELP: &str = "\
With --customer or --all-customers: one row per customer, product and workload. Otherwise: the
partner's totals, one row per service and workload.";

pub(super) const FUNNEL_HELP: &str = "\
One row per customer, product and channel: sold, deployed, active; shelfware = sold - deployed,
idle = deployed - active, unused = shelfware + idle. A license is active if it is used in any
workload. Unknown values are left empty, never 0; if one part of unused is unknown, it is the other
part, and the row has the flag unusedIsLowerBound. Totals and thresholds cover the rows that
--ignore, --min-idle and --below keep.

--live adds the licenses that the customer's tenant has and has assigned now, by the product id,
which is the id of the SKU. Names are not compared: the classic operations send no product ids.
Totals and thresholds leave out rows that only the tenants have.

Thresholds:
  [any|total] METRIC OPERATOR NUMBER, such as 'idle > 100' or 'total usagePercent < 50'
  METRIC is sold, deployed, active, shelfware, idle, unused, deploymentPercent
  or usagePercent

Rules for --ignore, in TOML; * matches any text and ? any character:
  [[ignore]]
  product = \"*TRIAL*\"     and customer = \"...\", by name or id; all conditions of a rule must hold
  unused = 5               only rows with at most 5 unused licenses";

pub(super) const SUBSCRIPTIONS_HELP: &str = "\
One row per subscription, in the order of the service. An application-only token is enough. Dates
are as the service sends them; daysToRenewal counts calendar days in UTC and is empty if the term
never ends. In new commerce, licenses can be reduced in the first days of a term (reducibleUntil) or
for the next term (scheduledQuantity).";

pub(super) const SUBSCRIPTIONS_FILTER_HELP: &str = "\
Conditions are combined with and, or and parentheses:
  status eq 'ACTIVE'                       texts, with eq and ne; a quote inside is doubled
  autoRenewEnabled eq false                yes or no
  commitmentEndDate le '2027-03-01'        dates, with eq, ne, gt, lt, ge and le
  contains(customerName,'contoso')         part of customerName, friendlyName or productName

The service has documented this query since 2018, but no recording of it is known. If it does not
answer, subscriptions list reads the same customer by customer.";

pub(super) const SKUS_HELP: &str = "\
One row per SKU, as it is now. The user needs a delegated role in the customer's tenant, such as
Directory Reader; customers without one are skipped, and a note says how many. skuId is productId of
licenses deployment. SKUs that cost nothing are left out unless --include-free is given.";

/// The help of `--source` for commands that always read all customers.
pub(super) const SOURCE_OF_ALL: &str = "\
Where the rows come from: commercial (queries that return thousands of rows at once), classic \
(operations that return one customer at a time) or auto (commercial, or classic if that is not \
available). In pipelines, choose commercial or classic [default: auto]";

/// The help of `--customer` for commands that read all customers, or selected ones.
pub(super) const CUSTOMERS_OF_PAGES: &str = "\
Only this customer: its id (its tenant id), its domain, its name or the beginning of its name; can be \
repeated [default: all customers]";

/// The help of `--source` for commands that read all customers, or selected ones.
pub(super) const SOURCE_OF_PAGES: &str = "\
Where the rows come from: commercial (queries that return thousands of rows at once), classic \
(operations that return one customer at a time) or auto (commercial, or classic if that is not \
available). In pipelines, choose commercial or classic [default: auto; with --customer classic, then \
commercial for customers without rows]";

pub(super) const OUTPUT_OF_PACK: &str = "\
Write the pages into this folder, which must not exist yet or be empty; it appears only when it is \
complete";

pub(super) const REPORT_HELP: &str = "\
The page is one HTML file without scripts that loads nothing, for any browser and for paper: the
figures, the customers and products with most unused licenses, a heat map, what is not known, and
the first 1,000 rows. It is as large for 100,000 customers as for 100. licenses funnel writes all
rows.

It shows what renews within a year, from one query for all customers; if the query fails, the page
says so. With --renewals, it is read from the subscriptions of each customer. Unused licenses are
matched to a subscription by the name of its product; without a match, they are not known.

With --dataset, the page also has what changed in a month, per customer and product, and a chart of
the recorded days. Its figures are those of history trend and history diff. Rules of --ignore with
unused, --min-idle and --below leave both out. report pack --dataset has neither.";

pub(super) const PACK_HELP: &str = "\
Each page has the rows of one customer and names no other; its file is named after the customer. The
index names all of them: do not send it to a customer.

With --format xlsx, each customer also has an Excel workbook beside its page, with the sheets of
licenses funnel --format xlsx; the index links both. The default is --format html.";

pub(super) const PRICES_HELP: &str = "\
A price file is csv with these columns in any order; from is optional:
  product   an id, a name, or a pattern with * and ?; letter case is ignored. An id takes precedence
            over a name, and a name over a pattern
  price     such as 33.10; a line without a price has no effect
  currency  a code, such as EUR
  per       month or year
  from      the day from which the price applies, such as 2026-04-01; of several, the newest applies
The columns name and service of a template are for people, and are ignored.";

pub(super) const CHECK_HELP: &str = "\
Prices are compared with the products on the current day in UTC. The exit code is 10 if anything is
found, even if customers failed, and 0 if every product has a price and every price a product.";

pub(super) const COMPLETIONS_HELP: &str = "\
To install them:
  bash        partner-center completions bash \\
                > ~/.local/share/bash-completion/completions/partner-center
  zsh         partner-center completions zsh > ~/.zfunc/_partner-center
              with ~/.zfunc in fpath
  fish        partner-center completions fish \\
                > ~/.config/fish/completions/partner-center.fish
  powershell  partner-center completions powershell | Out-String | Invoke-Expression
              in $PROFILE

The script asks the program, which must be on the PATH: it completes commands, options, profiles and
columns, and the customers that customers list --remember has kept on this machine. Write the script
again after an update.";

pub(super) const FILTER_HELP: &str = "\
Filters:
  FIELD eq 'VALUE', FIELD ne 'VALUE', combined with and, or and parentheses.
  A quote inside a value is written twice: customerName eq 'O''Brien'

Fields:
  serviceCode, serviceName, channel, customerTenantId, customerName, productId, productName;
  for usage also workloadCode, workloadName";

pub(super) const EMULATOR_HELP: &str = "\
Serves an emulated Partner Center and sign-in host on the loopback interface, to test programs in
any language. The first line on stdout is the base URL. Any bearer token is accepted.";

pub(super) const API_HELP: &str = "\
The request is made like any other: with the token, ids, retries and time limits. The response is
written as it is, and may contain customer data. The body of an error is shown only with -vv.

A path is below the base URL. A path or a link to a page that leads to another host, or that
contains .. or a backslash, is refused, and no token is sent to it.";

pub(super) const CONFIG_HELP: &str = "\
The profile is that of --profile or PARTNER_CENTER_PROFILE, else the one named default. get and list
show the value that is used, which a flag or a variable may give, but not the user and the password
of a proxy. set checks the value like every run and creates the profile if it does not exist; the
rest of the file, with its comments, stays as it is. Secrets are refused: they do not belong in this
file.

  partner-center config set tenant-id contoso.onmicrosoft.com
  partner-center --profile government config set cloud usgov";

pub(super) const AUTH_STATUS_HELP: &str = "\
The checks and the exit codes are those of doctor, which also shows every setting: 0 if license
analytics would accept the credentials, 4 if not, 11 if that is unknown.";

pub(super) const LOGIN_HELP: &str = "\
Opens a browser, and waits for 5 minutes, or as long as --timeout says, until it is redirected to a
loopback port of this machine. Without a terminal, a display or a browser, and over SSH,
shows an address and a code instead, to open and enter on any device. BROWSER can name the browser.
The refresh token is kept in the token store; it is renewed with each use and expires after 90 days
without use. The tenant and client ids come from --tenant and --client, the environment or a
profile.

With --tenant or --client, or with --profile and a new name, a successful sign-in writes both ids to
the profile, and --cloud and --base-url if they are given; later runs need nothing but the profile.

An administrator registers the application once, at https://entra.microsoft.com:
  1. App registrations, New registration: accounts in this organizational directory only, no
     redirect URI. Its Overview page shows the two ids.
  2. API permissions: Microsoft Partner Center, delegated, user_impersonation; and Microsoft
     Graph, delegated, offline_access and openid. Then grant admin consent.
  3. Authentication: the redirect URI http://localhost, of the platform Mobile and desktop
     applications; for device codes, allow public client flows. For an application with a secret,
     a certificate or a federated identity, all under Certificates & secrets, the redirect URI is of
     the platform Web instead.
The user who signs in needs the role Admin Agent in Partner Center, and multi-factor authentication.
`partner-center help consent` describes every click, and what can break later.";

pub(super) const DOCTOR_HELP: &str = "\
Shows where each setting came from, which credentials are used, what their access token contains,
and whether license analytics would accept it. The exit code is the verdict:
   0  accepted: the token has everything required; with --online, Partner Center responded
   4  not accepted
  11  unknown: the token is opaque, or lacks information; try --online
Any other code means that a setting is invalid or that a request failed.

Without --online no request is sent to Partner Center, and roles are not checked.";

pub(super) const RECORD_HELP: &str = "\
The rows of deployment and usage are kept as they are received, and the funnel joined from them,
each as a Parquet file of the day. Another recording of the same day replaces it. Customers that
failed are named in the manifest of the day. The files have the names of customers.";

pub(super) const HISTORY_HELP: &str = "\
Only the dataset is read: nothing is sent to Partner Center, and no credentials are needed.";

/// The help of `--prices` for a command that writes a page beside something else.
pub(super) const PRICES_OF_PAGE: &str = "\
Add to the page what unused licenses cost per month, with the prices in this csv file";

/// The help of `--products` for a command that writes a page beside something else.
pub(super) const PRODUCTS_OF_PAGE: &str = "Add to the page the names of products from this csv file";

pub(super) const DIFF_HELP: &str = "\
A customer that was not read on one of the days is unknown, never gone. Only the dataset is read:
nothing is sent to Partner Center, and no credentials are needed.

With --prices, both days have the price that applies on the later one, the day on which the service
computed the rows, so that a new price is no change. A count that is unknown has an unknown cost.
Groups have the cost in each currency.";
