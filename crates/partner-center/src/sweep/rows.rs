//! The [`Rows`] trait: counts the rows of a response.

use crate::models::{self, Customer};

/// A result with a number of rows, by which a sweep distinguishes results with and without rows.
///
/// ```
/// use partner_center::sweep::Rows;
///
/// /// The result of a custom operation.
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
    /// The number of rows.
    fn row_count(&self) -> usize;
}

macro_rules! rows {
    ($($collection:ident { $rows:ident: $row:ident },)*) => {
        $(impl Rows for models::$collection {
            fn row_count(&self) -> usize {
                self.$rows.len()
            }
        })*
    };
}

models::for_each_collection!(rows);

/// A customer counts as one row.
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

/// Two results for one customer, such as deployment and usage: empty only if both are empty.
impl<A: Rows, B: Rows> Rows for (A, B) {
    fn row_count(&self) -> usize {
        self.0.row_count() + self.1.row_count()
    }
}
