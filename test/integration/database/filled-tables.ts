/** Tables filled by SQL, as large as those that an index is made for. The owner writes them: they belong to no run. */
import type pg from 'pg';

export interface Filled {
  readonly tenantId: string;
  readonly rows: number;
  /** Told apart in what must not be mixed up: no two tenants have a value of this in common. */
  readonly mark: string;
}

/** So many customers, each with an address and an order, and a fifth of it of other records. */
export async function fillTables(owner: pg.ClientBase, filled: Filled): Promise<void> {
  await owner.query(`begin; set local app.tenant_id = '${filled.tenantId}'`);
  for (const statement of [fillCustomers, fillAddresses, fillOrders])
    await owner.query(statement, [filled.tenantId, filled.rows, filled.mark]);
  const fewer = Math.round(filled.rows / 5);
  for (const statement of [fillLeads, fillPins])
    await owner.query(statement, [filled.tenantId, fewer, filled.mark]);
  for (const table of ['quotes', 'assets']) await owner.query(fillOther(table), [filled.tenantId, fewer]);
  await owner.query('commit');
}

/** Ids in the order of the numbers, so that a test can name one. */
const id = `(lpad(to_hex(hashtext($1::uuid::text) & 65535), 8, '0') || '-0000-7000-8000-' || lpad(to_hex(i), 12, '0'))::uuid`;
const createdAt = `'2020-01-01T00:00:00Z'::timestamptz + i * interval '10 minutes'`;
const series = 'generate_series(1, $2::int) i';

const fillCustomers = `insert into customers (tenant_id, id, version, number, external_id, type, status, account_status,
    first_name, last_name, display_name, company_name, email, phone, phone_e164, username, username_norm, segment, source, industry,
    tags, total_spent, last_contact_at, next_follow_up_at, archived_at, deleted_at, orders_count, created_at, updated_at,
    email_verified, phone_verified, secondary_email_verified, preferred_language, languages, marketing_opt_in, email_opt_in,
    sms_opt_in, whatsapp_opt_in, push_opt_in, store_credit_balance, referral_bonus_credited, loyalty_enrolled, loyalty_points,
    lifetime_points, auto_renew, notes_count, total_invoices)
  select $1::uuid, ${id}, 1, 'CUST-' || lpad(i::text, 6, '0'), 'X-' || i, case when i % 3 = 0 then 'company' else 'individual' end,
    case when i % 500 = 0 then 'archived' when i % 97 = 0 then 'guest' else 'active' end, case when i % 301 = 0 then 'suspended' else 'active' end,
    'Ann', 'Lee' || i % 5000, 'Ann Lee' || i % 5000, case when i % 3 = 0 then 'Acme ' || i % 5000 || ' ' || $3::text || ' Ltd' end,
    'user' || i || '@' || $3::text || '.example', '020 ' || 70000000 + i, '+4420' || 70000000 + i, 'u' || i, 'u' || i,
    case when i % 211 = 0 then 'vip' else 'new' end, case when i % 401 = 0 then 'trade_show' end, case when i % 307 = 0 then 'Baking' end,
    case when i % 503 = 0 then '{Gold,blue}'::text[] when i % 2 = 0 then '{plain}'::text[] else '{}' end, (i % 10000)::numeric / 4,
    case when i % 701 = 0 then ${createdAt} end, case when i % 601 = 0 then ${createdAt} end,
    case when i % 500 = 0 then now() end, case when i % 1009 = 0 then now() end, 0, ${createdAt}, now(),
    false, false, false, 'en', '{}', true, true, false, false, false, 0, false, false, 0, 0, false, 0, 0
  from ${series} where $3::text is not null`;

const fillAddresses = `insert into customer_addresses (tenant_id, id, customer_id, version, type, is_default_billing, is_default_shipping,
    line1, city, state_province, country, country_code, created_at, updated_at)
  select $1::uuid, ${id}, ${id}, 1, 'both', true, true, i || ' High Street', 'Town ' || i % 800, 'County ' || i % 90,
    case when i % 450 = 0 then 'Malta' else 'France' end, case when i % 450 = 0 then 'MT' else 'FR' end, now(), now()
  from ${series} where $3::text is not null`;

const fillOrders = `insert into orders (tenant_id, id, version, number, customer_id, total, status, created_at, updated_at)
  select $1::uuid, ${id}, 1, 'ORD-' || i, ${id}, 10, case when i % 250 = 0 then 'refunded' else 'paid' end, ${createdAt}, now()
  from ${series} where $3::text is not null`;

const fillLeads = `insert into leads (tenant_id, id, version, email, segment, source, created_at, updated_at)
  select $1::uuid, ${id}, 1, 'lead' || i || '@' || $3::text || '.example', 'segment ' || i % 300, 'source ' || i % 200, ${createdAt}, now()
  from ${series}`;

const fillPins = `insert into pins (tenant_id, id, version, title, board_name, status, published_at, created_at, updated_at)
  select $1::uuid, ${id}, 1, 'Pin ' || i, 'Board ' || i % 300, 'status ' || i % 200, case when i % 5 = 0 then ${createdAt} end, ${createdAt}, now()
  from ${series} where $3::text is not null`;

const fillOther = (table: string): string => {
  const columns = { quotes: 'text, text_key, assets_count', assets: 'format' }[table];
  const values = { quotes: `'Quote ' || i, md5(i::text), 0`, assets: `'png'` }[table];
  return `insert into ${table} (tenant_id, id, version, status, created_at, updated_at, ${columns})
  select $1::uuid, ${id}, 1, 'status ' || i % 200, ${createdAt}, now(), ${values} from ${series}`;
};
