/** A file arrives over HTTP: as the body, as a part of a form, or as JSON rows. It goes to the store as it comes. */
import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { MultipartFile } from '@fastify/multipart';
import type { FastifyRequest } from 'fastify';
import { withTenant } from '../../database/with-tenant.ts';
import { tenantDataset } from '../../datasets/custom/tenant-dataset.ts';
import type { Dataset } from '../../datasets/define-dataset.ts';
import { dataset } from '../../datasets/registry.ts';
import { workbookType } from '../../file-formats/xlsx/media-type.ts';
import { tooLarge } from '../../file-store/measured.ts';
import { otherFile, takeArrival } from '../../import/intake.ts';
import { parseMapOption, parseWriteOption } from '../../import/mapping/mapping.ts';
import { parseNewField } from '../../import/mapping/new-fields.ts';
import { makeable } from '../../import/missing/named-missing.ts';
import { fieldKeys, listed, matchKeys } from '../../import/option-keys.ts';
import { findRun, type ImportRun, loadRun, type RunOptions } from '../../import/run.ts';
import { configuration } from '../../platform/config.ts';
import { AppError } from '../../platform/errors.ts';
import { fieldErrorsOf, refuseFields } from '../../platform/field-errors.ts';
import { assertMay } from '../access.ts';
import type { TenantCall } from '../define-route.ts';
import { fileNameOf } from '../file-name.ts';
import { paced } from '../pace.ts';
import { hasBody, mediaTypeOf } from '../register-route.ts';
import { type NewImport, newImportSchema } from './import-schemas.ts';

export interface Taken {
  readonly run: ImportRun;
  /** False when the client had sent the same file under the same id before. */
  readonly isNew: boolean;
}

type CallWithFile = TenantCall<unknown, NewImport, unknown>;

interface Sent {
  readonly said: NewImport;
  readonly name: string;
  readonly bytes: Readable;
  /** What was said in the end: a form goes on behind its file. */
  readonly inTheEnd: () => Promise<NewImport>;
}

/** @throws AppError `file.too_large` as soon as the limit is passed; `request.too_slow`; `import.exists` for another file under the same id. */
export async function takeUpload(call: CallWithFile): Promise<Taken> {
  const { services, request, tenant, caller } = call;
  if (!hasBody(request)) throw new AppError('file.empty', 'No file was sent.');
  assertFits(request);
  const { said, name, bytes, inTheEnd } = await sentWith(request, call.query);
  assertMayImport(call, said.dataset);
  const known = said.id === undefined ? null : await runOf(call, said.id);
  if (known !== null) return again(call, known, bytes);
  const arrival = { tenantId: tenant.id, by: caller.id, ...(await arrivalOf(call, said)) };
  const { id: importId, isNew } = await takeArrival(services.database, name, bytes, arrival, async () => {
    const settled = await inTheEnd();
    assertMayImport(call, settled.dataset);
    return {
      ...(await arrivalOf(call, settled)),
      ...(settled.name === undefined ? {} : { name: fileNameOf(settled.name) }),
    };
  });
  await services.wake({ tenantId: tenant.id, importId });
  const run = await withTenant(services.database, tenant.id, (tx) => loadRun(tx, importId));
  return { run, isNew };
}

/** What says of itself that it is too large need not be sent at all. A form is larger than its file. */
function assertFits({ headers }: FastifyRequest): void {
  const { fileBytesMax } = configuration().limits;
  const formBytes = 1024 * 1024;
  if (Number(headers['content-length'] ?? 0) > fileBytesMax + formBytes) throw tooLarge(fileBytesMax);
}

function assertMayImport({ caller }: CallWithFile, of: string): void {
  assertMay(caller, `${of as 'customers'}:import`);
}

async function arrivalOf({ services, tenant, caller }: CallWithFile, said: NewImport) {
  if (said.new_field !== undefined) assertMay(caller, 'settings:write');
  for (const made of missingOf(said)) assertMay(caller, `${made as 'customers'}:import`);
  const id = said.id === undefined ? {} : { id: said.id.toLowerCase() };
  const of = await tenantDataset(services.database, tenant.id, dataset(said.dataset));
  return { dataset: said.dataset, options: optionsOf(said, of), ...id };
}

/** What the client sends once more, since it did not hear the answer. */
async function again(call: CallWithFile, known: ImportRun, bytes: Readable): Promise<Taken> {
  assertMayImport(call, known.dataset.key);
  const hash = createHash('sha256');
  await pipeline(bytes, hash);
  if (hash.digest('hex') !== known.fileSha256) throw otherFile();
  return { run: known, isNew: false };
}

async function sentWith(request: FastifyRequest, query: NewImport): Promise<Sent> {
  if (mediaTypeOf(request) === 'multipart/form-data') return sentInForm(request, query);
  const name = fileNameOf(query.name ?? nameFor(mediaTypeOf(request)));
  return { said: query, name, bytes: paced(request.raw), inTheEnd: async () => query };
}

/** Fields of the form say the same as the address does, and count more. Best they stand before the file. */
async function sentInForm(request: FastifyRequest, query: NewImport): Promise<Sent> {
  const parts = request.parts({
    limits: { files: 1, fields: 100, fieldSize: 64 * 1024, fileSize: Number.POSITIVE_INFINITY },
  });
  const fields = new Map<string, unknown[]>();
  const readOn = async (): Promise<MultipartFile | undefined> => {
    for (let next = await parts.next(); !next.done; next = await parts.next()) {
      const part = next.value;
      if (part.type === 'file') return part;
      fields.set(part.fieldname, [...(fields.get(part.fieldname) ?? []), part.value]);
    }
    return undefined;
  };
  const file = await readOn();
  if (file === undefined) throw new AppError('file.empty', 'The form has no file.');
  const said = saidIn(fields, query);
  const name = fileNameOf(said.name ?? file.filename);
  const inTheEnd = async (): Promise<NewImport> => {
    await readOn();
    return saidIn(fields, query);
  };
  return { said, name, bytes: paced(file.file), inTheEnd };
}

/** @throws AppError `request.invalid` */
function saidIn(fields: ReadonlyMap<string, unknown[]>, query: NewImport): NewImport {
  const said = Object.fromEntries(
    [...fields].map(([name, [one, ...more]]) => [name, more.length > 0 ? [one, ...more] : one]),
  );
  const own = newImportSchema.safeParse(said);
  if (!own.success) throw refuseFields('request.invalid', fieldErrorsOf(own.error, ''));
  const named = Object.keys(said) as (keyof NewImport)[];
  return { ...query, ...Object.fromEntries(named.map((key) => [key, own.data[key]])) };
}

function nameFor(type: string): string {
  const endings: Readonly<Record<string, string>> = {
    'application/json': 'rows.json',
    'application/x-ndjson': 'rows.ndjson',
    'text/csv': 'rows.csv',
    'application/gzip': 'upload.gz',
    'application/zip': 'upload.zip',
    [workbookType]: 'rows.xlsx',
  };
  return endings[type] ?? 'upload';
}

function runOf({ services, tenant }: CallWithFile, id: string): Promise<ImportRun | null> {
  return withTenant(services.database, tenant.id, (tx) => findRun(tx, id));
}

/** @throws AppError `usage.invalid` */
function missingOf({ dataset: key, create_missing: named = '' }: NewImport): string[] {
  return makeable(dataset(key), listed(named));
}

/** @throws AppError `usage.invalid`, naming the option. */
function optionsOf(said: NewImport, of: Dataset): RunOptions {
  const newFields = (said.new_field ?? []).map(parseNewField);
  return {
    mode: said.mode,
    empty: said.empty,
    duplicates: said.duplicates,
    deleted: said.deleted,
    ...(said.match === undefined ? {} : { match: matchKeys(of, listed(said.match)) }),
    ...(said.require === undefined ? {} : { require: fieldKeys(of, listed(said.require)) }),
    map: (said.map ?? []).map(parseMapOption),
    write: (said.write ?? []).map(parseWriteOption),
    ...(newFields.length === 0 ? {} : { newFields }),
    reading: {
      ...(said.dates === undefined ? {} : { dateOrder: said.dates }),
      ...(said.decimal === undefined ? {} : { decimal: said.decimal }),
      ...(said.country === undefined ? {} : { country: said.country.toUpperCase() }),
    },
    dialect: {
      ...(said.encoding === undefined ? {} : { encoding: said.encoding }),
      ...(said.delimiter === undefined ? {} : { delimiter: said.delimiter }),
      ...(said.absent === undefined ? {} : { absent: said.absent }),
      ...(said.sheet === undefined ? {} : { sheet: said.sheet }),
    },
    atomic: said.atomic,
    createGroups: said.create_groups,
    ...(said.create_missing === undefined ? {} : { createMissing: missingOf(said) }),
    commit: said.until === 'committed',
    ...(said.until === 'committed' ? {} : { review: said.until === 'mapped' ? 'mapping' : 'plan' }),
  };
}
