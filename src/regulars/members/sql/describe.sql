-- Customers who were known from orders and join now: what is said of them, where nothing is known yet. A card that is
-- somebody else's changes nothing of its customer.
UPDATE members_member AS m SET
    card = newcomer.card, name = newcomer.name, email = newcomer.email, phone = newcomer.phone,
    language = newcomer.language, joined_at = newcomer.joined_at
FROM unnest(
    %(external_ids)s::text[], %(cards)s::text[], %(names)s::text[], %(emails)s::text[], %(phones)s::text[],
    %(languages)s::text[], %(joined_at)s::timestamptz[]
) AS newcomer (external_id, card, name, email, phone, language, joined_at)
WHERE m.program_id = %(program_id)s AND m.external_id = newcomer.external_id AND m.joined_at IS NULL
    AND NOT EXISTS (
        SELECT FROM members_member AS other
        WHERE other.program_id = m.program_id AND other.card <> '' AND other.card = newcomer.card AND other.id <> m.id
    )
RETURNING m.external_id, m.id
