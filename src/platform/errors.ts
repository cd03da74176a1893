/**
 * Refusals: what the program will not do, each with a code that maps to an exit code of the command line and to
 * an HTTP status. A refusal is the caller's to mend; everything else that is thrown is a bug of ours.
 */

const table = {
  'usage.invalid': { status: 400, exit: 2 },
  'file.not_found': { status: 404, exit: 2 },
  'file.empty': { status: 422, exit: 1 },
  'file.binary': { status: 415, exit: 1 },
  'file.workbook': { status: 415, exit: 1 },
  'file.encoding': { status: 422, exit: 1 },
  'file.unreadable': { status: 422, exit: 1 },
  'file.too_large': { status: 413, exit: 1 },
  'file.too_many_columns': { status: 413, exit: 1 },
  'file.zip': { status: 422, exit: 1 },
  'mapping.invalid': { status: 422, exit: 2 },
  'import.not_found': { status: 404, exit: 2 },
  'import.move': { status: 409, exit: 1 },
  'import.lost': { status: 409, exit: 1 },
  'import.busy': { status: 409, exit: 1 },
  'import.failed': { status: 422, exit: 1 },
  'tenant.not_found': { status: 404, exit: 2 },
  'tenant.exists': { status: 409, exit: 1 },
  'tenant.invalid': { status: 400, exit: 2 },
  'database.unreachable': { status: 503, exit: 1 },
  'database.outdated': { status: 503, exit: 1 },
  'audit.broken': { status: 500, exit: 1 },
} as const;

export type ErrorCode = keyof typeof table;

export class AppError extends Error {
  readonly code: ErrorCode;
  readonly details: Readonly<Record<string, unknown>>;

  /** @param message one sentence for a person, saying what happened and what to do. */
  constructor(
    code: ErrorCode,
    message: string,
    details: Readonly<Record<string, unknown>> = {},
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'AppError';
    this.code = code;
    this.details = details;
  }

  get status(): number {
    return table[this.code].status;
  }

  get exitCode(): number {
    return table[this.code].exit;
  }
}

/** What a code maps to, also when it was kept as text: one that is not known counts as a failure. */
export function errorStatus(code: string | undefined): { readonly status: number; readonly exit: number } {
  return code !== undefined && Object.hasOwn(table, code)
    ? table[code as ErrorCode]
    : { status: 500, exit: 1 };
}

/** Every refusal there is, for the reference. */
export const errorCodes: readonly ErrorCode[] = Object.keys(table) as ErrorCode[];
