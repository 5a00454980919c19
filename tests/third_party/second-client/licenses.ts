// TypeScript code that uses the contract's types, and two lines that the compiler must reject.
import type { operations } from "./contract";

type Deployment = operations["getCustomerLicensesDeployment"]["responses"][200]["content"]["application/json"];
type Query = operations["queryCommercialLicensesUsage"]["parameters"]["query"];

export const sold = (answer: Deployment): number => answer.items[0]?.licensesSold ?? 0;
export const page: Query = { filter: "serviceCode eq 'o365'", groupby: "workloadCode", top: 1_000 };

// @ts-expect-error the field does not exist
export const misspelt = (answer: Deployment) => answer.items[0]?.licenseSold;
// @ts-expect-error the field may be absent or null
export const careless = (answer: Deployment): number | undefined => answer.items[0]?.licensesSold;
