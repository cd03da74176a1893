/** Schedules with workers as processes of their own: each kind of delivery, two workers at once, and one that is killed. */
import { readFile } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { NewDestination } from '../../../src/export/deliver/destination.ts';
import { askRun } from '../../../src/export/schedules/due.ts';
import { listScheduleRuns, type ScheduleRun } from '../../../src/export/schedules/run.ts';
import { workOnSchedules } from '../../../src/export/schedules/worker.ts';
import { killAll, type Running, start } from '../../crash/program.ts';
import { useS3 } from '../../support/s3.ts';
import { testSecret } from '../../support/server.ts';
import { receiveMail, type SmtpReceiver } from '../mail/smtp-receiver.ts';
import { colleague } from '../tenants/people.ts';
import { useSchedules } from './schedule-support.ts';
import { isSigned, receiveWebhooks, type WebhookReceiver } from './webhook-receiver.ts';

Object.assign(process.env, {
  CLIENTELE_LEASE_SECONDS: '3',
  CLIENTELE_LEASE_RENEW_SECONDS: '1',
  CLIENTELE_SCHEDULE_LOOK_SECONDS: '1',
  CLIENTELE_PRIVATE_ADDRESSES: 'allowed',
  CLIENTELE_LOG: 'silent',
  // What is sealed here is opened by the workers.
  CLIENTELE_SECRET: testSecret,
});
const s3 = await useS3();
for (const name of Object.keys(s3.environment)) delete process.env[name];
const given = useSchedules();

let hooks: WebhookReceiver;
let smtp: SmtpReceiver;

beforeAll(async () => {
  hooks = await receiveWebhooks();
  smtp = await receiveMail();
});
afterEach(() => {
  killAll();
  hooks.calls.length = 0;
});
afterAll(async () => {
  await hooks.close();
  await smtp.close();
});

function worker(): Running {
  const { url, from } = smtp.config;
  return start(['work'], {
    ...process.env,
    ...given.environment,
    CLIENTELE_SMTP_URL: url,
    CLIENTELE_MAIL_FROM: from,
    CLIENTELE_URL: 'https://clientele.example.com',
  });
}

async function runsOf(tenant: string, scheduleId: string): Promise<readonly ScheduleRun[]> {
  return given.within(tenant, (tx) => listScheduleRuns(tx, { scheduleId, limit: 10 }));
}

/** Makes every schedule of the tenant due by the clock, at one moment. */
async function makeDue(tenant: string): Promise<void> {
  await given.rows(tenant, `update export_schedules set next_at = now() - interval '1 second' returning id`);
}

async function until(holds: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 50));
}

async function isDone(tenant: string, scheduleId: string): Promise<boolean> {
  const [run] = await runsOf(tenant, scheduleId);
  if (run?.state === 'failed') throw new Error(JSON.stringify(run.failures));
  return run?.state === 'done';
}

test('each kind of delivery is made once, by the clock, with two workers at it', async () => {
  const tenant = await given.tenant();
  await given.import(tenant, 'Customer Number,Email,First Name\na,a@example.com,Ada\n');
  const member = await colleague(given.database, tenant, { role: 'staff' });
  const destinations: readonly NewDestination[] = [
    { kind: 'file' },
    { kind: 'webhook', url: hooks.url, link_hours: 1 },
    { kind: 'mail', to: [member.email], link_hours: 1 },
    {
      kind: 's3',
      bucket: 'files',
      region: 'us-east-1',
      endpoint: s3.config.endpoint,
      prefix: 'out/',
      access_key_id: 'S3RVER',
      secret_access_key: 'S3RVER',
    },
  ];
  const made = [];
  for (const destination of destinations) made.push(await given.schedule(tenant, { destination }));
  await makeDue(tenant);
  const workers = [worker(), worker()];
  for (const { schedule } of made) await until(() => isDone(tenant, schedule.id));
  for (const { schedule } of made)
    expect((await runsOf(tenant, schedule.id)).map(({ cause, attempts }) => [cause, attempts])).toEqual([
      ['clock', 1],
    ]);
  expect(await given.rows(tenant, 'select from exports')).toHaveLength(4);

  expect(hooks.calls).toHaveLength(1);
  const [call] = hooks.calls;
  expect(call !== undefined && isSigned(call, made[1]?.secret ?? '')).toBe(true);
  expect(call?.json.data.files[0].url).toMatch(/^https:\/\/clientele\.example\.com\/api\/downloads\/exp_/);
  expect(smtp.received.map(({ to }) => to)).toEqual([[member.email]]);
  const [object, ...others] = s3.files().filter((file) => /out\/.*\.csv\._S3rver_object$/.test(file));
  expect(others).toEqual([]);
  expect(await readFile(object ?? '', 'utf8')).toBe('number,email\na,a@example.com\n');
  for (const one of workers) one.signal('SIGTERM');
  for (const one of workers) expect((await one.ended).code).toBe(0);
});

test('many schedules that are due at one moment are each delivered once by two workers', async () => {
  const tenant = await given.tenant();
  const template = await given.template(tenant);
  const destination = { kind: 'webhook', url: hooks.url, link_hours: 1 } as const;
  const ids: string[] = [];
  for (let i = 0; i < 12; i += 1)
    ids.push((await given.schedule(tenant, { template: template.id, destination })).schedule.id);
  await makeDue(tenant);
  worker();
  worker();
  for (const id of ids) await until(() => isDone(tenant, id));
  expect(hooks.calls.map(({ json }) => json.data.schedule.id).sort()).toEqual([...ids].sort());
});

describe('a worker that is killed in the middle of a delivery', () => {
  test('has its run delivered by another one, under the same id and with the same file', async () => {
    const tenant = await given.tenant();
    const { schedule, secret } = await given.schedule(tenant, {
      destination: { kind: 'webhook', url: hooks.url, link_hours: 1 },
    });
    await makeDue(tenant);
    const never = Promise.withResolvers<void>();
    hooks.answers.push({ status: 204, when: never.promise });
    const first = worker();
    await until(() => hooks.calls.length === 1);
    first.signal('SIGKILL');
    await first.ended;
    const killedAt = Date.now();
    worker();
    await until(() => isDone(tenant, schedule.id));
    expect(Date.now() - killedAt).toBeLessThan(60_000);
    never.resolve();
    const [one, two, ...more] = hooks.calls;
    expect(more).toEqual([]);
    expect(two?.headers['webhook-id']).toBe(one?.headers['webhook-id']);
    expect(two?.json.data.files[0].sha256).toBe(one?.json.data.files[0].sha256);
    expect(two !== undefined && isSigned(two, secret ?? '')).toBe(true);
    const runs = await runsOf(tenant, schedule.id);
    expect(runs.map(({ state, attempts }) => [state, attempts])).toEqual([['done', 2]]);
    expect(await given.rows(tenant, 'select from exports')).toHaveLength(1);
  });

  test('has nothing left half: the file that it was making is made anew', async () => {
    const tenant = await given.tenant();
    const lines = Array.from({ length: 30_000 }, (_, i) => `N${i},n${i}@example.com,${'x'.repeat(200)}`);
    await given.import(tenant, `Customer Number,Email,First Name\n${lines.join('\n')}\n`);
    const { schedule } = await given.schedule(tenant, {
      template: (await given.template(tenant, { columns: 'all' })).id,
    });
    await makeDue(tenant);
    const first = worker();
    await until(
      async () => (await given.rows(tenant, `select from exports where state = 'running'`)).length === 1,
    );
    first.signal('SIGKILL');
    await first.ended;
    worker();
    await until(() => isDone(tenant, schedule.id));
    const [run] = await runsOf(tenant, schedule.id);
    expect(run?.made?.files[0]?.records).toBe(30_000);
    const text = await given.file(run as ScheduleRun, 'records');
    expect(text.trimEnd().split('\n')).toHaveLength(30_001);
  });
});

test('a worker that is stopped in the middle of a delivery gives the run back, which counts as no attempt', async () => {
  const tenant = await given.tenant();
  const { schedule } = await given.schedule(tenant, {
    destination: { kind: 'webhook', url: hooks.url, link_hours: 1 },
  });
  await askRun(given.database, tenant, schedule.id, null);
  const never = Promise.withResolvers<void>();
  hooks.answers.push({ status: 204, when: never.promise });
  const stop = new AbortController();
  const working = workOnSchedules(given.carrier, { stop: stop.signal });
  await until(() => hooks.calls.length === 1);
  stop.abort(new Error('stopped'));
  await working;
  never.resolve();
  const [run] = await runsOf(tenant, schedule.id);
  expect([run?.state, run?.attempts]).toEqual(['waiting', 0]);
});
