/**
 * The log: JSON lines on standard error, for the operator. What a person asked for goes to standard output instead.
 * Never log a cell, a row, a name or an address: a database error's message and details quote values, so they are
 * left out here, and the place where it happened is kept.
 */
import { type DestinationStream, type Logger, pino } from 'pino';
import { configuration } from './config.ts';

let current: Logger | undefined;

/** The log of this process, at the level that CLIENTELE_LOG names. */
export function log(): Logger {
  current ??= pino(
    { level: configuration().logLevel, base: null, serializers: { err: describeError } },
    standardError(),
  );
  return current;
}

/** A log that cannot be written, for want of room or of a reader, is no reason to stop working. */
function standardError(): DestinationStream {
  const destination = pino.destination({ fd: 2, sync: true });
  destination.on('error', () => undefined);
  return destination;
}

/** An error as the log may keep it. */
export interface ErrorDescription {
  readonly type: string;
  readonly message: string;
  readonly code?: string;
  readonly stack?: string;
  readonly cause?: ErrorDescription;
}

/** @param error anything that was thrown. Its causes are described too. */
export function describeError(error: unknown): ErrorDescription {
  if (!(error instanceof Error))
    return { type: typeof error, message: 'Something that is not an Error was thrown.' };
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  const message = isDatabaseError(error) ? databaseMessage(error) : error.message;
  return {
    type: error.name,
    message,
    ...(code === undefined ? {} : { code }),
    ...(error.stack === undefined ? {} : { stack: framesOf(error.stack) }),
    ...(error.cause === undefined ? {} : { cause: describeError(error.cause) }),
  };
}

interface DatabaseErrorLike extends Error {
  readonly severity: string;
  readonly code: string;
  readonly table?: string;
  readonly constraint?: string;
  readonly routine?: string;
}

/** What pg throws for an error of the server; recognised by its shape, since this folder knows no database. */
function isDatabaseError(error: Error): error is DatabaseErrorLike {
  return (
    'severity' in error &&
    'code' in error &&
    typeof error.code === 'string' &&
    /^[0-9A-Z]{5}$/.test(error.code)
  );
}

function databaseMessage({ code, table, constraint, routine }: DatabaseErrorLike): string {
  const place = Object.entries({ table, constraint, routine }).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name} ${value}`],
  );
  return `database error ${[code, ...place].join(', ')}`;
}

/** The lines that say where; the first lines of a stack repeat the message. */
function framesOf(stack: string): string {
  return stack
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .join('\n');
}
