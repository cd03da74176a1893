import { describe, expect, it } from 'vitest';
import { addresses } from '../../../src/datasets/addresses.ts';
import { customers } from '../../../src/datasets/customers.ts';
import {
  type ColumnMapping,
  type Mapping,
  mappedFields,
  mappingSchema,
  parseMapOption,
  parseWriteOption,
  validateMapping,
  withOptions,
} from '../../../src/import/mapping/mapping.ts';
import { AppError } from '../../../src/platform/errors.ts';

const entry = (column: string, field: string | null, more: Partial<ColumnMapping> = {}): ColumnMapping => ({
  column,
  field,
  transformations: [],
  reading: {},
  confidence: 0.9,
  reason: '',
  ...more,
});

const mapping = (...columns: ColumnMapping[]): Mapping => ({ preset: null, columns, write: {} });

const suggested = mapping(entry('Mail', 'email'), entry('Name', 'display_name'), entry('Firma = Haus', null));
const none = { map: [], write: [] };

function refusal(run: () => unknown): AppError {
  try {
    run();
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error('Nothing was refused.');
}

describe('--map', () => {
  it.each([
    ['Mail=email', { column: 'Mail', field: 'email' }],
    [' Mail = email ', { column: 'Mail', field: 'email' }],
    ['Mail=', { column: 'Mail', field: null }],
    ['Firma = Haus=company_name', { column: 'Firma = Haus', field: 'company_name' }],
  ])('"%s" is read', (text, expected) => {
    expect(parseMapOption(text)).toEqual(expected);
  });

  it.each(['Mail', '=email', '', ' = '])('"%s" is refused', (text) => {
    expect(refusal(() => parseMapOption(text)).code).toBe('usage.invalid');
  });
});

describe('--write', () => {
  it('names a field and a rule', () => {
    expect(parseWriteOption('tags=add')).toEqual({ field: 'tags', rule: 'add' });
  });

  it.each(['tags', 'tags=', '=add', 'tags=append'])('"%s" is refused with the rules there are', (text) => {
    expect(refusal(() => parseWriteOption(text)).message).toContain('overwrite, fill, never, add, clear');
  });
});

describe('what a person says of a mapping', () => {
  it('takes the place of what was suggested, field by any spelling, column in any case', () => {
    const changed = withOptions(
      suggested,
      { map: [parseMapOption('mail=Secondary E-Mail'), parseMapOption('Firma = Haus=Company')], write: [] },
      customers,
    );
    expect(changed.columns.map(({ column, field }) => [column, field])).toEqual([
      ['Mail', 'secondary_email'],
      ['Name', 'display_name'],
      ['Firma = Haus', 'company_name'],
    ]);
  });

  it('takes a field from the column it was suggested for', () => {
    const changed = withOptions(
      suggested,
      { map: [{ column: 'Firma = Haus', field: 'display_name' }], write: [] },
      customers,
    );
    expect(changed.columns.map(({ field }) => field)).toEqual(['email', null, 'display_name']);
    expect(changed.columns[1]?.reason).toContain('Another column');
  });

  it('may feed two fields from one column', () => {
    const map = [
      { column: 'Name', field: 'first_name' },
      { column: 'Name', field: 'company_name' },
    ];
    expect(mappedFields(withOptions(suggested, { map, write: [] }, customers))).toEqual(
      new Set(['email', 'first_name', 'company_name']),
    );
  });

  it('leaves a column out', () => {
    const changed = withOptions(suggested, { map: [{ column: 'Name', field: null }], write: [] }, customers);
    expect(mappedFields(changed)).toEqual(new Set(['email']));
  });

  it('changes nothing when nothing is said, and not the mapping it is given', () => {
    expect(withOptions(suggested, none, customers)).toEqual(suggested);
    withOptions(
      suggested,
      { map: [{ column: 'Name', field: null }], write: [{ field: 'email', rule: 'fill' }] },
      customers,
    );
    expect(suggested.columns[1]?.field).toBe('display_name');
    expect(suggested.write).toEqual({});
  });

  it('gives write rules to mapped fields and to those they imply', () => {
    const write = [
      { field: 'Email', rule: 'fill' },
      { field: 'first_name', rule: 'never' },
    ] as const;
    expect(withOptions(suggested, { map: [], write }, customers).write).toEqual({
      email: 'fill',
      first_name: 'never',
    });
  });
});

describe('a mapping is refused', () => {
  const columns = suggested.columns.map((column) => column.column);

  it.each<[string, Mapping, string]>([
    [
      'for a column that the file has not',
      mapping(entry('Post', 'email')),
      'The file has no column "Post"; it has "Mail", "Name", "Firma = Haus".',
    ],
    [
      'for a joined column that the file has not',
      mapping(
        entry('Mail', 'email', { transformations: [{ do: 'join', columns: ['Domain'], separator: '@' }] }),
      ),
      'The file has no column "Domain"',
    ],
    ['for a field that is not there', mapping(entry('Mail', 'e_post')), 'Customers have no field "e_post".'],
    [
      'for a field called like a property of objects',
      mapping(entry('Mail', '__proto__')),
      'Customers have no field "__proto__".',
    ],
    [
      'for a field that cannot be imported',
      mapping(entry('Mail', 'updated_at')),
      'The field updated_at cannot be imported.',
    ],
    [
      'for two columns to one field',
      mapping(entry('Mail', 'email'), entry('Name', 'email')),
      'The field email is fed by "Mail", "Name"; it takes one.',
    ],
    [
      'when it maps nothing',
      mapping(entry('Mail', null)),
      'No column of the file feeds a field of customers',
    ],
    [
      'for a write rule of a stranger',
      { ...mapping(entry('Mail', 'email')), write: { e_post: 'fill' } },
      'Customers have no field "e_post".',
    ],
    [
      'for a write rule of a field that is not mapped',
      { ...mapping(entry('Mail', 'email')), write: { phone: 'fill' } },
      'No column feeds the field phone',
    ],
    [
      'for adding to one value',
      { ...mapping(entry('Mail', 'email')), write: { email: 'add' } },
      'The field email is one value; add is for lists.',
    ],
  ])('%s', (_, wrong, message) => {
    const { code, message: said } = refusal(() => validateMapping(wrong, customers, columns));
    expect(code).toBe('mapping.invalid');
    expect(said).toContain(message);
  });

  it('with everything that is wrong at once', () => {
    const wrong = mapping(entry('Post', 'e_post'), entry('Mail', 'updated_at'));
    expect(refusal(() => validateMapping(wrong, customers, columns)).details.faults).toHaveLength(3);
  });

  it('for a write rule named __proto__', () => {
    const write = [{ field: '__proto__', rule: 'fill' }] as const;
    expect(refusal(() => withOptions(suggested, { map: [], write }, customers)).message).toContain(
      'no field "__proto__"',
    );
  });
});

describe('a stored mapping', () => {
  it('is the same when it comes back', () => {
    const full: Mapping = {
      preset: 'shopify',
      columns: [
        entry('First Name', 'recipient_name', {
          transformations: [{ do: 'join', columns: ['Last Name'], separator: ' ' }],
          reading: { dateOrder: 'dmy', country: 'DE' },
        }),
      ],
      write: { recipient_name: 'fill' },
    };
    expect(mappingSchema.parse(JSON.parse(JSON.stringify(full)))).toEqual(full);
    expect(() => validateMapping(full, addresses, ['First Name', 'Last Name'])).not.toThrow();
  });

  it('is refused with an unknown rule or an unknown entry', () => {
    expect(mappingSchema.safeParse({ ...suggested, write: { email: 'append' } }).success).toBe(false);
    expect(mappingSchema.safeParse({ ...suggested, more: 1 }).success).toBe(false);
  });
});
