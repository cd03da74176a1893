/** Schedules as a test sees them: a template and a schedule in one line, and runs carried out in this process. */
import { readFile } from 'node:fs/promises';
import { beforeAll } from 'vitest';
import { withTenant } from '../../../src/database/with-tenant.ts';
import type { Carrier } from '../../../src/export/deliver/carrier.ts';
import { carryOut } from '../../../src/export/schedules/carry-out.ts';
import { askRun } from '../../../src/export/schedules/due.ts';
import { takeRun } from '../../../src/export/schedules/lease.ts';
import type { Ended } from '../../../src/export/schedules/outcome.ts';
import { findScheduleRun, type ScheduleRun } from '../../../src/export/schedules/run.ts';
import { findSchedule, type Schedule } from '../../../src/export/schedules/schedule.ts';
import {
  createSchedule,
  type NewSchedule,
  type Writer,
  type Written,
} from '../../../src/export/schedules/write-schedule.ts';
import { createTemplate, type Template } from '../../../src/export/templates/template.ts';
import { wantedSchema } from '../../../src/export/wanted.ts';
import { fileStore } from '../../../src/file-store/file-store.ts';
import { openMail } from '../../../src/mail/mail.ts';
import { newId } from '../../../src/platform/ids.ts';
import { findTenant } from '../../../src/tenants/tenants.ts';
import { type TestImports, useImports } from '../../support/import.ts';

export interface TestSchedules extends TestImports {
  readonly carrier: Carrier;
  template(tenantId: string, wanted?: Readonly<Record<string, unknown>>): Promise<Template>;
  /** Daily, whole and into the file store, unless said; of a template of all customers' numbers and e-mails. */
  schedule(tenantId: string, said?: Partial<NewSchedule>, writer?: Writer): Promise<Written>;
  read(tenantId: string, scheduleId: string): Promise<Schedule>;
  /** Asks for a run and carries it out. */
  run(tenantId: string, scheduleId: string): Promise<Carried>;
  /** Carries out a run of the tenant that is free; null when none is. */
  carry(tenantId: string): Promise<Carried | null>;
  /** The file of a run, as text. */
  file(run: ScheduleRun, role: 'records' | 'gone'): Promise<string>;
}

export interface Carried {
  readonly run: ScheduleRun;
  readonly ended: Ended;
}

export const operator: Writer = { runsAs: { kind: 'operator' }, permissions: 'everything' };

const never = new AbortController().signal;

/** Call it at the top of a test file. */
export function useSchedules(): TestSchedules {
  const given = useImports();
  const mail = openMail({ smtp: null });
  let carrier: Carrier | undefined;
  beforeAll(() => {
    carrier = { database: given.database, files: fileStore(), mail, baseUrl: 'http://127.0.0.1' };
  });
  const there = (): Carrier => {
    if (carrier === undefined) throw new Error('The carrier is made in beforeAll.');
    return carrier;
  };
  const template: TestSchedules['template'] = (tenantId, wanted = {}) =>
    createTemplate(
      given.database,
      tenantId,
      {
        name: `Template ${newId()}`,
        wanted: wantedSchema.parse({
          ...{ dataset: 'customers', columns: ['number', 'email'], profile: 'data', line_end: 'lf' },
          ...wanted,
        }),
      },
      null,
    );
  const carry: TestSchedules['carry'] = async (tenantId) => {
    const taken = await takeRun(given.database, tenantId);
    if (taken === null) return null;
    const ended = await carryOut(there(), taken, never);
    const run = await withTenant(given.database, tenantId, (tx) =>
      findScheduleRun(tx, taken.run.scheduleId, taken.run.id),
    );
    return { run, ended };
  };
  const extra = {
    template,
    carry,
    schedule: async (tenantId: string, said: Partial<NewSchedule> = {}, writer: Writer = operator) =>
      createSchedule(
        given.database,
        await findTenant(given.database, tenantId),
        {
          name: `Schedule ${newId()}`,
          template: said.template ?? (await template(tenantId)).id,
          cron: '0 3 * * *',
          mode: 'whole',
          destination: { kind: 'file' },
          ...said,
        } as NewSchedule,
        writer,
      ),
    read: (tenantId: string, scheduleId: string) =>
      withTenant(given.database, tenantId, (tx) => findSchedule(tx, scheduleId)),
    run: async (tenantId: string, scheduleId: string) => {
      await askRun(given.database, tenantId, scheduleId, null);
      const carried = await carry(tenantId);
      if (carried === null) throw new Error('The run that was asked for is not free.');
      return carried;
    },
    file: async ({ made }: ScheduleRun, role: 'records' | 'gone') => {
      const file = made?.files.find((one) => one.role === role);
      if (file === undefined) throw new Error(`The run has no file of ${role}.`);
      return readFile(await fileStore().localPath(file.fileKey), 'utf8');
    },
  };
  const own = {
    get carrier() {
      return there();
    },
  };
  return Object.defineProperties(
    Object.assign(Object.create(given) as TestImports, extra),
    Object.getOwnPropertyDescriptors(own),
  ) as unknown as TestSchedules;
}
