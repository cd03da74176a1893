/** Formats, packings and encodings as a client meets them: the type of what is answered, its name, and its bytes. */
import { beforeAll, describe, expect, test } from 'vitest';
import { type TestTenant, useServer } from '../../support/http.ts';
import { readParquet } from '../../support/parquet.ts';

const api = useServer();
let own: TestTenant;
let path = '';
const today = (): string => new Date().toISOString().slice(0, 10);

beforeAll(async () => {
  own = await api.newTenant();
  path = `/api/tenants/${own.tenant.slug}/exports`;
  const base = `/api/tenants/${own.tenant.slug}/imports`;
  const { json } = await api.call('POST', `${base}?until=committed&require=`, {
    as: own.people.owner,
    body: 'email,first_name\na@example.com,Zoë\nb@example.com,Łukasz\n',
    type: 'text/csv',
  });
  const ended = await api.rested(own.people.owner, `${base}/${json.id}`);
  expect(ended.json.state).toBe('done');
});

const wanted = (more: object) => ({
  dataset: 'customers',
  columns: ['email', 'first_name'],
  sort: [{ field: 'email' }],
  ...more,
});

async function answered(more: object) {
  const response = await fetch(`${api.url}${path}`, {
    method: 'POST',
    headers: { authorization: own.people.owner, 'content-type': 'application/json' },
    body: JSON.stringify(wanted(more)),
  });
  const bytes = Buffer.from(await response.arrayBuffer());
  const { status, headers } = response;
  const name = /filename="([^"]+)"/.exec(headers.get('content-disposition') ?? '')?.[1];
  return { status, bytes, head: [headers.get('content-type'), name] };
}

describe('what is answered', () => {
  test('Parquet', async () => {
    const { head, bytes } = await answered({ format: 'parquet' });
    expect(head).toEqual(['application/vnd.apache.parquet', `customers-${today()}.parquet`]);
    expect((await readParquet(bytes)).rows).toEqual([
      { email: 'a@example.com', first_name: 'Zoë' },
      { email: 'b@example.com', first_name: 'Łukasz' },
    ]);
  });

  test.each([
    [{ compress: 'zip' }, 'application/zip', 'zip', 'PK\x03\x04'],
    [{ compress: 'gzip' }, 'application/gzip', 'csv.gz', '\x1f\x8b'],
    [{ gzip: true, format: 'json' }, 'application/gzip', 'json.gz', '\x1f\x8b'],
    [{ compress: 'zip', format: 'xlsx' }, 'application/zip', 'zip', 'PK\x03\x04'],
  ])('%j', async (more, type, ending, beginning) => {
    const { head, bytes } = await answered(more);
    expect(head).toEqual([type, `customers-${today()}.${ending}`]);
    expect(bytes.toString('latin1', 0, beginning.length)).toBe(beginning);
  });

  test('another encoding, which the type names', async () => {
    const { head, bytes } = await answered({ encoding: 'windows-1250', profile: 'data' });
    expect(head[0]).toBe('text/csv; charset=windows-1250; header=present');
    expect(bytes).toEqual(
      Buffer.from('email,first_name\r\na@example.com,Zo\xeb\r\nb@example.com,\xa3ukasz\r\n', 'latin1'),
    );
  });

  test('a refusal where the encoding has no such character', async () => {
    const { status, bytes } = await answered({ encoding: 'windows-1252' });
    expect([status, JSON.parse(bytes.toString()).detail]).toEqual([
      422,
      expect.stringContaining('First Name of 1 record holds characters that windows-1252 does not have'),
    ]);
  });

  test.each([{ encoding: 'utf-7' }, { compress: 'rar' }, { format: 'ods' }])(
    '%j is not known',
    async (more) => {
      expect((await answered(more)).status).toBe(400);
    },
  );
});
