/**
 * Makes the checkout ready and runs a program of ours on the right runtime. It is plain JavaScript for Node 20, since
 * that is what may be there before anything is installed; it uses no package.
 *
 *     node scripts/ready.mjs                     sets up
 *     node scripts/ready.mjs --check             says what a set-up would mend, and ends with 1 if anything
 *     node scripts/ready.mjs FILE [ARGUMENT…]    sets up, then runs the TypeScript file of the checkout
 *
 * Set up means that node_modules holds what package-lock.json names. The runtime is the Node 24 that comes as a locked
 * package for the platform; where there is none, or it does not run, the machine's own Node from 22.18 on.
 */
import { spawn, spawnSync } from 'node:child_process';
import {
  existsSync,
  lstatSync,
  readFileSync,
  realpathSync,
  renameSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import module from 'node:module';
import { basename, delimiter, dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const modules = join(root, 'node_modules');
const setupLock = join(root, '.setup-lock');
const runtimePackage = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
const lockWaitMsMax = 10 * 60 * 1000;
/** What was compiled once need not be again: a start takes half the time and 25 MB less (measured). */
const compileCache = join(modules, '.cache', 'compiled');
/** As bin/clientele has them for what `npm start` runs, and for the reasons given there. */
const heapFlags = ['--max-semi-space-size=4', '--heap-growing-percent=20', '--expose-gc'];

/** Files outside src/ are for developing, and need what only developing does. */
async function main([file, ...args]) {
  if (file === '--check') return check();
  const development = file !== undefined && !file.startsWith('src/');
  const installed = missing({ development }).length > 0;
  if (installed) await install({ development });
  const runtime = chooseRuntime();
  if (file === undefined) return;
  const isTuned = development || process.execArgv.includes('--expose-gc');
  // Packages that were replaced under a running program are for the next one.
  if (runtime === process.execPath && !installed && isTuned) await runHere(join(root, file), args);
  else await runThere(runtime, join(root, file), args);
}

function check() {
  const wrong = missing({ development: false });
  for (const line of wrong) console.log(line);
  process.exitCode = wrong.length > 0 ? 1 : 0;
}

/** What package-lock.json names and node_modules lacks or has otherwise; npm leaves a list of what it installed. */
function missing({ development }) {
  const wanted = readPackages(join(root, 'package-lock.json'));
  const present = readPackages(join(modules, '.package-lock.json'));
  if (wanted === undefined) return ['package-lock.json cannot be read'];
  if (present === undefined) return ['nothing is installed'];
  return Object.entries(wanted).flatMap(([path, entry]) => {
    const found = path === '' ? entry : present[path];
    if (found === undefined) return isDispensable(path, entry, development) ? [] : [`${path} is missing`];
    return found.version === entry.version
      ? []
      : [`${path} is ${found.version} and should be ${entry.version}`];
  });
}

/** npm passes over an optional package that it could not fetch; the runtime is one that this machine may need. */
function isDispensable(path, { optional, devOptional, dev }, development) {
  if (path === `node_modules/${runtimePackage}`) return isNewEnough(process.versions.node);
  return optional || devOptional || (dev && !development);
}

function readPackages(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages;
  } catch {
    return undefined;
  }
}

/** Installs unless another process has done so while this one waited for it. */
async function install({ development }) {
  await takeSetupLock();
  try {
    if (missing({ development }).length === 0) return;
    console.error('Setting up: installing packages. This happens once.');
    const result = runNpm([
      'ci',
      '--ignore-scripts',
      '--include=dev',
      '--include=optional',
      '--no-audit',
      '--no-fund',
      '--loglevel=error',
    ]);
    if (result.error)
      fail(`npm cannot be run (${result.error.message}). Install npm, or run "npm ci" by hand.`);
    if (result.status !== 0) fail('npm could not install the packages; its message stands above.');
    removeUselessRuntime();
  } finally {
    unlinkSync(setupLock);
  }
}

/** No script of a package is run: those that we need do without. */
function runNpm(args) {
  const script = process.env.npm_execpath ?? '';
  const options = { cwd: root, stdio: ['ignore', 2, 2], env: withoutOurPath(process.env) };
  if (/^npm-cli\.c?js$/.test(basename(script))) {
    return spawnSync(process.env.npm_node_execpath ?? process.execPath, [script, ...args], options);
  }
  return process.platform === 'win32'
    ? spawnSync(`npm.cmd ${args.join(' ')}`, { ...options, shell: true })
    : spawnSync('npm', args, options);
}

/** npm must not run on the Node that it is about to replace. */
function withoutOurPath(environment) {
  const path = (environment.PATH ?? '').split(delimiter).filter((folder) => folder !== join(modules, '.bin'));
  return { ...environment, PATH: path.join(delimiter) };
}

/** One set-up at a time. The lock holds the process's number; that of a process which is gone counts for nothing. */
async function takeSetupLock() {
  for (const start = Date.now(); ; await pause(200)) {
    try {
      writeFileSync(setupLock, String(process.pid), { flag: 'wx' });
      return;
    } catch (error) {
      if (error.code !== 'EEXIST')
        fail(`${root} cannot be written to (${error.code}), and packages must be installed there.`);
    }
    if (isAbandoned(setupLock)) removeAbandonedLock();
    if (Date.now() - start > lockWaitMsMax)
      fail(`Another process has been setting up for too long. Remove ${setupLock} if there is none.`);
  }
}

function isAbandoned(lock) {
  try {
    const pid = Number(readFileSync(lock, 'utf8'));
    // Empty for the moment between the file's making and its writing; a dead one stays so.
    if (pid === 0) return Date.now() - lstatSync(lock).mtimeMs > 5000;
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return error.code === 'ESRCH';
  }
}

/** Renamed first: of several that found it abandoned one removes it, and none removes the next holder's. */
function removeAbandonedLock() {
  const aside = `${setupLock}.${process.pid}`;
  try {
    renameSync(setupLock, aside);
    if (isAbandoned(aside)) unlinkSync(aside);
    else renameSync(aside, setupLock);
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
  }
}

/** @returns the path of the Node to run on. */
function chooseRuntime() {
  const packaged = packagedRuntime();
  if (packaged !== undefined) {
    if (realpathSync(process.execPath) === realpathSync(packaged)) return process.execPath;
    if (runs(packaged)) return packaged;
  }
  if (isNewEnough(process.versions.node)) return process.execPath;
  return fail(
    `No Node for ${process.platform} ${process.arch} comes with the packages, and this machine's own is ${process.versions.node}. Install Node 22.18 or newer (24 is best) and try again.`,
  );
}

function packagedRuntime() {
  const file = join(modules, runtimePackage, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  return existsSync(file) ? file : undefined;
}

function runs(runtime) {
  return spawnSync(runtime, ['--version'], { stdio: 'ignore' }).status === 0;
}

/** A binary for another C library is installed but does not run; npm would find it first for every script. */
function removeUselessRuntime() {
  const packaged = packagedRuntime();
  const link = join(modules, '.bin', 'node');
  if (packaged === undefined || runs(packaged) || !existsSync(link)) return;
  unlinkSync(link);
}

/** Types are stripped without a flag from 22.18 and 23.6 on. */
function isNewEnough(version) {
  const [major, minor] = version.split('.').map(Number);
  return major >= 24 || (major === 23 && minor >= 6) || (major === 22 && minor >= 18);
}

/** On the machine's own Node 22 types are stripped with a warning, which says nothing to whoever runs the program. */
async function runHere(file, args) {
  const { emitWarning } = process;
  process.emitWarning = (warning, ...rest) => {
    if (rest[0] !== 'ExperimentalWarning') emitWarning.call(process, warning, ...rest);
  };
  process.argv = [process.execPath, file, ...args];
  // Older runtimes have none. A thread takes it from the environment: the worker's holds 15 MB less by it (measured).
  process.env.NODE_COMPILE_CACHE ??= compileCache;
  module.enableCompileCache?.(compileCache);
  await import(pathToFileURL(file).href);
}

/** Hands signals on, waits, and ends as the program did. */
async function runThere(runtime, file, args) {
  const child = spawn(runtime, ['--disable-warning=ExperimentalWarning', ...heapFlags, file, ...args], {
    stdio: 'inherit',
    env: { NODE_COMPILE_CACHE: compileCache, MALLOC_ARENA_MAX: '2', ...process.env },
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  const [code, signal] = await new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (...result) => resolve(result));
  });
  if (signal !== null) {
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  }
  process.exitCode = code ?? 1;
}

/** What the person at the machine has to mend; thrown, so that what was taken is given back on the way. */
class Failure extends Error {}

function fail(message) {
  throw new Failure(message);
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof Failure)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
