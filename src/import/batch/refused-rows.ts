/**
 * Rows that the database refuses for a reason that no check foresaw, such as a constraint that somebody added. Only
 * then are the rows looked at apart: each half is tried beside those that are known to go in, within a savepoint that
 * is always taken back, until the rows at fault stand alone. They fail, and the others go in.
 */
import { codeOf } from '../../database/failures.ts';
import type { TenantTransaction } from '../../database/with-tenant.ts';

export interface Refused {
  readonly row: number;
  readonly reason: string;
}

/** Data that the database does not take: SQLSTATE classes 22 (data exception) and 23 (integrity constraint violation). */
export function isRefusal(error: unknown): boolean {
  return /^2[23]...$/.test(codeOf(error) ?? '');
}

/**
 * @param tryRows writes these rows and no others; what it wrote is taken back.
 * @returns the rows at fault, in order.
 */
export async function findRefused(
  tx: TenantTransaction,
  rows: readonly number[],
  tryRows: (rows: readonly number[]) => Promise<unknown>,
): Promise<readonly Refused[]> {
  const refused: Refused[] = [];
  const search = async (good: readonly number[], among: readonly number[]): Promise<readonly number[]> => {
    const reason = await reasonAgainst(tx, () => tryRows([...good, ...among]));
    if (reason === undefined) return [...good, ...among];
    const [row] = among;
    if (among.length === 1 && row !== undefined) {
      refused.push({ row, reason });
      return good;
    }
    const middle = Math.ceil(among.length / 2);
    return search(await search(good, among.slice(0, middle)), among.slice(middle));
  };
  if (rows.length > 0) await search([], rows);
  return refused;
}

/** @returns why the database refuses the work, undefined when it does not. Nothing of it stays. */
async function reasonAgainst(
  tx: TenantTransaction,
  work: () => Promise<unknown>,
): Promise<string | undefined> {
  await tx.query('savepoint trial');
  let reason: string | undefined;
  try {
    await work();
  } catch (error) {
    if (!isRefusal(error)) throw error;
    reason = reasonOf(error);
  }
  await tx.query('rollback to savepoint trial; release savepoint trial');
  return reason;
}

const reasons: Readonly<Record<string, string>> = {
  '22001': 'a text is too long',
  '22003': 'a number is out of range',
  '22008': 'a point in time is out of range',
  '23502': 'a value is missing',
  '23503': 'what it refers to is not there, or is no longer',
  '23505': 'a value that may stand once stands there already',
  '23514': 'a value breaks a rule',
};

/** The database's own sentence may show values; the name of the constraint does not. */
function reasonOf(error: unknown): string {
  const reason = reasons[codeOf(error) ?? ''] ?? 'a value cannot be stored';
  const constraint = nameIn(error, 'constraint') ?? nameIn(error, 'column');
  return constraint === undefined ? reason : `${reason} (${constraint})`;
}

function nameIn(error: unknown, key: 'constraint' | 'column'): string | undefined {
  const name: unknown = error instanceof Error ? Reflect.get(error, key) : undefined;
  return typeof name === 'string' ? name : undefined;
}
