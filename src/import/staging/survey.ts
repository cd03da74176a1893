/**
 * The survey: one fast pass over the whole file, for what only its last row may settle. It finds how each mapped
 * column is to be read (day or month first, which decimal separator) before any cell is.
 */
import type { Dataset, FieldDefinition } from '../../datasets/define-dataset.ts';
import { surveyColumn } from '../../field-types/column.ts';
import type { ColumnReading, ColumnSurvey } from '../../field-types/field-type.ts';
import type { RowBatch } from '../../file-formats/rows.ts';
import type { ColumnTarget, Readings } from './column-targets.ts';
import { faultyRows } from './validate.ts';

interface Surveyed {
  readonly target: ColumnTarget;
  readonly survey: ColumnSurvey;
}

/**
 * @param batches the file's rows; read only when some column needs it.
 * @param common what holds for every column of the run: the tenant's country, zone, currency and language.
 */
export async function surveyColumns(
  dataset: Dataset,
  targets: readonly ColumnTarget[],
  common: ColumnReading,
  batches: () => AsyncIterable<RowBatch>,
): Promise<Readings> {
  const surveyed = targets.flatMap((target): Surveyed[] => {
    const field = dataset.field(target.field);
    const survey = isSettled(target) || isTyped(target, field) ? undefined : surveyColumn(field, common);
    return survey === undefined ? [] : [{ target, survey }];
  });
  if (surveyed.length > 0) for await (const batch of batches()) seeBatch(surveyed, batch);
  const found = new Map(surveyed.map(({ target, survey }) => [target.field, survey.settle().reading]));
  return Object.fromEntries(
    targets.map(({ field, reading, cells }) => [
      field,
      {
        ...common,
        ...found.get(field),
        ...(cells === 'numbers' ? { decimal: '.' as const } : {}),
        ...reading,
      },
    ]),
  );
}

/** Did a person say already what the survey would find? */
function isSettled({ reading }: ColumnTarget): boolean {
  return reading.dateOrder !== undefined || reading.decimal !== undefined;
}

/** Does the file itself say what the cells are? Numbers may still be days by their serial numbers. */
function isTyped({ cells }: ColumnTarget, { type }: FieldDefinition): boolean {
  if (cells === 'numbers') return type === 'integer' || type === 'decimal' || type === 'money';
  return cells === 'days' && (type === 'date' || type === 'datetime');
}

/** A row that could not be read says nothing of its columns: its cells may stand in others. */
function seeBatch(surveyed: readonly Surveyed[], batch: RowBatch): void {
  const faulty = faultyRows(batch.faults);
  for (const { target, survey } of surveyed) {
    for (let i = 0; i < batch.length; i += 1) {
      if (faulty.has(batch.first + i)) continue;
      const text = target.text(batch, i);
      if (typeof text === 'string' && text !== '') survey.see(text);
    }
  }
}
