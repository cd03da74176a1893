import { spawn } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

const script = fileURLToPath(new URL('../../../scripts/ready.mjs', import.meta.url));
let checkout: string;

/** A checkout that wants one package, and an npm that installs it by writing down that it has. */
beforeEach(async () => {
  checkout = await mkdtemp(join(tmpdir(), 'clientele-checkout-'));
  await mkdir(join(checkout, 'scripts'));
  await mkdir(join(checkout, 'src'));
  await mkdir(join(checkout, 'path'));
  await copyFile(script, join(checkout, 'scripts', 'ready.mjs'));
  await writeFile(
    join(checkout, 'src', 'main.ts'),
    `const said: string = process.argv.slice(2).join(' '); console.log('main', said); process.exitCode = 7;`,
  );
  await want('1.0.0');
  await npmIs(
    `echo "$@" >> calls; sleep 0.3; mkdir -p node_modules; cp package-lock.json node_modules/.package-lock.json`,
  );
  await symlink(process.execPath, join(checkout, 'path', 'node'));
});

afterEach(async () => {
  await rm(checkout, { recursive: true });
});

const want = (version: string) =>
  writeFile(
    join(checkout, 'package-lock.json'),
    JSON.stringify({
      packages: {
        '': {},
        'node_modules/one': { version },
        'node_modules/other': { version, optional: true },
      },
    }),
  );

const npmIs = (commands: string) =>
  writeFile(join(checkout, 'path', 'npm'), `#!/bin/sh\n${commands}\n`, { mode: 0o755 });

async function ready(...args: string[]): Promise<{ code: number | null; output: string; errors: string }> {
  const child = spawn(process.execPath, [join(checkout, 'scripts', 'ready.mjs'), ...args], {
    cwd: tmpdir(),
    env: { PATH: `${join(checkout, 'path')}:/usr/bin:/bin` },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  let errors = '';
  child.stdout.on('data', (piece: Buffer) => {
    output += piece;
  });
  child.stderr.on('data', (piece: Buffer) => {
    errors += piece;
  });
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { code, output, errors };
}

async function installations(): Promise<number> {
  const calls = await readFile(join(checkout, 'calls'), 'utf8').catch(() => '');
  return calls.split('\n').length - 1;
}

describe('a checkout', () => {
  test('in which nothing is installed is set up, and then runs', async () => {
    const { code, output, errors } = await ready('src/main.ts', 'one', 'two words');
    expect({ code, output }).toEqual({ code: 7, output: 'main one two words\n' });
    expect(errors).toContain('Setting up');
    expect(await readFile(join(checkout, 'calls'), 'utf8')).toMatch(/^ci --ignore-scripts /);
  });

  test('that is set up is left alone, also when somebody else did it', async () => {
    await mkdir(join(checkout, 'node_modules'));
    await copyFile(join(checkout, 'package-lock.json'), join(checkout, 'node_modules', '.package-lock.json'));
    expect(await ready('src/main.ts')).toMatchObject({ code: 7, errors: '' });
    expect(await installations()).toBe(0);
  });

  test('is set up again when a package has another version by now', async () => {
    await ready();
    await want('1.0.1');
    expect(await ready('--check')).toMatchObject({
      code: 1,
      output: expect.stringContaining('one is 1.0.0 and should be 1.0.1'),
    });
    await ready();
    expect(await ready('--check')).toMatchObject({ code: 0, output: '' });
    expect(await installations()).toBe(2);
  });

  test('is set up once when several start at once', async () => {
    const outcomes = await Promise.all([1, 2, 3, 4].map(() => ready('src/main.ts')));
    expect(outcomes.map(({ code }) => code)).toEqual([7, 7, 7, 7]);
    expect(await installations()).toBe(1);
    expect((await readdir(checkout)).filter((name) => name.startsWith('.setup-lock'))).toEqual([]);
  });

  test('whose set-up was killed is set up by the next who comes', async () => {
    const gone = spawn('/bin/sh', ['-c', 'exit']);
    await new Promise((resolve) => gone.on('close', resolve));
    await writeFile(join(checkout, '.setup-lock'), String(gone.pid));
    expect(await ready('src/main.ts')).toMatchObject({ code: 7 });
    expect(await installations()).toBe(1);
  });

  test('hands the cache of what was compiled on to its threads', async () => {
    await writeFile(
      join(checkout, 'threads.ts'),
      `import { Worker } from 'node:worker_threads';
      const asking = "require('node:worker_threads').parentPort.postMessage(require('node:module').getCompileCacheDir())";
      new Worker(asking, { eval: true }).on('message', (folder?: string) => console.log('cache', folder));`,
    );
    await ready('src/main.ts');
    expect((await ready('threads.ts')).output).toContain(
      `cache ${join(checkout, 'node_modules', '.cache', 'compiled')}`,
    );
  });

  test('that cannot be set up says so, and leaves no lock', async () => {
    await npmIs('echo "no network" >&2; exit 1');
    expect(await ready('src/main.ts')).toMatchObject({
      code: 1,
      output: '',
      errors: expect.stringMatching(/no network\n.*could not install/),
    });
    expect(await readdir(checkout)).not.toContain('.setup-lock');
  });
});

describe('the runtime', () => {
  const packagedNode = () =>
    join(checkout, 'node_modules', `node-${process.platform}-${process.arch}`, 'bin');

  test('is the one that came with the packages', async () => {
    await ready();
    await mkdir(packagedNode(), { recursive: true });
    const program = '#!/bin/sh\n[ "$1" = --version ] && exit 0\necho packaged "$@"\nexit 5\n';
    await writeFile(join(packagedNode(), 'node'), program, { mode: 0o755 });
    const { code, output } = await ready('src/main.ts', 'x');
    expect(code).toBe(5);
    expect(output).toMatch(/^packaged .*main\.ts x\n$/);
  });

  test('is the machine’s own where the one from the packages does not run', async () => {
    await ready();
    await mkdir(packagedNode(), { recursive: true });
    await writeFile(join(packagedNode(), 'node'), 'for another machine', { mode: 0o755 });
    expect(await ready('src/main.ts')).toMatchObject({ code: 7, output: 'main \n' });
  });
});
