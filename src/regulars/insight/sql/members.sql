WITH known AS (
    SELECT member_id, row_number() OVER (ORDER BY member_id) AS customer FROM ledger_account WHERE program_id = {program}
)

SELECT
    k.customer,
    member_id::text AS member_id,
    tier,
    available,
    pending,
    held,
    deficit,
    (enrolled_at AT TIME ZONE {zone})::date AS enrolled_on,
    (least(enrolled_at, first_order_at) AT TIME ZONE {zone})::date AS known_on
FROM ledger_account
JOIN known AS k USING (member_id)
WHERE program_id = {program} AND NOT guest AND coalesce(enrolled_at, first_order_at) IS NOT NULL
