/**
 * The run without any strike: what it comes to, which every round has to come to as well, and how long it takes at
 * what, so that strikes can be aimed.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { baseFile, secondFile } from './files.ts';
import type { Installation } from './installation.ts';
import { differences, type Outcome, outcomeOf, recordsOf, secondFileName } from './outcome.ts';
import { type Ending, start } from './program.ts';
import { type Phase, phaseOf, watchWhile } from './watching.ts';

export type Action = 'import' | 'undo';

export interface Size {
  /** Rows of the file that is imported under strikes; half of them change customers that are there. */
  readonly rows: number;
  readonly chunkRows: number;
}

/** An action undisturbed. */
export interface Expected {
  /** Of the program. */
  readonly arguments: readonly string[];
  readonly before: Outcome;
  readonly after: Outcome;
  readonly exitCode: number | null;
  /** From the program's start to its end. */
  readonly ms: number;
  /** How long each phase took. */
  readonly phases: ReadonlyMap<Phase, number>;
}

export interface Expectations {
  readonly tenantId: string;
  readonly chunks: number;
  readonly import: Expected;
  readonly undo: Expected;
}

/** Prepares the installation, and leaves the states `import` and `undo` in it, each as it is before that action. */
export async function prepare(on: Installation, size: Size): Promise<Expectations> {
  const environment = on.environment({ CLIENTELE_CHUNK_ROWS: String(size.chunkRows) });
  const { base, second } = writeFiles(on, size);
  const chunks = Math.ceil(size.rows / size.chunkRows);
  const program = (args: readonly string[]) => finish(args, environment);
  const tenant = JSON.parse((await program(['tenant', 'create', 'Crash', '--json'])).output);
  await program(importing(base));
  const measure = (args: readonly string[]) =>
    measured(on, args, { environment, chunks, tenantId: tenant.id });
  const plain = await on.asProgram((database) => recordsOf(database, tenant.id));
  await on.keep('import');
  const imported = await measure(importing(second));
  await on.keep('undo');
  const [run] = JSON.parse((await program(['imports', 'list', '--json'])).output);
  const undone = await measure(['imports', 'undo', run.id]);
  const left = differences(plain, await on.asProgram((database) => recordsOf(database, tenant.id)));
  if (left.length > 0) throw new Error(`Undo does not bring the records back:\n${left.join('\n')}`);
  return { tenantId: tenant.id, chunks, import: imported, undo: undone };
}

function writeFiles(on: Installation, { rows }: Size): { base: string; second: string } {
  const folder = join(on.folder, 'incoming');
  mkdirSync(folder);
  const [base, second] = [join(folder, 'first.csv'), join(folder, secondFileName)];
  writeFileSync(base, baseFile(rows / 2));
  writeFileSync(second, secondFile(rows / 2));
  return { base, second };
}

function importing(file: string): string[] {
  return ['import', file, '--tenant', 'crash', '--map', 'Referred By=referred_by', '--json'];
}

/** Some rows of the file are wrong, so 3 is a good end too. */
async function finish(args: readonly string[], environment: NodeJS.ProcessEnv): Promise<Ending> {
  const ending = await start(args, environment).ended;
  if (ending.code === 0 || ending.code === 3) return ending;
  throw new Error(`clientele ${args.join(' ')} ended with ${ending.code}: ${ending.errors}`);
}

interface Measuring {
  readonly environment: NodeJS.ProcessEnv;
  readonly chunks: number;
  readonly tenantId: string;
}

async function measured(
  on: Installation,
  args: readonly string[],
  { environment, chunks, tenantId }: Measuring,
): Promise<Expected> {
  const before = await on.asProgram((database) => outcomeOf(database, tenantId));
  const begin = performance.now();
  const program = start(args, environment);
  const seen = new Map<Phase, number>();
  await watchWhile(on, program, (sight) => {
    const phase = sight === null ? undefined : phaseOf(sight, chunks);
    if (phase !== undefined && !seen.has(phase)) seen.set(phase, performance.now());
    return false;
  });
  const ending = await program.ended;
  const end = performance.now();
  if (ending.code !== 0 && ending.code !== 3) throw new Error(`Undisturbed, it failed: ${ending.errors}`);
  const after = await on.asProgram((database) => outcomeOf(database, tenantId));
  assertWhole(after);
  return {
    arguments: args,
    before,
    after,
    exitCode: ending.code,
    ms: end - begin,
    phases: durations(seen, end),
  };
}

/** Rounds are held to this outcome, so nothing may be wrong with itself. */
function assertWhole({ trail, staged }: Outcome): void {
  const wrong = JSON.stringify({ trail, staged });
  if (wrong !== '{"trail":[],"staged":[{"rows":0}]}') throw new Error(`Undisturbed, it left ${wrong}`);
}

function durations(seen: ReadonlyMap<Phase, number>, end: number): Map<Phase, number> {
  const inOrder = [...seen].sort(([, one], [, other]) => one - other);
  return new Map(inOrder.map(([phase, from], i) => [phase, (inOrder[i + 1]?.[1] ?? end) - from]));
}
