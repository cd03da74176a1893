/**
 * The migrated schema as text, for review: what tables, keys, indexes, policies and grants there are after all
 * migrations. It is read from the catalogues, since pg_dump does not come with the private server, and has the same
 * order whatever the order in which things were made.
 */
import pg from 'pg';

/** Schemas of ours. Whatever kind of thing is found in them is written, or the dump fails. */
const schemas = ['auth', 'public', 'staging'];
const describedKinds = ['r', 'i', 'v', 'S'];

/** @returns SQL that says what there is; made to be compared and read, not to be run. */
export async function dumpSchema(owner: pg.ClientBase): Promise<string> {
  await refuseUndescribed(owner);
  const tables = await tablesOf(owner);
  const sections = [
    ...(await linesOf(owner, extensionsQuery)),
    ...(await linesOf(owner, schemasQuery, schemas)),
    ...(await linesOf(owner, sequencesQuery, schemas)),
  ];
  for (const table of tables) sections.push(await describeTable(owner, table));
  sections.push(
    ...(await linesOf(owner, viewsQuery, schemas)),
    ...(await linesOf(owner, functionsQuery, schemas)),
  );
  return `-- Written by "npm run schema" from a migrated database. To be read, not to be run or edited.\n\n${sections.join('\n\n')}\n`;
}

/** Each row of a query has one column, `line`, already in order. */
async function linesOf(owner: pg.ClientBase, query: string, ...values: unknown[]): Promise<string[]> {
  const { rows } = await owner.query<{ line: string }>(query, values);
  return rows.map(({ line }) => line);
}

async function refuseUndescribed(owner: pg.ClientBase): Promise<void> {
  const { rows } = await owner.query<{ what: string }>(
    `select format('%s %s', relkind, oid::regclass) as what from pg_class
       where relnamespace = any($1::regnamespace[]) and relkind <> all($2::"char"[])
     union all
     select format('trigger %s', tgname) from pg_trigger t join pg_class c on c.oid = tgrelid
       where relnamespace = any($1::regnamespace[]) and not tgisinternal
     union all
     select format('rule %s', rulename) from pg_rules where schemaname::regnamespace = any($1::regnamespace[])
     union all
     select format('type %s', oid::regtype) from pg_type
       where typnamespace = any($1::regnamespace[]) and typtype in ('d', 'e', 'r', 'm')`,
    [schemas, describedKinds],
  );
  if (rows.length > 0)
    throw new Error(`dump-schema does not describe: ${rows.map(({ what }) => what).join(', ')}.`);
}

interface Table {
  readonly oid: number;
  readonly name: string;
  readonly owner: string;
  readonly unlogged: boolean;
  readonly secured: boolean;
  readonly forced: boolean;
  /** As WITH has them: the fill factor … */
  readonly storage: string | null;
  readonly comment: string | null;
}

async function tablesOf(owner: pg.ClientBase): Promise<Table[]> {
  const { rows } = await owner.query<Table>(
    `select oid, format('%I.%I', relnamespace::regnamespace::text, relname) collate "C" as name, relowner::regrole::text as owner,
       relpersistence = 'u' as unlogged, relrowsecurity as secured, relforcerowsecurity as forced,
       array_to_string(reloptions, ', ') as storage,
       obj_description(oid, 'pg_class') as comment
     from pg_class where relnamespace = any($1::regnamespace[]) and relkind = 'r' order by 2`,
    [schemas],
  );
  return rows;
}

async function describeTable(owner: pg.ClientBase, table: Table): Promise<string> {
  const columns = await linesOf(owner, columnsQuery, table.oid);
  const constraints = await linesOf(owner, constraintsQuery, table.oid);
  const body = [...columns, ...constraints].map((line) => `  ${line}`).join(',\n');
  const storage = table.storage === null ? '' : ` with (${table.storage})`;
  return [
    `create ${table.unlogged ? 'unlogged ' : ''}table ${table.name} (\n${body}\n)${storage};`,
    `alter table ${table.name} owner to ${ownerName(table.owner)};`,
    ...(await linesOf(owner, indexesQuery, table.oid)),
    ...(table.secured ? [`alter table ${table.name} enable row level security;`] : []),
    ...(table.forced ? [`alter table ${table.name} force row level security;`] : []),
    ...(await linesOf(owner, policiesQuery, table.oid)),
    ...(await linesOf(owner, grantsQuery, table.oid)),
    ...(await linesOf(owner, columnGrantsQuery, table.oid)),
    ...(table.comment === null
      ? []
      : [`comment on table ${table.name} is ${pg.escapeLiteral(table.comment)};`]),
  ].join('\n');
}

/** The owner's login has another name on a server of one's own; the loader's has not. */
function ownerName(name: string): string {
  return name === 'clientele_loader' ? name : 'clientele_owner';
}

const extensionsQuery = `
  select format('create extension %I;', extname) as line from pg_extension where extname <> 'plpgsql'
  order by extname collate "C"`;

const schemasQuery = `
  select concat_ws(E'\\n', format('create schema %I;', nspname), string_agg(grant_line, E'\\n' order by grant_line collate "C")) as line
  from pg_namespace
  left join lateral (
    select format('grant %s on schema %I to %s;', string_agg(lower(privilege_type), ', ' order by privilege_type), nspname,
      coalesce(nullif(grantee, 0)::regrole::text, 'public')) as grant_line
    from aclexplode(nspacl) where grantee <> nspowner and grantee::regrole::text <> 'pg_database_owner' group by grantee
  ) on true
  where nspname = any($1) group by nspname order by nspname collate "C"`;

const sequencesQuery = `
  select format('create sequence %s;', oid::regclass) as line from pg_class
  where relnamespace = any($1::regnamespace[]) and relkind = 'S' order by oid::regclass::text collate "C"`;

const columnsQuery = `
  select concat_ws(' ', quote_ident(attname), format_type(atttypid, atttypmod),
    case when attcollation not in (0, 100) and attcollation <> (select typcollation from pg_type where oid = atttypid)
      then format('collate %s', attcollation::regcollation) end,
    case when attnotnull then 'not null' end,
    case attgenerated when 's' then format('generated always as (%s) stored', pg_get_expr(adbin, adrelid)) else 'default ' || pg_get_expr(adbin, adrelid) end,
    case attidentity when 'a' then 'generated always as identity' when 'd' then 'generated by default as identity' end) as line
  from pg_attribute left join pg_attrdef on adrelid = attrelid and adnum = attnum
  where attrelid = $1 and attnum > 0 and not attisdropped order by attnum`;

/** Not-null constraints are left out: the column says it, and only PostgreSQL 18 keeps them here. */
const constraintsQuery = `
  select format('constraint %I %s', conname, pg_get_constraintdef(oid)) as line from pg_constraint
  where conrelid = $1 and contype <> 'n' order by position(contype::text in 'pufcx'), conname collate "C"`;

const indexesQuery = `
  select pg_get_indexdef(indexrelid) || ';' as line from pg_index
  where indrelid = $1 and not exists (select from pg_constraint where conindid = indexrelid and conrelid = indrelid)
  order by indexrelid::regclass::text collate "C"`;

const policiesQuery = `
  select concat_ws(' ', format('create policy %I on %s', polname, polrelid::regclass),
    case when not polpermissive then 'as restrictive' end,
    case polcmd when 'r' then 'for select' when 'a' then 'for insert' when 'w' then 'for update' when 'd' then 'for delete' end,
    case when polroles <> '{0}' then 'to ' || (select string_agg(role::regrole::text, ', ' order by role::regrole::text) from unnest(polroles) role) end,
    'using (' || pg_get_expr(polqual, polrelid) || ')',
    'with check (' || pg_get_expr(polwithcheck, polrelid) || ')') || ';' as line
  from pg_policy where polrelid = $1 order by polname collate "C"`;

const grantsQuery = `
  select format('grant %s on %s to %s;', string_agg(lower(privilege_type), ', ' order by privilege_type), $1::regclass,
    coalesce(nullif(grantee, 0)::regrole::text, 'public')) as line
  from pg_class, aclexplode(relacl)
  where oid = $1 and grantee <> relowner group by grantee
  order by coalesce(nullif(grantee, 0)::regrole::text, 'public') collate "C"`;

const columnGrantsQuery = `
  select format('grant %s (%s) on %s to %s;', lower(privilege_type), string_agg(quote_ident(attname), ', ' order by attnum), $1::regclass,
    coalesce(nullif(grantee, 0)::regrole::text, 'public')) as line
  from pg_attribute, aclexplode(attacl)
  where attrelid = $1 and not attisdropped group by grantee, privilege_type
  order by coalesce(nullif(grantee, 0)::regrole::text, 'public') collate "C", privilege_type`;

const viewsQuery = `
  select format(E'create view %s as\\n%s', oid::regclass, pg_get_viewdef(oid)) as line from pg_class
  where relnamespace = any($1::regnamespace[]) and relkind = 'v' order by oid::regclass::text collate "C"`;

const functionsQuery = `
  select concat_ws(E'\\n', rtrim(pg_get_functiondef(p.oid)) || ';',
    case when proowner::regrole::text = 'clientele_search' then format('alter function %s owner to clientele_search;', p.oid::regprocedure) end,
    (select string_agg(format('grant execute on function %s to %s;', p.oid::regprocedure, coalesce(nullif(grantee, 0)::regrole::text, 'public')), E'\\n' order by grantee)
     from aclexplode(proacl) where grantee <> proowner)) as line
  from pg_proc p
  where pronamespace = any($1::regnamespace[]) and prokind <> 'a'
    and not exists (select from pg_depend where objid = p.oid and classid = 'pg_proc'::regclass and deptype = 'e')
  order by p.oid::regprocedure::text collate "C"`;
