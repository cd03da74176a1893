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
import { nearest } from './nearest.ts';

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
 * @throws AppError usage.invalid for an unknown option, a missing value, an option that is there twice and may be once,
 *   too few or too many positionals.
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
    const { tokens, ...parsed } = parseArgs({
      args: [...args],
      options,
      allowPositionals: true,
      strict: true,
      tokens: true,
    });
    refuseDoubled(tokens, options);
    return parsed;
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw usageError(unreadable(error, args, options));
  }
}

/** Of two values the last would count, and the first be forgotten without a word. */
function refuseDoubled(
  tokens: readonly { readonly kind: string; readonly name?: string }[],
  options: OptionsConfig,
): void {
  const seen = new Set<string>();
  for (const { kind, name = '' } of tokens) {
    if (kind !== 'option' || options[name]?.multiple) continue;
    if (seen.has(name)) throw usageError(`--${name} is there twice`);
    seen.add(name);
  }
}

/** What parseArgs says, in one sentence, and what may have been meant. */
function unreadable(error: unknown, args: readonly string[], options: OptionsConfig): string {
  const message = error instanceof Error ? error.message : String(error);
  const [sentence = message] = message.split('. ');
  const [, unknown] = /^Unknown option '(--?[^']+)'/.exec(message) ?? [];
  if (unknown === undefined) return sentence;
  const cluster = args.find((arg) => /^-[^-]./.test(arg));
  if (!unknown.startsWith('--') && cluster !== undefined)
    return `${sentence}; a file of such a name is written ./${cluster}`;
  const meant = nearest(unknown.slice(2), Object.keys(options));
  return meant === undefined ? sentence : `${sentence}; did you mean --${meant}?`;
}

/** The refusal of a command that is called wrongly; exit code 2. The dispatcher adds where help is to be had. */
export function usageError(reason: string): AppError {
  return new AppError('usage.invalid', /[.?]$/.test(reason) ? reason : `${reason}.`);
}

/** @throws AppError usage.invalid, naming what there is to choose from. */
export function oneOf<const T extends string>(option: string, value: string, allowed: readonly T[]): T {
  const found = allowed.find((candidate) => candidate === value);
  if (found === undefined) throw usageError(`${option} takes ${alternatives(allowed)}, and not "${value}"`);
  return found;
}

/** `a, b or c`; marks in quotes. */
function alternatives(words: readonly string[]): string {
  const shown = words.map((word) => (/^\w/.test(word) ? word : `"${word}"`));
  return `${shown.slice(0, -1).join(', ')} or ${shown.at(-1)}`;
}
