/** Customer numbers: given out in the order of the file, or kept as the file has them. */
import { describe, expect, test } from 'vitest';
import { useImports } from '../../support/import.ts';

const given = useImports({ chunkRows: 7 });

const numbersInOrder = async (tenant: string): Promise<unknown[]> =>
  (await given.rows(tenant, 'select number from customers order by first_name')).map(({ number }) => number);

const people = (from: number, amount: number, ending = ''): string =>
  Array.from({ length: amount }, (_, i) => {
    const name = `P${String(from + i).padStart(3, '0')}`;
    return `${name}@example.com,${name}${ending}\n`;
  }).join('');

describe('customers without a number', () => {
  test('get one each in the order of the file, without a gap, over all chunks', async () => {
    const tenant = await given.tenant();
    await given.import(tenant, `email,first_name\n${people(1, 30)}`);
    expect(await numbersInOrder(tenant)).toEqual(
      Array.from({ length: 30 }, (_, i) => `CUST-${String(i + 1).padStart(6, '0')}`),
    );
  });

  test('leave no gap for rows that fail', async () => {
    const tenant = await given.tenant();
    await given.import(tenant, `email,first_name\n${people(1, 3)}nonsense,X\n,Y\n${people(10, 8)}`);
    expect((await numbersInOrder(tenant)).at(-1)).toBe('CUST-000011');
  });

  test('go on where the last import ended', async () => {
    const tenant = await given.tenant();
    await given.import(tenant, `email,first_name\n${people(1, 9)}`);
    await given.import(tenant, `email,first_name\n${people(5, 9)}`);
    expect((await numbersInOrder(tenant)).at(-1)).toBe('CUST-000013');
  });
});

describe('a number in the file', () => {
  test('is kept when it is free, and the counter moves past it', async () => {
    const tenant = await given.tenant();
    const run = await given.import(
      tenant,
      'email,first_name,number\na@example.com,A,\nb@example.com,B,CUST-000041\nc@example.com,C,K-17\nd@example.com,D,\n',
    );
    expect(run.created).toBe(4);
    expect(await numbersInOrder(tenant)).toEqual(['CUST-000042', 'CUST-000041', 'K-17', 'CUST-000043']);
  });

  test('is kept though nobody counts so far, and the counter stays where it is', async () => {
    const tenant = await given.tenant();
    await given.import(tenant, 'email,first_name,number\na@example.com,A,CUST-999999999999999999\n');
    for (const first of [1, 4]) await given.import(tenant, `email,first_name\n${people(first, 3)}`);
    expect(await numbersInOrder(tenant)).toEqual([
      'CUST-999999999999999999',
      ...Array.from({ length: 6 }, (_, i) => `CUST-00000${i + 1}`),
    ]);
  });

  test('is kept with its leading zeros, however many', async () => {
    const tenant = await given.tenant();
    await given.import(
      tenant,
      'email,first_name,number\na@example.com,A,007\nb@example.com,B,CUST-9\nc@example.com,C,\n',
    );
    expect(await numbersInOrder(tenant)).toEqual(['007', 'CUST-9', 'CUST-000010']);
  });

  test('never changes the number of a customer who is there', async () => {
    const tenant = await given.tenant();
    await given.import(tenant, 'email,first_name\na@example.com,A\n');
    const run = await given.import(tenant, 'email,first_name,number\na@example.com,A,N-1\n');
    expect(run.unchanged).toBe(1);
    expect(await numbersInOrder(tenant)).toEqual(['CUST-000001']);
  });

  test('that two new customers claim is a problem of both', async () => {
    const tenant = await given.tenant();
    const run = await given.import(
      tenant,
      'email,first_name,number\na@example.com,A,N-1\nb@example.com,B,N-1\n',
      {
        match: ['email'],
      },
    );
    expect(await given.outcomes(run)).toEqual(['failed duplicate.in_file', 'failed duplicate.in_file']);
  });

  test('that a customer has, even a deleted one, is taken', async () => {
    const tenant = await given.tenant();
    await given.import(tenant, 'email,first_name,number\na@example.com,A,N-1\nb@example.com,B,N-2\n');
    await given.rows(tenant, `update customers set deleted_at = now() where number = 'N-2'`);
    const run = await given.import(
      tenant,
      'email,first_name,number\nc@example.com,C,N-1\nd@example.com,D,N-2\n',
      {
        match: ['email'],
      },
    );
    expect(await given.outcomes(run)).toEqual(['failed unique.taken', 'failed unique.taken']);
  });

  test('is never given out again after its import is undone', async () => {
    const tenant = await given.tenant();
    await given.undo(await given.import(tenant, `email,first_name\n${people(1, 3)}`));
    await given.import(tenant, `email,first_name\n${people(1, 1)}`);
    expect(await numbersInOrder(tenant)).toEqual(['CUST-000004']);
  });
});

test('a number that cannot be counted on leaves the counter where it is', async () => {
  const tenant = await given.tenant();
  await given.import(
    tenant,
    `email,first_name,number\na@example.com,A,CUST-${'9'.repeat(40)}\nb@example.com,B,CUST-12x\nc@example.com,C,\n`,
  );
  expect((await numbersInOrder(tenant)).at(-1)).toBe('CUST-000001');
});
