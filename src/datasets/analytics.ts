/** Figures by the day, brought along from elsewhere. Days that were not are computed: see daily-metrics.ts. */
import { type Dataset, defineDataset } from './define-dataset.ts';
import { date, inPart, integer, money } from './fields.ts';
import { ownColumns } from './own-columns.ts';

// biome-ignore format: one field is one line, however long.
const fields = inPart('days', [
  date('date', 'Date', { unique: true, exportDefault: true, aliases: ['day'] }),
  money('revenue', 'Revenue', { exportDefault: true }),
  integer('orders', 'Orders', { exportDefault: true }),
  integer('new_customers', 'New Customers', { exportDefault: true }),
  integer('new_leads', 'New Leads', { exportDefault: true }),
  integer('quiz_completions', 'Quiz Completions', { exportDefault: true }),
  integer('pin_impressions', 'Pin Impressions', { exportDefault: true }),
  integer('pin_clicks', 'Pin Clicks', { exportDefault: true }),
]);

export const analytics: Dataset = defineDataset({
  key: 'analytics',
  label: 'Analytics',
  singular: 'day',
  parts: [{ key: 'days', table: 'daily_metrics', kind: 'root', fixed: ownColumns({ created: false }) }],
  fields,
  matchKeys: ['date'],
  createRules: [{ field: 'date', lacks: (of) => `${of('date')} is null` }],
});
