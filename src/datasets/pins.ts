/** Pins on Pinterest, each on a board, with how they did. A board that is new comes to be with its first pin. */
import { type Dataset, defineDataset } from './define-dataset.ts';
import { datetime, decimal, inPart, integer, text, url, uuid } from './fields.ts';
import { ownColumns } from './own-columns.ts';

// biome-ignore format: one field is one line, however long.
const fields = inPart('pins', [
  uuid('id', 'ID', { importable: 'match', exportDefault: true }),
  text('title', 'Title', { exportDefault: true }),
  text('board_name', 'Board', { max: 255, listedIn: { table: 'boards', singular: 'board' }, exportDefault: true }),
  text('status', 'Status', { exportDefault: true }),
  integer('impressions', 'Impressions', { exportDefault: true }),
  integer('saves', 'Saves', { exportDefault: true }),
  integer('clicks', 'Clicks', { exportDefault: true }),
  decimal('engagement_rate', 'Engagement Rate', { exportDefault: true }),
  datetime('published_at', 'Published At', { exportDefault: true }),
  url('link', 'Link'),
  text('pinterest_pin_id', 'Pinterest ID', { max: 255, unique: true }),
  datetime('created_at', 'Created At', { importable: 'create-only' }),
]);

export const pins: Dataset = defineDataset({
  key: 'pins',
  label: 'Pins',
  singular: 'pin',
  parts: [{ key: 'pins', table: 'pins', kind: 'root', fixed: ownColumns({ created: true }) }],
  fields,
  matchKeys: ['id', 'pinterest_pin_id'],
  createRules: [{ field: 'title', lacks: (of) => `${of('title')} is null` }],
});
