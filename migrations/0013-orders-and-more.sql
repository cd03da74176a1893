-- Orders, leads, and what a marketing team keeps: pins on boards, quotes, the assets made of them, figures by the day.

create table leads (
  tenant_id uuid not null references tenants (id),
  id uuid not null,
  version integer not null,
  email text not null check (length(email) <= 255),
  segment text,
  source text,
  quiz_completed boolean,
  converted boolean,
  utm_source text,
  utm_medium text,
  utm_campaign text,
  created_at timestamptz not null,
  created_by uuid,
  updated_at timestamptz not null,
  updated_by uuid,
  primary key (tenant_id, id)
);
create unique index leads_email on leads (tenant_id, email);
create index leads_created on leads (tenant_id, created_at desc, id desc);

create table orders (
  tenant_id uuid not null references tenants (id),
  id uuid not null,
  version integer not null,
  number text not null check (length(number) <= 255),
  shopify_order_id text check (length(shopify_order_id) <= 255),
  customer_id uuid,
  total numeric(19, 4),
  subtotal numeric(19, 4),
  discount_total numeric(19, 4),
  item_count bigint,
  -- Null means the tenant's own.
  currency text check (currency ~ '^[A-Z]{3}$'),
  status text,
  attribution_channel text,
  coupon_code text,
  -- A list of {sku, title, quantity, unit_price}: lines are part of their order and nothing refers to one.
  line_items jsonb,
  created_at timestamptz not null,
  created_by uuid,
  updated_at timestamptz not null,
  updated_by uuid,
  primary key (tenant_id, id),
  foreign key (tenant_id, customer_id) references customers (tenant_id, id)
);
create unique index orders_number on orders (tenant_id, number);
create unique index orders_shopify_order_id on orders (tenant_id, shopify_order_id) where shopify_order_id is not null;
create index orders_customer on orders (tenant_id, customer_id, created_at desc) where customer_id is not null;
create index orders_created on orders (tenant_id, created_at desc, id desc);

-- What a customer's totals have from the orders that are here; the rest is what was brought along from elsewhere.
alter table customers add column ordered_count bigint not null default 0;
alter table customers add column ordered_total numeric not null default 0;
-- First and last order as they were brought along.
alter table customers add column opening_first_order_at timestamptz;
alter table customers add column opening_last_order_at timestamptz;
-- Row security holds the owner too.
alter table customers no force row level security;
update customers set opening_first_order_at = first_order_at, opening_last_order_at = last_order_at
  where first_order_at is not null or last_order_at is not null;
alter table customers force row level security;

create table boards (
  tenant_id uuid not null references tenants (id),
  id uuid not null,
  name text not null check (length(name) between 1 and 255),
  created_at timestamptz not null,
  -- The run that made it, so that undoing the run takes it away again.
  import_id uuid,
  primary key (tenant_id, id),
  unique (tenant_id, name)
);

create table pins (
  tenant_id uuid not null references tenants (id),
  id uuid not null,
  version integer not null,
  title text not null,
  board_name text check (length(board_name) <= 255),
  status text,
  impressions bigint,
  saves bigint,
  clicks bigint,
  engagement_rate numeric,
  published_at timestamptz,
  link text,
  pinterest_pin_id text check (length(pinterest_pin_id) <= 255),
  created_at timestamptz not null,
  created_by uuid,
  updated_at timestamptz not null,
  updated_by uuid,
  primary key (tenant_id, id)
);
create unique index pins_pinterest_pin_id on pins (tenant_id, pinterest_pin_id) where pinterest_pin_id is not null;
create index pins_board on pins (tenant_id, board_name) where board_name is not null;
create index pins_created on pins (tenant_id, created_at desc, id desc);

create table quotes (
  tenant_id uuid not null references tenants (id),
  id uuid not null,
  version integer not null,
  text text not null,
  -- sha256 of the text in UTF-8, hexadecimal: a text may be too long for an index.
  text_key text not null,
  attribution text,
  collection text,
  mood text,
  status text,
  assets_count integer not null,
  created_at timestamptz not null,
  created_by uuid,
  updated_at timestamptz not null,
  updated_by uuid,
  primary key (tenant_id, id)
);
create index quotes_text on quotes (tenant_id, text_key);
create index quotes_created on quotes (tenant_id, created_at desc, id desc);

create table assets (
  tenant_id uuid not null references tenants (id),
  id uuid not null,
  version integer not null,
  quote_id uuid,
  format text,
  status text,
  quality_score numeric,
  url text,
  created_at timestamptz not null,
  created_by uuid,
  updated_at timestamptz not null,
  updated_by uuid,
  primary key (tenant_id, id),
  foreign key (tenant_id, quote_id) references quotes (tenant_id, id)
);
create index assets_quote on assets (tenant_id, quote_id) where quote_id is not null;
create index assets_created on assets (tenant_id, created_at desc, id desc);

-- Days that were brought along. Those that were not are computed when asked for.
create table daily_metrics (
  tenant_id uuid not null references tenants (id),
  id uuid not null,
  version integer not null,
  date date not null,
  revenue numeric(19, 4),
  orders bigint,
  new_customers bigint,
  new_leads bigint,
  quiz_completions bigint,
  pin_impressions bigint,
  pin_clicks bigint,
  created_at timestamptz not null,
  created_by uuid,
  updated_at timestamptz not null,
  updated_by uuid,
  primary key (tenant_id, id)
);
create unique index daily_metrics_date on daily_metrics (tenant_id, date);

do $$
declare
  name text;
begin
  foreach name in array array['leads', 'orders', 'boards', 'pins', 'quotes', 'assets', 'daily_metrics'] loop
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format($policy$
      create policy tenant on %I
        using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid))
        with check (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid))
    $policy$, name);
  end loop;
end $$;

grant select, insert, update, delete on leads, orders, boards, pins, quotes, assets, daily_metrics to clientele_app;
