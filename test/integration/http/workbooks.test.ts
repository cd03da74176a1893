/** Workbooks over HTTP: the call of the program, and those of the older systems. */
import { beforeAll, expect, test } from 'vitest';
import { type TestTenant, useServer } from '../../support/http.ts';
import { plainWorkbook } from '../../support/workbook.ts';

const api = useServer();
const type = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
const today = (): string => new Date().toISOString().slice(0, 10);

let own: TestTenant;
let base = '';

beforeAll(async () => {
  own = await api.newTenant();
  base = `/api/tenants/${own.tenant.slug}`;
  const file =
    'email,first_name,marketing_opt_in,total_spent,date_of_birth,created_at\na@example.com,=Ann,yes,12.5,1980-02-03,2025-03-01T23:30:00Z\n';
  const { json } = await api.call('POST', `${base}/imports?until=committed&require=`, {
    as: own.people.owner,
    body: file,
    type: 'text/csv',
  });
  expect((await api.rested(own.people.owner, `${base}/imports/${json.id}`)).json.state).toBe('done');
});

async function workbook(method: 'GET' | 'POST', path: string, body?: object) {
  const response = await fetch(`${api.url}${base}${path}`, {
    method,
    headers: {
      authorization: own.people.owner,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const [sheet] = plainWorkbook(Buffer.from(await response.arrayBuffer()));
  expect([
    response.status,
    response.headers.get('content-type'),
    response.headers.get('x-record-count'),
  ]).toEqual([200, type, '1']);
  const cells = sheet?.rows.map((row) => row.map(({ type: kind, value }) => `${kind} ${value}`));
  return { name: response.headers.get('content-disposition'), cells };
}

test('POST /exports with format xlsx', async () => {
  const columns = ['email', { field: 'first_name', header: 'Name' }, 'marketing_opt_in', 'total_spent'];
  const { name, cells } = await workbook('POST', '/exports', {
    dataset: 'customers',
    columns,
    format: 'xlsx',
  });
  expect(name).toBe(`attachment; filename="customers-${today()}.xlsx"`);
  expect(cells).toEqual([
    ['inlineStr Email', 'inlineStr Name', 'inlineStr Marketing Opt-in', 'inlineStr Total Spent'],
    ['inlineStr a@example.com', 'inlineStr =Ann', 'b 1', 'n 12.50'],
  ]);
});

test('A: POST /customers/export, with days where its CSV has them', async () => {
  const selectedColumns = ['first_name', 'marketing_opt_in', 'total_spent', 'date_of_birth', 'created_at'];
  const { name, cells } = await workbook('POST', '/customers/export', { format: 'xlsx', selectedColumns });
  expect(name).toBe(`attachment; filename="customers-${today()}.xlsx"`);
  expect(cells?.[1]).toEqual(['inlineStr =Ann', 'b 1', 'n 12.50', 'n 29254', 'n 45717']);
});

test('C: POST /customers/export-file', async () => {
  const { name, cells } = await workbook('POST', '/customers/export-file', { format: 'xlsx' });
  expect(name).toBe(`attachment; filename="customers-export-${today()}.xlsx"`);
  expect(cells?.[0]).toEqual(
    ['First Name', 'Last Name', 'Email', 'Phone', 'Status', 'Orders', 'Total Spent'].map(
      (label) => `inlineStr ${label}`,
    ),
  );
});

test('E: GET /customers/export?format=excel, in its own keys', async () => {
  const { name, cells } = await workbook('GET', '/customers/export?format=excel');
  expect(name).toBe(`attachment; filename="customers-${today()}.xlsx"`);
  expect(cells?.[0]?.slice(0, 3)).toEqual(['inlineStr $id', 'inlineStr $createdAt', 'inlineStr $updatedAt']);
  expect(cells?.[1]).toContain('inlineStr 2025-03-01T23:30:00Z');
});
