WITH known AS (
    SELECT member_id, row_number() OVER (ORDER BY member_id) AS customer FROM ledger_account WHERE program_id = {program}
)

SELECT
    o.key AS order_key,
    k.customer,
    o.guest,
    coalesce(a.enrolled_at <= o.paid_at, FALSE) AS member,
    o.paid_at,
    o.paid_at AT TIME ZONE {zone} AS paid_local,
    (o.paid_at AT TIME ZONE {zone})::date AS paid_on,
    o.gross_minor,
    o.refunded_minor,
    o.net_minor,
    o.lines,
    o.quantity,
    o.channel,
    o.store
FROM ledger_order AS o
JOIN ledger_account AS a USING (program_id, member_id)
JOIN known AS k USING (member_id)
WHERE o.program_id = {program} AND o.paid_at IS NOT NULL AND NOT o.cancelled
