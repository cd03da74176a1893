/** Each way of delivery against a real receiver: an S3 service, an HTTP server, a mail server, and the file store itself. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { NewDestination } from '../../../src/export/deliver/destination.ts';
import { followLink } from '../../../src/export/links.ts';
import { carryOut } from '../../../src/export/schedules/carry-out.ts';
import { askRun } from '../../../src/export/schedules/due.ts';
import { takeRun } from '../../../src/export/schedules/lease.ts';
import { findSchedule } from '../../../src/export/schedules/schedule.ts';
import { changeSchedule } from '../../../src/export/schedules/write-schedule.ts';
import { openMail } from '../../../src/mail/mail.ts';
import { removeMember } from '../../../src/tenants/member-changes.ts';
import { findTenant } from '../../../src/tenants/tenants.ts';
import { useS3 } from '../../support/s3.ts';
import { receiveMail, type SmtpReceiver, textOf } from '../mail/smtp-receiver.ts';
import { colleague, trailOf } from '../tenants/people.ts';
import { type Carried, operator, useSchedules } from './schedule-support.ts';
import { isSigned, receiveWebhooks, type WebhookReceiver } from './webhook-receiver.ts';

process.env.CLIENTELE_PRIVATE_ADDRESSES = 'allowed';
process.env.CLIENTELE_DELIVERY_SECONDS_MAX = '2';
const s3 = await useS3();
// The store of the installation itself is the data folder: the bucket is the tenant's.
for (const name of Object.keys(s3.environment)) delete process.env[name];
const given = useSchedules();

let hooks: WebhookReceiver;
let smtp: SmtpReceiver;

beforeAll(async () => {
  hooks = await receiveWebhooks();
  smtp = await receiveMail();
});
afterAll(async () => {
  await hooks.close();
  await smtp.close();
});

const csv = 'number,email\nb,b@example.com\na,a@example.com\n';

async function tenantOfTwo(): Promise<string> {
  const tenant = await given.tenant();
  await given.import(tenant, 'Customer Number,Email,First Name\na,a@example.com,Ada\n');
  await given.import(tenant, 'Customer Number,Email,First Name\nb,b@example.com,Bo\n');
  return tenant;
}

const bucket = (): NewDestination => ({
  kind: 's3',
  bucket: 'files',
  region: 'us-east-1',
  endpoint: s3.config.endpoint,
  prefix: 'from clientele/',
  access_key_id: 'S3RVER',
  secret_access_key: 'S3RVER',
});

const webhook = (): NewDestination => ({ kind: 'webhook', url: hooks.url, link_hours: 2 });

function dueText({ run }: Carried): string {
  return new Date(run.dueAt).toISOString().replaceAll(':', '-');
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Nothing that was given as a secret, or that opens a file, is anywhere in what a tenant or an operator reads. */
async function expectNoSecret(tenant: string, secrets: readonly string[]): Promise<void> {
  const { entries } = await trailOf(given.database, tenant);
  const kept = await given.rows(
    tenant,
    'select s::text as row from export_schedules s union all select r::text from export_schedule_runs r',
  );
  const text = JSON.stringify([entries, kept]);
  for (const secret of secrets) expect(text.includes(secret), `${secret} is told`).toBe(false);
}

describe('the file store', () => {
  test('has the file, under the name of the schedule and the time', async () => {
    const tenant = await tenantOfTwo();
    const { schedule } = await given.schedule(tenant, {
      name: 'Nightly Kunden',
      destination: { kind: 'file', keep_days: 2 },
    });
    const carried = await given.run(tenant, schedule.id);
    expect(carried.ended.state).toBe('done');
    expect(await given.file(carried.run, 'records')).toBe(csv);
    expect(carried.run.made?.files).toMatchObject([
      {
        role: 'records',
        fileName: `nightly-kunden-${dueText(carried)}.csv`,
        records: 2,
        sha256: sha256(csv),
      },
    ]);
    const [kept] = await given.rows(
      tenant,
      `select round(extract(epoch from expires_at - finished_at) / 86400)::int as days from exports`,
    );
    expect(kept).toEqual({ days: 2 });
  });
});

describe('a bucket', () => {
  test('has the file under a key by due time, which a second attempt writes again', async () => {
    const tenant = await tenantOfTwo();
    const { schedule } = await given.schedule(tenant, { name: 'To S3', destination: bucket() });
    const before = new Set(s3.files());
    const carried = await given.run(tenant, schedule.id);
    expect(carried.ended).toEqual({ state: 'done', failure: null });
    const key = `from clientele/to-s3-${schedule.id.slice(-8)}/to-s3-${dueText(carried)}.csv`;
    const added = s3.files().filter((file) => !before.has(file));
    const object = added.find((file) => file.includes(`${key}._S3rver_object`));
    expect(object, added.join('\n')).toBeDefined();
    expect(await readFile(object ?? '', 'utf8')).toBe(csv);
    // As if the process had been killed before it could say that the file has arrived.
    await given.rows(
      tenant,
      `update export_schedule_runs set state = 'waiting', delivered = '[]' where id = $1 returning id`,
      [carried.run.id],
    );
    expect((await given.carry(tenant))?.ended.state).toBe('done');
    expect(s3.files().filter((file) => !before.has(file))).toEqual(added);
    await expectNoSecret(tenant, ['secret_access_key']);
  });

  test('that does not answer is tried again', async () => {
    const tenant = await tenantOfTwo();
    const { schedule } = await given.schedule(tenant, {
      destination: { ...bucket(), bucket: 'nonesuch' } as NewDestination,
    });
    const { run, ended } = await given.run(tenant, schedule.id);
    expect(ended).toMatchObject({
      state: 'waiting',
      failure: { code: 'delivery.failed', message: expect.stringContaining('NoSuchBucket') },
    });
    expect(run).toMatchObject({ state: 'waiting', attempts: 1 });
  });
});

describe('a service that is to be a bucket', () => {
  const elsewhere = (): NewDestination =>
    ({ ...bucket(), endpoint: new URL(hooks.url).origin }) as NewDestination;

  test('and never answers is given up for now', async () => {
    const tenant = await tenantOfTwo();
    const { schedule } = await given.schedule(tenant, { destination: elsewhere() });
    const { promise: when, resolve: answer } = Promise.withResolvers<void>();
    hooks.answers.push({ status: 200, when });
    const { ended } = await given.run(tenant, schedule.id);
    answer();
    expect(ended.failure?.message).toBe('The bucket did not answer in time.');
  }, 30_000);

  test('and wants to speak another protocol is given up as well', async () => {
    const tenant = await tenantOfTwo();
    const { schedule } = await given.schedule(tenant, { destination: elsewhere() });
    hooks.answers.push({ status: 101, headers: { upgrade: 'websocket', connection: 'upgrade' } });
    const { ended } = await given.run(tenant, schedule.id);
    expect(ended.failure?.message).toBe('The bucket did not answer in time.');
  }, 30_000);

  test('leaves a worker that is to stop free at once', async () => {
    const tenant = await tenantOfTwo();
    const { schedule } = await given.schedule(tenant, { destination: elsewhere() });
    const { promise: when, resolve: answer } = Promise.withResolvers<void>();
    hooks.answers.push({ status: 200, when });
    const calls = hooks.calls.length;
    await askRun(given.database, tenant, schedule.id, null);
    const taken = await takeRun(given.database, tenant);
    const stop = new AbortController();
    const ends = taken && carryOut(given.carrier, taken, stop.signal);
    await expect.poll(() => hooks.calls.length).toBe(calls + 1);
    const stoppedAt = performance.now();
    stop.abort();
    expect((await ends)?.state).toBe('waiting');
    expect(performance.now() - stoppedAt).toBeLessThan(2000);
    answer();
  });
});

describe('a webhook', () => {
  test('gets a signed description with links that open', async () => {
    const tenant = await tenantOfTwo();
    const { schedule, secret } = await given.schedule(tenant, { name: 'Hook', destination: webhook() });
    hooks.calls.length = 0;
    const { run, ended } = await given.run(tenant, schedule.id);
    expect(ended).toEqual({ state: 'done', failure: null });
    const [call] = hooks.calls;
    if (call === undefined) throw new Error('No call came.');
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(isSigned(call, secret ?? '')).toBe(true);
    expect(isSigned({ ...call, text: call.text.replace('"all"', '"none"') }, secret ?? '')).toBe(false);
    expect(call.headers).toMatchObject({ 'webhook-id': run.id, 'content-type': 'application/json' });
    expect(call.json).toMatchObject({
      type: 'export.ready',
      data: {
        schedule: { id: schedule.id, name: 'Hook' },
        run: run.id,
        due_at: new Date(run.dueAt).toISOString(),
        dataset: 'customers',
        contents: 'all',
        fields_left_out: [],
        files: [
          {
            role: 'records',
            records: 2,
            bytes: csv.length,
            sha256: sha256(csv),
            media_type: expect.stringContaining('text/csv'),
          },
        ],
      },
    });
    const { url, expires_at: until } = call.json.data.files[0];
    expect(Date.parse(until) - Date.now()).toBeLessThanOrEqual(2 * 3_600_000);
    const token = url.split('/').at(-1);
    const { entry } = await followLink(given.database, token);
    expect(entry.id).toBe(run.made?.files[0]?.id);
    await expectNoSecret(tenant, [secret ?? '', token]);
  });

  test('is called again under the same id, with the same file', async () => {
    const tenant = await tenantOfTwo();
    const { schedule } = await given.schedule(tenant, { destination: webhook() });
    hooks.calls.length = 0;
    hooks.answers.push({ status: 500 });
    const first = await given.run(tenant, schedule.id);
    expect(first.ended).toMatchObject({
      state: 'waiting',
      failure: { code: 'delivery.failed', message: 'The webhook answered 500.' },
    });
    await given.rows(
      tenant,
      'update export_schedule_runs set try_at = created_at where tenant_id = $1 returning id',
      [tenant],
    );
    expect((await given.carry(tenant))?.ended.state).toBe('done');
    const [one, two] = hooks.calls;
    expect(two?.headers['webhook-id']).toBe(one?.headers['webhook-id']);
    expect(two?.json.data.files[0].sha256).toBe(one?.json.data.files[0].sha256);
    expect(await given.rows(tenant, 'select from exports')).toHaveLength(1);
  });

  test('that fails while its schedule is sent elsewhere leaves nothing to the next attempt: all of it goes there', async () => {
    const tenant = await tenantOfTwo();
    const { id: template } = await given.template(tenant);
    const { schedule } = await given.schedule(tenant, { template, mode: 'changed', destination: webhook() });
    expect((await given.run(tenant, schedule.id)).run.made?.contents).toBe('all');
    const { promise: when, resolve: answer } = Promise.withResolvers<void>();
    hooks.answers.push({ status: 500, when });
    const calls = hooks.calls.length;
    const running = given.run(tenant, schedule.id);
    await expect.poll(() => hooks.calls.length).toBe(calls + 1);
    const of = await findTenant(given.database, tenant);
    await changeSchedule(given.database, of, schedule.id, { destination: { kind: 'file' } }, operator);
    answer();
    expect((await running).run).toMatchObject({ state: 'waiting', made: { contents: 'changes' } });
    await given.rows(tenant, 'update export_schedule_runs set try_at = null returning id');
    const again = await given.carry(tenant);
    expect(again?.run).toMatchObject({ state: 'done', made: { contents: 'all' } });
  });

  test('that redirects is not followed', async () => {
    const tenant = await tenantOfTwo();
    const { schedule } = await given.schedule(tenant, { destination: webhook() });
    hooks.calls.length = 0;
    hooks.answers.push({ status: 307, headers: { location: `${hooks.url}/elsewhere` } });
    const { ended } = await given.run(tenant, schedule.id);
    expect(ended.failure?.message).toBe('The webhook answered 307.');
    expect(hooks.calls).toHaveLength(1);
  });

  test('that wants to speak another protocol is not waited for', async () => {
    const tenant = await tenantOfTwo();
    const { schedule } = await given.schedule(tenant, { destination: webhook() });
    hooks.answers.push({ status: 101, headers: { upgrade: 'websocket', connection: 'upgrade' } });
    const { ended } = await given.run(tenant, schedule.id);
    expect(ended.failure?.message).toBe('The webhook answered 101.');
  });

  test('that answers 410 is not called again', async () => {
    const tenant = await tenantOfTwo();
    const { schedule } = await given.schedule(tenant, { destination: webhook() });
    hooks.answers.push({ status: 410 });
    expect((await given.run(tenant, schedule.id)).ended.state).toBe('failed');
  });

  test('that takes too long is given up for now', async () => {
    const tenant = await tenantOfTwo();
    const { schedule } = await given.schedule(tenant, { destination: webhook() });
    const answering = Promise.withResolvers<void>();
    hooks.answers.push({ status: 204, when: answering.promise });
    const { ended } = await given.run(tenant, schedule.id);
    answering.resolve();
    expect(ended).toMatchObject({
      state: 'waiting',
      failure: { message: 'The webhook could not be reached: it did not answer in time.' },
    });
  });

  test('gets another secret with another address, and the old one does not open what the new one sealed', async () => {
    const tenant = await tenantOfTwo();
    const one = await given.schedule(tenant, { destination: webhook() });
    const two = await given.schedule(tenant, { destination: webhook() });
    expect(one.secret).not.toBe(two.secret);
    // A seal that is moved to another schedule's row opens there no more.
    await given.rows(
      tenant,
      `update export_schedules set secret = (select o.secret from export_schedules o where o.id = $1) where id = $2 returning id`,
      [one.schedule.id, two.schedule.id],
    );
    expect((await given.run(tenant, two.schedule.id)).ended).toMatchObject({
      state: 'failed',
      failure: { code: 'schedule.invalid' },
    });
  });
});

describe('a mail', () => {
  /** The carrier of the test writes into an outbox; this one talks to the mail server. */
  const bySmtp = async (tenant: string, scheduleId: string): Promise<Carried> => {
    const mail = openMail({ smtp: smtp.config, retryPauseMs: 1 });
    const kept = given.carrier.mail;
    Object.assign(given.carrier, { mail });
    try {
      return await given.run(tenant, scheduleId);
    } finally {
      Object.assign(given.carrier, { mail: kept });
      await mail.close();
    }
  };

  test('takes a link of his own to each member', async () => {
    const tenant = await tenantOfTwo();
    const [ada, bo] = [
      await colleague(given.database, tenant, { role: 'staff' }),
      await colleague(given.database, tenant, { role: 'viewer' }),
    ];
    const { schedule } = await given.schedule(tenant, {
      name: 'Monday list',
      destination: { kind: 'mail', to: [ada.email, bo.email.toUpperCase()], link_hours: 24 },
    });
    smtp.received.length = 0;
    const { run, ended } = await bySmtp(tenant, schedule.id);
    expect(ended).toEqual({ state: 'done', failure: null });
    expect(smtp.received.map(({ to }) => to)).toEqual([[ada.email], [bo.email]]);
    const links = smtp.received.map(
      ({ source }) => /\/api\/downloads\/(exp_[\w-]+)/.exec(textOf(source))?.[1] ?? '',
    );
    expect(new Set(links).size).toBe(2);
    for (const token of links)
      expect((await followLink(given.database, token)).entry.id).toBe(run.made?.files[0]?.id);
    expect(textOf(smtp.received[0]?.source ?? '')).toContain('Customers: 2.');
    await expectNoSecret(tenant, links);
  });

  test('goes on where it stopped: who has one gets no second', async () => {
    const tenant = await tenantOfTwo();
    const people = [
      await colleague(given.database, tenant, { role: 'staff' }),
      await colleague(given.database, tenant, { role: 'staff' }),
    ];
    const to = people.map(({ email }) => email);
    const { schedule } = await given.schedule(tenant, { destination: { kind: 'mail', to, link_hours: 24 } });
    smtp.received.length = 0;
    await bySmtp(tenant, schedule.id);
    await given.rows(
      tenant,
      `update export_schedule_runs set state = 'waiting', delivered = jsonb_build_array(delivered -> 0) where tenant_id = $1 returning id`,
      [tenant],
    );
    expect((await given.carry(tenant))?.ended.state).toBe('done');
    expect(smtp.received.map((mail) => mail.to)).toEqual([[to[0]], [to[1]]]);
  });

  test('goes to nobody who is no member, or may not take such a file out himself', async () => {
    const tenant = await tenantOfTwo();
    const viewer = await colleague(given.database, tenant, { role: 'viewer' });
    const to = (email: string): NewDestination => ({ kind: 'mail', to: [email], link_hours: 24 });
    await expect(given.schedule(tenant, { destination: to('stranger@example.com') })).rejects.toMatchObject({
      code: 'schedule.invalid',
    });
    const sensitive = await given.template(tenant, { columns: ['number', 'medical_notes'] });
    await expect(
      given.schedule(tenant, { template: sensitive.id, destination: to(viewer.email) }),
    ).rejects.toMatchObject({ code: 'schedule.invalid' });
    const { schedule } = await given.schedule(tenant, { destination: to(viewer.email) });
    await removeMember(given.database, tenant, viewer.memberId, null);
    smtp.received.length = 0;
    expect((await bySmtp(tenant, schedule.id)).ended).toMatchObject({
      state: 'waiting',
      failure: { code: 'delivery.failed' },
    });
    expect(smtp.received).toEqual([]);
  });
});

test('a secret is sealed in the database, and no answer has it', async () => {
  const tenant = await tenantOfTwo();
  const { schedule } = await given.schedule(tenant, { destination: bucket() });
  expect(schedule.destination).not.toHaveProperty('secret_access_key');
  const kept = await given.within(tenant, (tx) => findSchedule(tx, schedule.id));
  expect(kept.secret).not.toContain('S3RVER');
});
