// TypeScript code that uses the contract's types, and lines that the compiler must reject.
import type { operations } from "./contract";

type Deployment = operations["getCustomerLicensesDeployment"]["responses"][200]["content"]["application/json"];
type Query = operations["queryCommercialLicensesUsage"]["parameters"]["query"];

export const sold = (answer: Deployment): number => answer.items[0]?.licensesSold ?? 0;
export const page: Query = { filter: "serviceCode eq 'o365'", groupby: "workloadCode", top: 1_000 };

// @ts-expect-error the field does not exist
export const misspelt = (answer: Deployment) => answer.items[0]?.licenseSold;
// @ts-expect-error the field may be absent or null
export const careless = (answer: Deployment): number | undefined => answer.items[0]?.licensesSold;

type Subscriptions = operations["listCustomerSubscriptions"]["responses"][200]["content"]["application/json"];
type Skus = operations["getCustomerSubscribedSkus"]["responses"][200]["content"]["application/json"];
type Ended = operations["querySubscriptions"]["responses"][200]["content"]["application/json"];

export const renewing = (answer: Subscriptions): string[] =>
  answer.items.filter((one) => one.autoRenewEnabled).map((one) => one.commitmentEndDate ?? "never");
export const assigned = (answer: Skus): number => answer.items[0]?.consumedUnits ?? 0;
export const groups: NonNullable<operations["getCustomerSubscribedSkus"]["parameters"]["query"]> = {
  licenseGroupIds: ["Group1", "Group2"],
};
// Grouped rows have counts as text.
export const licenses = (answer: Ended): number => Number(answer.Value[0]?.licenseCount ?? 0);

// @ts-expect-error the field does not exist
export const unassigned = (answer: Skus) => answer.items[0]?.unassignedUnits;
// @ts-expect-error a count of this query can be a text
export const counted = (answer: Ended): number => answer.Value[0]?.licenseCount ?? 0;
