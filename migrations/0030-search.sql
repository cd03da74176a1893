-- What lists, exports and searches ask for, by index. Under row security an index serves leakproof comparisons only:
-- texts, ids, whole numbers and times. So money that is asked for has a whole number beside it, and what only a pattern
-- or a set can find goes through a function of a role that row security does not hold.

create extension if not exists btree_gin;
create extension if not exists pg_trgm;

-- The fields in which words are looked for, in small letters, each on a line of its own: no word spans two of them. What
-- another one holds already is left out, since each three letters cost as they are written: a name within the name that
-- is shown, a phone number that has nothing but blanks beside its normal form.
alter table customers add column search_text text not null generated always as (lower(display_name
  || case when strpos(display_name, first_name) > 0 then '' else coalesce(E'\n' || first_name, '') end
  || case when strpos(display_name, last_name) > 0 then '' else coalesce(E'\n' || last_name, '') end
  || case when strpos(display_name, company_name) > 0 then '' else coalesce(E'\n' || company_name, '') end
  || coalesce(E'\n' || email, '')
  || case when translate(phone, ' ', '') = phone_e164 then '' else coalesce(E'\n' || phone, '') end
  || coalesce(E'\n' || phone_e164, ''))) stored;
-- In ten-thousandths, and at the ends of what a bigint holds where it is more.
alter table customers add column total_spent_scaled bigint not null generated always as (
  (least(greatest(total_spent, -922337203685477.5807), 922337203685477.5807) * 10000)::bigint) stored;

-- Tags are one whatever their case. The text of an array keeps its marks in small letters too.
create function lower_texts(texts text[]) returns text[]
  language plpgsql immutable strict parallel safe
  as $$ begin return lower(texts::text)::text[]; end $$;

create index customers_last_name on customers (tenant_id, last_name, id);
create index customers_total_spent on customers (tenant_id, total_spent_scaled desc, id desc);
create index customers_last_contact on customers (tenant_id, last_contact_at desc, id desc) where last_contact_at is not null;
create index customers_next_follow_up on customers (tenant_id, next_follow_up_at, id) where next_follow_up_at is not null;
-- Fields of few values: one index for all of them, which also joins two or three.
create index customers_facets on customers using gin (tenant_id, status, segment, type, account_status, source, industry);
create index customers_tags on customers using gin (tenant_id, lower_texts(tags));
create index customers_search on customers using gin (tenant_id, search_text gin_trgm_ops);
create index customer_addresses_place on customer_addresses using gin (tenant_id, city, state_province, country, country_code);

create index orders_status on orders (tenant_id, status, created_at desc, id desc);
create index leads_segment on leads (tenant_id, segment, created_at desc, id desc);
create index leads_source on leads (tenant_id, source, created_at desc, id desc);
create index pins_status on pins (tenant_id, status, created_at desc, id desc);
create index pins_published on pins (tenant_id, published_at desc, id desc) where published_at is not null;
create index quotes_status on quotes (tenant_id, status, created_at desc, id desc);
create index assets_status on assets (tenant_id, status, created_at desc, id desc);

-- The ids of a tenant's live customers that have every one of the words somewhere, or as their whole number or external
-- id, and every one of the tags; at most so many of them, the newest, where `most` is said. It filters by the tenant
-- itself, before anything else, and whoever asks joins the ids under row security again.
--
-- A word that many have is found among the newest rows at once; only one that is rare there is looked up in the index,
-- which would give all of a common word's rows.
create function find_customers(words text[], with_tags text[], most integer) returns setof uuid
  language plpgsql stable security definer rows 1000
  set search_path = pg_catalog, public, pg_temp
  as $function$
declare
  tenant constant uuid := nullif(current_setting('app.tenant_id', true), '')::uuid;
  tags constant text[] := lower_texts(coalesce(with_tags, '{}'));
  matches text := 'true';
  word text;
  newest integer;
  found_ids uuid[];
begin
  if tenant is null then
    raise exception 'No tenant is set.' using errcode = 'insufficient_privilege';
  end if;
  foreach word in array coalesce(words, '{}') loop
    matches := matches || format(' and (search_text like %1$L or number = any (%2$L) or external_id = any (%3$L))',
      '%' || regexp_replace(lower(word), '([\\%_])', '\\\1', 'g') || '%', array[word, upper(word)], array[word, upper(word), lower(word)]);
  end loop;
  if cardinality(tags) > 0 then
    matches := matches || ' and lower_texts(tags) @> $2';
  end if;
  if most is null then
    return query execute format('select id from customers where tenant_id = $1 and deleted_at is null and %s', matches)
      using tenant, tags;
    return;
  end if;
  foreach newest in array array[5000, 100000] loop
    execute format('select array_agg(id order by created_at desc, id desc) from (select id, created_at from (
        select id, created_at, search_text, number, external_id, tags from customers where tenant_id = $1 and deleted_at is null
        order by created_at desc, id desc limit $3) n where %s order by created_at desc, id desc limit $4) f', matches)
      into found_ids using tenant, tags, newest, most;
    if cardinality(found_ids) >= most then
      return query select unnest(found_ids);
      return;
    end if;
    -- Rare among the newest: the index has few of them.
    exit when coalesce(cardinality(found_ids), 0) < 10;
  end loop;
  return query execute format('with f as materialized (
      select id, created_at from customers where tenant_id = $1 and deleted_at is null and %s)
    select id from f order by created_at desc, id desc limit $3', matches) using tenant, tags, most;
end $function$;
revoke all on function find_customers(text[], text[], integer) from public;
grant execute on function find_customers(text[], text[], integer) to clientele_app;

grant select on customers to clientele_search;
create policy search on customers for select to clientele_search using (true);

-- The function is made that role's. Who migrates may hand the role out and is no member of it, but for this moment; a
-- superuser need not be one.
do $$
declare
  is_let_in constant boolean := pg_has_role('clientele_search', 'set');
begin
  if not is_let_in then
    grant clientele_search to current_user with inherit false, set true;
  end if;
  grant create on schema public to clientele_search;
  alter function find_customers(text[], text[], integer) owner to clientele_search;
  revoke create on schema public from clientele_search;
  if not is_let_in then
    revoke clientele_search from current_user granted by current_user;
  end if;
end $$;
