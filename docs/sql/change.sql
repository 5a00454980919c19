-- What changed between the last two recorded days, like `partner-center history diff`. Needs the views of the engine.
-- A customer that was not read on one of the days is unknown, never gone.
WITH last_days AS (
  SELECT
    max(snapshotDate) AS to_day,
    max(snapshotDate) FILTER (WHERE snapshotDate < (SELECT max(snapshotDate) FROM runs)) AS from_day
  FROM runs
),
not_read AS (
  SELECT DISTINCT customerId
  FROM unread CROSS JOIN last_days
  WHERE snapshotDate IN (from_day, to_day)
),
-- A product without an id is matched by its name, if exactly one id has that name: the classic operations send no ids.
ids AS (
  SELECT customerId, lower(trim(productName)) AS name, min(lower(productId)) AS id
  FROM funnel CROSS JOIN last_days
  WHERE snapshotDate IN (from_day, to_day) AND productId IS NOT NULL AND productName IS NOT NULL
  GROUP BY customerId, lower(trim(productName))
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
  GROUP BY snapshotDate, funnel.customerId, coalesce(lower(productId), id, lower(trim(productName)))
),
earlier AS (SELECT counts.* FROM counts CROSS JOIN last_days WHERE snapshotDate = from_day),
later AS (SELECT counts.* FROM counts CROSS JOIN last_days WHERE snapshotDate = to_day),
pairs AS (
  SELECT
    CASE
      WHEN not_read.customerId IS NOT NULL THEN 'unknown'
      WHEN earlier.snapshotDate IS NULL THEN 'appeared'
      WHEN later.snapshotDate IS NULL THEN 'gone'
      WHEN earlier.sold IS DISTINCT FROM later.sold
        OR earlier.deployed IS DISTINCT FROM later.deployed
        OR earlier.active IS DISTINCT FROM later.active
        OR earlier.shelfware IS DISTINCT FROM later.shelfware
        OR earlier.idle IS DISTINCT FROM later.idle THEN 'changed'
    END AS change,
    coalesce(earlier.customerId, later.customerId) AS customerId,
    coalesce(earlier.product, later.product) AS product,
    coalesce(later.productName, earlier.productName) AS productName,
    earlier.sold AS soldFrom, later.sold AS soldTo,
    earlier.deployed AS deployedFrom, later.deployed AS deployedTo,
    earlier.active AS activeFrom, later.active AS activeTo,
    earlier.unused AS unusedFrom, later.unused AS unusedTo
  FROM earlier
  FULL OUTER JOIN later ON earlier.customerId = later.customerId AND earlier.product = later.product
  LEFT JOIN not_read ON not_read.customerId = coalesce(earlier.customerId, later.customerId)
)
SELECT * FROM pairs WHERE change IS NOT NULL ORDER BY customerId, productName;
