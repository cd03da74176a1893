/** Schedules: when their runs begin, how often, as whom, and what becomes of one that fails. */
import { beforeEach, describe, expect, test } from 'vitest';
import { askRun, beginDue } from '../../../src/export/schedules/due.ts';
import { takeRun } from '../../../src/export/schedules/lease.ts';
import { removeOld } from '../../../src/export/schedules/retention.ts';
import { listScheduleRuns, type ScheduleRun } from '../../../src/export/schedules/run.ts';
import { stateOf } from '../../../src/export/schedules/schedule.ts';
import { workOnSchedules } from '../../../src/export/schedules/worker.ts';
import {
  changeSchedule,
  createSchedule,
  pauseSchedule,
  removeSchedule,
  type Writer,
} from '../../../src/export/schedules/write-schedule.ts';
import { changeTemplate, removeTemplate } from '../../../src/export/templates/template.ts';
import { type ExportWanted, wantedSchema } from '../../../src/export/wanted.ts';
import type { Message } from '../../../src/mail/mail.ts';
import { createKey, revokeKey } from '../../../src/tenants/keys.ts';
import { changeMember, removeMember } from '../../../src/tenants/member-changes.ts';
import { changeTenant } from '../../../src/tenants/settings.ts';
import { findTenant } from '../../../src/tenants/tenants.ts';
import { type Colleague, colleague, trailOf } from '../tenants/people.ts';
import { operator, useSchedules } from './schedule-support.ts';
import { receiveWebhooks } from './webhook-receiver.ts';

process.env.CLIENTELE_LOG = 'silent';
process.env.CLIENTELE_SCHEDULE_ATTEMPTS_MAX = '3';
process.env.CLIENTELE_SCHEDULE_RETRY_SECONDS = '30';
process.env.CLIENTELE_SCHEDULE_LOOK_SECONDS = '1';
process.env.CLIENTELE_WORKER_SCHEDULES = '4';
process.env.CLIENTELE_PRIVATE_ADDRESSES = 'allowed';
const given = useSchedules();

const mails: Message[] = [];
beforeEach(() => {
  mails.length = 0;
  Object.assign(given.carrier, {
    mail: { send: async (message: Message) => void mails.push(message), close: async () => {} },
  });
});

/** Nobody listens there. */
const deadHook = { kind: 'webhook', url: 'http://127.0.0.1:9/', link_hours: 1 } as const;

const as = ({ memberId, userId, acting }: Colleague): Writer => ({
  runsAs: { kind: 'member', id: memberId, userId },
  permissions: acting.permissions,
});

function runsOf(tenant: string, scheduleId: string): Promise<readonly ScheduleRun[]> {
  return given.within(tenant, (tx) => listScheduleRuns(tx, { scheduleId, limit: 100 }));
}

/** As the history shows them, oldest first: when each was due, and what became of it. */
async function history(tenant: string, scheduleId: string): Promise<string[]> {
  const runs = await runsOf(tenant, scheduleId);
  return runs.map(({ dueAt, state }) => `${new Date(dueAt).toISOString().slice(0, 16)} ${state}`).reverse();
}

async function nextAt(tenant: string, scheduleId: string): Promise<string> {
  return new Date((await given.read(tenant, scheduleId)).nextAt ?? 0).toISOString().slice(0, 16);
}

/** As if it had last been looked at then. */
async function waitSince(tenant: string, scheduleId: string, at: string): Promise<void> {
  await given.rows(tenant, 'update export_schedules set next_at = $1 where id = $2 returning id', [
    at,
    scheduleId,
  ]);
}

describe('a schedule that is due', () => {
  test('gets one run for each time, however many workers look at once', async () => {
    const tenant = await given.tenant();
    const { schedule } = await given.schedule(tenant);
    await waitSince(tenant, schedule.id, '2026-06-01T03:00Z');
    await Promise.all(
      Array.from({ length: 8 }, () => beginDue(given.database, tenant, '2026-06-01T03:00:04Z')),
    );
    expect(await history(tenant, schedule.id)).toEqual(['2026-06-01T03:00 waiting']);
    expect(await nextAt(tenant, schedule.id)).toBe('2026-06-02T03:00');
    const taken = await Promise.all(Array.from({ length: 8 }, () => takeRun(given.database, tenant)));
    expect(taken.filter((run) => run !== null)).toHaveLength(1);
  });

  test('is not begun before its time', async () => {
    const tenant = await given.tenant();
    const { schedule } = await given.schedule(tenant);
    await waitSince(tenant, schedule.id, '2026-06-01T03:00Z');
    await beginDue(given.database, tenant, '2026-06-01T02:59:59Z');
    expect(await history(tenant, schedule.id)).toEqual([]);
  });

  test('makes up once what was missed while nobody looked, for the last time that was missed', async () => {
    const tenant = await given.tenant();
    const { schedule } = await given.schedule(tenant, { timezone: 'Europe/Berlin' });
    await waitSince(tenant, schedule.id, '2026-06-01T01:00Z');
    await beginDue(given.database, tenant, '2026-06-19T12:00Z');
    await beginDue(given.database, tenant, '2026-06-19T12:01Z');
    expect(await history(tenant, schedule.id)).toEqual(['2026-06-19T01:00 waiting']);
    expect(await nextAt(tenant, schedule.id)).toBe('2026-06-20T01:00');
  });

  test('runs once in the night in which its hour does not exist, and once where it comes twice', async () => {
    const tenant = await given.tenant();
    const { schedule } = await given.schedule(tenant, { cron: '30 2 * * *', timezone: 'Europe/Berlin' });
    const lookAll = async (from: string, until: string): Promise<string[]> => {
      await given.rows(tenant, 'delete from export_schedule_runs returning id');
      await waitSince(tenant, schedule.id, from);
      for (let at = Date.parse(from); at <= Date.parse(until); at += 15 * 60_000) {
        await beginDue(given.database, tenant, new Date(at).toISOString());
        await given.rows(tenant, `update export_schedule_runs set state = 'done' returning id`);
      }
      return history(tenant, schedule.id);
    };
    expect(await lookAll('2026-03-28T01:30Z', '2026-03-30T06:00Z')).toEqual([
      '2026-03-28T01:30 done',
      '2026-03-29T01:00 done',
      '2026-03-30T00:30 done',
    ]);
    expect(await lookAll('2026-10-24T00:30Z', '2026-10-26T06:00Z')).toEqual([
      '2026-10-24T00:30 done',
      '2026-10-25T00:30 done',
      '2026-10-26T01:30 done',
    ]);
  });

  test('is passed over, and says so, while its run before is not over', async () => {
    const tenant = await given.tenant();
    const { schedule } = await given.schedule(tenant);
    await waitSince(tenant, schedule.id, '2026-06-01T03:00Z');
    await beginDue(given.database, tenant, '2026-06-01T03:00:01Z');
    await beginDue(given.database, tenant, '2026-06-02T03:00:01Z');
    expect(await history(tenant, schedule.id)).toEqual([
      '2026-06-01T03:00 waiting',
      '2026-06-02T03:00 skipped',
    ]);
    await expect(askRun(given.database, tenant, schedule.id, null)).rejects.toMatchObject({
      code: 'schedule.busy',
    });
  });

  test('is left alone while it is paused, and does not make that up', async () => {
    const tenant = await given.tenant();
    const { schedule } = await given.schedule(tenant);
    const pause = (paused: boolean) =>
      pauseSchedule(given.database, tenant, schedule.id, { paused, by: null });
    expect(stateOf(await pause(true))).toBe('paused');
    await beginDue(given.database, tenant, '2099-01-01T00:00Z');
    expect(await history(tenant, schedule.id)).toEqual([]);
    expect((await given.run(tenant, schedule.id)).ended.state).toBe('done');
    const resumed = await pause(false);
    expect(stateOf(resumed)).toBe('active');
    expect(Date.parse(resumed.nextAt ?? '')).toBeGreaterThan(Date.now());
  });
});

describe('the worker', () => {
  test('brings on what is due in every tenant, and ends when nothing is', async () => {
    const scheduled = await Promise.all(
      Array.from({ length: 3 }, async () => {
        const tenant = await given.tenant();
        const { schedule } = await given.schedule(tenant);
        await waitSince(tenant, schedule.id, '2020-06-01T03:00Z');
        return { tenant, id: schedule.id };
      }),
    );
    const stop = new AbortController();
    const work = () => workOnSchedules(given.carrier, { stop: stop.signal, untilIdle: true });
    const ended = await Promise.all([work(), work()]);
    expect(ended.reduce((total, runs) => total + runs, 0)).toBeGreaterThanOrEqual(3);
    for (const { tenant, id } of scheduled) {
      expect((await runsOf(tenant, id)).map(({ state, attempts }) => [state, attempts])).toEqual([
        ['done', 1],
      ]);
      expect(await given.rows(tenant, 'select from exports')).toHaveLength(1);
    }
  });
});

test('receivers that take their time keep no other tenant’s files waiting', async () => {
  const hooks = await receiveWebhooks();
  const { promise: when, resolve: answer } = Promise.withResolvers<void>();
  const stop = new AbortController();
  try {
    const slow = await given.tenant();
    for (let i = 0; i < 6; i += 1) {
      const destination = { kind: 'webhook', url: hooks.url, link_hours: 1 } as const;
      const { schedule } = await given.schedule(slow, { destination });
      await waitSince(slow, schedule.id, '2020-06-01T03:00Z');
      hooks.answers.push({ status: 204, when });
    }
    const working = workOnSchedules(given.carrier, { stop: stop.signal });
    await expect.poll(() => hooks.calls.length, { timeout: 10_000 }).toBe(2);
    const other = await given.tenant();
    const { schedule } = await given.schedule(other);
    await waitSince(other, schedule.id, '2020-06-01T03:00Z');
    await expect
      .poll(async () => (await runsOf(other, schedule.id)).map(({ state }) => state), { timeout: 15_000 })
      .toEqual(['done']);
    expect(hooks.calls).toHaveLength(2);
    answer();
    await expect.poll(() => hooks.calls.length, { timeout: 15_000 }).toBe(6);
    stop.abort();
    await working;
  } finally {
    stop.abort();
    answer();
    await hooks.close();
  }
}, 60_000);

describe('a run whose process is gone', () => {
  test('is taken over when its lease is over, and whoever held it writes nothing more', async () => {
    const tenant = await given.tenant();
    const { schedule } = await given.schedule(tenant);
    await askRun(given.database, tenant, schedule.id, null);
    const first = await takeRun(given.database, tenant);
    expect(await takeRun(given.database, tenant)).toBeNull();
    await given.rows(
      tenant,
      `update export_schedule_runs set lease_until = now() - interval '1 second' returning id`,
    );
    const { run, ended } = (await given.carry(tenant)) ?? {};
    expect([ended?.state, run?.attempts]).toEqual(['done', 2]);
    if (first === null) throw new Error('The run was not free.');
    const { carryOut } = await import('../../../src/export/schedules/carry-out.ts');
    await expect(carryOut(given.carrier, first, new AbortController().signal)).rejects.toMatchObject({
      code: 'schedule.lost',
    });
    expect((await runsOf(tenant, schedule.id)).map(({ state }) => state)).toEqual(['done']);
  });

  test('takes the files that it had made, and makes them anew when they are gone', async () => {
    const tenant = await given.tenant();
    const { schedule } = await given.schedule(tenant, { destination: deadHook });
    const { run } = await given.run(tenant, schedule.id);
    const fileOf = (one: ScheduleRun | undefined): string | undefined => one?.made?.files[0]?.id;
    const again = async (): Promise<ScheduleRun | undefined> => {
      await given.rows(tenant, 'update export_schedule_runs set try_at = null, attempts = 1 returning id');
      return (await given.carry(tenant))?.run;
    };
    expect(fileOf(await again())).toBe(fileOf(run));
    await given.rows(
      tenant,
      `update exports set expires_at = now() - interval '1 hour', file_removed_at = now() returning id`,
    );
    expect(await again()).toMatchObject({ made: null, state: 'waiting' });
    expect(fileOf(await again())).not.toBe(fileOf(run));
  });
});

test('a run that waits for its next attempt is made anew when its schedule goes elsewhere', async () => {
  const tenant = await given.tenant();
  const { schedule } = await given.schedule(tenant, { destination: deadHook });
  const { run } = await given.run(tenant, schedule.id);
  const of = await findTenant(given.database, tenant);
  await changeSchedule(given.database, of, schedule.id, { destination: { kind: 'file' } }, operator);
  await given.rows(tenant, 'update export_schedule_runs set try_at = null returning id');
  const again = await given.carry(tenant);
  expect(again?.ended.state).toBe('done');
  expect(again?.run.made?.files[0]?.id).not.toBe(run.made?.files[0]?.id);
});

test('a run that waits for its next attempt is tried at once when somebody asks, also while its schedule is paused', async () => {
  const tenant = await given.tenant();
  const { schedule } = await given.schedule(tenant, { destination: deadHook });
  await waitSince(tenant, schedule.id, '2026-06-01T01:00Z');
  await beginDue(given.database, tenant);
  const first = await given.carry(tenant);
  expect(first?.run).toMatchObject({ state: 'waiting', cause: 'clock', attempts: 1 });
  expect(await given.carry(tenant)).toBeNull();
  await pauseSchedule(given.database, tenant, schedule.id, { paused: true, by: null });
  expect(await askRun(given.database, tenant, schedule.id, null)).toBe(first?.run.id);
  await expect(askRun(given.database, tenant, schedule.id, null)).rejects.toMatchObject({
    code: 'schedule.busy',
  });
  expect((await given.carry(tenant))?.run).toMatchObject({ id: first?.run.id, cause: 'asked', attempts: 2 });
});

describe('a run that kills whatever process works on it', () => {
  test('fails after as many attempts as any other', async () => {
    const tenant = await given.tenant();
    const { schedule } = await given.schedule(tenant);
    await askRun(given.database, tenant, schedule.id, null);
    const die = async (): Promise<void> => {
      expect(await takeRun(given.database, tenant)).not.toBeNull();
      await given.rows(
        tenant,
        `update export_schedule_runs set lease_until = now() - interval '1 second' returning id`,
      );
    };
    for (let attempt = 1; attempt <= 3; attempt += 1) await die();
    expect((await given.carry(tenant))?.ended).toMatchObject({
      state: 'failed',
      failure: { code: 'export.failed' },
    });
  });
});

describe('a run that fails', () => {
  test('is tried again after waits that grow, and then its maker is told, once', async () => {
    const tenant = await given.tenant();
    const maker = await colleague(given.database, tenant, { role: 'staff' });
    const { schedule } = await given.schedule(tenant, { name: 'Hourly', destination: deadHook }, as(maker));
    await given.run(tenant, schedule.id);
    const waits: number[] = [];
    for (;;) {
      const [run] = await runsOf(tenant, schedule.id);
      if (run?.tryAt == null) break;
      waits.push((Date.parse(run.tryAt) - Date.parse(run.failures.at(-1)?.at ?? '')) / 1000);
      expect(await given.carry(tenant)).toBeNull();
      await given.rows(
        tenant,
        'update export_schedule_runs set try_at = created_at where try_at is not null returning id',
      );
      await given.carry(tenant);
    }
    expect(waits).toEqual([30, 120]);
    const [run] = await runsOf(tenant, schedule.id);
    expect(run).toMatchObject({ state: 'failed', attempts: 3, failures: { length: 3 } });
    expect(stateOf(await given.read(tenant, schedule.id))).toBe('failed');
    expect(mails.map(({ to }) => to)).toEqual([maker.email]);
    expect(mails[0]?.text).toContain('The webhook could not be reached');
    // A second run that fails tells nobody again; one that goes well ends it.
    await given.rows(
      tenant,
      `update export_schedules set destination = '{"kind": "webhook", "url": "ftp://nowhere/", "link_hours": 1}' returning id`,
    );
    expect((await given.run(tenant, schedule.id)).ended).toMatchObject({
      state: 'failed',
      failure: { code: 'delivery.address' },
    });
    expect(mails).toHaveLength(1);
    await given.rows(tenant, `update export_schedules set destination = '{"kind": "file"}' returning id`);
    await given.run(tenant, schedule.id);
    expect(stateOf(await given.read(tenant, schedule.id))).toBe('active');
  });

  test('for want of a field says which one, at once', async () => {
    const tenant = await given.tenant();
    const template = await given.template(tenant);
    const { schedule } = await given.schedule(tenant, { template: template.id });
    await given.rows(
      tenant,
      `update export_templates set content = content || '{"columns": ["email", "shoe_size"]}' returning id`,
    );
    const { ended } = await given.run(tenant, schedule.id);
    expect(ended).toMatchObject({ state: 'failed', failure: { code: 'template.invalid' } });
    expect(ended.failure?.message).toMatch(new RegExp(`"${template.name}".*shoe_size`));
  });
});

describe('a schedule runs as whoever made it', () => {
  test('and fails with this reason when he is no member any more; the owners are told', async () => {
    const tenant = await given.tenant();
    const owner = await colleague(given.database, tenant, { role: 'owner' });
    const maker = await colleague(given.database, tenant, { role: 'staff' });
    const { schedule } = await given.schedule(tenant, {}, as(maker));
    await removeMember(given.database, tenant, maker.memberId, null);
    const { ended } = await given.run(tenant, schedule.id);
    expect(ended).toMatchObject({ state: 'failed', failure: { code: 'schedule.nobody' } });
    expect(mails.map(({ to }) => to)).toEqual([owner.email]);
    expect(await given.rows(tenant, 'select from exports')).toEqual([]);
  });

  test('and fails when he may not export any more', async () => {
    const tenant = await given.tenant();
    const maker = await colleague(given.database, tenant, { role: 'viewer' });
    const { schedule } = await given.schedule(tenant, {}, as(maker));
    await changeTenant(
      given.database,
      tenant,
      { settings: { permissions: { readGivesExport: false } } },
      null,
    );
    expect((await given.run(tenant, schedule.id)).ended).toMatchObject({
      state: 'failed',
      failure: { code: 'permission.missing' },
    });
  });

  test('and leaves out what he may not read any more', async () => {
    const tenant = await given.tenant();
    await given.import(tenant, 'Customer Number,Email,First Name,Medical Notes\na,a@example.com,A,secret\n');
    const maker = await colleague(given.database, tenant, { role: 'staff' });
    const template = await given.template(tenant, { columns: ['number', 'medical_notes'] });
    const { schedule } = await given.schedule(tenant, { template: template.id }, as(maker));
    expect(await given.file((await given.run(tenant, schedule.id)).run, 'records')).toBe(
      'number,medical_notes\na,secret\n',
    );
    await changeMember(given.database, tenant, maker.memberId, { role: 'viewer' }, null);
    const { run } = await given.run(tenant, schedule.id);
    expect(await given.file(run, 'records')).toBe('number\na\n');
    expect(run.made?.files[0]?.leftOut).toEqual(['medical_notes']);
  });

  test('and delivers nothing that an earlier attempt made, and that he may not read any more', async () => {
    const tenant = await given.tenant();
    await given.import(tenant, 'Customer Number,Email,First Name,Medical Notes\na,a@example.com,A,secret\n');
    const maker = await colleague(given.database, tenant, { role: 'staff' });
    const template = await given.template(tenant, { columns: ['number', 'medical_notes'] });
    const said = { template: template.id, destination: deadHook };
    const { schedule } = await given.schedule(tenant, said, as(maker));
    const { run } = await given.run(tenant, schedule.id);
    expect(await given.file(run, 'records')).toBe('number,medical_notes\na,secret\n');
    await changeMember(given.database, tenant, maker.memberId, { role: 'viewer' }, null);
    await given.rows(tenant, 'update export_schedule_runs set try_at = null returning id');
    const again = await given.carry(tenant);
    expect(again?.run.made?.files[0]).toMatchObject({ leftOut: ['medical_notes'] });
  });

  test('also when that is a key, until it is revoked', async () => {
    const tenant = await given.tenant();
    const { key } = await createKey(
      given.database,
      tenant,
      { name: 'k', permissions: ['customers:export'] },
      null,
    );
    const writer: Writer = { runsAs: { kind: 'key', id: key.id }, permissions: new Set(key.permissions) };
    const { schedule } = await given.schedule(tenant, {}, writer);
    expect((await given.run(tenant, schedule.id)).ended.state).toBe('done');
    await revokeKey(given.database, tenant, key.id, null);
    expect((await given.run(tenant, schedule.id)).ended.failure?.code).toBe('schedule.nobody');
  });

  test('or changed it: nobody has another one’s permissions by changing his schedule', async () => {
    const tenant = await given.tenant();
    const [maker, viewer] = [
      await colleague(given.database, tenant, { role: 'staff' }),
      await colleague(given.database, tenant, { role: 'viewer' }),
    ];
    const template = await given.template(tenant, { columns: ['number', 'medical_notes'] });
    const { schedule } = await given.schedule(tenant, { template: template.id }, as(maker));
    const changed = await changeSchedule(
      given.database,
      await findTenant(given.database, tenant),
      schedule.id,
      { destination: { kind: 'file' } },
      as(viewer),
    );
    expect(changed.schedule.runsAs).toMatchObject({ id: viewer.memberId });
    expect((await given.run(tenant, schedule.id)).run.made?.files[0]?.leftOut).toEqual(['medical_notes']);
  });
});

test('a schedule runs as whoever changed what its template takes out', async () => {
  const tenant = await given.tenant();
  const maker = await colleague(given.database, tenant, { role: 'staff' });
  const viewer = await colleague(given.database, tenant, { role: 'viewer' });
  const template = await given.template(tenant, { columns: ['number'] });
  const { schedule } = await given.schedule(tenant, { template: template.id }, as(maker));
  const change = (wanted?: ExportWanted) =>
    changeTemplate(given.database, tenant, template.id, { name: 'Renamed', wanted }, as(viewer).runsAs);
  await change();
  expect((await given.read(tenant, schedule.id)).runsAs).toMatchObject({ id: maker.memberId });
  await change(wantedSchema.parse({ dataset: 'customers', columns: ['number', 'medical_notes'] }));
  expect((await given.read(tenant, schedule.id)).runsAs).toMatchObject({ id: viewer.memberId });
  expect((await given.run(tenant, schedule.id)).run.made?.files[0]?.leftOut).toEqual(['medical_notes']);
});

describe('what cannot be is refused when it is said', () => {
  test.each([
    ['a name that there is, in another case', { name: 'TAKEN' }, 'schedule.exists'],
    ['no time', { cron: '61 * * * *' }, 'schedule.invalid'],
    ['no zone', { timezone: 'Mars/Olympus' }, 'schedule.invalid'],
    ['no template', { template: 'nonesuch' }, 'template.not_found'],
    [
      'an address of no scheme that is taken',
      { destination: { kind: 'webhook', url: 'ftp://example.com/', link_hours: 1 } },
      'delivery.address',
    ],
    [
      'an address with a password',
      { destination: { kind: 'webhook', url: 'https://a:b@example.com/', link_hours: 1 } },
      'delivery.address',
    ],
    [
      'a link for longer than links are good',
      { destination: { kind: 'webhook', url: 'https://example.com/', link_hours: 10_000 } },
      'schedule.invalid',
    ],
  ] as const)('%s', async (_, said, code) => {
    const tenant = await given.tenant();
    await given.schedule(tenant, { name: 'Taken' });
    await expect(given.schedule(tenant, said)).rejects.toMatchObject({ code });
  });

  test('a template that a schedule runs cannot be removed', async () => {
    const tenant = await given.tenant();
    const template = await given.template(tenant);
    const { schedule } = await given.schedule(tenant, { template: template.id });
    await expect(removeTemplate(given.database, tenant, template.id, null)).rejects.toMatchObject({
      code: 'template.in_use',
    });
    await given.run(tenant, schedule.id);
    await removeSchedule(given.database, tenant, schedule.id, null);
    await removeTemplate(given.database, tenant, template.id, null);
  });

  test('another tenant’s template, schedule or run', async () => {
    const [own, other] = [await given.tenant(), await given.tenant()];
    const theirs = await given.template(other);
    const { schedule } = await given.schedule(other, { template: theirs.id });
    await expect(given.schedule(own, { template: theirs.id })).rejects.toMatchObject({
      code: 'template.not_found',
    });
    await expect(askRun(given.database, own, schedule.id, null)).rejects.toMatchObject({
      code: 'schedule.not_found',
    });
    const change = changeSchedule(
      given.database,
      await findTenant(given.database, own),
      schedule.id,
      { cron: '0 4 * * *' },
      operator,
    );
    await expect(change).rejects.toMatchObject({ code: 'schedule.not_found' });
    await askRun(given.database, other, schedule.id, null);
    expect(await takeRun(given.database, own)).toBeNull();
  });
});

test('every change and every delivery is in the audit trail, and the chain holds', async () => {
  const tenant = await given.tenant();
  const maker = await colleague(given.database, tenant, { role: 'staff' });
  const { schedule } = await given.schedule(tenant, {}, as(maker));
  await pauseSchedule(given.database, tenant, schedule.id, { paused: true, by: maker.memberId });
  await pauseSchedule(given.database, tenant, schedule.id, { paused: false, by: maker.memberId });
  await given.run(tenant, schedule.id);
  await removeSchedule(given.database, tenant, schedule.id, maker.memberId);
  const { entries, faults } = await trailOf(given.database, tenant);
  expect(faults).toEqual([]);
  const said = entries
    .filter(({ action }) => /^(schedule|template)\./.test(action))
    .map(({ action }) => action);
  expect(said).toEqual([
    ...['template.create', 'schedule.create', 'schedule.pause', 'schedule.resume', 'schedule.run'],
    ...['schedule.deliver', 'schedule.remove'],
  ]);
  expect(entries.find(({ action }) => action === 'schedule.create')).toMatchObject({
    actor: maker.memberId,
    detail: { mode: 'whole', to: 'file' },
  });
});

test('old runs go, and those that are not over stay', async () => {
  const tenant = await given.tenant();
  const { schedule } = await given.schedule(tenant);
  await given.run(tenant, schedule.id);
  await askRun(given.database, tenant, schedule.id, null);
  await given.rows(
    tenant,
    `update export_schedule_runs set created_at = now() - interval '1 year', finished_at = finished_at - interval '1 year' returning id`,
  );
  await removeOld(given.database);
  expect((await runsOf(tenant, schedule.id)).map(({ state }) => state)).toEqual(['waiting']);
});

test('a tenant has as many schedules as the configuration allows', async () => {
  const tenant = await given.tenant();
  const template = await given.template(tenant);
  await given.rows(
    tenant,
    `insert into export_schedules (tenant_id, id, name, name_norm, template_id, cron, timezone, mode, destination, runs_as, created_at, updated_at)
     select $1, gen_random_uuid(), n::text, n::text, $2, '0 3 * * *', 'UTC', 'whole', '{"kind": "file"}', 'operator', now(), now()
     from generate_series(1, 100) n returning id`,
    [tenant, template.id],
  );
  const wanted = {
    name: 'One more',
    template: template.id,
    cron: '0 3 * * *',
    mode: 'whole',
    destination: { kind: 'file' },
  } as const;
  await expect(
    createSchedule(given.database, await findTenant(given.database, tenant), wanted, operator),
  ).rejects.toMatchObject({ code: 'schedule.invalid' });
});
