-- The recorded days of a dataset, as views. Replace ${dataset} by its place.
-- A day counts when its manifest is there: files of an unfinished day are left out.
CREATE OR REPLACE TEMPORARY VIEW runs (
  snapshotDate DATE,
  complete BOOLEAN,
  source STRING,
  customers STRUCT<listed: BIGINT, withRows: BIGINT, withoutRows: BIGINT, skipped: BIGINT, failed: BIGINT>,
  unread ARRAY<STRUCT<customerId: STRING, code: STRING, skipped: BOOLEAN>>
) USING json OPTIONS (path '${dataset}/runs');

CREATE OR REPLACE TEMPORARY VIEW all_deployment USING parquet OPTIONS (path '${dataset}/deployment', mergeSchema 'true');

CREATE OR REPLACE TEMPORARY VIEW all_usage USING parquet OPTIONS (path '${dataset}/usage', mergeSchema 'true');

CREATE OR REPLACE TEMPORARY VIEW all_funnel USING parquet OPTIONS (path '${dataset}/funnel', mergeSchema 'true');

CREATE OR REPLACE TEMPORARY VIEW deployment AS
SELECT * FROM all_deployment WHERE snapshotDate IN (SELECT snapshotDate FROM runs);

CREATE OR REPLACE TEMPORARY VIEW usage AS
SELECT * FROM all_usage WHERE snapshotDate IN (SELECT snapshotDate FROM runs);

CREATE OR REPLACE TEMPORARY VIEW funnel AS
SELECT * FROM all_funnel WHERE snapshotDate IN (SELECT snapshotDate FROM runs);

-- The customers that were not read on a day.
CREATE OR REPLACE TEMPORARY VIEW unread AS
SELECT snapshotDate, customer.customerId AS customerId
FROM runs LATERAL VIEW explode(unread) exploded AS customer;
