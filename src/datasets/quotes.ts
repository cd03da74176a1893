/**
 * Quotes. A file that has no ids names a quote by its text, which two may share: such a row means neither of them, and
 * fails.
 */
import { createHash } from 'node:crypto';
import { type Dataset, defineDataset } from './define-dataset.ts';
import { datetime, inPart, integer, text, uuid } from './fields.ts';
import { ownColumns } from './own-columns.ts';

// biome-ignore format: one field is one line, however long.
const fields = inPart('quotes', [
  uuid('id', 'ID', { importable: 'match', exportDefault: true }),
  text('text', 'Text', { normalColumn: 'text_key', exportDefault: true }),
  text('attribution', 'Attribution', { exportDefault: true }),
  text('collection', 'Collection', { exportDefault: true }),
  text('mood', 'Mood', { exportDefault: true }),
  text('status', 'Status', { exportDefault: true }),
  integer('assets_count', 'Assets Generated', { importable: 'no', default: '0', exportDefault: true }),
  datetime('created_at', 'Created At', { importable: 'create-only', exportDefault: true }),
]);

export const quotes: Dataset = defineDataset({
  key: 'quotes',
  label: 'Quotes',
  singular: 'quote',
  parts: [{ key: 'quotes', table: 'quotes', kind: 'root', fixed: ownColumns({ created: true }) }],
  fields,
  matchKeys: ['id', 'text'],
  dependents: [{ table: 'assets', column: 'quote_id' }],
  createRules: [{ field: 'text', lacks: (of) => `${of('text')} is null` }],
  implied: (mapped) => (mapped.has('text') ? ['text_key'] : []),
  derive: (row) => {
    const quote = row.get('text');
    row.set('text_key', quote === null ? null : createHash('sha256').update(quote).digest('hex'));
  },
});
