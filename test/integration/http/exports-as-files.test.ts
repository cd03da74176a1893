/** Exports that become a file: asked for, followed, taken, linked to. As a client meets them. */
import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { beforeAll, describe, expect, test } from 'vitest';
import { readAudit } from '../../../src/audit/read.ts';
import { verifyAudit } from '../../../src/audit/verify.ts';
import { withTenant } from '../../../src/database/with-tenant.ts';
import { workOnExports } from '../../../src/export/stored/worker.ts';
import type { FileStore } from '../../../src/file-store/file-store.ts';
import { fileStore } from '../../../src/file-store/file-store.ts';
import { newId } from '../../../src/platform/ids.ts';
import { createKey, revokeKey } from '../../../src/tenants/keys.ts';
import { addMember } from '../../../src/tenants/members.ts';
import { type Answered, type TestTenant, useServer, type Who } from '../../support/http.ts';
import { asleep, makeFiles } from '../../support/stored-exports.ts';

process.env.CLIENTELE_ANSWER_RECORDS_MAX = '2';
process.env.CLIENTELE_TENANT_EXPORTS_WAITING_MAX = '3';

const api = useServer();

let own: TestTenant;
let path = '';

beforeAll(async () => {
  own = await api.newTenant();
  path = `/api/tenants/${own.tenant.slug}/exports`;
  const base = `/api/tenants/${own.tenant.slug}/imports?until=committed&require=`;
  const body = `email,first_name,medical_notes\n${['a', 'b', 'c'].map((name) => `${name}@example.com,${name},asthma\n`).join('')}`;
  const { json } = await api.call('POST', base, { as: own.people.owner, body, type: 'text/csv' });
  await api.rested(own.people.owner, `/api/tenants/${own.tenant.slug}/imports/${json.id}`);
});

const plain = { dataset: 'customers', columns: ['email', 'first_name'], sort: [{ field: 'email' }] };
const whole = '\ufeffEmail,First Name\r\na@example.com,a\r\nb@example.com,b\r\nc@example.com,c\r\n';

async function ask(more: object = {}, as: Who = own.people.owner): Promise<Answered> {
  return api.call('POST', path, { as, json: { ...plain, as: 'file', ...more } });
}

/** @returns the id of an export whose file is there. */
async function made(more: object = {}, as: Who = own.people.owner): Promise<string> {
  const { status, json, text } = await ask(more, as);
  expect(status, text).toBe(202);
  await makeFiles(api.database);
  return json.id;
}

const get = (address: string, headers: Record<string, string> = {}, as: Who = own.people.owner) =>
  api.call('GET', `${path}/${address}`, { as, headers });

/** @returns the downloads, newest first, once none goes on: the last byte is with its taker before the history says so. */
async function endedDownloads(id: string): Promise<Record<string, unknown>[]> {
  for (;;) {
    const { downloads } = (await get(`${id}/downloads`)).json;
    if (downloads.every(({ ended_at }: { ended_at: string | null }) => ended_at !== null)) return downloads;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function bytesAt(address: string, headers: Record<string, string> = {}, as: Who = own.people.owner) {
  const response = await fetch(`${api.url}${address}`, {
    headers: { ...headers, ...(as === null ? {} : { authorization: as }) },
  });
  return {
    status: response.status,
    headers: response.headers,
    bytes: Buffer.from(await response.arrayBuffer()),
  };
}

describe('an export as a file', () => {
  test('stands in the history from the beginning, and has a file when a worker has made it', async () => {
    const asked = await ask();
    expect(asked.status).toBe(202);
    expect(asked.headers.get('location')).toBe(`${path}/${asked.json.id}`);
    expect(asked.json).toMatchObject({
      as: 'file',
      state: 'waiting',
      fields: ['email', 'first_name'],
      created_by: own.memberIds.owner,
      file: null,
      records: null,
    });
    const early = await get(`${asked.json.id}/file`);
    expect([early.status, early.json.code]).toEqual([409, 'export.move']);
    await makeFiles(api.database);
    const { json } = await get(asked.json.id);
    const sha256 = createHash('sha256').update(whole).digest('hex');
    expect(json).toMatchObject({
      state: 'done',
      records: 3,
      bytes: Buffer.byteLength(whole),
      sha256,
      downloads: 0,
      failure: null,
      file: { name: `customers-${json.created_at.slice(0, 10)}.csv`, is_there: true },
    });
    const days = (Date.parse(json.file.expires_at) - Date.parse(json.finished_at)) / 86_400_000;
    expect(days).toBeCloseTo(7, 3);
    const { bytes, headers, status } = await bytesAt(`${path}/${asked.json.id}/file`);
    expect([status, bytes.toString('utf8')]).toEqual([200, whole]);
    expect(headers.get('etag')).toBe(`"${sha256}"`);
    expect(headers.get('content-length')).toBe(String(bytes.length));
    expect(headers.get('content-disposition')).toBe(`attachment; filename="${json.file.name}"`);
    expect(headers.get('content-type')).toBe('text/csv; charset=utf-8; header=present');
    expect(headers.get('cache-control')).toBe('no-store');
  });

  test('is compressed, sorted and limited as it was asked for', async () => {
    const id = await made({ gzip: true, limit: 1, sort: [{ field: 'email', descending: true }] });
    const { bytes, headers } = await bytesAt(`${path}/${id}/file`);
    expect(gunzipSync(bytes).toString('utf8')).toBe('\ufeffEmail,First Name\r\nc@example.com,c\r\n');
    expect(headers.get('content-type')).toBe('application/gzip');
    expect(headers.get('content-disposition')).toMatch(/\.csv\.gz"$/);
  });

  test('of no record at all may have no byte, and is taken all the same', async () => {
    const filter = { where: { field: 'email', operator: 'is', value: 'nobody@example.com' } };
    const id = await made({ format: 'ndjson', filter });
    expect((await get(id)).json).toMatchObject({ records: 0, bytes: 0, state: 'done' });
    const { status, bytes } = await bytesAt(`${path}/${id}/file`);
    expect([status, bytes.length]).toEqual([200, 0]);
    expect(await endedDownloads(id)).toMatchObject([{ bytes: 0, whole: true }]);
  });

  test('that cannot be is refused at once, and stands nowhere', async () => {
    const before = (await get('')).json.exports.length;
    const unreadable = await api.newKey(own.tenant, ['customers:export']);
    const cases: [object, number, string, Who][] = [
      [{ columns: ['shoe_size'] }, 422, 'export.invalid', own.people.owner],
      [{ sort: [{ field: 'tags' }] }, 422, 'export.invalid', own.people.owner],
      [{ sort: [{ field: 'medical_notes' }] }, 403, 'permission.missing', unreadable],
      [{ as: 'pigeon' }, 400, 'request.invalid', own.people.owner],
    ];
    for (const [more, status, code, as] of cases) {
      const answered = await ask(more, as);
      expect([answered.status, answered.json.code]).toEqual([status, code]);
    }
    expect((await get('')).json.exports).toHaveLength(before);
  });

  test('beyond as many as may wait is refused, and says when to come back', async () => {
    for (let i = 0; i < 3; i += 1) expect((await ask()).status).toBe(202);
    const { status, json, headers } = await ask();
    expect([status, json.code, headers.get('retry-after')]).toEqual([429, 'export.busy', '30']);
    expect(await makeFiles(api.database)).toBe(3);
  });

  test('asked for again with the same idempotency key is the same one', async () => {
    const headers = { 'idempotency-key': newId() };
    const sent = { as: own.people.owner, headers, json: { ...plain, as: 'file' } };
    const [first, second] = [await api.call('POST', path, sent), await api.call('POST', path, sent)];
    expect(second.json.id).toBe(first.json.id);
    expect(await makeFiles(api.database)).toBe(1);
  });
});

describe('left to the program', () => {
  test('a few records are the answer, many become a file', async () => {
    const few = await ask({ as: 'auto', limit: 2 });
    expect([few.status, few.headers.get('x-record-count')]).toEqual([200, '2']);
    const many = await ask({ as: 'auto' });
    expect([many.status, many.json.state]).toEqual([202, 'waiting']);
    await makeFiles(api.database);
  });
});

describe('a part of the file', () => {
  test('goes on where a download broke off', async () => {
    const id = await made();
    const address = `${path}/${id}/file`;
    const all = Buffer.from(whole);
    const { headers } = await bytesAt(address);
    const etag = headers.get('etag') ?? '';
    const rest = await bytesAt(address, { range: 'bytes=10-', 'if-range': etag });
    expect([rest.status, rest.headers.get('content-range')]).toEqual([
      206,
      `bytes 10-${all.length - 1}/${all.length}`,
    ]);
    expect(rest.bytes.equals(all.subarray(10))).toBe(true);
    const last = await bytesAt(address, { range: 'bytes=-5' });
    expect([last.bytes.toString(), last.headers.get('content-length')]).toEqual([
      all.subarray(-5).toString(),
      '5',
    ]);
    const beyond = await bytesAt(address, { range: `bytes=${all.length}-` });
    expect([beyond.status, beyond.headers.get('content-range')]).toEqual([416, `bytes */${all.length}`]);
    expect((await bytesAt(address, { 'if-none-match': etag })).status).toBe(304);
    expect(await endedDownloads(id)).toMatchObject([
      { first_byte: all.length - 5, last_byte: all.length - 1, bytes: 5, whole: false },
      { first_byte: 10, bytes: all.length - 10, whole: false },
      { first_byte: 0, bytes: all.length, whole: true },
    ]);
  });

  test('is not taken by who only asks for the head', async () => {
    const id = await made();
    const response = await fetch(`${api.url}${path}/${id}/file`, {
      method: 'HEAD',
      headers: { authorization: own.people.owner },
    });
    expect(response.headers.get('content-length')).toBe(String(Buffer.byteLength(whole)));
    expect((await get(id)).json.downloads).toBe(0);
  });
});

describe('who may have the file', () => {
  test('is who may read what is sensitive in it; that was decided when it was asked for', async () => {
    const reader = await api.newKey(own.tenant, ['customers:export', 'customers:read_sensitive']);
    const other = await api.newKey(own.tenant, ['customers:export']);
    const columns = ['email', 'medical_notes'];
    const sensitive = await made({ columns }, reader);
    expect((await get(sensitive, {}, other)).status).toBe(200);
    for (const call of [
      await get(`${sensitive}/file`, {}, other),
      await api.call('POST', `${path}/${sensitive}/links`, { as: other, json: {} }),
    ])
      expect([call.status, call.json.code]).toEqual([403, 'permission.missing']);
    expect((await get(`${sensitive}/file`, {}, reader)).text).toContain('asthma');
    const without = await made({ columns }, other);
    expect((await get(without)).json.fields_left_out).toEqual(['medical_notes']);
    expect((await get(`${without}/file`, {}, other)).text).toContain('a@example.com\r\n');
    // What is chosen by something sensitive tells it as well.
    const where = { field: 'medical_notes', operator: 'is', value: 'asthma' };
    const chosen = await made({ columns: ['email'], filter: { where } }, reader);
    expect((await get(`${chosen}/file`, {}, other)).status).toBe(403);
  });

  test('is nobody who may not export the dataset', async () => {
    const id = await made();
    const key = await api.newKey(own.tenant, ['addresses:export']);
    for (const address of [id, `${id}/file`, `${id}/events`, `${id}/downloads`, `${id}/links`])
      expect((await get(address, {}, key)).json.code, address).toBe('permission.missing');
    const stopped = await api.call('POST', `${path}/${id}/cancel`, { as: key });
    expect(stopped.json.code).toBe('permission.missing');
  });

  test('is not who asks, when he has lost the permission before the file is made', async () => {
    const wanted = { name: 'test', permissions: ['customers:export'] };
    const { token, key } = await createKey(api.database, own.tenant.id, wanted, null);
    const asked = await ask({}, `Bearer ${token}`);
    await revokeKey(api.database, own.tenant.id, key.id, null);
    await makeFiles(api.database);
    const { json } = await get(asked.json.id);
    expect(json).toMatchObject({ state: 'failed', file: null, failure: { code: 'permission.missing' } });
    expect(json.failure.message).toContain('customers:export');
  });

  test('is not a member who has left, or has another role', async () => {
    const { as, memberId } = await newStaff();
    const asked = await ask({}, as);
    const role = { role: 'customer' };
    await api.call('PATCH', `/api/tenants/${own.tenant.slug}/members/${memberId}`, {
      as: own.people.owner,
      json: role,
    });
    await makeFiles(api.database);
    expect((await get(asked.json.id)).json).toMatchObject({
      state: 'failed',
      failure: { code: 'permission.missing' },
    });
  });
});

async function newStaff(): Promise<{ as: string; memberId: string }> {
  const account = await api.newAccount();
  const member = await addMember(api.database, own.tenant.id, account, { role: 'staff' }, null);
  return { as: account.as, memberId: member.id };
}

describe('a link', () => {
  async function linked(id: string, json: object = {}): Promise<Answered> {
    return api.call('POST', `${path}/${id}/links`, { as: own.people.staff, json });
  }

  /** Of an address as it is answered: what stands behind the server. */
  const placeOf = (url: string): string => new URL(url).pathname;

  test('gives the file to whoever has it, and is shown once', async () => {
    const id = await made();
    const { status, json } = await linked(id, { hours: 1 });
    expect(status).toBe(201);
    const { bytes, headers } = await bytesAt(placeOf(json.url), {}, null);
    expect(bytes.toString('utf8')).toBe(whole);
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('content-disposition')).toMatch(/^attachment; /);
    const part = await bytesAt(placeOf(json.url), { range: 'bytes=0-2' }, null);
    expect([part.status, part.bytes.length]).toEqual([206, 3]);
    const listed = await get(`${id}/links`);
    expect(listed.json.links).toMatchObject([
      {
        id: json.id,
        created_by: own.memberIds.staff,
        revoked_at: null,
        downloads: 2,
        expires_at: json.expires_at,
      },
    ]);
    const token = placeOf(json.url).split('/').at(-1) ?? '';
    expect(listed.text).not.toContain(token);
    const kept = await api.database.app.query<{ kept: number }>(
      `select count(*)::int as kept from jobs.job where data::text like '%' || $1 || '%'`,
      [token],
    );
    expect(kept.rows).toEqual([{ kept: 0 }]);
  });

  test('lasts as long as was asked for, and no longer than the file', async () => {
    const id = await made();
    const short = await linked(id, { hours: 2 });
    expect(hoursUntil(short.json.expires_at)).toBeCloseTo(2, 1);
    const long = await linked(id, { hours: 500 });
    expect(long.json.expires_at).toBe((await get(id)).json.file.expires_at);
    expect((await linked(id, { hours: 0 })).status).toBe(400);
  });

  const hoursUntil = (time: string): number => (Date.parse(time) - Date.now()) / 3_600_000;

  test('that has expired, or was revoked, is over, and says no more than that', async () => {
    const id = await made();
    const [first, second] = [await linked(id), await linked(id)];
    await inTenant(`update export_links set expires_at = now() where id = $1`, [first.json.id]);
    const revoked = await api.call('DELETE', `${path}/${id}/links/${second.json.id}`, {
      as: own.people.owner,
    });
    expect(revoked.status).toBe(204);
    for (const { json } of [first, second]) {
      const answered = await api.call('GET', placeOf(json.url));
      expect([answered.status, answered.json.code]).toEqual([410, 'link.over']);
      expect(answered.text).not.toContain('customers');
    }
    const again = await api.call('DELETE', `${path}/${id}/links/${second.json.id}`, { as: own.people.owner });
    expect([again.status, again.json.code]).toEqual([404, 'link.not_found']);
  });

  test('of which a character differs, or that is none, leads nowhere', async () => {
    const { json } = await linked(await made());
    const place = placeOf(json.url);
    const other = await api.newTenant();
    const token = Buffer.from(place.split('exp_')[1] ?? '', 'base64url');
    Buffer.from(other.tenant.id.replaceAll('-', ''), 'hex').copy(token);
    const last = place.endsWith('A') ? 'B' : 'A';
    for (const wrong of [
      `${place.slice(0, -1)}${last}`,
      `${place}A`,
      `/api/downloads/exp_${token.toString('base64url')}`,
      '/api/downloads/exp_',
      '/api/downloads/nothing',
      `/api/downloads/${newId()}`,
    ]) {
      const answered = await api.call('GET', wrong);
      expect([answered.status, answered.json.code], wrong).toEqual([404, 'link.not_found']);
    }
  });

  test('and a file end with the time that the file is kept', async () => {
    const id = await made();
    const { json } = await linked(id);
    await inTenant(`update exports set expires_at = now() where id = $1`, [id]);
    const answers = [await get(`${id}/file`), await api.call('GET', placeOf(json.url)), await linked(id)];
    expect(answers.map(({ status, json: said }) => [status, said.code])).toEqual([
      [410, 'export.gone'],
      [410, 'export.gone'],
      [410, 'export.gone'],
    ]);
    expect((await get(id)).json.file.is_there).toBe(false);
  });

  test('is nothing that another tenant can make, see or end', async () => {
    const id = await made();
    const { json } = await linked(id);
    const { tenant, people } = await api.newTenant();
    const theirs = `/api/tenants/${tenant.slug}/exports`;
    const as = people.owner;
    for (const answered of [
      await api.call('GET', `${theirs}/${id}`, { as }),
      await api.call('GET', `${theirs}/${id}/file`, { as }),
      await api.call('GET', `${theirs}/${id}/links`, { as }),
      await api.call('POST', `${theirs}/${id}/links`, { as, json: {} }),
      await api.call('POST', `${theirs}/${id}/cancel`, { as }),
      await api.call('DELETE', `${theirs}/${id}/links/${json.id}`, { as }),
    ])
      expect([answered.status, answered.json.code]).toEqual([404, 'export.not_found']);
  });
});

async function inTenant(text: string, values: readonly unknown[]): Promise<void> {
  await withTenant(api.database, own.tenant.id, (tx) => tx.query(text, values));
}

describe('every download', () => {
  test('is in the history and in the trail, with who took it and whether he got all', async () => {
    const id = await made();
    const { json: link } = await api.call('POST', `${path}/${id}/links`, { as: own.people.owner, json: {} });
    const key = await api.newKey(own.tenant, ['customers:export']);
    await get(`${id}/file`, {}, own.people.staff);
    await endedDownloads(id);
    await get(`${id}/file`, {}, key);
    await endedDownloads(id);
    await api.call('GET', new URL(link.url).pathname);
    await endedDownloads(id);
    const { downloads } = (await get(`${id}/downloads?limit=2`)).json;
    const older = (await get(`${id}/downloads?cursor=${downloads[1].id}`)).json.downloads;
    expect([...downloads, ...older]).toMatchObject([
      { by: null, link: link.id, whole: true },
      { by: expect.any(String), link: null, whole: true },
      { by: own.memberIds.staff, link: null, whole: true, bytes: Buffer.byteLength(whole) },
    ]);
    expect((await get(id)).json.downloads).toBe(3);
    const trail = await withTenant(api.database, own.tenant.id, (tx) => readAudit(tx, { subjectId: id }));
    expect(trail.map(({ action, actor }) => [action, actor])).toEqual([
      ['export.download', null],
      ['export.download', downloads[1].by],
      ['export.download', own.memberIds.staff],
      ['export.link', own.memberIds.owner],
      ['export.store', own.memberIds.owner],
      ['export.ask', own.memberIds.owner],
    ]);
    expect(trail[0]?.detail).toMatchObject({
      complete: true,
      link: link.id,
      bytes: Buffer.byteLength(whole),
    });
    const verdict = await withTenant(api.database, own.tenant.id, verifyAudit);
    expect(verdict.faults).toEqual([]);
  });

  test('of an answer is the answer', async () => {
    const { headers } = await ask({ as: 'answer' });
    const id = headers.get('x-export-id') ?? '';
    expect(await endedDownloads(id)).toMatchObject([
      { by: own.memberIds.owner, whole: true, bytes: Buffer.byteLength(whole) },
    ]);
    expect((await get(`${id}/file`)).json.code).toBe('export.move');
  });
});

describe('how far it is', () => {
  /** Lets bytes through one by one, as slowly as a store at its worst. */
  function slowly(files: FileStore, gate: Promise<void>): FileStore {
    return Object.assign(Object.create(files) as FileStore, {
      put: async (key: string, source: Parameters<FileStore['put']>[1]) => {
        await gate;
        return files.put(key, source);
      },
    });
  }

  test('is told as events, until the file is there', async () => {
    const { json } = await ask();
    const gate = Promise.withResolvers<void>();
    const stop = new AbortController();
    const working = workOnExports(api.database, slowly(fileStore(), gate.promise), {
      stop: stop.signal,
      wakes: asleep,
    });
    const response = await fetch(`${api.url}${path}/${json.id}/events`, {
      headers: { authorization: own.people.owner },
    });
    expect(response.headers.get('content-type')).toBe('text/event-stream');
    let text = '';
    const decoder = new TextDecoder();
    for await (const piece of response.body ?? []) {
      text += decoder.decode(piece as Uint8Array, { stream: true });
      if (/"records_total":3/.test(text)) gate.resolve();
    }
    stop.abort();
    await working;
    const told = eventsIn(text);
    expect(told.map(({ seq }) => seq)).toEqual(told.map(({ seq }) => seq).sort((a, b) => a - b));
    expect(told.at(-1)).toMatchObject({
      state: 'done',
      resting: true,
      records_total: 3,
      records_done: 3,
      bytes_done: Buffer.byteLength(whole),
    });
    expect(told.some(({ state, records_total: total }) => state === 'running' && total === 3)).toBe(true);
    expect(text.trimEnd().endsWith('event: end\ndata: {}')).toBe(true);
    const seen = told.at(-1)?.seq ?? 0;
    const rest = await get(`${json.id}/events`, { 'last-event-id': String(seen) });
    expect(eventsIn(rest.text)).toEqual([]);
  });

  interface Told {
    readonly seq: number;
    readonly state: string;
    readonly records_total: number | null;
  }

  function eventsIn(text: string): Told[] {
    return [...text.matchAll(/^id: \d+\ndata: (.*)$/gm)].map(([, data = '']) => JSON.parse(data) as Told);
  }
});

describe('cancelling', () => {
  test('ends an export that waits, once; one that has ended stays as it is', async () => {
    const { json } = await ask();
    const stopped = await api.call('POST', `${path}/${json.id}/cancel`, { as: own.people.staff });
    expect([stopped.status, stopped.json.state]).toEqual([200, 'cancelled']);
    expect((await api.call('POST', `${path}/${json.id}/cancel`, { as: own.people.staff })).status).toBe(200);
    expect(await makeFiles(api.database)).toBe(0);
    const trail = await withTenant(api.database, own.tenant.id, (tx) =>
      readAudit(tx, { subjectId: json.id, action: 'export.cancel' }),
    );
    expect(trail).toMatchObject([{ actor: own.memberIds.staff }]);
    const done = await made();
    const late = await api.call('POST', `${path}/${done}/cancel`, { as: own.people.owner });
    expect([late.status, late.json.code]).toEqual([409, 'export.move']);
  });
});

// The last one: it brings in records that the others do not expect.
test('a download of which the line broke is not taken for a whole one', async () => {
  const where = { as: own.people.owner, type: 'text/csv' };
  const rows = Array.from({ length: 3000 }, (_, i) => `long${i}@example.com,Long,${'x'.repeat(4000)}\n`);
  const base = `/api/tenants/${own.tenant.slug}/imports`;
  const body = `email,first_name,driver_notes\n${rows.join('')}`;
  const { json: run } = await api.call('POST', `${base}?until=committed&require=`, { ...where, body });
  expect((await api.rested(own.people.owner, `${base}/${run.id}`)).json.state).toBe('done');
  const id = await made({ columns: ['email', 'driver_notes'], format: 'ndjson' });
  const { bytes } = (await get(id)).json;
  expect(bytes).toBeGreaterThan(12_000_000);
  const gone = new AbortController();
  const response = await fetch(`${api.url}${path}/${id}/file`, {
    headers: { authorization: own.people.owner },
    signal: gone.signal,
  });
  await response.body?.getReader().read();
  gone.abort();
  const [broken] = await endedDownloads(id);
  expect(broken).toMatchObject({ whole: false, by: own.memberIds.owner });
  expect(broken?.bytes).toBeLessThan(bytes);
  const [entry] = await withTenant(api.database, own.tenant.id, (tx) =>
    readAudit(tx, { subjectId: id, action: 'export.download' }),
  );
  expect(entry?.detail).toMatchObject({ complete: false });
});
