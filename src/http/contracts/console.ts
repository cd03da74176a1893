/** Contract E, the console with self-service customers: customers from a file. */
import { z } from 'zod';
import { driveRun } from '../../import/drive.ts';
import { takeStream } from '../../import/intake.ts';
import { firstProblems } from '../../import/outcome/problems.ts';
import { importOwnRecord } from '../../import/own-record.ts';
import { defaultOptions, type ImportRun, type RunOptions } from '../../import/run.ts';
import { AppError, type ErrorCode } from '../../platform/errors.ts';
import { sayProblem } from '../../platform/problems.ts';
import type { TenantCall } from '../define-route.ts';
import { fileNameOf } from '../file-name.ts';
import { paced } from '../pace.ts';
import { consoleKey } from './console-keys.ts';
import { readFormFile } from './form-file.ts';
import { headersFor, stayConnected } from './rows.ts';

type AnyCall = TenantCall<unknown, unknown, unknown>;

const ticked = z
  .stringbool({ truthy: ['true', '1', 'yes', 'on'], falsy: ['false', '0', 'no', 'off', ''] })
  .default(false);

export const consoleFormSchema = z.strictObject({
  /** Replace existing records; otherwise they are skipped. */
  overwrite: ticked,
  /** Go on past bad rows; otherwise one bad row leaves nothing written. */
  skipErrors: ticked,
});

export const consoleImportAnswer = z.object({
  created: z.int(),
  updated: z.int(),
  unchanged: z.int(),
  skipped: z.int(),
  failed: z.int(),
  errors: z
    .array(z.object({ row: z.int(), field: z.string().nullable(), message: z.string() }))
    .describe(
      'Of the rows that failed; the first thousand, and all of them under GET /imports/{X-Import-Id}/problems',
    ),
});

/** The file goes through the pipeline and the call waits for its end. Who is a customer imports his own record. */
export async function importForm(call: AnyCall) {
  const { services, tenant, caller } = call;
  const { role, userId } = caller;
  const run =
    role === 'customer' && userId !== null
      ? await importOwnRecord(services.database, {
          tenantId: tenant.id,
          userId,
          by: caller.id,
          take: () => take(call, { commit: false, review: 'mapping' }),
        })
      : await driveRun(services.database, {
          tenantId: tenant.id,
          importId: await take(call, { commit: true }),
        });
  return answerOf(call, run);
}

/** @returns the id of the run. @throws AppError `file.too_large` as soon as the limit is passed. */
async function take(
  { services, request, tenant, caller }: AnyCall,
  goesTo: Pick<RunOptions, 'commit' | 'review'>,
): Promise<string> {
  const { file, fields } = await readFormFile(request, 'file', consoleFormSchema);
  return takeStream(services.database, fileNameOf(file.filename), paced(file.file), {
    tenantId: tenant.id,
    dataset: 'customers',
    by: caller.id,
    options: async () => {
      const { overwrite, skipErrors } = await fields();
      stayConnected(request);
      const mode = overwrite ? 'upsert' : 'create';
      return {
        ...defaultOptions,
        ...goesTo,
        mode,
        atomic: !skipErrors,
        require: ['display_name'],
        withoutCustomFields: true,
      };
    },
  });
}

const errorsShown = 1000;

async function answerOf({ services }: AnyCall, run: ImportRun) {
  const { created, updated, unchanged, skipped, failed } = run;
  // All or nothing, and some rows failed.
  const isSetAside = run.state === 'failed' && run.options.atomic && failed > 0;
  if (run.state !== 'done' && !isSetAside) throw refusalOf(run);
  const problems = await firstProblems(services.database, run, errorsShown);
  const errors = problems.map(({ row, field, code, details }) => ({
    row,
    field: field === null ? null : consoleKey(field),
    message: sayProblem(code, details),
  }));
  const status = isSetAside ? (422 as const) : (200 as const);
  const body = { created, updated, unchanged, skipped, failed, errors };
  return { status, body, headers: headersFor({ importIds: [run.id], ignoredKeys: ignoredColumns(run) }) };
}

/** Why the file as a whole was refused. */
function refusalOf({ state, failure }: ImportRun): AppError {
  if (failure === null) return new AppError('import.move', `The import was ${state} by somebody else.`);
  return new AppError(failure.code as ErrorCode, failure.message);
}

function ignoredColumns({ mapping }: ImportRun): string[] {
  return (mapping?.columns ?? []).filter(({ field }) => field === null).map(({ column }) => column);
}
