-- The counts of every recorded day, like `partner-center history trend`. Needs the views of the engine.
SELECT
  snapshotDate,
  sum(licensesSold) AS licensesSold,
  sum(licensesDeployed) AS licensesDeployed,
  sum(licensesActive) AS licensesActive,
  sum(shelfware) AS shelfware,
  sum(idle) AS idle,
  coalesce(sum(shelfware) + sum(idle), sum(shelfware), sum(idle)) AS unused
FROM runs LEFT JOIN funnel USING (snapshotDate)
GROUP BY snapshotDate
ORDER BY snapshotDate;
