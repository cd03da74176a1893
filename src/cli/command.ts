/**
 * The shape of a command. One file a command: its help text stands at the top of the file, and `--help` prints it as
 * it stands. The first line of the help is the one that the list of commands shows.
 *
 *     export const help = `clientele tenant: who keeps customers here
 *
 *     Usage: clientele tenant create NAME [--slug SLUG]
 *            clientele tenant list
 *     …`;
 *
 *     export async function run(args: string[], context: CommandContext): Promise<number> { … }
 *
 * What was asked for goes to standard output, everything else to standard error. A refusal is thrown as an AppError:
 * it becomes one line on standard error and its exit code. A command that is called wrongly throws `usageError`.
 */
import { type ParseArgsConfig, parseArgs } from 'node:util';
import { AppError } from '../platform/errors.ts';

export interface Command {
  readonly help: string;
  /**
   * @param args what follows the command's name.
   * @returns the exit code: 0 all went in, 3 some rows failed, 1 it failed.
   */
  run(args: string[], context: CommandContext): Promise<number>;
}

export interface CommandContext {
  /** Aborted by Ctrl-C, SIGTERM and SIGHUP. */
  readonly interrupted: AbortSignal;
}

export type OptionsConfig = NonNullable<ParseArgsConfig['options']>;

/**
 * Reads a command's arguments with node:util's parseArgs, positionals allowed.
 *
 * @param arguments_ how many positionals there may be.
 * @throws AppError usage.invalid for an unknown option, a missing value, too few or too many positionals.
 */
export function readArguments<const Options extends OptionsConfig>(
  args: readonly string[],
  options: Options,
  arguments_: { readonly min: number; readonly max: number },
) {
  const parsed = parse(args, options);
  const count = parsed.positionals.length;
  if (count < arguments_.min) throw usageError('Something is missing after the command');
  if (count > arguments_.max)
    throw usageError(`"${parsed.positionals[arguments_.max]}" is one argument too many`);
  return parsed;
}

function parse<const Options extends OptionsConfig>(args: readonly string[], options: Options) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
  } catch (error) {
    throw usageError(error instanceof Error ? firstSentence(error.message) : String(error));
  }
}

function firstSentence(message: string): string {
  return message.split('. ')[0] ?? message;
}

/** The refusal of a command that is called wrongly; exit code 2. The dispatcher adds where help is to be had. */
export function usageError(reason: string): AppError {
  return new AppError('usage.invalid', reason.endsWith('.') ? reason : `${reason}.`);
}
