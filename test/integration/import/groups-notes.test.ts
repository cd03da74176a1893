/** Groups and notes: what a customer belongs to, and what only grows. */
import { describe, expect, test } from 'vitest';
import { useImports } from '../../support/import.ts';

const given = useImports();

const groups = async (tenant: string): Promise<unknown[]> =>
  (await given.rows(tenant, 'select name from customer_groups order by name')).map(({ name }) => name);

describe('groups', () => {
  test('that are not there are made, once', async () => {
    const tenant = await given.tenant();
    await given.import(
      tenant,
      'email,first_name,groups\na@example.com,Ann,"Gold,Staff"\nb@example.com,Bob,Gold; Gold\n',
    );
    expect(await groups(tenant)).toEqual(['Gold', 'Staff']);
    expect((await given.customer(tenant, 'b@example.com')).groups).toEqual(['Gold']);
  });

  test('are made for the rows that go in alone', async () => {
    const tenant = await given.tenant();
    await given.import(
      tenant,
      'email,first_name,groups\na@example.com,Ann,Gold\nnonsense,Bob,Silver\nc@example.com,,Bronze\n',
    );
    expect(await groups(tenant)).toEqual(['Gold']);
  });

  test('that are not there are a problem when the run may not make any', async () => {
    const tenant = await given.tenant();
    await given.import(tenant, 'email,first_name,groups\na@example.com,Ann,Gold\n');
    const run = await given.import(
      tenant,
      'email,first_name,groups\na@example.com,Ann,"Gold,Silver"\nb@example.com,Bob,Gold\nc@example.com,Cy,Silver\n',
      { createGroups: false },
    );
    expect(await given.outcomes(run)).toEqual([
      'failed reference.not_found',
      'created',
      'failed reference.not_found',
    ]);
    expect((await given.problems(run))[0]?.details).toEqual({
      field: 'groups',
      target: 'group',
      value: 'Silver',
    });
    expect(await groups(tenant)).toEqual(['Gold']);
  });

  test('are taken away again by undo, unless somebody is in them', async () => {
    const tenant = await given.tenant();
    const first = await given.import(tenant, 'email,first_name,groups\na@example.com,Ann,"Gold,Silver"\n');
    const second = await given.import(tenant, 'email,first_name,groups\nb@example.com,Bob,Gold\n');
    await given.undo(first);
    expect(await groups(tenant)).toEqual(['Gold']);
    await given.undo(second);
    expect(await groups(tenant)).toEqual([]);
  });

  test('have names of 255 characters at most', async () => {
    const tenant = await given.tenant();
    const run = await given.import(
      tenant,
      `email,first_name,groups\na@example.com,Ann,${'💎'.repeat(255)}\nb@example.com,Bob,${'x'.repeat(256)}\n`,
    );
    expect(await given.outcomes(run)).toEqual(['created', 'failed text.too_long']);
  });

  test('keep names that SQL and COPY could trip over', async () => {
    const tenant = await given.tenant();
    const names = ['O\'Neil \\ "Co"', '{NULL}', '\\N', 'a\tb', '💎 مرحبا'];
    await given.import(
      tenant,
      `email,first_name,groups\na@example.com,Ann,"${JSON.stringify(names).replaceAll('"', '""')}"\n`,
    );
    expect([...(await groups(tenant))].sort()).toEqual([...names].sort());
  });
});

describe('a note', () => {
  test('is added to a new customer and to one who is there', async () => {
    const tenant = await given.tenant();
    await given.import(tenant, 'email,first_name,note\na@example.com,Ann,First\n');
    await given.import(tenant, 'email,note\na@example.com,Second\n');
    expect(await given.customer(tenant, 'a@example.com')).toMatchObject({
      notes: ['First', 'Second'],
      notes_count: 2,
    });
  });

  test('is not added twice', async () => {
    const tenant = await given.tenant();
    const content = 'email,first_name,note\na@example.com,Ann,First\n';
    await given.import(tenant, content);
    expect((await given.import(tenant, content)).unchanged).toBe(1);
    expect(await given.customer(tenant, 'a@example.com')).toMatchObject({ notes: ['First'], notes_count: 1 });
  });

  test('is taken away by undo, and counted so', async () => {
    const tenant = await given.tenant();
    await given.import(tenant, 'email,first_name,note\na@example.com,Ann,First\n');
    await given.undo(await given.import(tenant, 'email,note\na@example.com,Second\n'));
    expect(await given.customer(tenant, 'a@example.com')).toMatchObject({ notes: ['First'], notes_count: 1 });
  });

  test('that somebody has removed since is not counted down twice', async () => {
    const tenant = await given.tenant();
    await given.import(tenant, 'email,first_name\na@example.com,Ann\n');
    const run = await given.import(tenant, 'email,note\na@example.com,Second\n');
    await given.rows(tenant, 'delete from customer_notes');
    await given.rows(tenant, 'update customers set notes_count = 0');
    await given.undo(run);
    expect((await given.customer(tenant, 'a@example.com')).notes_count).toBe(0);
  });
});
