-- What changed between the last two recorded days, like `partner-center history diff`. Needs view.sql.
-- A customer that was not read on one of the days is unknown, never gone.
WITH last_days AS (
  SELECT
    max(snapshotDate) AS to_day,
    max(snapshotDate) FILTER (snapshotDate < (SELECT max(snapshotDate) FROM runs)) AS from_day
  FROM runs
),
unread AS (
  SELECT DISTINCT customer.customerId AS customerId
  FROM runs, last_days, unnest(unread) AS unnested(customer)
  WHERE snapshotDate IN (from_day, to_day)
),
-- A product without an id is matched by its name, if exactly one id has that name: the classic operations send no ids.
ids AS (
  SELECT customerId, lower(trim(productName)) AS name, min(lower(productId)) AS id
  FROM funnel, last_days
  WHERE snapshotDate IN (from_day, to_day) AND productId IS NOT NULL AND productName IS NOT NULL
  GROUP BY ALL
  HAVING count(DISTINCT lower(productId)) = 1
),
counts AS (
  SELECT
    snapshotDate, funnel.customerId,
    coalesce(lower(productId), id, lower(trim(productName))) AS product,
    min(productName) AS productName,
    sum(licensesSold) AS sold,
    sum(licensesDeployed) AS deployed,
    sum(licensesActive) AS active,
    sum(shelfware) AS shelfware,
    sum(idle) AS idle,
    coalesce(sum(shelfware) + sum(idle), sum(shelfware), sum(idle)) AS unused
  FROM funnel
  LEFT JOIN ids ON ids.customerId = funnel.customerId AND ids.name = lower(trim(productName))
  GROUP BY ALL
),
earlier AS (SELECT counts.* FROM counts, last_days WHERE snapshotDate = from_day),
later AS (SELECT counts.* FROM counts, last_days WHERE snapshotDate = to_day)
SELECT
  CASE
    WHEN customerId IN (SELECT customerId FROM unread) THEN 'unknown'
    WHEN earlier.snapshotDate IS NULL THEN 'appeared'
    WHEN later.snapshotDate IS NULL THEN 'gone'
    ELSE 'changed'
  END AS change,
  customerId,
  product,
  coalesce(later.productName, earlier.productName) AS productName,
  earlier.sold AS soldFrom, later.sold AS soldTo,
  earlier.deployed AS deployedFrom, later.deployed AS deployedTo,
  earlier.active AS activeFrom, later.active AS activeTo,
  earlier.unused AS unusedFrom, later.unused AS unusedTo
FROM earlier FULL OUTER JOIN later USING (customerId, product)
WHERE customerId IN (SELECT customerId FROM unread)
  OR earlier.snapshotDate IS NULL
  OR later.snapshotDate IS NULL
  OR (earlier.sold, earlier.deployed, earlier.active, earlier.shelfware, earlier.idle)
    IS DISTINCT FROM (later.sold, later.deployed, later.active, later.shelfware, later.idle)
ORDER BY customerId, productName;
