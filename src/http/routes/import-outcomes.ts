/** What became of an import's rows, and how far it is. */
import { z } from 'zod';
import { appendAudit } from '../../audit/append.ts';
import { withTenant } from '../../database/with-tenant.ts';
import { workbookType } from '../../file-formats/xlsx/media-type.ts';
import { pageOfProblems } from '../../import/outcome/problems.ts';
import { type RejectFormat, rejectFile, rejectFormat, resultFile } from '../../import/outcome/reject-file.ts';
import { type ProgressEvent, watchRun } from '../../import/progress.ts';
import type { ImportRun } from '../../import/run.ts';
import { now } from '../../platform/clock.ts';
import { hintFor, sayProblem } from '../../platform/problems.ts';
import { attachment } from '../attachment.ts';
import { defineRoute, type Route } from '../define-route.ts';
import { streamOf } from '../register-route.ts';
import { eventStream } from '../sse.ts';
import { type CallWithRun, named, reachRun } from './import-call.ts';

const problemSchema = z.object({
  row: z.int().describe('1-based; the header is not counted'),
  column: z.string().nullable(),
  field: z.string().nullable(),
  code: z.string(),
  outcome: z.enum(['fail', 'skip', 'warning']),
  message: z.string(),
  hint: z.string(),
  line: z.int().nullable(),
  byte_offset: z.number().nullable(),
});

const problems = defineRoute({
  method: 'GET',
  path: '/imports/{id}/problems',
  name: 'imports.problems',
  summary: 'What is wrong with which rows, in the order of the rows',
  scope: 'tenant',
  permission: 'import on any dataset',
  params: named,
  query: z.strictObject({
    limit: z.coerce.number().int().min(1).max(1000).default(100),
    after_row: z.coerce.number().int().min(0).default(0),
    code: z.string().max(60).optional(),
  }),
  answers: { 200: z.object({ problems: z.array(problemSchema), next_after_row: z.int().nullable() }) },
  handler: async (call) => {
    const run = await reachRun(call);
    const { limit, after_row, code } = call.query;
    const page = await pageOfProblems(call.services.database, run, {
      afterRow: after_row,
      rowsMax: limit,
      ...(code === undefined ? {} : { code }),
    });
    const body = page.problems.map(({ column_index, details, ...problem }) => ({
      ...problem,
      column: column_index === null ? null : (run.inspection?.columns[column_index]?.name ?? null),
      message: sayProblem(problem.code, details),
      hint: hintFor(problem.code, details),
    }));
    return { status: 200, body: { problems: body, next_after_row: page.nextAfterRow } };
  },
});

const rejectTypes: Readonly<Record<RejectFormat, string>> = {
  csv: 'text/csv; charset=utf-8',
  ndjson: 'application/x-ndjson',
  xlsx: workbookType,
};

const rejects = defineRoute({
  method: 'GET',
  path: '/imports/{id}/rejects',
  name: 'imports.rejects',
  summary: 'The rows that did not go in, with their problems in the first columns',
  scope: 'tenant',
  permission: 'import on any dataset',
  params: named,
  answers: { 200: ['text/csv', 'application/x-ndjson', workbookType] },
  handler: async (call) => {
    const run = await reachRun(call);
    await noteDownload(call, run, 'rejects');
    const format = rejectFormat(run);
    return {
      status: 200,
      type: rejectTypes[format],
      headers: attachment(`rejected-${run.id}.${format}`),
      stream: streamOf(rejectFile(call.services.database, run)),
    };
  },
});

const results = defineRoute({
  method: 'GET',
  path: '/imports/{id}/results',
  name: 'imports.results',
  summary: 'What became of each row',
  scope: 'tenant',
  permission: 'import on any dataset',
  params: named,
  answers: { 200: ['text/csv'] },
  handler: async (call) => {
    const run = await reachRun(call);
    await noteDownload(call, run, 'results');
    return {
      status: 200,
      type: 'text/csv; charset=utf-8',
      headers: attachment(`results-${run.id}.csv`),
      stream: streamOf(resultFile(call.services.database, run)),
    };
  },
});

const events = defineRoute({
  method: 'GET',
  path: '/imports/{id}/events',
  name: 'imports.events',
  summary: 'How far the run is, as server-sent events; goes on after Last-Event-ID, ends when the run rests',
  scope: 'tenant',
  permission: 'import on any dataset',
  params: named,
  answers: { 200: ['text/event-stream'] },
  handler: async (call) => {
    const run = await reachRun(call);
    const of = { tenantId: run.tenantId, importId: run.id };
    return eventStream(call, (afterSeq, signal) =>
      eventDocuments(watchRun(call.services.database, of, { afterSeq, signal })),
    );
  },
});

export const importOutcomeRoutes: readonly Route[] = [problems, rejects, results, events];

async function* eventDocuments(events: AsyncIterable<ProgressEvent>) {
  for await (const { seq, state, doing, rests: resting, counts, ...progress } of events) {
    yield {
      seq,
      state,
      resting,
      doing,
      rows_done: progress.rowsDone,
      rows_total: progress.rowsTotal,
      rows_per_second: progress.rowsPerSecond,
      seconds_left: progress.secondsLeft,
      ...counts,
    };
  }
}

/** Both files hold what was imported: who took them out stands in the trail. */
async function noteDownload({ services, caller }: CallWithRun, run: ImportRun, file: string): Promise<void> {
  await withTenant(services.database, run.tenantId, (tx) =>
    appendAudit(tx, {
      action: 'import.download',
      subjectType: 'import',
      subjectId: run.id,
      detail: { file },
      digest: null,
      actor: caller.id,
      at: now(),
    }),
  );
}
