/**
 * Figures by the day. A day that was imported is what the file said, whole; any other is computed from the orders, the
 * customers and the leads that are here, by the tenant's own clock. Impressions and clicks of pins have no source by
 * the day but imports. Days of which nothing is known are none.
 */
import { countsAsMoney } from './order-statistics.ts';

export interface DailyMetricsSql {
  /** SQL of the tenant's id: `$1`, or a literal where there are no parameters. */
  readonly tenant: string;
  /** SQL of the first and last day asked for, as dates; absent: without end. */
  readonly from?: string;
  readonly to?: string;
}

const figures = ['revenue', 'orders', 'new_customers', 'new_leads', 'quiz_completions'];

/**
 * @returns a query with the columns of the dataset analytics, under their keys, in no order; and `imported`, whether
 * the day was imported. With `tenant_id` and `id`, null where it was not, it can stand in the place of the table.
 */
export function dailyMetrics({ tenant, from, to }: DailyMetricsSql): string {
  const imported = within('d.date', { from, to });
  // The timestamps are compared as they are, so that their index finds them: a day begins at midnight of the tenant's zone.
  const at = (column: string): string => {
    const bounds = [
      from === undefined ? [] : [`${column} >= (${from})::timestamp at time zone z.timezone`],
      to === undefined ? [] : [`${column} < ((${to}) + 1)::timestamp at time zone z.timezone`],
    ].flat();
    return bounds.map((bound) => ` and ${bound}`).join('');
  };
  const day = (column: string): string => `(${column} at time zone z.timezone)::date`;
  const zone = `(select t.timezone, t.currency from tenants t where t.id = ${tenant}) z`;
  return `select d.tenant_id, d.id, d.date, d.revenue, d.orders, d.new_customers, d.new_leads, d.quiz_completions, d.pin_impressions, d.pin_clicks, d.custom, true as imported
  from daily_metrics d where d.tenant_id = ${tenant}${imported}
union all
select ${tenant}::uuid, null::uuid, c.date, ${figures.map((figure) => `coalesce(sum(c.${figure}), 0) as ${figure}`).join(', ')}, null::bigint, null::bigint, '{}'::jsonb, false
  from (
    select ${day('o.created_at')} as date, sum(o.total) filter (where ${countsAsMoney('z.currency')}) as revenue,
      count(*) as orders, 0 as new_customers, 0 as new_leads, 0 as quiz_completions
    from ${zone} join orders o on o.tenant_id = ${tenant}${at('o.created_at')} group by 1
    union all
    select ${day('k.created_at')}, 0, 0, count(*), 0, 0
    from ${zone} join customers k on k.tenant_id = ${tenant} and k.deleted_at is null${at('k.created_at')} group by 1
    union all
    select ${day('l.created_at')}, 0, 0, 0, count(*), count(*) filter (where l.quiz_completed)
    from ${zone} join leads l on l.tenant_id = ${tenant}${at('l.created_at')} group by 1
  ) c
  where not exists (select from daily_metrics d where d.tenant_id = ${tenant} and d.date = c.date)
  group by c.date`;
}

function within(column: string, { from, to }: { from: string | undefined; to: string | undefined }): string {
  return `${from === undefined ? '' : ` and ${column} >= ${from}`}${to === undefined ? '' : ` and ${column} <= ${to}`}`;
}
