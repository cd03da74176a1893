/** Designs made of quotes. A quote counts its own. */
import { type Dataset, defineDataset } from './define-dataset.ts';
import { datetime, decimal, inPart, reference, text, url, uuid } from './fields.ts';
import { ownColumns } from './own-columns.ts';

const quote = { dataset: 'quotes', by: ['text', 'id'] };

// biome-ignore format: one field is one line, however long.
const fields = inPart('assets', [
  uuid('id', 'ID', { importable: 'match', exportDefault: true }),
  reference('quote_text', 'Quote', quote, { column: 'quote_id', exportDefault: true, aliases: ['quote_id'] }),
  text('format', 'Format', { exportDefault: true }),
  text('status', 'Status', { exportDefault: true }),
  decimal('quality_score', 'Quality Score', { exportDefault: true }),
  url('url', 'URL', { exportDefault: true }),
  datetime('created_at', 'Created At', { importable: 'create-only', exportDefault: true }),
]);

/** Only a count that changes is written. */
const countAssets = `update quotes q set assets_count = n.assets
  from (select k.id, (select count(*)::int from assets a where a.tenant_id = $1 and a.quote_id = k.id) as assets
    from unnest($2::uuid[]) k(id) offset 0) n
  where q.tenant_id = $1 and q.id = n.id and q.assets_count <> n.assets`;

export const assets: Dataset = defineDataset({
  key: 'assets',
  label: 'Assets',
  singular: 'asset',
  parts: [{ key: 'assets', table: 'assets', kind: 'root', fixed: ownColumns({ created: true }) }],
  fields,
  matchKeys: ['id'],
  figures: [{ through: 'quote_text', table: 'quotes', refresh: countAssets }],
});
