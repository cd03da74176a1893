import { expect, test } from 'vitest';
import { useImports } from '../../support/import.ts';

const given = useImports();

function customersFile(rows: number): string {
  const lines = Array.from({ length: rows }, (_, at) => `x${at},Ann ${at},ann${at}@example.com`);
  return `external_id,first_name,email\n${lines.join('\n')}\n`;
}

async function tablesSampled(): Promise<string[]> {
  const { rows } = await given.database.asOwner((owner) =>
    owner.query<{ name: string }>(
      `select relname as name from pg_class where relnamespace = 'public'::regnamespace and reltuples > 0
         and relname in ('customers', 'individual_profiles', 'customer_addresses') order by 1`,
    ),
  );
  return rows.map(({ name }) => name);
}

test('an import that wrote a good part of the customers has samples taken of them', async () => {
  const tenant = await given.tenant();
  await given.import(tenant, customersFile(500));
  expect(await tablesSampled()).toEqual([]);
  await given.import(await given.tenant(), customersFile(1000));
  expect(await tablesSampled()).toEqual(['customers', 'individual_profiles']);
});
