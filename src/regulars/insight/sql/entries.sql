WITH known AS (
    SELECT member_id, row_number() OVER (ORDER BY member_id) AS customer FROM ledger_account WHERE program_id = {program}
)

SELECT
    k.customer,
    kind,
    source,
    target,
    wallet,
    points,
    (occurred_at AT TIME ZONE {zone})::date AS occurred_on
FROM ledger_entry
JOIN known AS k USING (member_id)
WHERE program_id = {program}
