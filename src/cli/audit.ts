import { verifyAudit } from '../audit/verify.ts';
import type { Database } from '../database/connect.ts';
import { withTenant } from '../database/with-tenant.ts';
import { findTenant, listTenants, type Tenant } from '../tenants/tenants.ts';
import { type CommandContext, readArguments, usageError } from './command.ts';
import { count } from './run-report.ts';
import { withDatabase } from './with-database.ts';

export const help = `clientele audit: is the audit trail whole

Walks each tenant's chain of entries from the first to the last and sets the field history against the digests in it.
An entry or a change that was edited, removed or added shows.

Usage: clientele audit verify [--tenant TENANT] [--json]

  --tenant TENANT  of which tenant: a slug or an id (default: all)
  --json           print a list of objects for programs

Exit codes: 0 the trail is whole, 1 it is not.`;

const options = { tenant: { type: 'string' }, json: { type: 'boolean', default: false } } as const;

export async function run(args: string[], context: CommandContext): Promise<number> {
  const { values, positionals } = readArguments(args, options, { min: 1, max: 1 });
  if (positionals[0] !== 'verify')
    throw usageError(`The audit trail can be verified, not "${positionals[0]}"`);
  return withDatabase(context, (database) => verify(database, values));
}

async function verify(
  database: Database,
  { tenant, json }: { tenant?: string | undefined; json: boolean },
): Promise<number> {
  const tenants = tenant === undefined ? await listTenants(database) : [await findTenant(database, tenant)];
  let faulty = 0;
  const verdicts: object[] = [];
  for (const one of tenants) {
    const verdict = await withTenant(database, one.id, verifyAudit);
    faulty += verdict.faults.length;
    verdicts.push({ tenant: one.slug, ...verdict });
    if (!json) process.stdout.write(sentence(one, verdict));
  }
  if (json) process.stdout.write(`${JSON.stringify(verdicts)}\n`);
  return faulty === 0 ? 0 : 1;
}

function sentence(
  { slug }: Tenant,
  { entries, changes, faults }: Awaited<ReturnType<typeof verifyAudit>>,
): string {
  const looked = `${slug}: ${count(entries)} entries, ${count(changes)} changes`;
  return faults.length === 0
    ? `${looked}, whole.\n`
    : `${looked}, NOT whole:\n${faults.map(({ says }) => `  ${says}\n`).join('')}`;
}
