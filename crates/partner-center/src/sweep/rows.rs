//! What a sweep must know of an answer: whether it holds anything.

use crate::models::{
    CommercialLicensesDeploymentInsightsCollection, CommercialLicensesUsageInsightsCollection, Customer,
    CustomerLicensesDeploymentInsightsCollection, CustomerLicensesUsageInsightsCollection,
};

/// An answer whose rows can be counted, so that a sweep can tell rows from none.
///
/// ```
/// use partner_center::sweep::Rows;
///
/// /// What an operation of your own makes of several answers.
/// struct Summary {
///     products: Vec<String>,
/// }
///
/// impl Rows for Summary {
///     fn row_count(&self) -> usize {
///         self.products.len()
///     }
/// }
/// ```
pub trait Rows {
    /// How many rows it holds.
    fn row_count(&self) -> usize;
}

macro_rules! rows {
    ($($collection:ty => $rows:ident),+ $(,)?) => {
        $(impl Rows for $collection {
            fn row_count(&self) -> usize {
                self.$rows.len()
            }
        })+
    };
}

rows! {
    CustomerLicensesDeploymentInsightsCollection => items,
    CustomerLicensesUsageInsightsCollection => items,
    CommercialLicensesDeploymentInsightsCollection => value,
    CommercialLicensesUsageInsightsCollection => value,
}

/// A customer is one row.
impl Rows for Customer {
    fn row_count(&self) -> usize {
        1
    }
}

impl<T> Rows for Vec<T> {
    fn row_count(&self) -> usize {
        self.len()
    }
}

/// Two answers about one customer, such as deployment and usage: empty only if both are.
impl<A: Rows, B: Rows> Rows for (A, B) {
    fn row_count(&self) -> usize {
        self.0.row_count() + self.1.row_count()
    }
}
