//! Collects the rows of one day from the funnel of all customers.

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read as _, Write as _};
use std::path::Path;

use partner_center::funnel::{FunnelBatch, FunnelReportStream, FunnelRow};
use partner_center::licenses::{DeploymentRow, Source, UsageRow};
use partner_center::models::Timestamp;
use partner_center::sweep::{CustomerOutcome, Outcome};
use sha2::{Digest as _, Sha256};

use crate::Day;
use crate::error::{Error, Result};
use crate::layout::Table;
use crate::manifest::{CustomerCounts, Part, UnreadCustomer};
use crate::parts::StoredRow;
use crate::spool::Spool;
use crate::table::TableWriter;

/// The rows of one day. They wait in temporary files, so that memory grows by an id and a position per row.
///
/// ```no_run
/// use partner_center_history::{Place, Recording, RunFacts, Writer};
///
/// # async fn run(partner: partner_center::PartnerCenter) -> Result<(), Box<dyn std::error::Error>> {
/// let tenant = "4d3cf487-70f4-4e1e-9ff1-b2bfce8d9f04";
/// let writer = Writer::open(Place::new("licenses")?, Some(tenant)).await?;
///
/// let mut funnel = partner.customers().funnel().with_input().stream();
/// let mut recording = Recording::new()?;
/// while let Some(batch) = funnel.try_next().await? {
///     recording.add(&batch)?;
/// }
/// recording.end(&funnel);
/// let manifest = writer.write("2026-11-27".parse()?, recording, RunFacts::default()).await?;
/// println!("{:?}", manifest.customers);
/// # Ok(())
/// # }
/// ```
pub struct Recording {
    deployment: Spool<DeploymentRow>,
    usage: Spool<UsageRow>,
    funnel: Spool<FunnelRow>,
    with_rows: u64,
    without_rows: u64,
    pub(crate) unread: Vec<UnreadCustomer>,
    pub(crate) source: Option<Source>,
    pub(crate) customers: CustomerCounts,
    pub(crate) oldest: Option<Timestamp>,
    pub(crate) newest: Option<Timestamp>,
    /// Whether the reading came to its end.
    pub(crate) ended: bool,
}

impl Recording {
    /// Creates a recording without rows.
    ///
    /// # Errors
    ///
    /// The temporary files cannot be created.
    pub fn new() -> Result<Self> {
        let new = || {
            Ok(Self {
                deployment: Spool::new()?,
                usage: Spool::new()?,
                funnel: Spool::new()?,
                with_rows: 0,
                without_rows: 0,
                unread: Vec::new(),
                source: None,
                customers: CustomerCounts::default(),
                oldest: None,
                newest: None,
                ended: false,
            })
        };
        new().map_err(in_temporary_files)
    }

    /// Adds a batch of a funnel that returns [its input](partner_center::funnel::FunnelReport::with_input).
    ///
    /// # Errors
    ///
    /// A temporary file cannot be written.
    pub fn add(&mut self, batch: &FunnelBatch) -> Result<()> {
        if let FunnelBatch::Customer(CustomerOutcome { customer, outcome, .. }) = batch {
            match outcome {
                Outcome::Rows(_) => self.with_rows += 1,
                Outcome::Empty(_) => self.without_rows += 1,
                Outcome::Skipped(error) | Outcome::Failed(error) => self.unread.push(UnreadCustomer {
                    customer_id: *customer,
                    code: error.code().map(ToString::to_string),
                    skipped: matches!(outcome, Outcome::Skipped(_)),
                }),
            }
        }
        let mut add = || {
            if let Some(input) = batch.input() {
                input.deployment.iter().try_for_each(|row| self.deployment.push(row))?;
                input.usage.iter().try_for_each(|row| self.usage.push(row))?;
            }
            for row in batch.rows() {
                self.funnel.push(row)?;
                for time in row.processed().into_iter().flatten() {
                    stretch(&mut self.oldest, time, |time, oldest| time < oldest);
                    stretch(&mut self.newest, time, |time, newest| time > newest);
                }
            }
            Ok(())
        };
        add().map_err(in_temporary_files)
    }

    /// Ends the recording, after the last batch. A recording that was not ended is not written: rows may be missing.
    pub fn end(&mut self, stream: &FunnelReportStream) {
        self.ended = true;
        self.source = stream.source();
        let count = |skipped| {
            let unread = self.unread.iter().filter(|unread| unread.skipped == skipped);
            u64::try_from(unread.count()).unwrap_or(u64::MAX)
        };
        let (skipped, failed) = (count(true), count(false));
        self.customers = match stream.coverage() {
            None => CustomerCounts {
                listed: Some(self.with_rows + self.without_rows + skipped + failed),
                with_rows: self.with_rows,
                without_rows: Some(self.without_rows),
                skipped,
                failed,
            },
            Some(coverage) => CustomerCounts {
                listed: coverage.listed(),
                with_rows: u64::try_from(coverage.with_rows().len()).unwrap_or(u64::MAX),
                without_rows: coverage
                    .listed()
                    .map(|_| u64::try_from(coverage.without_rows().count()).unwrap_or(u64::MAX)),
                skipped,
                failed,
            },
        };
        self.unread.sort_by_key(|unread| unread.customer_id);
    }

    /// Whether the reading came to its end.
    #[must_use]
    pub fn is_ended(&self) -> bool {
        self.ended
    }

    /// The number of rows of the funnel so far.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.funnel.len()
    }

    /// Writes the files of the day into a folder, with the names of their tables.
    pub(crate) fn write_parts(self, day: Day, folder: &Path) -> Result<Vec<Part>> {
        Ok(vec![
            write_part(Table::Deployment, day, self.deployment, folder)?,
            write_part(Table::Usage, day, self.usage, folder)?,
            write_part(Table::Funnel, day, self.funnel, folder)?,
        ])
    }
}

fn write_part<R: StoredRow>(table: Table, day: Day, spool: Spool<R>, folder: &Path) -> Result<Part> {
    let path = folder.join(table.name());
    let write = || {
        let rows = spool.len();
        let mut file = BufWriter::new(File::create(&path)?);
        let mut writer = TableWriter::new(&mut file, R::NAME, R::columns());
        spool.in_order(|row| writer.row(row.cells()))?;
        writer.finish([])?;
        drop(writer);
        file.flush()?;
        let (bytes, sha256) = digest(&path)?;
        Ok(Part { table, path: table.path(day), rows, bytes, sha256 })
    };
    write().map_err(|error: io::Error| Error::io(path.display(), error))
}

/// The length and the SHA-256 of a file.
fn digest(path: &Path) -> io::Result<(u64, String)> {
    let mut file = BufReader::new(File::open(path)?);
    let (mut hash, mut length, mut bytes) = (Sha256::new(), 0, vec![0; 64 * 1024]);
    loop {
        let read = file.read(&mut bytes)?;
        if read == 0 {
            return Ok((length, hexadecimal(&hash.finalize())));
        }
        length += u64::try_from(read).unwrap_or(u64::MAX);
        hash.update(bytes.get(..read).unwrap_or_default());
    }
}

/// The digits of a digest.
pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Keeps the time if it lies beyond the one so far.
fn stretch(end: &mut Option<Timestamp>, time: &Timestamp, is_beyond: fn(i64, i64) -> bool) {
    let Some(at) = time.unix_seconds() else { return };
    let so_far = end.as_ref().and_then(Timestamp::unix_seconds);
    if so_far.is_none_or(|so_far| is_beyond(at, so_far)) {
        *end = Some(time.clone());
    }
}

fn in_temporary_files(error: io::Error) -> Error {
    Error::io(std::env::temp_dir().display(), error)
}
