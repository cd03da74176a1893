/** A tenant's own fields from their definition through an import, its undo and the history of the records. */
import { describe, expect, test } from 'vitest';
import { importBatch } from '../../../src/import/batch/batch.ts';
import { askCheck, askCommit } from '../../../src/import/review.ts';
import {
  changeCustomField,
  deleteCustomField,
  restoreCustomField,
} from '../../../src/tenants/custom-fields/define.ts';
import { settleCustomFields } from '../../../src/tenants/custom-fields/settle.ts';
import { asTenantHasIt, define } from '../../support/custom-fields.ts';
import { useImports } from '../../support/import.ts';

process.env.CLIENTELE_BATCH_WAIT_SECONDS_MAX = '1';
const given = useImports({ chunkRows: 3 });

/** The own values of each customer, by e-mail. */
function custom(tenant: string): Promise<Record<string, unknown>> {
  return given.column(tenant, 'custom');
}

async function shoes(): Promise<string> {
  const tenant = await given.tenant();
  await define(given, tenant, { key: 'shoe_size', type: 'decimal', label: 'Shoe size', filterable: true });
  await define(given, tenant, { key: 'nickname', type: 'text', filterable: true });
  await define(given, tenant, { key: 'hobbies', type: 'tags', filterable: true });
  return tenant;
}

const file = (...rows: readonly string[]): string =>
  `${['email,first_name,shoe_size,nickname,hobbies', ...rows].join('\n')}\n`;

/** What the index has, `key value` in order. */
async function indexed(tenant: string): Promise<string[]> {
  const rows = await given.rows(
    tenant,
    `select coalesce(c.email, '?') || ' ' || f.key || ' ' || coalesce(v.text, v.number::text, v.time::text) as entry
     from custom_values v join custom_fields f on f.id = v.field_id left join customers c on c.id = v.record_id order by 1`,
  );
  return rows.map(({ entry }) => String(entry));
}

describe('an import', () => {
  test('fills own fields, each kept as its type keeps it', async () => {
    const tenant = await given.tenant();
    await define(given, tenant, { key: 'shoe_size', type: 'decimal', label: 'Shoe size' });
    await define(given, tenant, { key: 'hobbies', type: 'tags' });
    await define(given, tenant, { key: 'vip_since', type: 'date' });
    await define(given, tenant, { key: 'likes_mail', type: 'boolean' });
    const run = await given.import(
      tenant,
      'email,first_name,Shoe Size,hobbies,VIP since,likes mail\na@x.org,A,"42,50",chess; go,31.12.2020,yes\nb@x.org,B,,,,\n',
    );
    expect(run).toMatchObject({ state: 'done', created: 2 });
    expect(await custom(tenant)).toEqual({
      'a@x.org': { shoe_size: 42.5, hobbies: ['chess', 'go'], vip_since: '2020-12-31', likes_mail: true },
      'b@x.org': {},
    });
  });

  test('of the same file again changes nothing, and of another one what differs', async () => {
    const tenant = await shoes();
    const first = file('a@x.org,A,42.50,Al,chess', 'b@x.org,B,38,,');
    await given.import(tenant, first);
    expect(await given.import(tenant, first)).toMatchObject({ unchanged: 2, updated: 0 });
    const run = await given.import(tenant, file('a@x.org,A,43,,', 'b@x.org,B,38,Bea,go'));
    expect(run).toMatchObject({
      updated: 2,
      report: { changed: { shoe_size: 1, nickname: 1, hobbies: 1 } },
    });
    expect(run.report?.samples[0]).toMatchObject({ before: { shoe_size: 42.5 }, after: { shoe_size: 43 } });
    expect(await custom(tenant)).toEqual({
      'a@x.org': { shoe_size: 43, nickname: 'Al', hobbies: ['chess'] },
      'b@x.org': { shoe_size: 38, nickname: 'Bea', hobbies: ['go'] },
    });
    expect(await indexed(tenant)).toEqual([
      'a@x.org hobbies chess',
      'a@x.org nickname al',
      'a@x.org shoe_size 43',
      'b@x.org hobbies go',
      'b@x.org nickname bea',
      'b@x.org shoe_size 38',
    ]);
  });

  test('keeps out a row whose own field cannot be read, or is beyond its limits, and says why', async () => {
    const tenant = await given.tenant();
    await define(given, tenant, { key: 'shoe_size', type: 'decimal', range: [15, 60] });
    await define(given, tenant, {
      key: 'colour',
      type: 'enum',
      values: ['red', { key: 'blue', label: 'Dark Blue' }],
    });
    const run = await given.import(
      tenant,
      'email,first_name,shoe_size,colour\na@x.org,A,61,red\nb@x.org,B,42,green\nc@x.org,C,42,dark blue\n',
    );
    expect(run).toMatchObject({ created: 1, failed: 2 });
    expect((await given.problems(run)).map(({ field, code }) => `${field} ${code}`)).toEqual([
      'shoe_size number.out_of_range',
      'colour enum.unknown',
    ]);
    expect(await custom(tenant)).toEqual({ 'c@x.org': { shoe_size: 42, colour: 'blue' } });
  });

  test('keeps to the write rules: fill, never, add and clear', async () => {
    const tenant = await shoes();
    await define(given, tenant, { key: 'motto', type: 'text' });
    const header = 'email,first_name,shoe_size,nickname,hobbies,motto\n';
    await given.import(tenant, `${header}a@x.org,A,42,,chess,carpe diem\nb@x.org,B,,Bea,,\n`);
    const run = await given.import(tenant, `${header}a@x.org,A,50,Al,go,x\nb@x.org,B,39,Bob,go,y\n`, {
      write: ['shoe_size=fill', 'nickname=never', 'hobbies=add', 'motto=clear'],
    });
    expect(run).toMatchObject({ updated: 2 });
    expect(await custom(tenant)).toEqual({
      'a@x.org': { shoe_size: 42, hobbies: ['chess', 'go'] },
      'b@x.org': { shoe_size: 39, nickname: 'Bea', hobbies: ['go'] },
    });
    const created = await given.import(tenant, `${header}c@x.org,C,40,Cy,go,z\n`, {
      write: ['nickname=never', 'motto=clear'],
    });
    expect(created).toMatchObject({ created: 1 });
    expect((await custom(tenant))['c@x.org']).toEqual({ shoe_size: 40, nickname: 'Cy', hobbies: ['go'] });
  });

  test('leaves a value where the cell is empty, or clears it when it is to', async () => {
    const tenant = await shoes();
    await given.import(tenant, file('a@x.org,A,42,Al,chess'));
    expect(await given.import(tenant, file('a@x.org,A,,,'))).toMatchObject({ unchanged: 1 });
    const run = await given.import(tenant, file('a@x.org,A,,,go'), { empty: 'clear' });
    expect(run).toMatchObject({ updated: 1 });
    expect(await custom(tenant)).toEqual({ 'a@x.org': { hobbies: ['go'] } });
    expect(await indexed(tenant)).toEqual(['a@x.org hobbies go']);
    await given.undo(run);
    expect(await custom(tenant)).toEqual({
      'a@x.org': { shoe_size: 42, nickname: 'Al', hobbies: ['chess'] },
    });
    expect(await indexed(tenant)).toEqual([
      'a@x.org hobbies chess',
      'a@x.org nickname al',
      'a@x.org shoe_size 42',
    ]);
  });

  test('merges the rows of one record, the last value of each field', async () => {
    const tenant = await shoes();
    const run = await given.import(
      tenant,
      file('a@x.org,A,42,Al,', 'b@x.org,B,38,,', 'a@x.org,A,43,,chess', 'a@x.org,A,,Ally,'),
      { duplicates: 'merge' },
    );
    expect(run).toMatchObject({ created: 2, skipped: 2 });
    expect(await custom(tenant)).toEqual({
      'a@x.org': { shoe_size: 43, nickname: 'Ally', hobbies: ['chess'] },
      'b@x.org': { shoe_size: 38 },
    });
  });

  test('takes a header of keys for a program’s, also where the column of an own field is left out', async () => {
    const tenant = await shoes();
    await given.import(tenant, `email,first_name,nickname,shoe_size\na@x.org,A,'=x,42\n`, {
      map: ['shoe_size='],
    });
    expect(await custom(tenant)).toEqual({ 'a@x.org': { nickname: `'=x` } });
  });

  test('asks for an own field where the run requires it', async () => {
    const tenant = await shoes();
    const run = await given.import(tenant, file('a@x.org,A,42,Al,', 'b@x.org,B,,Bea,'), {
      require: ['shoe_size'],
    });
    expect(await given.outcomes(run)).toEqual(['created', expect.stringContaining('failed')]);
    const without = await given.import(tenant, 'email,first_name\nc@x.org,C\n', { require: ['shoe_size'] });
    expect(without).toMatchObject({ state: 'done', failed: 1 });
  });

  test('gathers the rows of an order, with own fields from any of them', async () => {
    const tenant = await given.tenant();
    await define(given, tenant, { dataset: 'orders', key: 'gift_note', type: 'text' });
    await define(given, tenant, { dataset: 'orders', key: 'weight', type: 'decimal' });
    const run = await given.import(
      tenant,
      'order number,sku,quantity,unit_price,gift_note,weight\nO-1,x,1,5,For Ada,\nO-1,y,2,5,,3.5\nO-2,z,1,1,,\n',
      { dataset: 'orders', require: [] },
    );
    expect(run).toMatchObject({ state: 'done', created: 2 });
    expect(await given.rows(tenant, 'select number, custom from orders order by number')).toEqual([
      { number: 'O-1', custom: { gift_note: 'For Ada', weight: 3.5 } },
      { number: 'O-2', custom: {} },
    ]);
  });

  test('writes a hundred own fields, and changes them back', async () => {
    const tenant = await given.tenant();
    const keys = Array.from({ length: 100 }, (_, n) => `field_${n}`);
    for (const [n, key] of keys.entries())
      await define(given, tenant, { key, type: n % 3 === 0 ? 'integer' : 'text', filterable: n % 2 === 0 });
    const row = (of: number): string => `a${of}@x.org,A,${keys.map((_, n) => n * 10 + of).join(',')}`;
    const other = (of: number): string => `a${of}@x.org,A,${keys.map((_, n) => n * 10 + of + 1).join(',')}`;
    const header = `email,first_name,${keys.join(',')}\n`;
    const rows = Array.from({ length: 8 }, (_, of) => of);
    await given.import(tenant, `${header}${rows.map(row).join('\n')}\n`);
    const before = await given.digestOf(tenant);
    const beforeIndexed = await indexed(tenant);
    expect(beforeIndexed).toHaveLength(8 * 50);
    const run = await given.import(tenant, `${header}${rows.map(other).join('\n')}\n`);
    expect(run).toMatchObject({ updated: 8 });
    expect(await custom(tenant)).toMatchObject({ 'a3@x.org': { field_0: 4, field_1: '14', field_99: 994 } });
    await given.undo(run);
    expect(await given.digestOf(tenant)).toBe(before);
    expect(await indexed(tenant)).toEqual(beforeIndexed);
  });

  test('takes labels as hostile as may be, and no key that means something else', async () => {
    const tenant = await given.tenant();
    const label = `'"; drop table customers; -- \\' $1 \${x} =1+1`;
    await define(given, tenant, {
      key: 'odd',
      type: 'enum',
      label,
      values: [`it's`, 'a\\b', '$$; select 1', 'c"d'].map((key, n) => ({ key, label: `v${n}` })),
    });
    await define(given, tenant, { key: 'select', type: 'text', label: '!!!' });
    const run = await given.import(
      tenant,
      `email,first_name,odd,select\na@x.org,A,v0,x\nb@x.org,B,v1,y\nc@x.org,C,v2,z\n`,
      {
        require: ['odd'],
      },
    );
    expect(run).toMatchObject({ created: 3 });
    expect(await given.import(tenant, 'email,first_name\nd@x.org,D\n', { require: ['odd'] })).toMatchObject({
      failed: 1,
    });
    expect(await custom(tenant)).toMatchObject({ 'a@x.org': { odd: `it's` }, 'b@x.org': { odd: 'a\\b' } });
    for (const key of [
      'id',
      'email',
      'e_mail',
      'constructor',
      '__proto__',
      'updated_at',
      'row',
      'Big',
      'a-b',
      '',
      'phone_e164',
      'archived_by',
      'deleted',
      'x'.repeat(51),
      'x"; --',
    ])
      await expect(define(given, tenant, { key, type: 'text' }), key).rejects.toMatchObject({
        code: 'custom_field.invalid',
      });
    await expect(define(given, tenant, { key: 'odd', type: 'text' })).rejects.toMatchObject({
      code: 'custom_field.exists',
    });
    await expect(
      define(given, tenant, { key: 'fine', type: 'text', aliases: ['E-Mail Address'] }),
    ).rejects.toMatchObject({ code: 'custom_field.invalid' });
  });
});

describe('undo', () => {
  test('takes created records away with their rows in the index', async () => {
    const tenant = await shoes();
    const run = await given.import(tenant, file('a@x.org,A,42,Al,chess', 'b@x.org,B,38,,'));
    expect(await indexed(tenant)).toHaveLength(4);
    expect((await given.undo(run)).undoReport).toMatchObject({ removed: 2, leftAlone: 0 });
    expect(await indexed(tenant)).toEqual([]);
  });

  test('leaves a value that somebody has changed since, and takes a list’s additions back as additions', async () => {
    const tenant = await shoes();
    await given.import(tenant, file('a@x.org,A,42,Al,chess'));
    const run = await given.import(tenant, file('a@x.org,A,43,Ally,go'), { write: ['hobbies=add'] });
    await given.import(tenant, file('a@x.org,A,44,,poker'), { write: ['hobbies=add'] });
    const undone = await given.undo(run);
    expect(undone.undoReport).toMatchObject({ restored: 1, leftAlone: 1 });
    expect(await custom(tenant)).toEqual({
      'a@x.org': { shoe_size: 44, nickname: 'Al', hobbies: ['chess', 'poker'] },
    });
    expect(await indexed(tenant)).toEqual([
      'a@x.org hobbies chess',
      'a@x.org hobbies poker',
      'a@x.org nickname al',
      'a@x.org shoe_size 44',
    ]);
  });

  test('keeps a created record to which an own value came since', async () => {
    const tenant = await shoes();
    const run = await given.import(tenant, 'email,first_name\na@x.org,A\n');
    const later = await given.import(tenant, file('a@x.org,A,44,,'));
    expect((await given.undo(run)).undoReport).toMatchObject({ removed: 0, leftAlone: 1 });
    expect(await custom(tenant)).toEqual({ 'a@x.org': { shoe_size: 44 } });
    expect(later.state).toBe('done');
  });

  test('takes a created record away when an own value came and went since, even of a field that is hidden by now', async () => {
    const tenant = await shoes();
    const run = await given.import(tenant, 'email,first_name\na@x.org,A\nb@x.org,B\n');
    const later = await given.import(tenant, file('a@x.org,A,44,,'));
    await given.undo(later);
    const kept = await given.import(tenant, file('b@x.org,B,,Bea,'));
    const { custom: own } = (await asTenantHasIt(given, tenant, 'customers')).field('nickname');
    await deleteCustomField(given.database, tenant, own?.id ?? '', { by: null, removeValues: false });
    expect((await given.undo(run)).undoReport).toMatchObject({ removed: 1, leftAlone: 1 });
    expect(kept.state).toBe('done');
    expect(await custom(tenant)).toEqual({ 'b@x.org': { nickname: 'Bea' } });
  });

  test('gives a hidden field its earlier value too, and leaves one that is another since', async () => {
    const tenant = await shoes();
    const dataset = await asTenantHasIt(given, tenant, 'customers');
    const idOf = (key: string): string => dataset.field(key).custom?.id ?? '';
    await given.import(tenant, file('a@x.org,A,42,7,chess'));
    const run = await given.import(tenant, file('a@x.org,A,43,8,go'));
    await deleteCustomField(given.database, tenant, idOf('shoe_size'), { by: null, removeValues: false });
    await deleteCustomField(given.database, tenant, idOf('hobbies'), { by: null, removeValues: true });
    await settleCustomFields(given.database, tenant);
    await define(given, tenant, { key: 'hobbies', type: 'text' });
    await given.import(tenant, 'email,first_name,hobbies\na@x.org,A,something else\n');
    await changeCustomField(
      given.database,
      tenant,
      idOf('nickname'),
      { type: 'integer', filterable: true },
      null,
    );
    await settleCustomFields(given.database, tenant);
    expect(await custom(tenant)).toEqual({
      'a@x.org': { shoe_size: 43, nickname: 8, hobbies: 'something else' },
    });
    const undone = await given.undo(run);
    expect(undone.undoReport).toMatchObject({ restored: 1, leftAlone: 1 });
    expect(await custom(tenant)).toEqual({
      'a@x.org': { shoe_size: 42, nickname: 8, hobbies: 'something else' },
    });
    await restoreCustomField(given.database, tenant, idOf('shoe_size'), null);
    expect(await given.import(tenant, 'email,first_name,shoe_size\na@x.org,A,42\n')).toMatchObject({
      unchanged: 1,
    });
  });

  test('of orders keeps a customer that it made, when an own value came to that one since', async () => {
    const tenant = await shoes();
    const run = await given.import(
      tenant,
      'order number,customer_email,total\nO-1,a@x.org,5\nO-2,b@x.org,5\n',
      {
        dataset: 'orders',
        createMissing: ['customers'],
      },
    );
    expect(run, JSON.stringify(await given.problems(run))).toMatchObject({ created: 2 });
    const own = await given.import(tenant, 'email,nickname\na@x.org,Al\n', { mode: 'update', require: [] });
    expect(own).toMatchObject({ updated: 1 });
    await given.undo(run);
    expect(await custom(tenant)).toEqual({ 'a@x.org': { nickname: 'Al' } });
  });

  test('of customers keeps an address to which own fields of addresses came since', async () => {
    const tenant = await given.tenant();
    await define(given, tenant, { dataset: 'addresses', key: 'floor', type: 'integer' });
    await given.import(tenant, 'email,first_name\na@x.org,A\n');
    const run = await given.import(tenant, 'email,address_line1,city,country\na@x.org,High St 1,York,GB\n');
    const own = await given.import(
      tenant,
      'customer_email,address_line1,city,country,floor\na@x.org,High St 1,York,GB,3\n',
      {
        dataset: 'addresses',
      },
    );
    expect(own).toMatchObject({ updated: 1 });
    await given.undo(run);
    expect(await given.rows(tenant, 'select line1, custom from customer_addresses')).toEqual([
      { line1: null, custom: { floor: 3 } },
    ]);
    await given.undo(own);
  });
});

describe('a run keeps to the definitions it was checked with', () => {
  async function checked(): Promise<{ tenant: string; importId: string; fieldId: string }> {
    const tenant = await shoes();
    const run = await given.import(tenant, file('a@x.org,A,42,Al,chess'), { commit: false, review: 'plan' });
    expect(run).toMatchObject({ state: 'checked', report: { create: 1 } });
    const dataset = await asTenantHasIt(given, tenant, 'customers');
    return { tenant, importId: run.id, fieldId: dataset.field('shoe_size').custom?.id ?? '' };
  }

  test('a definition that was deleted between check and commit is a refusal, and nothing is written', async () => {
    const { tenant, importId, fieldId } = await checked();
    await deleteCustomField(given.database, tenant, fieldId, { by: null, removeValues: false });
    await askCommit(given.database, { tenantId: tenant, importId, by: null });
    const run = await given.drive(tenant, importId);
    expect(run).toMatchObject({ state: 'failed', created: 0, failure: { code: 'custom_field.changed' } });
    expect(run.failure?.message).toContain('shoe_size was deleted');
    expect(await custom(tenant)).toEqual({});
  });

  test('so is one that means something else by then; one that is only called otherwise is not', async () => {
    const { tenant, importId, fieldId } = await checked();
    await changeCustomField(given.database, tenant, fieldId, { type: 'text' }, null);
    await askCommit(given.database, { tenantId: tenant, importId, by: null });
    expect(await given.drive(tenant, importId)).toMatchObject({ failure: { code: 'custom_field.changed' } });
    const again = await checked();
    await changeCustomField(given.database, again.tenant, again.fieldId, { label: 'Size of shoes' }, null);
    await askCommit(given.database, { tenantId: again.tenant, importId: again.importId, by: null });
    expect(await given.drive(again.tenant, again.importId)).toMatchObject({ state: 'done', created: 1 });
  });

  test('a check that is made anew goes by the definitions of then', async () => {
    const { tenant, importId, fieldId } = await checked();
    await changeCustomField(given.database, tenant, fieldId, { range: [50, 60] }, null);
    await askCheck(given.database, { tenantId: tenant, importId, by: null });
    expect(await given.drive(tenant, importId)).toMatchObject({ state: 'checked', rowsInvalid: 1 });
  });

  test('a field that became filterable meanwhile gets its rows', async () => {
    const tenant = await given.tenant();
    const { id } = await define(given, tenant, { key: 'shoe_size', type: 'decimal' });
    const header = 'email,first_name,shoe_size\n';
    await given.import(tenant, `${header}a@x.org,A,41\n`);
    const run = await given.import(tenant, `${header}a@x.org,A,42\nb@x.org,B,43\n`, {
      commit: false,
      review: 'plan',
    });
    await changeCustomField(given.database, tenant, id, { filterable: true }, null);
    await askCommit(given.database, { tenantId: tenant, importId: run.id, by: null });
    await given.drive(tenant, run.id);
    expect(await indexed(tenant)).toEqual(['a@x.org shoe_size 42', 'b@x.org shoe_size 43']);
    expect(await settleCustomFields(given.database, tenant)).toBe(true);
    expect(await indexed(tenant)).toEqual(['a@x.org shoe_size 42', 'b@x.org shoe_size 43']);
  });
});

describe('while a run writes a field', () => {
  test('the field can neither be deleted nor become another; what it is called may change', async () => {
    const tenant = await shoes();
    const run = await given.import(tenant, file('a@x.org,A,42,Al,chess'), { commit: false, review: 'plan' });
    await given.rows(tenant, `update imports set state = 'committing' where id = $1`, [run.id]);
    const dataset = await asTenantHasIt(given, tenant, 'customers');
    const id = dataset.field('shoe_size').custom?.id ?? '';
    const remove = deleteCustomField(given.database, tenant, id, { by: null, removeValues: true });
    await expect(remove).rejects.toMatchObject({ code: 'custom_field.in_use' });
    const change = changeCustomField(given.database, tenant, id, { type: 'text' }, null);
    await expect(change).rejects.toMatchObject({ code: 'custom_field.in_use' });
    await changeCustomField(given.database, tenant, id, { label: 'Size' }, null);
    expect(await given.drive(tenant, run.id)).toMatchObject({ state: 'done', created: 1 });
  });

  test('nobody waits for ever to change the field', async () => {
    const tenant = await given.tenant();
    const { id } = await define(given, tenant, { key: 'code', type: 'text' });
    const writer = await given.database.app.connect();
    try {
      await writer.query(`begin; set local app.tenant_id = '${tenant}'`);
      await writer.query('select from custom_fields where id = $1 for key share', [id]);
      const change = changeCustomField(given.database, tenant, id, { filterable: true }, null);
      await expect(change).rejects.toMatchObject({ code: 'custom_field.in_use' });
      await changeCustomField(given.database, tenant, id, { label: 'Mark' }, null);
    } finally {
      await writer.query('rollback');
      writer.release();
    }
    await changeCustomField(given.database, tenant, id, { filterable: true }, null);
  });
});

describe('a definition', () => {
  test('of another type is taken where every value reads as it, and the values are kept so', async () => {
    const tenant = await given.tenant();
    const { id } = await define(given, tenant, { key: 'code', type: 'text', filterable: true });
    const header = 'email,first_name,code\n';
    await given.import(tenant, `${header}a@x.org,A,42\nb@x.org,B,x7\n`);
    await expect(
      changeCustomField(given.database, tenant, id, { type: 'integer' }, null),
    ).rejects.toMatchObject({
      code: 'custom_field.invalid',
      message: expect.stringContaining('One value of code cannot be read as integer, such as "x7"'),
    });
    expect(await custom(tenant)).toEqual({ 'a@x.org': { code: '42' }, 'b@x.org': { code: 'x7' } });
    await given.import(tenant, `${header}b@x.org,B,7\n`);
    await changeCustomField(given.database, tenant, id, { type: 'integer' }, null);
    await settleCustomFields(given.database, tenant);
    expect(await custom(tenant)).toEqual({ 'a@x.org': { code: 42 }, 'b@x.org': { code: 7 } });
    expect(await indexed(tenant)).toEqual(['a@x.org code 42', 'b@x.org code 7']);
    await changeCustomField(given.database, tenant, id, { type: 'tags', filterable: false }, null);
    await settleCustomFields(given.database, tenant);
    expect(await custom(tenant)).toEqual({ 'a@x.org': { code: ['42'] }, 'b@x.org': { code: ['7'] } });
    expect(await indexed(tenant)).toEqual([]);
  });

  test('with tighter limits is taken where every value keeps to them', async () => {
    const tenant = await given.tenant();
    const { id } = await define(given, tenant, { key: 'code', type: 'text' });
    await given.import(tenant, 'email,first_name,code\na@x.org,A,abcdef\n');
    await expect(changeCustomField(given.database, tenant, id, { max: 5 }, null)).rejects.toMatchObject({
      code: 'custom_field.invalid',
    });
    expect(await changeCustomField(given.database, tenant, id, { max: 6 }, null)).toMatchObject({
      limits: { max: 6 },
      revision: 2,
    });
  });

  test('that is deleted hides its values and its name; restored, they are back', async () => {
    const tenant = await shoes();
    await given.import(tenant, file('a@x.org,A,42,Al,chess'));
    const { custom: own } = (await asTenantHasIt(given, tenant, 'customers')).field('shoe_size');
    await deleteCustomField(given.database, tenant, own?.id ?? '', { by: null, removeValues: false });
    expect((await asTenantHasIt(given, tenant, 'customers')).has('shoe_size')).toBe(false);
    const run = await given.import(tenant, file('a@x.org,A,50,Al,chess'));
    expect(run).toMatchObject({ unchanged: 1 });
    await expect(define(given, tenant, { key: 'shoe_size', type: 'text' })).rejects.toMatchObject({
      code: 'custom_field.exists',
      message: expect.stringContaining('can be restored'),
    });
    await restoreCustomField(given.database, tenant, own?.id ?? '', null);
    expect(await custom(tenant)).toMatchObject({ 'a@x.org': { shoe_size: 42 } });
    expect((await asTenantHasIt(given, tenant, 'customers')).field('shoe_size').custom).toMatchObject({
      isIndexed: true,
    });
  });

  test('that is removed takes its values along, and leaves its key to another', async () => {
    const tenant = await shoes();
    await given.import(tenant, file('a@x.org,A,42,Al,chess'));
    const { custom: own } = (await asTenantHasIt(given, tenant, 'customers')).field('shoe_size');
    await deleteCustomField(given.database, tenant, own?.id ?? '', { by: null, removeValues: true });
    await expect(restoreCustomField(given.database, tenant, own?.id ?? '', null)).rejects.toMatchObject({
      code: 'custom_field.not_found',
    });
    expect(await settleCustomFields(given.database, tenant)).toBe(true);
    expect(await custom(tenant)).toEqual({ 'a@x.org': { nickname: 'Al', hobbies: ['chess'] } });
    expect(await indexed(tenant)).toEqual(['a@x.org hobbies chess', 'a@x.org nickname al']);
    await define(given, tenant, { key: 'shoe_size', type: 'text' });
  });

  test('is told in the audit trail without any value', async () => {
    const tenant = await given.tenant();
    const { id } = await define(given, tenant, { key: 'code', type: 'text' });
    await changeCustomField(given.database, tenant, id, { sensitive: true }, null);
    await deleteCustomField(given.database, tenant, id, { by: null, removeValues: false });
    await restoreCustomField(given.database, tenant, id, null);
    const rows = await given.rows(
      tenant,
      `select action, detail ->> 'key' as key from audit_entries where subject_id = $1 order by seq`,
      [id],
    );
    expect(rows.map(({ action, key }) => `${action} ${key}`)).toEqual([
      'custom_field.create code',
      'custom_field.change code',
      'custom_field.delete code',
      'custom_field.restore code',
    ]);
  });
});

describe('tenants', () => {
  test('have fields of one key that mean different things, in files and in batches', async () => {
    const [one, other, none] = [await given.tenant(), await given.tenant(), await given.tenant()];
    await define(given, one, { key: 'code', type: 'integer' });
    await define(given, other, { key: 'code', type: 'tags' });
    const content = 'email,first_name,code\na@x.org,A,42\n';
    for (const tenant of [one, other, none])
      expect(await given.import(tenant, content)).toMatchObject({ created: 1 });
    expect(await custom(one)).toEqual({ 'a@x.org': { code: 42 } });
    expect(await custom(other)).toEqual({ 'a@x.org': { code: ['42'] } });
    expect(await custom(none)).toEqual({ 'a@x.org': {} });
    for (const tenantId of [one, other, none, one, other]) {
      const rows = [{ email: 'a@x.org', code: '43' }];
      await importBatch(given.database, {
        tenantId,
        dataset: 'customers',
        rows,
        by: null,
        source: 'test',
        customFields: true,
      });
    }
    expect(await custom(one)).toEqual({ 'a@x.org': { code: 43 } });
    expect(await custom(other)).toEqual({ 'a@x.org': { code: ['43'] } });
    expect(await custom(none)).toEqual({ 'a@x.org': {} });
  });

  test('see nothing of each other’s definitions and index', async () => {
    const [one, other] = [await shoes(), await given.tenant()];
    await given.import(one, file('a@x.org,A,42,Al,chess'));
    expect(await given.rows(other, 'select from custom_fields')).toEqual([]);
    expect(await given.rows(other, 'select from custom_values')).toEqual([]);
    expect((await asTenantHasIt(given, other, 'customers')).has('shoe_size')).toBe(false);
  });
});

describe('a batch of JSON rows', () => {
  const batch = (tenantId: string, rows: readonly unknown[], more: object = {}) =>
    importBatch(given.database, { tenantId, dataset: 'customers', rows, by: null, source: 'test', ...more });

  test('writes own fields as its rows have them, clears and defaults them, and can be undone', async () => {
    const tenant = await shoes();
    const own = { customFields: true, empty: 'clear' } as const;
    await batch(
      tenant,
      [{ email: 'a@x.org', first_name: 'A', shoeSize: 42.5, nickname: 'Al', hobbies: ['chess', 'go'] }],
      own,
    );
    expect(await custom(tenant)).toEqual({
      'a@x.org': { shoe_size: 42.5, nickname: 'Al', hobbies: ['chess', 'go'] },
    });
    const { importId } = await batch(
      tenant,
      [
        { email: 'a@x.org', nickname: null },
        { email: 'b@x.org', first_name: 'B', shoe_size: 38 },
      ],
      { ...own, defaults: { nickname: 'none yet', hobbies: 'walking' } },
    );
    expect(await custom(tenant)).toEqual({
      'a@x.org': { shoe_size: 42.5, hobbies: ['chess', 'go'] },
      'b@x.org': { shoe_size: 38, nickname: 'none yet', hobbies: ['walking'] },
    });
    expect(await indexed(tenant)).toContain('b@x.org hobbies walking');
    const run = await given.rows(tenant, 'select id from imports where id = $1', [importId]);
    expect(run).toHaveLength(1);
    const undone = await given.undo({ tenantId: tenant, id: importId } as never);
    expect(undone.state).toBe('undone');
    expect(await custom(tenant)).toEqual({
      'a@x.org': { shoe_size: 42.5, nickname: 'Al', hobbies: ['chess', 'go'] },
    });
    expect(await indexed(tenant)).toEqual([
      'a@x.org hobbies chess',
      'a@x.org hobbies go',
      'a@x.org nickname al',
      'a@x.org shoe_size 42.5',
    ]);
  });

  test('of an older system’s call takes no key for an own field', async () => {
    const tenant = await shoes();
    const { ignoredKeys } = await batch(tenant, [{ email: 'a@x.org', first_name: 'A', shoe_size: 42 }]);
    expect(ignoredKeys).toEqual(['shoe_size']);
    expect(await custom(tenant)).toEqual({ 'a@x.org': {} });
  });
});

describe('a column without a field', () => {
  test('is kept as a field made on the spot, which stays when the run is undone', async () => {
    const tenant = await given.tenant();
    const run = await given.import(tenant, 'email,first_name,Favourite colour,Visits\na@x.org,A,red,3\n', {
      newFields: [
        { column: 'Favourite colour', field: { key: 'colour', type: 'text', label: 'Favourite colour' } },
        { column: 'visits', field: { key: 'visits', type: 'integer' } },
      ],
    });
    expect(run).toMatchObject({ state: 'done', created: 1 });
    expect(await custom(tenant)).toEqual({ 'a@x.org': { colour: 'red', visits: 3 } });
    await given.undo(run);
    const dataset = await asTenantHasIt(given, tenant, 'customers');
    expect([dataset.field('colour').label, dataset.field('visits').type]).toEqual([
      'Favourite colour',
      'integer',
    ]);
    const again = await given.import(tenant, 'email,first_name,FAVOURITE COLOUR\nb@x.org,B,blue\n');
    expect(again.mapping?.columns.map(({ field }) => field)).toEqual(['email', 'first_name', 'colour']);
  });

  test('makes no field when the mapping does not fit', async () => {
    const tenant = await given.tenant();
    const run = await given.import(tenant, 'email,first_name\na@x.org,A\n', {
      newFields: [{ column: 'No such column', field: { key: 'colour', type: 'text' } }],
    });
    expect(run).toMatchObject({ state: 'failed', failure: { code: 'mapping.invalid' } });
    expect((await asTenantHasIt(given, tenant, 'customers')).has('colour')).toBe(false);
  });
});
