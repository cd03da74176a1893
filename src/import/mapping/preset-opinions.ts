/** What is known of a vendor's file says of its columns. */
import type { Dataset } from '../../datasets/define-dataset.ts';
import { normaliseSpelling } from '../../field-types/spelling.ts';
import type { Candidate, Opinion, SampledColumn } from './column-opinion.ts';
import { valuesAgainst } from './column-values.ts';
import { type Preset, presetColumn } from './presets/preset.ts';

/**
 * @returns an opinion on each column that the preset speaks of. Of a field's sources, the first one that is there
 *   and has values feeds it; those it passed over feed nothing else.
 */
export function presetOpinions(
  preset: Preset,
  dataset: Dataset,
  columns: readonly SampledColumn[],
): Opinion[] {
  const byName = new Map(columns.map((column) => [normaliseSpelling(column.name), column]));
  const settled = new Map<string, Opinion>();
  for (const [field, sources] of Object.entries(preset.fields)) {
    const there = sources.map(presetColumn).flatMap((source) => {
      const column = byName.get(normaliseSpelling(source.column));
      return column === undefined || settled.has(column.name) ? [] : [{ source, column }];
    });
    const best = there.find(({ column }) => column.samples.length > 0) ?? there[0];
    if (best === undefined) continue;
    settled.set(
      best.column.name,
      judged(dataset, best.column, {
        column: best.column.name,
        field,
        confidence: 0.99,
        reason: `That is how the file of ${preset.label} has it.`,
        family: null,
        transformations: best.source.transformations ?? [],
        reading: best.source.reading ?? {},
      }),
    );
  }
  return [...settled.values(), ...leftOutBy(preset, byName, settled)];
}

function judged(dataset: Dataset, { samples }: SampledColumn, candidate: Candidate): Opinion {
  if (candidate.transformations.length > 0) return candidate;
  const against = valuesAgainst(dataset, dataset.field(candidate.field), samples, 'alias');
  return against === undefined ? candidate : { column: candidate.column, against };
}

function leftOutBy(
  preset: Preset,
  byName: ReadonlyMap<string, SampledColumn>,
  settled: ReadonlyMap<string, Opinion>,
): Opinion[] {
  const passedOver = Object.values(preset.fields)
    .flat()
    .map((source) => [presetColumn(source).column, 'Another column has it.'] as const);
  const reasons = new Map(
    [...passedOver, ...Object.entries(preset.leftOut)].map(([name, reason]) => [
      normaliseSpelling(name),
      reason,
    ]),
  );
  return [...reasons].flatMap(([name, against]) => {
    const column = byName.get(name);
    return column === undefined || settled.has(column.name) ? [] : [{ column: column.name, against }];
  });
}
