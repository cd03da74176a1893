/**
 * What a customer has ordered: count, amount, first and last order. A customer's totals are what was brought along from
 * another product and what the orders here come to; `ordered_count` and `ordered_total` are the latter part, so that
 * it can be made anew at any time. First and last order have what was brought along beside them.
 *
 * Every order counts, but cancelled and refunded ones are no money, and neither is another currency than the tenant's.
 */
import type { Figures } from './define-dataset.ts';

/** SQL: does the order `o` count as money of a tenant with this currency? */
export const countsAsMoney = (currency: string): string =>
  `lower(btrim(coalesce(o.status, ''))) not in ('cancelled', 'canceled', 'refunded')
    and (o.currency is null or o.currency = ${currency})`;

/** What was brought along and what is counted here, together; a total that no column could hold stays at the most it can. */
const together = (total: string, part: string, counted: string, most: string): string =>
  `least(greatest(c.${total} - c.${part} + ${counted}, -${most}), ${most})`;

const allOrders = together('orders_count', 'ordered_count', 'n.orders', '2147483647');
const allMoney = together('total_spent', 'ordered_total', 'n.spent', '999999999999999.9999');

/** Only customers whose figures differ are written. No write by a person: version, time and author stay. */
const refresh = `with n as materialized (
  select k.id, count(o.id) as orders, coalesce(sum(o.total) filter (where ${countsAsMoney('t.currency')}), 0) as spent,
    min(o.created_at) as first_at, max(o.created_at) as last_at
  from unnest($2::uuid[]) k(id) join tenants t on t.id = $1
  left join lateral (select * from orders x where x.tenant_id = $1 and x.customer_id = k.id offset 0) o on true
  group by k.id)
update customers c set orders_count = ${allOrders}, total_spent = ${allMoney},
  ordered_count = ${allOrders} - (c.orders_count - c.ordered_count), ordered_total = trim_scale(${allMoney} - (c.total_spent - c.ordered_total)),
  first_order_at = least(c.opening_first_order_at, n.first_at),
  last_order_at = greatest(c.opening_last_order_at, n.last_at)
from n where c.tenant_id = $1 and c.id = n.id
  and (c.ordered_count, c.ordered_total, c.first_order_at, c.last_order_at) is distinct from
    (n.orders, n.spent, least(c.opening_first_order_at, n.first_at), greatest(c.opening_last_order_at, n.last_at))`;

export const orderStatistics: Figures = { through: 'customer_email', table: 'customers', refresh };
