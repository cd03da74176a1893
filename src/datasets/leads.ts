/** Leads: people who left an e-mail address, most of them by a quiz, and are no customers yet. */
import { type Dataset, defineDataset } from './define-dataset.ts';
import { boolean, datetime, email, inPart, text, uuid } from './fields.ts';
import { ownColumns } from './own-columns.ts';

// biome-ignore format: one field is one line, however long.
const fields = inPart('leads', [
  uuid('id', 'ID', { importable: 'match', exportDefault: true }),
  email('email', 'Email', { max: 255, unique: true, exportDefault: true, aliases: ['email address', 'e-mail', 'mail'] }),
  text('segment', 'Segment', { exportDefault: true }),
  text('source', 'Source', { exportDefault: true }),
  boolean('quiz_completed', 'Quiz Completed', { exportDefault: true }),
  boolean('converted', 'Converted to Customer', { exportDefault: true }),
  datetime('created_at', 'Created At', { importable: 'create-only', exportDefault: true }),
  text('utm_source', 'UTM Source'),
  text('utm_medium', 'UTM Medium'),
  text('utm_campaign', 'UTM Campaign'),
]);

export const leads: Dataset = defineDataset({
  key: 'leads',
  label: 'Leads',
  singular: 'lead',
  parts: [{ key: 'leads', table: 'leads', kind: 'root', fixed: ownColumns({ created: true }) }],
  fields,
  matchKeys: ['id', 'email'],
  createRules: [{ field: 'email', lacks: (of) => `${of('email')} is null` }],
});
