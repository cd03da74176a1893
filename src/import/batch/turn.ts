/**
 * Work of one tenant goes one after the other in this process, before it takes a connection: a tenant that calls from
 * many clients at once holds one, and the others are there for everybody else.
 */
const last = new Map<string, Promise<unknown>>();

export async function inTurn<T>(tenantId: string, work: () => Promise<T>): Promise<T> {
  const before = last.get(tenantId);
  const mine = before === undefined ? work() : before.then(work, work);
  last.set(tenantId, mine);
  try {
    return await mine;
  } finally {
    if (last.get(tenantId) === mine) last.delete(tenantId);
  }
}
