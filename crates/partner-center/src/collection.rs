//! What all collections of the service have in common: a list of items.

use partner_center_models as models;
use serde::Serialize;

/// A response that is a list: of customers, of subscriptions, or of rows of licenses.
///
/// [`Response::items`](crate::Response::items) and [`Response::into_items`](crate::Response::into_items) use it, so most
/// programs never name it. The trait is sealed.
#[expect(private_bounds, reason = "seals the trait")]
pub trait Collection: Sealed {
    /// The type of the items.
    type Item: Serialize + Send + Unpin + 'static;

    /// The items of this page.
    fn items(&self) -> &[Self::Item];

    /// Converts the page into its items.
    fn into_items(self) -> Vec<Self::Item>;
}

trait Sealed: Sized + Send + 'static {}

macro_rules! collections {
    ($($collection:ident { $field:ident: $item:ident },)*) => {$(
        impl Sealed for models::$collection {}

        impl Collection for models::$collection {
            type Item = models::$item;

            fn items(&self) -> &[models::$item] {
                &self.$field
            }

            fn into_items(self) -> Vec<models::$item> {
                self.$field
            }
        }
    )*};
}

models::for_each_collection!(collections);

/// Rows that were taken out of their page, as the rows of all customers are.
impl<R: Send + 'static> Sealed for Vec<R> {}

impl<R: Serialize + Send + Unpin + 'static> Collection for Vec<R> {
    type Item = R;

    fn items(&self) -> &[R] {
        self
    }

    fn into_items(self) -> Self {
        self
    }
}
