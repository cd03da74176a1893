/** The formats in SQL against the field types' own writers: the same text for every value, on every clock. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { literal } from '../../../src/database/literal.ts';
import { withTenant } from '../../../src/database/with-tenant.ts';
import type { FieldDefinition } from '../../../src/datasets/define-dataset.ts';
import { doubtfulSpan } from '../../../src/export/clock-agreement.ts';
import { type FormatContext, sessionTimezone, textSql } from '../../../src/export/format.ts';
import { compileColumn } from '../../../src/field-types/column.ts';
import type { FieldTypeName, Profile } from '../../../src/field-types/field-type.ts';
import { fieldType } from '../../../src/field-types/registry.ts';
import { useDatabase } from '../../support/database.ts';
import { hostileText, moments, numbers, tagLists } from '../../support/hostile-values.ts';

const given = useDatabase();

const samples = 600;

function field(type: FieldTypeName): FieldDefinition {
  const values = [
    { key: 'red', label: '=Red' },
    { key: 'at_risk', label: "At 'Risk'" },
    { key: 'minus', label: "'-5" },
  ];
  const enumeration = type === 'enum' ? { values } : {};
  return { key: type, label: type, type, importable: 'yes', exportable: true, part: 'x', ...enumeration };
}

/** @returns what SQL makes of each canonical value. */
async function inSql(
  type: FieldTypeName,
  values: readonly string[],
  context: FormatContext,
): Promise<unknown[]> {
  const tenant = await given.tenant();
  const { sqlType } = fieldType(type);
  return withTenant(given.database, tenant, async (tx) => {
    const doubtful = context.profile === 'spreadsheet' ? await doubtfulSpan(tx, context.timezone) : null;
    await tx.query(`set local timezone = ${literal(sessionTimezone(context))}`);
    const { rows } = await tx.query<{ text: string | null }>(
      `select ${textSql('v', field(type), { ...context, doubtful })} as text
       from unnest($1::text[]) with ordinality t(c, n) cross join lateral (select c::${sqlType} as v offset 0) x order by n`,
      [values],
    );
    return rows.map(({ text }) => text);
  });
}

function canonical(type: FieldTypeName, cells: readonly string[]): string[] {
  const read = compileColumn(field(type), { spreadsheetMarks: false, decimal: '.', currency: 'EUR' });
  return cells.map((cell) => read(cell)).filter((value) => typeof value === 'string');
}

const profiles: readonly Profile[] = ['data', 'spreadsheet'];

const cells: Partial<Record<FieldTypeName, fc.Arbitrary<string>>> = {
  text: hostileText,
  phone: hostileText,
  reference: hostileText,
  boolean: fc.constantFrom('true', 'false'),
  enum: fc.constantFrom('red', 'at_risk', 'minus'),
  decimal: numbers,
  money: numbers,
  integer: fc.integer().map(String),
  date: moments.map((text) => text.slice(0, 10)),
  tags: tagLists,
};

describe('SQL writes what the field type writes', () => {
  test.each(
    Object.entries(cells).flatMap(([type, values]) => profiles.map((profile) => ({ type, values, profile }))),
  )('$type, $profile', async ({ type: name, values, profile }) => {
    const type = name as FieldTypeName;
    const made = canonical(type, fc.sample(values, { seed: 5, numRuns: samples }));
    expect(made.length).toBeGreaterThan(20);
    for (const currency of type === 'money' ? ['EUR', 'JPY', 'KWD'] : ['EUR']) {
      const context = { profile, timezone: 'UTC', currency };
      const expected = made.map((value) => fieldType(type).write(value, profile, field(type), context));
      expect(await inSql(type, made, context)).toEqual(expected);
    }
  });

  test.each([
    'UTC',
    'Europe/Berlin',
    'America/New_York',
    'Asia/Kolkata',
    'Australia/Lord_Howe',
    'Pacific/Apia',
    'Africa/Monrovia',
    'America/St_Johns',
  ])('points in time on the clock of %s', async (timezone) => {
    const made = canonical('datetime', fc.sample(moments, { seed: 7, numRuns: samples }));
    for (const profile of profiles) {
      const context = { profile, timezone, currency: 'EUR' };
      const expected = made.map((value) =>
        fieldType('datetime').write(value, profile, field('datetime'), context),
      );
      expect(await inSql('datetime', made, context)).toEqual(expected);
    }
  });

  /** Hours around a clock that is put back, by an hour, by half of one, in war and in peace, and over a day that was left out. */
  test.each([
    ['Europe/Berlin', '2024-10-27T00:00:00Z'],
    ['Europe/Berlin', '1945-09-24T00:00:00Z'],
    ['America/New_York', '2024-11-03T05:00:00Z'],
    ['Australia/Lord_Howe', '2024-04-06T14:00:00Z'],
    ['America/St_Johns', '1990-10-28T02:00:00Z'],
    ['Europe/London', '1947-11-02T01:00:00Z'],
  ])('the hour that comes twice in %s, %s', async (timezone, around) => {
    const first = Date.parse(around) - 4 * 3_600_000;
    const made = Array.from(
      { length: 80 },
      (_, i) => `${new Date(first + i * 450_000).toISOString().slice(0, 19)}Z`,
    );
    const context = { profile: 'spreadsheet', timezone, currency: 'EUR' } as const;
    const expected = made.map((value) =>
      fieldType('datetime').write(value, 'spreadsheet', field('datetime'), context),
    );
    expect(expected.filter((text) => /[+-]\d\d:\d\d$/.test(text)).length).toBeGreaterThan(3);
    expect(await inSql('datetime', made, context)).toEqual(expected);
  });

  test('nothing of what is absent', async () => {
    for (const type of Object.keys(cells) as FieldTypeName[])
      for (const profile of profiles) {
        const context = { profile, timezone: 'Europe/Berlin', currency: 'EUR' };
        const sql = `select ${textSql(`null::${fieldType(type).sqlType}`, field(type), context)} as text`;
        const { rows } = await given.database.app.query(sql);
        expect(rows, `${type}, ${profile}`).toEqual([{ text: null }]);
      }
  });
});

test('where the two disagree on a clock, a time has its offset, and reads as the point that it is', async () => {
  const timezone = 'Africa/Casablanca';
  const made = canonical('datetime', fc.sample(moments, { seed: 11, numRuns: samples }));
  const written = await inSql('datetime', made, { profile: 'spreadsheet', timezone, currency: 'EUR' });
  const read = compileColumn(field('datetime'), { timezone });
  expect(written.map((text) => read(String(text)))).toEqual(made);
});
