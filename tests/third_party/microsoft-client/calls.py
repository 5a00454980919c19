"""Calls the emulator with the client that was generated from Microsoft's own description of the API.

Every member of a response must be one that the client knows, with the type that it declares, and every member that the
client knows must be there, except those in ABSENT. The argument is the emulator's base URL.
"""

import json
import sys
import uuid

from microsoft.store.partnercenterservices import MicrosoftPartnerStoreApis, models
from msrest.authentication import BasicTokenAuthentication
from msrestazure.azure_exceptions import CloudError

V1 = "MicrosoftPartnerSdkContractsV1"
# The members that the client knows and the documented examples do not have.
ABSENT = {
    "CustomerLicensesDeploymentInsights": {"customerId", "serviceCode"},
    "CustomerLicensesUsageInsights": {"customerId", "serviceCode", "workloadCode"},
    "PartnerLicensesDeploymentInsights": {"serviceCode"},
    "PartnerLicensesUsageInsights": {"serviceCode"},
    "Customer": {"userCredentials", "associatedPartnerId"},
    # In the list of customers, a customer is only outlined.
    "listed Customer": {"commerceId", "billingProfile", "allowDelegatedAccess", "customDomains", "links"},
    "listed CustomerCompanyProfile": {"address", "email", "links"},
    # A company's address has a region, and a billing address a state and a person.
    "Address": {"region", "state", "addressLine2", "firstName", "lastName"},
    "CommonResourceAttributes": {"etag"},
    "CommonResourceLinks": {"next", "previous"},
    "collection": {"links"},
}
TYPES = {"str": str, "int": int, "long": int, "float": (int, float), "bool": bool, "iso-8601": str}


def expect(holds, sentence):
    if not holds:
        sys.exit(f"microsoft-client: {sentence}")


def short(model):
    """The name of a model without the namespaces of the service."""
    if "ResourceCollection" in model:
        return "collection"
    return model.removeprefix(V1).removeprefix("MicrosoftPartnerSdkContractsAnalytics")


def check(model, value, at, listed=False):
    """The members of a JSON object are those of a model, and have its types."""
    expect(isinstance(value, dict), f"{at} is not an object: {value}")
    fields = {field["key"]: field["type"] for field in getattr(models, model)._attribute_map.values()}
    name = short(model)
    absent = ABSENT.get(name, set()) | (ABSENT.get(f"listed {name}", set()) if listed else set())
    for key in value.keys() - fields.keys():
        expect(False, f"{at} has `{key}`, which is not a member of {name}")
    for key in fields.keys() - absent - value.keys():
        expect(False, f"{at} lacks `{key}` of {name}")
    for key, member in value.items():
        declared = fields[key]
        members = [(f"{at}.{key}", member)]
        if declared.startswith("["):
            declared = declared.strip("[]")
            expect(isinstance(member, list), f"{at}.{key} is not a list: {member}")
            members = [(f"{at}.{key}[{index}]", item) for index, item in enumerate(member)]
        for place, item in members:
            if declared in TYPES:
                fits = isinstance(item, TYPES[declared]) and (declared == "bool" or not isinstance(item, bool))
                expect(fits, f"{place} is not {declared}: {item!r}")
            else:
                check(declared, item, place, listed)


class Calls:
    """A client, and the ids of its requests."""

    def __init__(self, url, token):
        credential = BasicTokenAuthentication({"access_token": token})
        self.client = MicrosoftPartnerStoreApis(credential, url)
        # No retries, and no exception in place of a response.
        self.client.config.retry_policy.retries = 0
        self.client.config.retry_policy.policy.raise_on_status = False
        self.made = 0

    def send(self, operation, *arguments, **options):
        """The response of an operation, which must repeat the ids of the request."""
        sent = {"ms_request_id": str(uuid.uuid4()), "ms_correlation_id": str(uuid.uuid4())}
        # Not deserialized: the operations on licenses declare one row where the service returns a collection.
        response = operation(*arguments, version="1", raw=True, **sent, **options).response
        self.made += 1
        received = [response.headers.get("MS-RequestId"), response.headers.get("MS-CorrelationId")]
        expect(received == list(sent.values()), f"{response.url} returned the ids {received} for {sent}")
        return response

    def read(self, model, response, listed=False):
        """A successful response as the client's model, and its JSON."""
        expect(response.status_code == 200, f"{response.url} returned {response.status_code}: {response.text}")
        value = json.loads(response.content.decode("utf-8-sig"))
        check(model, value, response.request.path_url, listed)
        return self.client._deserialize(model, response), value

    def rows(self, insights, operation, *arguments):
        """The rows of a collection of insights, as the client's models."""
        model = f"MicrosoftPartnerSdkContractsAnalytics{insights}"
        page, value = self.read(f"{V1}CollectionsResourceCollection{model}", self.send(operation, *arguments))
        expect(page.total_count == len(page.items) == len(value["items"]), f"{insights} are not counted")
        for row in page.items:
            expect(row.attributes.object_type == insights, f"{insights} are of type {row.attributes.object_type}")
            expect(row.processed_date_time.utcoffset() is not None, f"{insights} have a time without an offset")
        return page.items

    def fault(self, status, operation, *arguments, **options):
        """The error of an operation, as the client's model."""
        response = self.send(operation, *arguments, **options)
        expect(response.status_code == status, f"{response.url} returned {response.status_code}, not {status}")
        model = "MicrosoftMarketplaceServicesCoreServiceFault"
        check(model, json.loads(response.content.decode("utf-8-sig")), f"the {status} of {response.url}")
        return self.client._deserialize(model, response)


def customers(calls):
    """All customers, through the next links of the list."""
    found, options = [], {}
    while True:
        model = f"{V1}CollectionsResourceCollection{V1}Customer"
        page, _ = calls.read(model, calls.send(calls.client.getvversioncustomersfilterfilter.value, **options), True)
        found += page.items
        expect(len(found) <= 1000, "the list of customers does not end")
        if page.links.next is None:
            return found
        headers = {header.key: header.value for header in page.links.next.headers}
        options = {"seek_operation": "Next", "custom_headers": headers}


def main(url):
    calls = Calls(url, "judge")
    client, of_customer = calls.client, calls.client.getvversioncustomerscustomer
    deployment_of, usage_of = of_customer.idanalyticslicensesdeployment, of_customer.idanalyticslicensesusage
    fault = calls.fault(500, client.getvversionanalyticslicensesusage)
    expect(fault.code and fault.description, "a 500 has no code and description")
    try:
        client.getvversionanalyticslicensesdeployment(version="1")
        expect(False, "a 503 was not an error")
    except CloudError as error:
        expect(error.status_code == 503 and error.message, f"a 503 was read as {error!r}")

    rows = 0
    listed = customers(calls)
    expect(len({customer.id for customer in listed}) == len(listed) > 20, "customers are missing or listed twice")
    for outline in listed:
        if outline.id == listed[17].id:
            for operation in (of_customer.id, deployment_of, usage_of):
                fault = calls.fault(403, operation, outline.id)
                expect(fault.code == 20002, f"a customer without a relationship has the code {fault.code}")
            continue
        customer, _ = calls.read(f"{V1}Customer", calls.send(of_customer.id, outline.id))
        expect(customer.id == outline.id == customer.company_profile.tenant_id, f"{outline.id} has other ids")
        names = [outline.company_profile.company_name, customer.company_profile.company_name]
        expect(names[0] == names[1], f"a customer has the names {names}")
        rows += len(calls.rows("CustomerLicensesDeploymentInsights", deployment_of, outline.id))
        rows += len(calls.rows("CustomerLicensesUsageInsights", usage_of, outline.id))
    rows += len(calls.rows("PartnerLicensesDeploymentInsights", client.getvversionanalyticslicensesdeployment))
    rows += len(calls.rows("PartnerLicensesUsageInsights", client.getvversionanalyticslicensesusage))
    expect(rows > 100, f"only {rows} rows")

    calls.fault(400, of_customer.id, "contoso")
    calls.fault(404, of_customer.id, str(uuid.UUID(int=1)))
    other = Calls(url, "another")
    other.fault(401, other.client.getvversionanalyticslicensesusage)
    print(f"microsoft-client: {calls.made} calls for {len(listed)} customers, {rows} rows and every error were read")


if __name__ == "__main__":
    main(sys.argv[1])
