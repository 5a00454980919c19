//! Checks the emulator's responses against the contract: every operation, every status, bodies and headers.
//!
//! The emulator was written from Microsoft's documentation and not from the contract, so these tests compare two
//! independent sources.

use partner_center_emulator::{
    Book, DOCUMENTED_CUSTOMER, Emulator, EmulatorBuilder, ErrorResponse, ErrorShape,
};
use partner_center_tests::{BYTE_ORDER_MARK, Contract, Operation, Schemas, fetch};

/// Headers of HTTP itself, which the contract does not list.
const HTTP: [&str; 5] = ["connection", "content-length", "content-type", "date", "transfer-encoding"];

const SEED: u64 = 7;

const TOKEN: (&str, &str) = ("authorization", "Bearer any");

#[tokio::test]
async fn success_responses_match_the_contract() {
    let judge = Judge::new();
    let emulator = documented_customer().start().await.unwrap();
    for operation in judge.served(&emulator).await {
        assert_eq!(judge.status(&emulator, operation, &path(operation), &[TOKEN]).await, 200);
    }
}

#[tokio::test]
async fn error_responses_match_the_contract() {
    let judge = Judge::new();
    for operation in &judge.contract.operations {
        for (status, response) in operation.responses.iter().filter(|(status, _)| **status != 200) {
            let gateway = response.schema.as_deref() == Some("GatewayFault");
            let shapes: &[_] =
                if gateway { &[ErrorShape::Gateway] } else { &[ErrorShape::Fault, ErrorShape::Commerce] };
            for shape in shapes {
                let fault = ErrorResponse::new(*status).body(*shape);
                let emulator = documented_customer().faults(fault).start().await.unwrap();
                assert_eq!(judge.status(&emulator, operation, &path(operation), &[TOKEN]).await, *status);
            }
        }
    }
}

/// Errors without a fault script: those that the service documents for invalid requests.
#[tokio::test]
async fn responses_to_invalid_requests_match_the_contract() {
    let judge = Judge::new();
    let emulator = documented_customer().start().await.unwrap();
    for operation in judge.served(&emulator).await {
        assert_eq!(judge.status(&emulator, operation, &path(operation), &[]).await, 401);
        if operation.path.contains("{customer-id}") {
            let path = path(operation);
            let of = |customer: &str| path.replace(&DOCUMENTED_CUSTOMER.to_string(), customer);
            assert_eq!(judge.status(&emulator, operation, &of("five"), &[TOKEN]).await, 400);
            let nobody = of("00000000-0000-4000-8000-000000000000");
            assert!([403, 404].contains(&judge.status(&emulator, operation, &nobody, &[TOKEN]).await));
        }
        if operation.is_tagged("commercial") {
            // `groupBy` is the same parameter as `groupby`: names of parameters have no case.
            for query in ["filter=serviceCode%20is%20'o365'", "groupby=colour", "top=none", "skip=-1"] {
                let path = format!("{}?{query}", operation.path);
                assert_eq!(judge.status(&emulator, operation, &path, &[TOKEN]).await, 400);
            }
        }
    }
}

/// Pages, groupings and filters change the shape of the response.
#[tokio::test]
async fn responses_to_queries_match_the_contract() {
    let judge = Judge::new();
    let emulator = Emulator::builder().customers(40).page_size(5).start().await.unwrap();
    for (id, query) in [
        ("listCustomers", "size=2"),
        ("listCustomers", "size=0"),
        ("listCustomerSubscriptions", "mpn_id=4847383"),
        ("listCustomerSubscriptions", "order_id=none"),
        ("queryCommercialLicensesDeployment", "top=3&skip=2"),
        ("queryCommercialLicensesDeployment", "groupby=serviceCode,channel"),
        ("queryCommercialLicensesDeployment", "filter=serviceCode%20eq%20'none'"),
        ("queryCommercialLicensesUsage", "top=3"),
        ("queryCommercialLicensesUsage", "groupby=workloadCode"),
        ("querySubscriptions", "top=3&skip=2"),
        ("querySubscriptions", "groupBy=subscriptionType,status&aggregationLevel=month"),
        ("querySubscriptions", "filter=commitmentEndDate%20le%20cast('2027-01-01',Edm.DateTimeOffset)"),
    ] {
        let operation = judge.contract.operation(id);
        let path = format!("{}?{query}", path(operation));
        assert_eq!(judge.status(&emulator, operation, &path, &[TOKEN]).await, 200);
    }
}

/// An emulator with only the documented customer.
fn documented_customer() -> EmulatorBuilder {
    Emulator::builder().customers(1).seed(SEED)
}

/// The path of an operation for the documented customer, and its first subscription.
fn path(operation: &Operation) -> String {
    let customer = Book::new(1, SEED).find(DOCUMENTED_CUSTOMER).unwrap();
    let subscription = customer.subscriptions().remove(0).id;
    let path = operation.path.replace("{customer-id}", &customer.id.to_string());
    path.replace("{subscription-id}", &subscription.to_string())
}

struct Judge {
    contract: Contract,
    schemas: Schemas,
}

impl Judge {
    fn new() -> Self {
        let contract = Contract::read();
        Self { schemas: Schemas::of(&contract), contract }
    }

    /// The operations that the emulator supports. A new endpoint may be in the contract before the emulator supports
    /// it, but the number of supported operations must not decrease.
    async fn served(&self, emulator: &Emulator) -> Vec<&Operation> {
        let mut served = Vec::new();
        for operation in &self.contract.operations {
            if fetch(emulator.base_url(), &path(operation), &[TOKEN]).await.0 != 404 {
                served.push(operation);
            }
        }
        assert!(served.len() >= 14, "the emulator supports only {} operations", served.len());
        served
    }

    /// Checks the response to a request for this operation, and returns its status.
    async fn status(
        &self,
        emulator: &Emulator,
        operation: &Operation,
        path: &str,
        headers: &[(&str, &str)],
    ) -> u16 {
        let (status, headers, body) = fetch(emulator.base_url(), path, headers).await;
        let context = format!("{status} of {path} ({})", operation.id);
        let response =
            operation.responses.get(&status).unwrap_or_else(|| panic!("{context} is not in the contract"));

        let mark = body.strip_prefix(BYTE_ORDER_MARK);
        let marked = status == 200 && !operation.is_tagged("commercial");
        assert_eq!(mark.is_some(), marked, "byte-order mark: {context}");
        let value = serde_json::from_slice(mark.unwrap_or(&body));
        let value = value.unwrap_or_else(|error| panic!("{context}: {error}"));
        let schema = response.schema.as_deref().unwrap_or_else(|| panic!("{context} has no schema"));
        let errors = self.schemas.errors(schema, &value);
        assert!(errors.is_empty(), "{context} does not match {schema}:\n{}", errors.join("\n"));
        let undescribed = self.contract.undescribed(&self.contract.schemas[schema], &value);
        assert!(
            undescribed.is_empty(),
            "{context} has members that {schema} does not describe: {undescribed:?}"
        );

        let content_type = headers["content-type"].to_str().unwrap();
        assert!(content_type.starts_with("application/json"), "{context}: {content_type}");
        for (header, required) in &response.headers {
            assert!(headers.contains_key(header.as_str()) || !required, "{context} lacks {header}");
        }
        for name in headers.keys() {
            let described = response.headers.keys().any(|header| header.eq_ignore_ascii_case(name.as_str()));
            let known = described || HTTP.contains(&name.as_str());
            assert!(known, "{context} has {name}, which is not in the contract");
        }
        status
    }
}
