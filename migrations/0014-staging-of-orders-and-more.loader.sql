-- Staging for the datasets of 0013; what is true of it stands in 0006.

create table staging.leads (
  tenant_id uuid not null,
  import_id uuid not null,
  chunk integer not null,
  row bigint not null,
  new_id uuid not null,
  given text[],
  id uuid,
  email text,
  segment text,
  source text,
  quiz_completed boolean,
  converted boolean,
  created_at timestamptz,
  utm_source text,
  utm_medium text,
  utm_campaign text
);
create index leads_row on staging.leads (tenant_id, import_id, chunk, row);
alter table staging.leads enable row level security;
create policy tenant on staging.leads using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid))
  with check (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid));
grant select, insert, delete on staging.leads to clientele_app;

create table staging.orders (
  tenant_id uuid not null,
  import_id uuid not null,
  chunk integer not null,
  row bigint not null,
  new_id uuid not null,
  given text[],
  id uuid,
  number text,
  shopify_order_id text,
  customer_email text,
  total numeric(19, 4),
  subtotal numeric(19, 4),
  discount_total numeric(19, 4),
  item_count bigint,
  currency text,
  status text,
  created_at timestamptz,
  attribution_channel text,
  coupon_code text,
  line_items jsonb,
  line_sku text,
  line_title text,
  line_quantity bigint,
  line_unit_price numeric(19, 4)
);
create index orders_row on staging.orders (tenant_id, import_id, chunk, row);
alter table staging.orders enable row level security;
create policy tenant on staging.orders using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid))
  with check (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid));
grant select, insert, delete on staging.orders to clientele_app;

create table staging.pins (
  tenant_id uuid not null,
  import_id uuid not null,
  chunk integer not null,
  row bigint not null,
  new_id uuid not null,
  given text[],
  id uuid,
  title text,
  board_name text,
  status text,
  impressions bigint,
  saves bigint,
  clicks bigint,
  engagement_rate numeric,
  published_at timestamptz,
  link text,
  pinterest_pin_id text,
  created_at timestamptz
);
create index pins_row on staging.pins (tenant_id, import_id, chunk, row);
alter table staging.pins enable row level security;
create policy tenant on staging.pins using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid))
  with check (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid));
grant select, insert, delete on staging.pins to clientele_app;

create table staging.quotes (
  tenant_id uuid not null,
  import_id uuid not null,
  chunk integer not null,
  row bigint not null,
  new_id uuid not null,
  given text[],
  id uuid,
  text text,
  text_key text,
  attribution text,
  collection text,
  mood text,
  status text,
  created_at timestamptz
);
create index quotes_row on staging.quotes (tenant_id, import_id, chunk, row);
alter table staging.quotes enable row level security;
create policy tenant on staging.quotes using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid))
  with check (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid));
grant select, insert, delete on staging.quotes to clientele_app;

create table staging.assets (
  tenant_id uuid not null,
  import_id uuid not null,
  chunk integer not null,
  row bigint not null,
  new_id uuid not null,
  given text[],
  id uuid,
  quote_text text,
  format text,
  status text,
  quality_score numeric,
  url text,
  created_at timestamptz
);
create index assets_row on staging.assets (tenant_id, import_id, chunk, row);
alter table staging.assets enable row level security;
create policy tenant on staging.assets using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid))
  with check (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid));
grant select, insert, delete on staging.assets to clientele_app;

create table staging.analytics (
  tenant_id uuid not null,
  import_id uuid not null,
  chunk integer not null,
  row bigint not null,
  new_id uuid not null,
  given text[],
  date date,
  revenue numeric(19, 4),
  orders bigint,
  new_customers bigint,
  new_leads bigint,
  quiz_completions bigint,
  pin_impressions bigint,
  pin_clicks bigint
);
create index analytics_row on staging.analytics (tenant_id, import_id, chunk, row);
alter table staging.analytics enable row level security;
create policy tenant on staging.analytics using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid))
  with check (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid));
grant select, insert, delete on staging.analytics to clientele_app;
