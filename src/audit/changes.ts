/**
 * The journal: what a write changed in a record, field by field, before and after. It is field history, and undo
 * reads it. Each change has a digest over all that it says; the entry of the audit trail that speaks of the changes
 * keeps the digest of those.
 *
 *     digest = sha256(salt ‖ id, dataset, record, row, before, after, parts created, part ids, by, at; apart by U+001F)
 *
 * The salt keeps short values from being guessed from the digest, once the change itself was erased.
 */
type ColumnOf = (column: string) => string;

/** Columns of `changes` that the digest covers, beside the time. */
const covered = [
  'id',
  'dataset',
  'record_id',
  'row',
  'before',
  'after',
  'parts_created',
  'part_ids',
  'changed_by',
];

/** SQL of a change's digest, of its columns. JSON writes U+001F as an escape, so the texts stay apart. */
export function changeDigest(of: ColumnOf): string {
  const texts = covered.map((column) => `coalesce((${of(column)})::text, '')`);
  const at = `to_char((${of('changed_at')}) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US')`;
  return `sha256(${of('salt')} || convert_to(${[...texts, at].join(` || E'\\x1f' || `)}, 'UTF8'))`;
}

/** Every one of these is SQL. `$1` is the tenant, `$2` the import where there is no operation. */
export interface JournalSql {
  readonly dataset: string;
  readonly phase: string;
  readonly chunk: string;
  readonly by: string;
  readonly at: string;
  /** Bytes that nobody else knows, from which the salts are made. */
  readonly secret: string;
  /** The id of a write to many records that is no import; its entry in the trail names it. */
  readonly operation?: string;
  /** A relation with `id`, `record_id`, `row`, `before`, `after`, `parts_created` and `part_ids`. */
  readonly changes: string;
}

/** @returns an INSERT that gives back the `id` and `digest` of each change. */
export function journalStatement(sql: JournalSql): string {
  const given: Readonly<Record<string, string>> = {
    dataset: sql.dataset,
    changed_by: sql.by,
    changed_at: sql.at,
  };
  const of: ColumnOf = (column) => given[column] ?? `v.${column}`;
  const [operation, imported] = sql.operation === undefined ? ['null', '$2'] : [sql.operation, 'null'];
  return `insert into changes (tenant_id, id, dataset, record_id, import_id, operation_id, phase, chunk, row, before, after, parts_created, part_ids, salt, digest, changed_by, changed_at)
  select $1, v.id, ${sql.dataset}, v.record_id, ${imported}::uuid, ${operation}::uuid, ${sql.phase}, ${sql.chunk}, v.row, v.before, v.after, v.parts_created, v.part_ids,
    v.salt, ${changeDigest(of)}, ${sql.by}, ${sql.at}
  from (select c.*, substring(sha256(${sql.secret}::bytea || uuid_send(c.id)) for 16) as salt from (${sql.changes}) c offset 0) v
  returning id, digest`;
}

/** SQL of the digest of what a journal statement gave back under the name `j`, hexadecimal; null when it is nothing. */
export const journalDigest = `(select encode(sha256(string_agg(j.digest, ''::bytea order by j.id)), 'hex') from j)`;
