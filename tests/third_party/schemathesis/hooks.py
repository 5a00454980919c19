"""Adds what schemathesis cannot derive from the contract: the service's filter languages, and rules OpenAPI cannot express.

No hook hides a failure. The hooks generate valid requests, so that an error response is a failure, and remove the
byte order mark with which, as the contract's description says, success bodies begin.
"""

import json
import os
import urllib.request

import schemathesis
from hypothesis import strategies as st
from schemathesis.generation import GenerationMode

DEPLOYMENT = [
    "serviceCode", "serviceName", "channel", "customerTenantId", "customerName", "productId", "productName",
]
USAGE = ["workloadCode", "workloadName", *DEPLOYMENT]
# Values in the emulator's data, so that filters match something, in addition to arbitrary text.
KNOWN = ["o365", "crm", "reseller", "EXO", "0112A436-B14E-4888-967B-CA4BB2CF1234", "TEST_COMPANY", ""]
TEXTS = st.sampled_from(KNOWN) | st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=20)


# The fields of the subscriptions query, by what they are compared with.
DATES = ["commitmentEndDate", "creationDate", "currentStateEndDate", "effectiveStartDate", "trialStartDate"]
EXACT = ["customerMarket", "customerTenantId", "id", "partnerId", "productName", "status", "subscriptionType"]
SEARCHED = ["customerName", "friendlyName", "productName"]
QUOTED = TEXTS.map(lambda text: "'" + text.replace("'", "''") + "'")


def license_filters(fields):
    """`field eq 'value'` and `ne`, joined by `and` and `or`, in parentheses or not."""
    return joined(st.tuples(st.sampled_from(fields), st.sampled_from(["eq", "ne"]), QUOTED).map(" ".join))


def subscriptions_filters():
    """Comparisons of texts, dates and Booleans, and searches, joined in the same way."""
    equality = st.sampled_from(["eq", "ne"])
    exact = st.tuples(st.sampled_from(EXACT), equality, QUOTED).map(" ".join)
    flag = st.tuples(st.just("autoRenewEnabled"), equality, st.sampled_from(["true", "false"])).map(" ".join)
    date = st.dates().map("cast('{}',Edm.DateTimeOffset)".format)
    dates = st.tuples(st.sampled_from(DATES), st.sampled_from(["eq", "ne", "gt", "lt", "ge", "le"]), date).map(" ".join)
    searched = st.tuples(st.sampled_from(SEARCHED), QUOTED).map(lambda pair: "contains({},{})".format(*pair))
    return joined(exact | flag | dates | searched)


def joined(condition):
    return st.recursive(
        condition,
        lambda inner: st.tuples(inner, st.sampled_from([" and ", " or "]), inner).map("".join) | inner.map("({})".format),
        max_leaves=4,
    )


def customer_filters():
    fields = st.sampled_from(["CompanyName", "Domain", "IndirectReseller", "IndirectCloudSolutionProvider"])
    parts = {"Field": fields, "Value": TEXTS, "Operator": st.just("starts_with")}
    return st.fixed_dictionaries(parts).map(json.dumps)


def continuation_tokens():
    """The tokens of all pages that have a next page. Tokens cannot be generated."""
    tokens, headers = [], {"Authorization": "Bearer " + os.environ["JUDGE_TOKEN"]}
    url = os.environ["JUDGE_URL"] + "/v1/customers?seekOperation=Next"
    while True:
        address = url if tokens else url.removesuffix("?seekOperation=Next")
        with urllib.request.urlopen(urllib.request.Request(address, headers=headers)) as answer:
            following = json.loads(answer.read().decode("utf-8-sig"))["links"].get("next")
        if following is None:
            return st.sampled_from(tokens)
        [header] = following["headers"]
        tokens.append(header["value"])
        headers[header["key"]] = header["value"]


schemathesis.openapi.format("deployment-filter", license_filters(DEPLOYMENT))
schemathesis.openapi.format("usage-filter", license_filters(USAGE))
schemathesis.openapi.format("subscriptions-filter", subscriptions_filters())
schemathesis.openapi.format("customer-filter", customer_filters())
schemathesis.openapi.format("continuation-token", continuation_tokens())
schemathesis.openapi.format(
    "date-time-local", st.datetimes().map(lambda time: time.replace(microsecond=0).isoformat())
)


@schemathesis.hook
def map_case(context, case):
    """Removes seekOperation without a token: OpenAPI cannot express that one parameter requires another."""
    positive = case.meta is None or case.meta.generation.mode is GenerationMode.POSITIVE
    if positive and case.query and "MS-ContinuationToken" not in (case.headers or {}):
        case.query.pop("seekOperation", None)
    return case


@schemathesis.hook
def after_call(context, case, response):
    """Removes the byte order mark of success bodies, which Python's JSON parser rejects."""
    response.content = response.content.removeprefix(b"\xef\xbb\xbf")
