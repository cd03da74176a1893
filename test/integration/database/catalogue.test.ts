import { describe, expect, test } from 'vitest';
import { useDatabase } from '../../support/database.ts';

const given = useDatabase();

/** Tables of no tenant, each for a reason. Everything else in `public` is a tenant's. */
const outsideTenants = [
  'migrations', // what was applied
  'tenants', // the directory, read before a tenant is set
];

/** Schemas without row security, each for a reason. All others of ours are tenants' data. */
const outsideRowSecurity = [
  'auth', // who signs in and with which key, read before a tenant is known
  'jobs', // the queue, which wakes workers and holds ids only
];

async function ask<Row extends object>(text: string, values: unknown[] = []): Promise<Row[]> {
  return given.database.asOwner(async (owner) => (await owner.query<Row>(text, values)).rows);
}

/** The expression that a policy of a tenant's table must be; as PostgreSQL writes it out. */
const ownTenantOnly =
  /^\(tenant_id = \( SELECT \(NULLIF\(current_setting\('app\.tenant_id'::text, true\), ''::text\)\)::uuid( AS "?nullif"?)?\)\)$/;

describe('every tenant table', () => {
  test('has a tenant_id, but for those that are named here', async () => {
    const rows = await ask<{ name: string }>(
      `select relname as name from pg_class c where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')
         and not exists (select from pg_attribute where attrelid = c.oid and attname = 'tenant_id' and not attisdropped)
       order by 1`,
    );
    expect(rows.map(({ name }) => name)).toEqual(outsideTenants);
  });

  test('has row security enabled and forced', async () => {
    const rows = await ask(
      `select c.oid::regclass::text as name from pg_class c
       join pg_attribute a on attrelid = c.oid and attname = 'tenant_id' and not attisdropped
       where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not (relrowsecurity and relforcerowsecurity)`,
    );
    expect(rows).toEqual([]);
  });

  test('has one policy, for everybody and everything, that compares the tenant and nothing else', async () => {
    const rows = await ask<{
      name: string;
      policies: { command: string; roles: string; using: string; check: string }[];
    }>(
      `select c.oid::regclass::text as name,
         coalesce(jsonb_agg(jsonb_build_object('command', polcmd, 'roles', polroles::text,
           'using', pg_get_expr(polqual, c.oid), 'check', pg_get_expr(polwithcheck, c.oid))) filter (where polname is not null
           and polroles <> array['clientele_search'::regrole::oid]), '[]') as policies
       from pg_class c
       join pg_attribute a on attrelid = c.oid and attname = 'tenant_id' and not attisdropped
       left join pg_policy p on polrelid = c.oid
       where relnamespace = any('{public,staging}'::regnamespace[]) and relkind in ('r', 'p') group by c.oid order by 1`,
    );
    expect(rows.length).toBeGreaterThan(15);
    for (const { name, policies } of rows) {
      expect(policies, name).toEqual([
        {
          command: '*',
          roles: '{0}',
          using: expect.stringMatching(ownTenantOnly),
          check: expect.stringMatching(ownTenantOnly),
        },
      ]);
    }
  });

  test('is led by tenant_id in every key and index, and in both ends of every reference', async () => {
    const indexes = await ask(
      `select indexrelid::regclass::text as name from pg_index i join pg_class c on c.oid = indrelid
       join pg_attribute a on attrelid = c.oid and attname = 'tenant_id' and not attisdropped
       where relnamespace = any('{public,staging}'::regnamespace[]) and indkey[0] <> attnum`,
    );
    expect(indexes).toEqual([]);
    // To the directory of tenants, whose key is its id, the tenant itself is the reference.
    const references = await ask(
      `select conname as name from pg_constraint k join pg_attribute a on attrelid = conrelid and attname = 'tenant_id'
       left join pg_attribute f on f.attrelid = confrelid and f.attname = case confrelid when 'tenants'::regclass then 'id' else 'tenant_id' end
       where contype = 'f' and connamespace = any('{public,staging}'::regnamespace[])
         and (conkey[1] <> a.attnum or confkey[1] is distinct from f.attnum)`,
    );
    expect(references).toEqual([]);
  });

  test('has a primary key, unless COPY or a run fills it', async () => {
    const rows = await ask<{ name: string }>(
      `select relname as name from pg_class c where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')
         and not exists (select from pg_index where indrelid = c.oid and indisprimary) order by 1`,
    );
    expect(rows.map(({ name }) => name)).toEqual(['import_plan', 'import_problems']);
  });

  test('has no default that the database would make up, and no trigger or rule', async () => {
    const defaults = await ask(
      `select adrelid::regclass::text || '.' || attname as name, pg_get_expr(adbin, adrelid) as made
       from pg_attrdef join pg_attribute on attrelid = adrelid and attnum = adnum join pg_class c on c.oid = adrelid
       where relnamespace = any('{public,staging}'::regnamespace[]) and attgenerated = ''
         and pg_get_expr(adbin, adrelid) ~ '\\('`,
    );
    expect(defaults).toEqual([]);
    const triggers = await ask(`select tgname from pg_trigger where not tgisinternal`);
    expect(triggers).toEqual([]);
    const rules = await ask(`select rulename from pg_rules where schemaname in ('public', 'staging')`);
    expect(rules).toEqual([]);
  });

  test('deletes nothing by itself, and sets nothing null, when what it refers to goes', async () => {
    const rows = await ask(
      `select conname from pg_constraint
       where contype = 'f' and (confdeltype <> 'a' or confupdtype <> 'a') and connamespace <> all($1::regnamespace[])`,
      [outsideRowSecurity],
    );
    expect(rows).toEqual([]);
  });
});

describe('what lies outside row security', () => {
  test('is these schemas, and nothing else of ours', async () => {
    const rows = await ask<{ name: string }>(
      `select nspname as name from pg_namespace
       where nspname !~ '^pg_' and nspname <> all('{information_schema,public,staging}') order by 1`,
    );
    expect(rows.map(({ name }) => name)).toEqual(outsideRowSecurity);
  });

  test('belongs to the owner, and only the app enters', async () => {
    const rows = await ask(
      `select nspname as name from pg_namespace, unnest(array['clientele_loader', 'public']) role
       where nspname = any($1) and has_schema_privilege(role, oid, 'usage, create')
       union all
       select c.oid::regclass::text from pg_class c
       where relnamespace = any($1::regnamespace[]) and relkind in ('r', 'p', 'v', 'm', 'S')
         and (relowner <> current_user::regrole or has_table_privilege('clientele_loader', c.oid, 'select, insert, update, delete'))`,
      [outsideRowSecurity],
    );
    expect(rows).toEqual([]);
  });

  test('refers to no tenant’s table, and no tenant’s table refers to it', async () => {
    const rows = await ask(
      `select conname from pg_constraint k join pg_class a on a.oid = conrelid join pg_class b on b.oid = confrelid
       where contype = 'f' and a.relnamespace <> b.relnamespace`,
    );
    expect(rows).toEqual([]);
  });
});

describe('staging', () => {
  test('belongs to the loader, logged, with row security that holds everybody but him', async () => {
    const rows = await ask<{ name: string }>(
      `select relname as name, relowner::regrole::text as owner, relpersistence as kept, relrowsecurity as secured, relforcerowsecurity as forced
       from pg_class where relnamespace = 'staging'::regnamespace and relkind in ('r', 'p') order by 1`,
    );
    expect(rows.length).toBeGreaterThan(0);
    for (const row of rows) {
      expect(row).toEqual({
        name: row.name,
        owner: 'clientele_loader',
        kept: 'p',
        secured: true,
        forced: false,
      });
    }
  });
});

describe('the logins', () => {
  test('that work are no superusers, pass by no row security, and make neither roles nor databases', async () => {
    const rows = await ask(
      `select rolname as name, rolsuper or rolbypassrls or rolcreaterole or rolcreatedb or rolreplication as mighty, rolcanlogin as enters
       from pg_roles where rolname in ('clientele_app', 'clientele_loader') order by 1`,
    );
    expect(rows).toEqual([
      { name: 'clientele_app', mighty: false, enters: true },
      { name: 'clientele_loader', mighty: false, enters: true },
    ]);
  });

  test('are members of nothing, and nobody can act as one of them', async () => {
    // A role with CREATEROLE that is no superuser keeps the right to hand out what it made (PostgreSQL 16), and no more.
    const rows = await ask(
      `select roleid::regrole::text as role, member::regrole::text as member from pg_auth_members
       where (roleid::regrole::text like 'clientele\\_%' or member::regrole::text in ('clientele_app', 'clientele_loader'))
         and not (admin_option and not inherit_option and not set_option)`,
    );
    expect(rows).toEqual([]);
  });

  test('app owns nothing at all', async () => {
    const rows = await ask(
      `select classid::regclass::text, objid from pg_shdepend where refobjid = 'clientele_app'::regrole and deptype = 'o'`,
    );
    expect(rows).toEqual([]);
  });

  test('loader owns the tables of staging and nothing else', async () => {
    const rows = await ask(
      `select c.oid::regclass::text as name from pg_class c where relowner = 'clientele_loader'::regrole and relnamespace <> 'staging'::regnamespace
         and relnamespace <> 'pg_toast'::regnamespace
       union all select nspname from pg_namespace where nspowner = 'clientele_loader'::regrole
       union all select proname from pg_proc where proowner = 'clientele_loader'::regrole`,
    );
    expect(rows).toEqual([]);
  });

  test('loader may read and write no table of anybody else', async () => {
    const rows = await ask(
      `select oid::regclass::text as name from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'v', 'm', 'p', 'S')
         and has_table_privilege('clientele_loader', oid, 'select, insert, update, delete, truncate, references, trigger')`,
    );
    expect(rows).toEqual([]);
  });

  test('neither may make anything in a schema, nor empty a table', async () => {
    const rows = await ask(
      `select role, nspname from unnest(array['clientele_app', 'clientele_loader']) role, pg_namespace
       where has_schema_privilege(role, nspname, 'create') and not (role = 'clientele_loader' and nspname = 'staging')`,
    );
    expect(rows).toEqual([]);
    const truncating = await ask(
      `select oid::regclass::text from pg_class where relkind = 'r' and relnamespace = any('{public,staging}'::regnamespace[])
         and has_table_privilege('clientele_app', oid, 'truncate, references, trigger')`,
    );
    expect(truncating).toEqual([]);
  });
});

describe('the role of the search, which row security does not hold', () => {
  test('is nobody: it cannot enter, has no rights but these, and nobody is one of its members', async () => {
    const rows = await ask(
      `select rolcanlogin or rolsuper or rolbypassrls or rolcreaterole or rolcreatedb as mighty,
         (select count(*)::int from pg_auth_members where member = r.oid) as belongs,
         (select count(*)::int from pg_auth_members where roleid = r.oid and (inherit_option or set_option)) as members
       from pg_roles r where rolname = 'clientele_search'`,
    );
    expect(rows).toEqual([{ mighty: false, belongs: 0, members: 0 }]);
  });

  test('reads the tables that are searched and no other, and writes none', async () => {
    const rows = await ask(
      `select oid::regclass::text as name, privilege from pg_class,
         unnest(array['select', 'insert', 'update', 'delete', 'truncate', 'references', 'trigger']) privilege
       where relnamespace <> all('{pg_catalog,information_schema}'::regnamespace[]) and relkind in ('r', 'v', 'm', 'p', 'S')
         and has_table_privilege('clientele_search', oid, privilege)`,
    );
    expect(rows).toEqual([{ name: 'customers', privilege: 'select' }]);
    const policies = await ask(
      `select polrelid::regclass::text as name, polcmd as command from pg_policy where 'clientele_search'::regrole = any (polroles)`,
    );
    expect(policies).toEqual([{ name: 'customers', command: 'r' }]);
  });

  test('owns functions alone: each with a search path of its own, and only app calls them', async () => {
    const owned = await ask(
      `select classid::regclass::text as kind from pg_shdepend where refobjid = 'clientele_search'::regrole and deptype = 'o' group by 1`,
    );
    expect(owned).toEqual([{ kind: 'pg_proc' }]);
    const rows = await ask(
      `select proname as name, prosecdef as definer, proconfig as config, array(select role from unnest(array['clientele_app', 'clientele_loader', 'public']) role
           where has_function_privilege(role, oid, 'execute')) as callers
       from pg_proc where proowner = 'clientele_search'::regrole`,
    );
    expect(rows).toEqual([
      {
        name: 'find_customers',
        definer: true,
        config: ['search_path=pg_catalog, public, pg_temp'],
        callers: ['clientele_app'],
      },
    ]);
  });

  test('nobody else’s function passes row security', async () => {
    const rows = await ask(
      `select proname from pg_proc where prosecdef and pronamespace <> 'pg_catalog'::regnamespace and proowner <> 'clientele_search'::regrole`,
    );
    expect(rows).toEqual([]);
  });
});

describe('the queue', () => {
  test('knows no tenant’s data: a job names a tenant and a run, and who brings them together is the run’s lease', async () => {
    const rows = await ask<{ name: string }>(
      `select relname as name from pg_class where relnamespace = 'jobs'::regnamespace and relkind in ('r', 'p') order by 1`,
    );
    // All of pg-boss's making; nothing of ours may be added to them, since no row security guards them.
    expect(rows.map(({ name }) => name)).toEqual([
      'bam',
      'job',
      'job_common',
      'job_dependency',
      'queue',
      'queue_stats',
      'schedule',
      'subscription',
      'version',
      'warning',
    ]);
  });

  test('is of no use to the loader', async () => {
    const rows = await ask(`select has_schema_privilege('clientele_loader', 'jobs', 'usage') as may`);
    expect(rows).toEqual([{ may: false }]);
  });
});

test('the audit trail only grows: app may change and remove none of it', async () => {
  const rows = await ask(
    `select name, has_table_privilege('clientele_app', name, 'update, delete') as may from unnest(array['changes', 'audit_entries']) name`,
  );
  expect(rows).toEqual([
    { name: 'changes', may: false },
    { name: 'audit_entries', may: false },
  ]);
});
