/** From the arguments of the process to a command, and from what it throws to an exit code. */
import { unreachable } from '../database/connect.ts';
import { isConnectionLost } from '../database/failures.ts';
import { AppError, type ErrorCode } from '../platform/errors.ts';
import { describeError, log } from '../platform/log.ts';
import { type Command, type CommandContext, usageError } from './command.ts';
import { commands } from './commands.ts';
import { nearest } from './nearest.ts';
import { writeFailure } from './write-whole.ts';

const exitOk = 0;
const exitBug = 1;
/** As shells have it: 128 and the signal's number. */
const exitInterrupted = 130;

/**
 * Runs a command.
 *
 * @param args without the runtime and the script.
 * @returns the process's exit code. Nothing is thrown: this is the edge.
 */
export async function dispatch(args: readonly string[], context: CommandContext): Promise<number> {
  const [name, ...rest] = args;
  try {
    if (name === undefined || name === '--help' || name === '-h' || name === 'help')
      return await showHelp(rest[0]);
    if (name === '--version') return await showVersion();
    const command = await find(name);
    if (asksForHelp(rest)) return print(command.help);
    return await command.run(rest, context);
  } catch (error) {
    if (context.interrupted.aborted && error === context.interrupted.reason) {
      if (wantsJson(rest)) printRefusal('program.interrupted', 'It was stopped before it came to an end.');
      return exitInterrupted;
    }
    return answerFor(isConnectionLost(error) ? unreachable(error) : error, args);
  }
}

async function find(name: string): Promise<Command> {
  const load = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (load === undefined) {
    const meant = nearest(name, [...Object.keys(commands), '--help', '--version']);
    throw usageError(
      `There is no command "${name}"${meant === undefined ? '' : `; did you mean "${meant}"?`}`,
    );
  }
  return await load();
}

/** What follows `--` is no option. */
function optionsAmong(args: readonly string[]): readonly string[] {
  const end = args.indexOf('--');
  return end === -1 ? args : args.slice(0, end);
}

function asksForHelp(args: readonly string[]): boolean {
  const options = optionsAmong(args);
  return options.includes('--help') || options.includes('-h');
}

function wantsJson(args: readonly string[]): boolean {
  return optionsAmong(args).includes('--json');
}

async function showHelp(name: string | undefined): Promise<number> {
  if (name !== undefined) return print((await find(name)).help);
  const lines = await Promise.all(
    Object.values(commands).map(async (load) => (await load()).help.split('\n')[0]),
  );
  return print(
    [
      'clientele: the system of record for customers',
      '',
      'Usage: clientele COMMAND [ARGUMENTS]',
      '',
      ...lines.map((line) => `  ${line}`),
      '',
      '"clientele COMMAND --help" says more. CLIENTELE_DATA names the data folder, DATABASE_URL a PostgreSQL of your own.',
      'Exit codes: 0 all went in, 3 some rows failed, 1 it failed, 2 it was called wrongly.',
    ].join('\n'),
  );
}

async function showVersion(): Promise<number> {
  const { default: about } = await import('../../package.json', { with: { type: 'json' } });
  return print(`${about.name} ${about.version}, Node ${process.versions.node}`);
}

function print(text: string): number {
  process.stdout.write(`${text}\n`);
  return exitOk;
}

/** A program that asked for an object gets one, however the command ends. */
function printRefusal(code: ErrorCode, message: string): void {
  print(JSON.stringify({ error: { code, message } }));
}

function answerFor(error: unknown, [name, ...rest]: readonly string[]): number {
  const json = wantsJson(rest);
  if (error instanceof AppError) {
    process.stderr.write(`${error.message}${hintFor(error, name)}\n`);
    if (json) printRefusal(error.code, error.message);
    return error.exitCode;
  }
  log().error({ err: error }, 'a bug of the program');
  const message = `The program failed, and it is not your fault: ${describeError(error).message}`;
  process.stderr.write(`${message}\n`);
  if (json) printRefusal('program.failed', message);
  return exitBug;
}

/** What a command asked for did not get out. */
export function sayUnwritten(error: Error): void {
  process.stderr.write(`Standard output could not be written: ${writeFailure(error) ?? error.message}.\n`);
}

function hintFor({ code }: AppError, name: string | undefined): string {
  if (code !== 'usage.invalid') return '';
  const known = name !== undefined && Object.hasOwn(commands, name);
  return ` Try "clientele ${known ? `${name} ` : ''}--help".`;
}
