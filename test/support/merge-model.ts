/**
 * What importing, editing and undoing come to, said once more and otherwise: customers as objects in a list, one row
 * after the other, no SQL. It knows a few fields of each kind; a test runs it beside the program and compares.
 */

/** A blank cell is null; a key that a row has not is not there. */
export type Row = Readonly<Record<string, string | null>>;

type Value = string | null | readonly string[];
export type Values = Record<string, Value>;

export interface Customer {
  /** Null until the program has told which it gave. */
  number: string | null;
  values: Values;
  /** What it was made with, for the undo of its making. */
  readonly made: Values;
  /** When it was deleted, counted in deletions; null while it is there. */
  deleted: number | null;
  /** Which write it has from; undoing that one brings the one before it back. */
  stamp: number;
  readonly madeBy: number;
}

export interface Asked {
  readonly mode: 'create' | 'update' | 'upsert';
  readonly match: readonly string[];
  readonly empty: 'keep' | 'clear';
  readonly duplicates: 'first' | 'last' | 'merge' | 'fail';
  readonly deleted: 'restore' | 'skip';
  readonly require: readonly string[];
  readonly write: Readonly<Record<string, string>>;
  readonly atomic: boolean;
}

export interface Planned {
  readonly row: number;
  outcome: 'create' | 'update' | 'unchanged' | 'skip' | 'fail';
  code: string | null;
  target: Customer | null;
  /** Values of the new record, or all values of the found one as they are to be. */
  values: Values;
  changed: readonly string[];
  cells: Row;
}

interface Change {
  readonly row: number;
  readonly customer: Customer;
  readonly before: Values;
  readonly after: Values;
  /** When the record was deleted, where the change restored it. */
  readonly wasDeleted: number | null;
  readonly stampBefore: number;
  readonly stampAfter: number;
}

export interface Written {
  readonly plan: readonly Planned[];
  /** Whether anything was written: an atomic run with a row that fails writes nothing. */
  readonly done: boolean;
  readonly changes: readonly Change[];
  readonly created: readonly Customer[];
}

export interface Undone {
  readonly removed: number;
  readonly restored: number;
  readonly leftAlone: number;
}

const lists = new Set(['tags', 'groups']);
/** In the order in which the dataset has them. */
const uniqueFields = ['number', 'external_id', 'email', 'referral_code'];
export const fields = [
  'external_id',
  'email',
  'referral_code',
  'phone',
  'first_name',
  'display_name',
  'job_title',
  'tags',
  'groups',
  'city',
];

const isBlank = (value: Value | undefined): boolean => value == null;
const same = (a: Value | undefined, b: Value | undefined): boolean =>
  JSON.stringify(a ?? null) === JSON.stringify(b ?? null);
const emptyOf = (field: string): Value => (lists.has(field) ? [] : null);

export class MergeModel {
  customers: Customer[] = [];
  private stamps = 0;
  private deletions = 0;

  live(): Customer[] {
    return this.customers.filter(({ deleted }) => deleted === null);
  }

  /** @param rows each null where it could not be read. */
  import(rows: readonly (Row | null)[], asked: Asked): Written {
    const plan = this.check(rows, asked);
    const invalid = rows.filter((row) => row === null).length;
    if (asked.atomic && invalid + plan.filter(({ outcome }) => outcome === 'fail').length > 0) {
      for (const one of plan)
        if (one.outcome === 'create' || one.outcome === 'update')
          Object.assign(one, { outcome: 'skip', code: 'skip.atomic' });
      return { plan, done: false, changes: [], created: [] };
    }
    return { plan, done: true, ...this.write(plan) };
  }

  private check(rows: readonly (Row | null)[], asked: Asked): Planned[] {
    let plan = rows.flatMap((row, i) => (row === null ? [] : [this.planRow(i + 1, row, asked)]));
    if (asked.duplicates === 'merge') {
      const merged = new Map<number, Row>();
      for (const group of groupsOf(plan, asked.match)) {
        const cells: Record<string, string | null> = {};
        for (const one of group)
          for (const [key, cell] of Object.entries(one.cells)) cells[key] = cell ?? cells[key] ?? null;
        merged.set(group.at(-1)?.row ?? 0, cells);
      }
      plan = plan.map((one) => this.planRow(one.row, merged.get(one.row) ?? one.cells, asked));
    }
    for (const group of groupsOf(plan, asked.match)) {
      const kept = asked.duplicates === 'first' ? group[0] : group.at(-1);
      for (const one of group) {
        if (asked.duplicates === 'fail') fail(one, 'duplicate.in_file');
        else if (one !== kept) Object.assign(one, { outcome: 'skip', code: 'skip.duplicate', changed: [] });
      }
    }
    this.failTaken(plan);
    failShared(plan);
    return plan;
  }

  /** What becomes of a row by itself. */
  private planRow(row: number, cells: Row, asked: Asked): Planned {
    const found = asked.match.map((key) => this.holders(key, cells[key] ?? null));
    const live = found.map((holders) => holders.filter(({ deleted }) => deleted === null));
    const isConflict =
      live.some((holders) => holders.length > 1) ||
      new Set(live.flatMap((holders) => holders[0] ?? [])).size > 1;
    const target =
      live.flat()[0] ??
      found.flatMap((holders) => holders.toSorted((a, b) => (b.deleted ?? 0) - (a.deleted ?? 0)))[0] ??
      null;
    const planned: Planned = {
      row,
      cells,
      target,
      outcome: 'unchanged',
      code: null,
      values: {},
      changed: [],
    };
    const become = (outcome: Planned['outcome'], code: string | null = null): Planned =>
      Object.assign(planned, { outcome, code });
    if (isConflict) return become('fail', 'match.conflict');
    if (asked.mode === 'update' && target === null) return become('skip', 'skip.missing');
    if (asked.deleted === 'skip' && target?.deleted != null) return become('skip', 'skip.deleted');
    if (asked.mode === 'create' && target?.deleted === null) return become('skip', 'skip.exists');
    planned.values = target === null ? created(cells, asked) : updated(target.values, cells, asked);
    if (target === null) {
      const lacks = (field: string): boolean => isBlank(planned.values[field]);
      if (lacks('display_name')) return become('fail', 'value.required');
      if (asked.require.some(lacks)) return become('fail', 'value.required');
      return become('create');
    }
    planned.changed = fields.filter((field) => !same(planned.values[field], target.values[field]));
    const writes = planned.changed.length > 0 || target.deleted !== null;
    return become(writes ? 'update' : 'unchanged');
  }

  private holders(key: string, value: string | null): Customer[] {
    if (value === null) return [];
    return this.customers.filter((one) => (key === 'number' ? one.number : one.values[key]) === value);
  }

  /** A value that somebody else has, even one who gives it up in this very run; a number is had for ever. */
  private failTaken(plan: readonly Planned[]): void {
    for (const field of uniqueFields) {
      for (const one of plan) {
        const value = broughtBy(one, field);
        const holders = this.holders(field, value).filter((holder) => holder !== one.target);
        if (holders.some(({ deleted }) => field === 'number' || deleted === null)) fail(one, 'unique.taken');
      }
    }
  }

  private write(plan: readonly Planned[]): Pick<Written, 'changes' | 'created'> {
    const changes: Change[] = [];
    const made: Customer[] = [];
    for (const { outcome, target, values, changed, row } of plan) {
      if (outcome === 'create') {
        const { number, ...own } = values;
        const stamp = ++this.stamps;
        const customer: Customer = {
          number: number as string | null,
          values: own,
          made: { ...own },
          deleted: null,
          stamp,
          madeBy: stamp,
        };
        made.push(customer);
        this.customers.push(customer);
      } else if (outcome === 'update' && target !== null) {
        const pick = (from: Values): Values =>
          Object.fromEntries(changed.map((field) => [field, from[field] ?? null]));
        const stampBefore = target.stamp;
        target.stamp = ++this.stamps;
        changes.push({
          row,
          customer: target,
          before: pick(target.values),
          after: pick(values),
          wasDeleted: target.deleted,
          stampBefore,
          stampAfter: target.stamp,
        });
        target.values = values;
        target.deleted = null;
      }
    }
    return { changes, created: made };
  }

  /** Field by field; what somebody has written since stays. @param chunkRows rows that go back together. */
  undo({ changes, created: made, plan }: Written, chunkRows: number): Undone {
    const undone = { removed: 0, restored: 0, leftAlone: 0 };
    const rowOf = new Map(
      plan.filter(({ outcome }) => outcome === 'create').map(({ row }, i) => [made[i], row] as const),
    );
    const chunkOf = (row: number): number => Math.floor((row - 1) / chunkRows);
    const last = Math.max(-1, ...plan.map(({ row }) => chunkOf(row)));
    for (let chunk = last; chunk >= 0; chunk -= 1) {
      for (const change of changes.filter(({ row }) => chunkOf(row) === chunk)) this.giveBack(change, undone);
      for (const customer of made.filter((one) => chunkOf(rowOf.get(one) ?? 0) === chunk)) {
        if (!this.customers.includes(customer)) continue;
        const isAsMade =
          customer.deleted === null &&
          customer.stamp === customer.madeBy &&
          fields.every((field) => same(customer.values[field], customer.made[field]));
        if (isAsMade) this.customers = this.customers.filter((one) => one !== customer);
        undone[isAsMade ? 'removed' : 'leftAlone'] += 1;
      }
    }
    return undone;
  }

  private giveBack(
    { customer, before, after, wasDeleted, stampBefore, stampAfter }: Change,
    undone: { restored: number; leftAlone: number },
  ): void {
    if (!this.customers.includes(customer)) return;
    const isUntouched = customer.stamp === stampAfter;
    const isDeletedAgain = wasDeleted !== null && customer.deleted === null && isUntouched;
    const isTaken = (field: string): boolean =>
      uniqueFields.includes(field) &&
      customer.deleted === null &&
      !isDeletedAgain &&
      this.live().some(
        (one) => one !== customer && same(one.values[field], before[field]) && !isBlank(before[field]),
      );
    const goes = Object.keys(before).filter(
      (field) => lists.has(field) || (same(customer.values[field], after[field]) && !isTaken(field)),
    );
    const isLeft =
      goes.length < Object.keys(before).length ||
      (wasDeleted !== null && customer.deleted === null && !isDeletedAgain);
    if (isLeft) undone.leftAlone += 1;
    if (goes.length === 0 && !isDeletedAgain) return;
    undone.restored += 1;
    for (const field of goes) customer.values[field] = earlier(field, customer.values, before, after);
    if (isDeletedAgain) customer.deleted = wasDeleted;
    customer.stamp = isUntouched ? stampBefore : ++this.stamps;
  }

  delete(customer: Customer): void {
    customer.deleted = ++this.deletions;
    customer.stamp = ++this.stamps;
  }

  /** @returns whether it is there again: not while another has what it would bring back. */
  restore(customer: Customer): boolean {
    const isTaken = uniqueFields.some((field) =>
      this.live().some(
        (one) => !isBlank(one.values[field]) && same(one.values[field], customer.values[field]),
      ),
    );
    if (isTaken) return false;
    customer.deleted = null;
    customer.stamp = ++this.stamps;
    return true;
  }
}

function fail(planned: Planned, code: string): void {
  Object.assign(planned, { outcome: 'fail', code, changed: [] });
}

/** Rows that mean the same customer: the one they found, or a new one with the same first key. */
function groupsOf(plan: readonly Planned[], match: readonly string[]): Planned[][] {
  const groups = new Map<unknown, Planned[]>();
  for (const one of plan) {
    const first = match.find((key) => one.cells[key] != null);
    const isNew = one.outcome === 'create';
    if (!isNew && one.outcome !== 'update' && one.outcome !== 'unchanged') continue;
    if (isNew && first === undefined) continue;
    const meaning = isNew ? `${first} ${one.cells[first ?? '']}` : one.target;
    groups.set(meaning, [...(groups.get(meaning) ?? []), one]);
  }
  return [...groups.values()].filter((group) => group.length > 1);
}

/** The unique value that a row writes, or that the record it restores brings back. */
function broughtBy({ outcome, target, values, changed }: Planned, field: string): string | null {
  const value = (field === 'number' && target !== null ? null : (values[field] ?? null)) as string | null;
  if (outcome === 'create') return value;
  return outcome === 'update' && (changed.includes(field) || target?.deleted != null) ? value : null;
}

function failShared(plan: readonly Planned[]): void {
  for (const field of uniqueFields) {
    const sharing = Map.groupBy(plan, (one) => broughtBy(one, field));
    sharing.delete(null);
    for (const rows of sharing.values())
      if (rows.length > 1) for (const one of rows) fail(one, 'duplicate.in_file');
  }
}

function read(field: string, cell: string | null | undefined): Value {
  if (cell == null) return null;
  if (!lists.has(field)) return cell;
  const names = [...new Set(cell.split(';'))];
  return field === 'groups' ? names.sort() : names;
}

function created(cells: Row, { write }: Asked): Values {
  const values: Values = {};
  for (const field of ['number', ...fields]) {
    const value = write[field] === 'clear' ? null : read(field, cells[field]);
    values[field] = value ?? emptyOf(field);
  }
  values.display_name ??= values.first_name ?? null;
  return values;
}

function updated(old: Values, cells: Row, { write, empty }: Asked): Values {
  const values: Values = { ...old };
  for (const field of Object.keys(cells).filter((key) => fields.includes(key))) {
    const cell = read(field, cells[field]);
    const had = old[field] ?? null;
    const blank = empty === 'clear' ? emptyOf(field) : had;
    const isHad = Array.isArray(had) ? had.length > 0 : had !== null;
    switch (write[field]) {
      case 'never':
        break;
      case 'clear':
        values[field] = emptyOf(field);
        break;
      case 'fill':
        values[field] = isHad ? had : (cell ?? had);
        break;
      case 'add':
        values[field] = [...new Set([...((had ?? []) as string[]), ...((cell ?? []) as string[])])];
        if (field === 'groups') values[field] = (values[field] as string[]).toSorted();
        break;
      default:
        values[field] = cell ?? blank;
    }
  }
  // A name that nobody gave is the first name's, and goes with it.
  const isMoved = !same(values.first_name, old.first_name);
  if (isMoved && same(old.display_name, old.first_name))
    values.display_name = values.first_name ?? old.display_name ?? null;
  return values;
}

/** What was added to a list is taken out of it, whatever else came in since. */
function earlier(field: string, now: Values, before: Values, after: Values): Value {
  if (!lists.has(field) || same(now[field], after[field])) return before[field] ?? null;
  const [had, got, has] = [before[field], after[field], now[field]].map(
    (list) => (list ?? []) as string[],
  ) as [string[], string[], string[]];
  const kept = has.filter((name) => had.includes(name) || !got.includes(name));
  const lost = had.filter((name) => !got.includes(name) && !has.includes(name));
  const names = [...kept, ...lost];
  return field === 'groups' ? names.sort() : names;
}
