/**
 * Everything that must hold before a change goes in: types, lint and format, then all tests. Ends with a line that
 * counts them, such as `412 passed, 0 failed`, and with 1 when anything failed.
 *
 *     npm test                        all of it
 *     npm test -- test/unit/ids       only the tests whose file matches, as vitest takes it
 *
 * The counts are also written to the file that CLIENTELE_TEST_COUNTS names, since npm adds lines of its own.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

interface Count {
  readonly passed: number;
  readonly failed: number;
}

const root = fileURLToPath(new URL('..', import.meta.url));

function main(filters: readonly string[]): void {
  const counts = filters.length > 0 ? [runTests(filters)] : [checkTypes(), checkStyle(), runTests([])];
  const passed = counts.reduce((sum, count) => sum + count.passed, 0);
  const failed = counts.reduce((sum, count) => sum + count.failed, 0);
  process.exitCode = failed === 0 ? 0 : 1;
  const line = `${passed} passed, ${failed} failed`;
  console.log(line);
  const countsFile = process.env.CLIENTELE_TEST_COUNTS;
  if (countsFile !== undefined) writeFileSync(countsFile, `${line}\n`);
}

function checkTypes(): Count {
  return asOne('types', run('typescript/bin/tsc', ['-p', '.']));
}

function checkStyle(): Count {
  return asOne('style', run('@biomejs/biome/bin/biome', ['check', '--error-on-warnings']));
}

function asOne(name: string, passes: boolean): Count {
  console.log(`${passes ? '✓' : '✗'} ${name}`);
  return passes ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
}

/** What is read of vitest's JSON report. */
interface Report {
  readonly success: boolean;
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly testResults: readonly { readonly status: string; readonly assertionResults: readonly unknown[] }[];
}

function runTests(filters: readonly string[]): Count {
  const folder = mkdtempSync(join(tmpdir(), 'clientele-report-'));
  const file = join(folder, 'report.json');
  try {
    const passes = run('vitest/vitest.mjs', [
      'run',
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${file}`,
      ...filters,
    ]);
    return countTests(passes, JSON.parse(readFileSync(file, 'utf8')) as Report);
  } catch (error) {
    console.error(`The tests could not be run: ${error}`);
    return { passed: 0, failed: 1 };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A file that cannot be loaded has no tests and is one failure; so is an error outside of all tests. */
function countTests(passes: boolean, { numPassedTests, numFailedTests, testResults }: Report): Count {
  const unloaded = testResults.filter(
    ({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0,
  ).length;
  const failed = numFailedTests + unloaded;
  return { passed: numPassedTests, failed: passes ? failed : Math.max(failed, 1) };
}

/** Runs a tool of node_modules on this very runtime. @returns whether it ended well. */
function run(tool: string, args: readonly string[]): boolean {
  const result = spawnSync(process.execPath, [join(root, 'node_modules', tool), ...args], {
    cwd: root,
    stdio: 'inherit',
  });
  if (result.error) throw result.error;
  return result.status === 0;
}

main(process.argv.slice(2));
