-- One page of the member list: what `key` holds is what it is sorted by, `way` which way it runs, `page` who is on it.
-- It continues after (after_key, after_id), so the hundredth page costs what the first does. Who is on it is found with
-- nothing but their keys in hand; the rest is fetched for these few.
WITH {page}
SELECT
    m.id, {external_id}, {card}, m.name, m.email, m.phone, m.language, m.joined_at, m.made,
    coalesce(a.tier, ''), coalesce(a.available, 0), coalesce(a.pending, 0), coalesce(a.orders, 0),
    coalesce(a.spend_minor, 0), a.first_order_at, a.last_order_at, a.enrolled_at,
    page.key
FROM page
JOIN members_member AS m USING (id)
LEFT JOIN ledger_account AS a ON a.program_id = m.program_id AND a.member_id = m.id
ORDER BY page.key {way}, m.id {way}
