-- The recorded days of a dataset, as views. Run it in the folder of the dataset, or put its place before the paths.
-- A day counts when its manifest is there: files of an unfinished day are left out.
CREATE OR REPLACE VIEW runs AS
SELECT snapshotDate, complete, source, customers, unread
FROM read_json('runs/*/run.json', hive_partitioning = false, columns = {
  snapshotDate: 'DATE',
  complete: 'BOOLEAN',
  source: 'VARCHAR',
  customers: 'STRUCT(listed BIGINT, withRows BIGINT, withoutRows BIGINT, skipped BIGINT, failed BIGINT)',
  unread: 'STRUCT(customerId VARCHAR, code VARCHAR, skipped BOOLEAN)[]'
});

CREATE OR REPLACE VIEW deployment AS
SELECT * FROM read_parquet('deployment/*/*.parquet', hive_partitioning = true, union_by_name = true)
SEMI JOIN runs USING (snapshotDate);

CREATE OR REPLACE VIEW usage AS
SELECT * FROM read_parquet('usage/*/*.parquet', hive_partitioning = true, union_by_name = true)
SEMI JOIN runs USING (snapshotDate);

CREATE OR REPLACE VIEW funnel AS
SELECT * FROM read_parquet('funnel/*/*.parquet', hive_partitioning = true, union_by_name = true)
SEMI JOIN runs USING (snapshotDate);

-- The customers that were not read on a day.
CREATE OR REPLACE VIEW unread AS
SELECT snapshotDate, customer.customerId AS customerId
FROM runs, unnest(unread) AS unnested(customer);
