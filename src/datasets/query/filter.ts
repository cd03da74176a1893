/**
 * A filter as conditions in SQL. What a condition compares with is read by the field's own type, so that a value
 * means here what it means in a file; then it stands in the statement as a literal.
 *
 * Under row security an index is used for leakproof operators only: `=`, `<`, `= any` on texts, ids, whole numbers,
 * dates and times. What needs another one is found by a function, see find.ts; the rest is a filter over the tenant's
 * rows.
 */
import { literal } from '../../database/literal.ts';
import { AppError } from '../../platform/errors.ts';
import { isId } from '../../platform/ids.ts';
import type { Dataset, FieldDefinition } from '../define-dataset.ts';
import { compileCondition } from './condition.ts';
import type { FilterContext } from './filter-context.ts';
import { depthMax, type FilterNode, idsMax, nodesMax, type RecordFilter } from './filter-schema.ts';
import { isFound, wordsMax, wordsOf } from './find.ts';
import type { RecordSql } from './record-sql.ts';

/**
 * @returns a condition over `record`, which is asked for the values first and for its joins after that.
 * @throws AppError `filter.invalid`, naming the field, the operator or the value; `permission.missing` for a field
 *   that the caller may not read.
 */
export function filterSql(record: RecordSql, filter: RecordFilter, context: FilterContext): string {
  const conditions = [
    record.isThere(),
    ...archivedSql(record, filter.archived),
    ...idsSql(filter.ids),
    ...searchSql(record, filter.search),
  ];
  if (filter.where !== undefined) {
    assertSize(filter.where);
    conditions.push(nodeSql(record, filter.where, context));
  }
  return conditions.join('\n  and ');
}

/** @throws AppError `filter.invalid` for a field that there is not, `permission.missing` for one that is not to be read. */
export function fieldNamed(
  dataset: Dataset,
  named: string,
  context: Pick<FilterContext, 'mayRead'>,
): FieldDefinition {
  const key = dataset.keyFor(named);
  if (key === undefined)
    throw new AppError('filter.invalid', `${dataset.label} have no field "${shortened(named)}".`, {
      field: named,
    });
  const field = dataset.field(key);
  if (!context.mayRead(field))
    throw new AppError(
      'permission.missing',
      `This needs the permission ${dataset.key}:read_sensitive: ${field.label} is a sensitive field.`,
      { field: key },
    );
  return field;
}

function nodeSql(record: RecordSql, node: FilterNode, context: FilterContext): string {
  if ('field' in node)
    return compileCondition(record, fieldNamed(record.dataset, node.field, context), node, context);
  const isAnd = 'and' in node;
  const members = (isAnd ? node.and : node.or).map((member) => nodeSql(record, member, context));
  if (members.length === 0) return isAnd ? 'true' : 'false';
  return `(${members.join(isAnd ? ' and ' : ' or ')})`;
}

function assertSize(root: FilterNode): void {
  let nodes = 0;
  const visit = (node: FilterNode, depth: number): void => {
    nodes += 1;
    if (nodes > nodesMax)
      throw new AppError('filter.invalid', `A filter has at most ${nodesMax} conditions.`);
    if (depth > depthMax)
      throw new AppError('filter.invalid', `The groups of a filter are at most ${depthMax} deep.`);
    if ('field' in node) return;
    for (const member of 'and' in node ? node.and : node.or) visit(member, depth + 1);
  };
  visit(root, 0);
}

function archivedSql(record: RecordSql, archived: RecordFilter['archived'] = 'all'): string[] {
  if (archived === 'all' || !record.dataset.has('archived')) return [];
  const isArchived = record.kept('archived');
  return [archived === 'only' ? isArchived : `not ${isArchived}`];
}

function idsSql(ids: RecordFilter['ids']): string[] {
  if (ids === undefined) return [];
  if (ids.length > idsMax)
    throw new AppError('filter.invalid', `At most ${idsMax} ids are selected at once.`);
  const stranger = ids.find((id) => !isId(id));
  if (stranger !== undefined)
    throw new AppError('filter.invalid', `"${shortened(stranger)}" is not an id.`, { value: stranger });
  return [`r.id = any (${literal(`{${ids.join(',')}}`)}::uuid[])`];
}

/** Every word of the text stands somewhere in the fields that are searched, whatever its case. */
function searchSql(record: RecordSql, search: string | undefined): string[] {
  const words = wordsOf(search ?? '');
  const fields = record.dataset.searched ?? [];
  if (words.length === 0) return [];
  if (fields.length === 0)
    throw new AppError('filter.invalid', `${record.dataset.label} cannot be searched for a text.`);
  if (words.length > wordsMax)
    throw new AppError('filter.invalid', `At most ${wordsMax} words are searched for at once.`);
  if (record.dataset.finder !== undefined) return [isFound(record.dataset.finder, { words })];
  const values = fields.flatMap((key) => {
    const isPhone = record.dataset.field(key).type === 'phone';
    return [record.value(key), ...(isPhone ? [record.normal(key) ?? 'null'] : [])];
  });
  const searched = `lower(concat_ws(E'\\n', ${values.join(', ')}))`;
  return words.map((word) => `strpos(${searched}, lower(${literal(word)})) > 0`);
}

export function shortened(text: string): string {
  return text.length > 100 ? `${text.slice(0, 100)}…` : text;
}
