import type { Database } from '../database/connect.ts';
import { withTenant } from '../database/with-tenant.ts';
import { datasets } from '../datasets/registry.ts';
import { carryOut } from '../export/schedules/carry-out.ts';
import { askRun } from '../export/schedules/due.ts';
import { takeRun } from '../export/schedules/lease.ts';
import { findScheduleRun, listScheduleRuns, type ScheduleRun } from '../export/schedules/run.ts';
import { findSchedule, listSchedules, modes, type Schedule, stateOf } from '../export/schedules/schedule.ts';
import { createSchedule, pauseSchedule, removeSchedule } from '../export/schedules/write-schedule.ts';
import { fileStore } from '../file-store/file-store.ts';
import { openMail } from '../mail/mail.ts';
import { publicUrl } from '../platform/address.ts';
import { findTenant, type Tenant } from '../tenants/tenants.ts';
import { type CommandContext, oneOf, readArguments, usageError } from './command.ts';
import { destinationOptions, readDestination } from './schedule-options.ts';
import { withDatabase } from './with-database.ts';

export const help = `clientele schedules: templates that run by the clock, and where their files go

Usage: clientele schedules list --tenant TENANT [--json]
       clientele schedules show NAME --tenant TENANT [--json]
       clientele schedules add NAME --tenant TENANT --template NAME --cron "CRON" [--zone ZONE] [--mode MODE] [--to …]
       clientele schedules pause NAME --tenant TENANT
       clientele schedules resume NAME --tenant TENANT
       clientele schedules run NAME --tenant TENANT [--json]
       clientele schedules remove NAME --tenant TENANT

A worker ("clientele start" has one, "clientele work" is one) brings the runs on; "run" makes one here and now. What was
missed while no worker ran is made up once. A schedule that is made here has the operator's permissions.

  --tenant TENANT     a slug or an id
  --template NAME     what it takes out: "clientele templates"
  --cron "CRON"       minute, hour, day of the month, month and day of the week: "30 2 * * mon-fri"
  --zone ZONE         by whose clock, such as Europe/Berlin (default: the tenant's)
  --mode MODE         whole (default): all records each time; changed: from the second run on, those that changed since the
                      last good one, and a list of those that are gone
  --to file           (default) files stay in the file store [--keep-days N]
  --to s3             --bucket NAME [--prefix PATH] [--region REGION] [--endpoint URL]; the keys are taken from
                      AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, and sealed
  --to webhook        --url URL [--link-hours N]; prints, once, the secret by which its calls are signed
  --to mail           --recipients a@example.com,b@example.com [--link-hours N]; members of the tenant
  --json              print for programs: a list of objects, or one

Exit codes: 0 done, 1 a run failed or is to be tried again, 2 wrong usage.

Example: clientele schedules add "Nightly customers" --tenant demo --template customers --cron "30 2 * * *" --mode changed`;

const options = {
  tenant: { type: 'string' },
  template: { type: 'string' },
  cron: { type: 'string' },
  zone: { type: 'string' },
  mode: { type: 'string', default: 'whole' },
  json: { type: 'boolean', default: false },
  ...destinationOptions,
} as const;

type Values = ReturnType<typeof readArguments<typeof options>>['values'];

interface Asked {
  readonly database: Database;
  readonly tenant: Tenant;
  readonly values: Values;
  readonly name: string;
  readonly context: CommandContext;
}

const verbs: Readonly<Record<string, (asked: Asked) => Promise<number>>> = {
  list,
  show,
  add,
  remove,
  run: runNow,
  pause: (asked) => setPaused(asked, true),
  resume: (asked) => setPaused(asked, false),
};

export async function run(args: string[], context: CommandContext): Promise<number> {
  const { values, positionals } = readArguments(args, options, { min: 1, max: 2 });
  const [verb = '', name] = positionals;
  const act = Object.hasOwn(verbs, verb) ? verbs[verb] : undefined;
  if (act === undefined)
    throw usageError(`Schedules can be listed, shown, added, paused, resumed, run or removed, not "${verb}"`);
  const { tenant: named } = values;
  if (named === undefined) throw usageError('Say of which tenant: --tenant TENANT');
  if ((name === undefined) !== (verb === 'list'))
    throw usageError(`Say which schedule: clientele schedules ${verb} NAME`);
  return withDatabase(
    context,
    async (database) => {
      const tenant = await findTenant(database, named);
      return act({ database, tenant, values, name: name ?? '', context });
    },
    { onInterrupt: verb === 'run' ? 'await' : 'abandon' },
  );
}

async function list({ database, tenant, values }: Asked): Promise<number> {
  const keys = datasets.map(({ key }) => key);
  const schedules = await withTenant(database, tenant.id, (tx) => listSchedules(tx, keys));
  if (values.json) print(JSON.stringify(schedules.map(asJson)));
  else if (schedules.length === 0) print('There is no schedule yet: "clientele schedules add" makes one.');
  else print(schedules.map(lineOf).join('\n'));
  return 0;
}

function lineOf(schedule: Schedule): string {
  const { id, name, cron, timezone, mode, destination, nextAt } = schedule;
  const next = nextAt === null ? 'not by the clock' : `next ${momentOf(nextAt)}`;
  return [id, stateOf(schedule), cron, timezone, mode, `to ${destination.kind}`, next, name].join('  ');
}

function momentOf(text: string): string {
  return new Date(text).toISOString();
}

function asJson(schedule: Schedule): Record<string, unknown> {
  const { id, name, templateName, dataset, cron, timezone, mode, destination, nextAt, failingSince } =
    schedule;
  return {
    id,
    name,
    template: templateName,
    dataset,
    cron,
    timezone,
    mode,
    destination,
    state: stateOf(schedule),
    next_at: nextAt,
    failing_since: failingSince,
  };
}

async function show({ database, tenant, values, name }: Asked): Promise<number> {
  const { schedule, runs } = await withTenant(database, tenant.id, async (tx) => {
    const found = await findSchedule(tx, name);
    return { schedule: found, runs: await listScheduleRuns(tx, { scheduleId: found.id, limit: 10 }) };
  });
  if (values.json) print(JSON.stringify({ ...asJson(schedule), runs: runs.map(runAsJson) }));
  else print([lineOf(schedule), ...runs.map((one) => `  ${runLine(one)}`)].join('\n'));
  return 0;
}

function runLine({ dueAt, state, made, failures, tryAt }: ScheduleRun): string {
  const files = (made?.files ?? []).map(({ role, records }) => `${records.toLocaleString('en')} ${role}`);
  const again = tryAt === null ? [] : [`tried again at ${momentOf(tryAt)}`];
  const reason = state === 'done' ? [] : failures.slice(-1).map(({ message }) => message);
  return [momentOf(dueAt), state, ...files, ...again, ...reason].join('  ');
}

function runAsJson({ id, dueAt, state, attempts, made, failures }: ScheduleRun): Record<string, unknown> {
  const files = (made?.files ?? []).map((file) => ({
    role: file.role,
    export: file.id,
    records: file.records,
  }));
  return { id, due_at: dueAt, state, attempts, contents: made?.contents ?? null, files, failures };
}

async function add({ database, tenant, values, name }: Asked): Promise<number> {
  const { template, cron, zone, mode, to, json } = values;
  if (template === undefined) throw usageError('Say what it takes out: --template NAME');
  if (cron === undefined) throw usageError('Say when: --cron "30 2 * * *"');
  const wanted = {
    name,
    template,
    cron,
    timezone: zone,
    mode: oneOf('--mode', mode, modes),
    destination: readDestination({ ...only(values), to }, process.env),
  };
  const writer = { runsAs: { kind: 'operator' }, permissions: 'everything' } as const;
  const { schedule, secret } = await createSchedule(database, tenant, wanted, writer);
  if (json) print(JSON.stringify({ ...asJson(schedule), secret }));
  else {
    print(`Added "${schedule.name}" (${schedule.id}), next ${momentOf(schedule.nextAt ?? '')}.`);
    if (secret !== null) print(`The secret of its webhook, shown once:\n${secret}`);
  }
  return 0;
}

function only(values: Values): Pick<Values, keyof typeof destinationOptions> {
  const names = Object.keys(destinationOptions) as (keyof typeof destinationOptions)[];
  return Object.fromEntries(names.map((option) => [option, values[option]]));
}

async function setPaused({ database, tenant, name }: Asked, paused: boolean): Promise<number> {
  const { id } = await withTenant(database, tenant.id, (tx) => findSchedule(tx, name));
  const schedule = await pauseSchedule(database, tenant.id, id, { paused, by: null });
  const next = schedule.nextAt === null ? '' : `, next ${momentOf(schedule.nextAt)}`;
  print(`"${schedule.name}" is ${stateOf(schedule)}${next}.`);
  return 0;
}

async function runNow({ database, tenant, values, name, context }: Asked): Promise<number> {
  const { id } = await withTenant(database, tenant.id, (tx) => findSchedule(tx, name));
  const runId = await askRun(database, tenant.id, id, null);
  const taken = await takeRun(database, tenant.id, runId);
  if (taken !== null) {
    const mail = openMail();
    const carrier = { database, files: fileStore(), mail, baseUrl: publicUrl() };
    await carryOut(carrier, taken, context.interrupted).finally(() => mail.close());
  }
  const ended = await withTenant(database, tenant.id, (tx) => findScheduleRun(tx, id, runId));
  print(values.json ? JSON.stringify(runAsJson(ended)) : runLine(ended));
  return ended.state === 'done' ? 0 : 1;
}

async function remove({ database, tenant, name }: Asked): Promise<number> {
  const { id } = await withTenant(database, tenant.id, (tx) => findSchedule(tx, name));
  await removeSchedule(database, tenant.id, id, null);
  print(`Removed the schedule "${name}". The exports it made stay in the history.`);
  return 0;
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
