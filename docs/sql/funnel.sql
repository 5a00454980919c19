-- The last day by product, like `partner-center history trend --by product --last 1`. Needs the views of the engine.
SELECT
  min(productId) AS productId,
  min(trim(productName)) AS productName,
  sum(licensesSold) AS licensesSold,
  sum(licensesDeployed) AS licensesDeployed,
  sum(licensesActive) AS licensesActive,
  sum(shelfware) AS shelfware,
  sum(idle) AS idle,
  coalesce(sum(shelfware) + sum(idle), sum(shelfware), sum(idle)) AS unused
FROM funnel
WHERE snapshotDate = (SELECT max(snapshotDate) FROM runs)
GROUP BY lower(coalesce(productId, trim(productName)))
ORDER BY unused DESC NULLS LAST, productName;
