/** From the arguments of the process to a command, and from what it throws to an exit code. */
import { unreachable } from '../database/connect.ts';
import { isConnectionLost } from '../database/failures.ts';
import { AppError } from '../platform/errors.ts';
import { describeError, log } from '../platform/log.ts';
import type { Command, CommandContext } from './command.ts';
import { commands } from './commands.ts';

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
    if (error === context.interrupted.reason && context.interrupted.aborted) return exitInterrupted;
    return answerFor(isConnectionLost(error) ? unreachable(error) : error, name);
  }
}

async function find(name: string): Promise<Command> {
  const load = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (load === undefined) {
    throw new AppError('usage.invalid', `There is no command "${name}".`);
  }
  return await load();
}

/** What follows `--` is no option. */
function asksForHelp(args: readonly string[]): boolean {
  const end = args.indexOf('--');
  const options = end === -1 ? args : args.slice(0, end);
  return options.includes('--help') || options.includes('-h');
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

function answerFor(error: unknown, name: string | undefined): number {
  if (error instanceof AppError) {
    process.stderr.write(`${error.message}${hintFor(error, name)}\n`);
    return error.exitCode;
  }
  log().error({ err: error }, 'a bug of the program');
  process.stderr.write(`The program failed, and it is not your fault: ${describeError(error).message}\n`);
  return exitBug;
}

function hintFor({ code }: AppError, name: string | undefined): string {
  if (code !== 'usage.invalid') return '';
  const known = name !== undefined && Object.hasOwn(commands, name);
  return ` Try "clientele ${known ? `${name} ` : ''}--help".`;
}
