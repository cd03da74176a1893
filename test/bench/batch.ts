/**
 * `npm run bench -- batch [--rows N] [--json]`: batches of 500 customers into a tenant that has N already, function
 * level, beside the same rows by one plain INSERT of many rows into the table of customers alone: no validation, no
 * parts, no history, no run.
 */
import type { Database } from '../../src/database/connect.ts';
import { withTenant } from '../../src/database/with-tenant.ts';
import { importBatch, updateBatch } from '../../src/import/batch/batch.ts';
import { newId } from '../../src/platform/ids.ts';
import { createTenant } from '../../src/tenants/tenants.ts';
import { type Figures, measureOnDatabase } from './on-database.ts';
import { serverSettings, settle } from './report.ts';

const batchRows = 500;
const batches = 20;

export function run(args: string[]): Promise<void> {
  return measureOnDatabase(args, measureBulk);
}

async function measureBulk(database: Database, folder: string, rows: number): Promise<Figures> {
  const { id: tenantId } = await createTenant(database, { name: 'Bulk' });
  const of = { tenantId, by: null, source: 'bulk' } as const;
  await insertPlainly(database, tenantId, customers('there', 0, rows));
  await database.asOwner((owner) => owner.query('vacuum analyze'));
  await settle(folder);
  const plain: number[] = [];
  const created: number[] = [];
  const updated: number[] = [];
  // By turns, so that both sides meet the same server.
  for (let i = 0; i < batches; i += 1) {
    const [from, to] = [i * batchRows, (i + 1) * batchRows];
    const plainRows = customers('plain', from, to);
    plain.push(await timed(() => insertPlainly(database, tenantId, plainRows)));
    const sent = customers('sent', from, to);
    let ids: readonly (string | null)[] = [];
    created.push(
      await timed(async () => {
        const { outcomes } = await importBatch(database, {
          ...of,
          dataset: 'customers',
          rows: sent,
          mode: 'create',
        });
        ids = outcomes.map((outcome) => outcome.id);
      }),
    );
    const updates = ids.map((id, n) => ({ customer_id: id, job_title: `Dean ${n}`, city: 'York' }));
    updated.push(await timed(() => updateBatch(database, { ...of, updates })));
  }
  return {
    customers_there: rows,
    rows_a_batch: batchRows,
    create_ms: median(created),
    create_rows_per_s: Math.round((batchRows * 1000) / median(created)),
    update_ms: median(updated),
    update_rows_per_s: Math.round((batchRows * 1000) / median(updated)),
    plain_insert_ms: median(plain),
    ratio_to_plain: Number((median(created) / median(plain)).toFixed(2)),
    settings: await serverSettings(database),
  };
}

interface Customer {
  readonly first_name: string;
  readonly last_name: string;
  readonly email: string;
  readonly phone: string;
  readonly company: string;
  readonly address_line1: string;
  readonly city: string;
  readonly country: string;
  readonly tags: readonly string[];
  readonly acceptsMarketing: boolean;
}

function customers(name: string, from: number, to: number): Customer[] {
  return Array.from({ length: to - from }, (_, i) => {
    const n = from + i;
    return {
      first_name: `First ${n}`,
      last_name: `Last ${n}`,
      email: `${name}${n}@example.com`,
      phone: `+4420794${String(n % 100_000).padStart(5, '0')}`,
      company: `Company ${n}`,
      address_line1: `${n} High Street`,
      city: 'Leeds',
      country: 'United Kingdom',
      tags: ['one', 'two'],
      acceptsMarketing: n % 2 === 0,
    };
  });
}

function insertPlainly(database: Database, tenantId: string, rows: readonly Customer[]): Promise<unknown> {
  return withTenant(database, tenantId, (tx) =>
    tx.query(
      `insert into customers (tenant_id, id, version, number, type, status, account_status, first_name, last_name, display_name,
         email, phone, phone_e164, company_name, email_verified, phone_verified, secondary_email_verified, segment, tags,
         preferred_language, languages, marketing_opt_in, email_opt_in, sms_opt_in, whatsapp_opt_in, push_opt_in,
         store_credit_balance, referral_bonus_credited, loyalty_enrolled, loyalty_points, lifetime_points, auto_renew,
         orders_count, total_spent, notes_count, total_invoices, created_at, updated_at)
       select $1, u.id, 1, 'P-' || u.email, 'individual', 'active', 'active', u.first, u.last, u.first || ' ' || u.last,
         u.email, u.phone, u.phone, u.company, false, false, false, 'new', '{one,two}', 'en', '{}', true, true, false, false,
         false, 0, false, false, 0, 0, false, 0, 0, 0, 0, now(), now()
       from unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[]) u(id, first, last, email, phone, company)`,
      [
        tenantId,
        rows.map(newId),
        rows.map((row) => row.first_name),
        rows.map((row) => row.last_name),
        rows.map((row) => row.email),
        rows.map((row) => row.phone),
        rows.map((row) => row.company),
      ],
    ),
  );
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

function median(times: readonly number[]): number {
  const sorted = times.toSorted((a, b) => a - b);
  return Math.round((sorted[Math.floor(sorted.length / 2)] ?? 0) * 10) / 10;
}
