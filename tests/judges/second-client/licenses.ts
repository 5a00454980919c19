// Five lines that somebody would write against the contract in TypeScript, and two that they must not be able to.
import type { operations } from "./contract";

type Deployment = operations["getCustomerLicensesDeployment"]["responses"][200]["content"]["application/json"];
type Query = operations["queryCommercialLicensesUsage"]["parameters"]["query"];

export const sold = (answer: Deployment): number => answer.items[0]?.licensesSold ?? 0;
export const page: Query = { filter: "serviceCode eq 'o365'", groupby: "workloadCode", top: 1_000 };

// @ts-expect-error there is no such field
export const misspelt = (answer: Deployment) => answer.items[0]?.licenseSold;
// @ts-expect-error it may be absent, and null too
export const careless = (answer: Deployment): number | undefined => answer.items[0]?.licensesSold;
