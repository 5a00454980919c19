//! What can be read of a book, and how answers become rows: deployment, usage, and the funnel by either source.

use partner_center::CustomerId;
use partner_center::chain::CustomerHandle;
use partner_center::funnel::{Funnel, FunnelRow, Join};
use partner_center::models::{
    CommercialLicensesDeploymentInsights, CommercialLicensesUsageInsights,
    CustomerLicensesDeploymentInsightsCollection, CustomerLicensesUsageInsightsCollection, Guid,
};
use partner_center::sweep::{
    self, BookRow, BookStream, Checkpoint, DeploymentRow, Fallback, Outcome, Progress, SweepStream, UsageRow,
};
use partner_center::{Error, Response};
use serde_json::{Map, Value};

use super::judge::Judge;
use super::named::Named;
use crate::output::{Row, rows};

/// Some rows of a book, or what there is in their place.
pub(super) struct Portion<R> {
    /// Whom they are about; `None` if of many.
    pub(super) customer: Option<CustomerId>,
    pub(super) answer: Answer<R>,
}

pub(super) enum Answer<R> {
    Rows(Vec<R>),
    Empty,
    /// There is nothing to ask about this customer.
    Skipped,
    Failed(Error),
}

/// Something that is read portion by portion.
pub(super) trait Reading {
    type Row: Row;

    /// The next rows. Dropping the future loses nothing. An error is one that would be everybody's.
    async fn next(&mut self) -> Result<Option<Portion<Self::Row>>, Error>;

    /// How it is getting on, if it is long enough to ask.
    fn progress(&self) -> Option<Progress>;

    /// Why it is not read from where it was tried first.
    fn fallback(&self) -> Option<&Fallback> {
        None
    }

    /// Where it stands; `None` if it cannot be gone on from there.
    fn checkpoint(&self) -> Option<Checkpoint>;

    /// Rows that could only be made once everything was read.
    fn rest(&mut self, _each: &mut dyn FnMut(Self::Row)) {}

    /// Who judges the rows, if anybody does.
    fn judge(&self) -> Option<&Judge> {
        None
    }

    /// Whether rows count that are not written.
    fn wants_all(&self) -> bool {
        self.judge().is_some_and(Judge::has_thresholds)
    }

    /// What it keeps of the rows itself, for the checkpoint.
    fn account(&self) -> Value {
        self.judge().map_or(Value::Null, Judge::account)
    }

    fn summary(&self) -> Map<String, Value> {
        self.judge().map_or_else(Map::new, Judge::summary)
    }
}

/// All customers, or those that were named.
pub(super) enum Whose<S, T> {
    All(S),
    Named(Named<T>),
}

/// Deployment or usage.
pub(super) struct Licences<R: BookRow> {
    pub(super) whose: Whose<BookStream<R>, Vec<R>>,
    pub(super) below: Option<f64>,
}

/// A row of the service, and the row of output it becomes.
pub(in crate::commands) trait Written: BookRow {
    type Row: Row + From<Self>;

    /// The rows of one customer.
    async fn ask(customer: CustomerHandle) -> Result<Response<Vec<Self>>, Error>;
}

impl Written for DeploymentRow {
    type Row = rows::Deployment;

    async fn ask(customer: CustomerHandle) -> Result<Response<Vec<Self>>, Error> {
        let (id, answer) = (customer.id(), sweep::deployment(customer).await?);
        Ok(answer.map(|answer| answer.items.into_iter().map(|row| Self::classic(id, row)).collect()))
    }
}

impl Written for UsageRow {
    type Row = rows::Usage;

    async fn ask(customer: CustomerHandle) -> Result<Response<Vec<Self>>, Error> {
        let (id, answer) = (customer.id(), sweep::usage(customer).await?);
        Ok(answer.map(|answer| answer.items.into_iter().map(|row| Self::classic(id, row)).collect()))
    }
}

impl<R: Written> Reading for Licences<R> {
    type Row = R::Row;

    async fn next(&mut self) -> Result<Option<Portion<R::Row>>, Error> {
        let below = self.below;
        let (customer, outcome) = match &mut self.whose {
            Whose::All(stream) => match stream.try_next().await? {
                Some(portion) => (portion.customer, portion.outcome),
                None => return Ok(None),
            },
            Whose::Named(named) => match named.next().await? {
                Some((customer, outcome)) => (Some(customer), outcome),
                None => return Ok(None),
            },
        };
        let wanted = |row: &R::Row| below.is_none_or(|percent| row.is_below(percent));
        let rows =
            |rows: Response<Vec<R>>| rows.into_inner().into_iter().map(R::Row::from).filter(wanted).collect();
        Ok(Some(Portion { customer, answer: answer(outcome, rows) }))
    }

    fn progress(&self) -> Option<Progress> {
        self.all().map(BookStream::progress)
    }

    fn fallback(&self) -> Option<&Fallback> {
        self.all().and_then(BookStream::fallback)
    }

    fn checkpoint(&self) -> Option<Checkpoint> {
        self.all().map(BookStream::checkpoint)
    }
}

impl<R: BookRow> Licences<R> {
    fn all(&self) -> Option<&BookStream<R>> {
        match &self.whose {
            Whose::All(stream) => Some(stream),
            Whose::Named(_) => None,
        }
    }
}

/// What the classic operations know of one customer.
pub(super) type Both =
    (CustomerLicensesDeploymentInsightsCollection, CustomerLicensesUsageInsightsCollection);

/// Asks for both.
pub(super) async fn both(customer: CustomerHandle) -> Result<Response<Both>, Error> {
    let deployment = sweep::deployment(customer.clone()).await?;
    let usage = sweep::usage(customer).await?;
    Ok(deployment.map(|deployment| (deployment, usage.into_inner())))
}

/// The funnel customer by customer.
pub(super) struct ClassicFunnel {
    pub(super) whose: Whose<SweepStream<Both>, Both>,
    pub(super) judge: Judge,
    pub(super) fallback: Option<Fallback>,
}

impl Reading for ClassicFunnel {
    type Row = rows::Funnel;

    async fn next(&mut self) -> Result<Option<Portion<rows::Funnel>>, Error> {
        let next = match &mut self.whose {
            Whose::All(stream) => stream.try_next().await?.map(|swept| (swept.customer, swept.outcome)),
            Whose::Named(named) => named.next().await?,
        };
        let Some((customer, outcome)) = next else { return Ok(None) };
        let judge = &mut self.judge;
        let rows = |both: Response<Both>| {
            let (deployment, usage) = both.into_inner();
            let funnel = Funnel::classic(customer, &deployment.items, &usage.items);
            judge.joined(&funnel.report);
            funnel.rows.into_iter().filter(|row| judge.keeps(row)).map(rows::Funnel::from).collect()
        };
        Ok(Some(Portion { customer: Some(customer), answer: answer(outcome, rows) }))
    }

    fn progress(&self) -> Option<Progress> {
        match &self.whose {
            Whose::All(stream) => Some(stream.progress()),
            Whose::Named(_) => None,
        }
    }

    fn fallback(&self) -> Option<&Fallback> {
        self.fallback.as_ref()
    }

    fn checkpoint(&self) -> Option<Checkpoint> {
        match &self.whose {
            Whose::All(stream) => Some(stream.checkpoint()),
            Whose::Named(_) => None,
        }
    }

    fn judge(&self) -> Option<&Judge> {
        Some(&self.judge)
    }
}

/// The funnel by the commercial queries: all of deployment, then all of usage, and only then the rows. They are few
/// requests, so there is nothing to go on from.
pub(super) struct CommercialFunnel {
    pub(super) deployment: BookStream<DeploymentRow>,
    pub(super) usage: BookStream<UsageRow>,
    pub(super) deployment_read: bool,
    pub(super) join: Join,
    pub(super) judge: Judge,
}

impl Reading for CommercialFunnel {
    type Row = rows::Funnel;

    async fn next(&mut self) -> Result<Option<Portion<rows::Funnel>>, Error> {
        let nothing_yet = || Ok(Some(Portion { customer: None, answer: Answer::Rows(Vec::new()) }));
        if !self.deployment_read {
            if let Some(portion) = self.deployment.try_next().await? {
                if let Outcome::Rows(rows) = portion.outcome {
                    rows.into_inner().into_iter().for_each(|row| self.join.deployment(&deployment(row)));
                }
                return nothing_yet();
            }
            self.deployment_read = true;
        }
        match self.usage.try_next().await? {
            Some(portion) => {
                if let Outcome::Rows(rows) = portion.outcome {
                    rows.into_inner().into_iter().for_each(|row| self.join.usage(&usage(row)));
                }
                nothing_yet()
            }
            None => Ok(None),
        }
    }

    fn progress(&self) -> Option<Progress> {
        Some(if self.deployment_read { self.usage.progress() } else { self.deployment.progress() })
    }

    fn checkpoint(&self) -> Option<Checkpoint> {
        None
    }

    fn rest(&mut self, each: &mut dyn FnMut(rows::Funnel)) {
        let judge = &mut self.judge;
        let report = std::mem::take(&mut self.join).finish(|row: FunnelRow| {
            if judge.keeps(&row) {
                each(row.into());
            }
        });
        judge.joined(&report);
    }

    fn judge(&self) -> Option<&Judge> {
        Some(&self.judge)
    }
}

fn answer<T, R>(outcome: Outcome<T>, rows: impl FnOnce(Response<T>) -> Vec<R>) -> Answer<R> {
    match outcome {
        Outcome::Rows(response) => Answer::Rows(rows(response)),
        Outcome::Empty(_) => Answer::Empty,
        Outcome::Skipped(_) => Answer::Skipped,
        Outcome::Failed(error) => Answer::Failed(error),
    }
}

/// The join takes rows as the commercial query sends them; a book has them with the id read.
fn deployment(row: DeploymentRow) -> CommercialLicensesDeploymentInsights {
    let mut model = CommercialLicensesDeploymentInsights::default();
    model.customer_tenant_id = row.customer_id.map(|id| Guid::from(id.as_uuid()));
    model.customer_name = row.customer_name;
    model.product_id = row.product_id;
    model.product_name = row.product_name;
    model.service_code = row.service_code;
    model.service_name = row.service_name;
    model.channel = row.channel;
    model.licenses_sold = row.licenses_sold;
    model.licenses_deployed = row.licenses_deployed;
    model.processed_date_time = row.processed_date_time;
    model
}

/// The same for usage.
fn usage(row: UsageRow) -> CommercialLicensesUsageInsights {
    let mut model = CommercialLicensesUsageInsights::default();
    model.customer_tenant_id = row.customer_id.map(|id| Guid::from(id.as_uuid()));
    model.customer_name = row.customer_name;
    model.product_id = row.product_id;
    model.product_name = row.product_name;
    model.service_code = row.service_code;
    model.service_name = row.service_name;
    model.channel = row.channel;
    model.workload_code = row.workload_code;
    model.workload_name = row.workload_name;
    model.licenses_active = row.licenses_active;
    model.licenses_qualified = row.licenses_qualified;
    model.processed_date_time = row.processed_date_time;
    model
}
