/**
 * Refusals: what the program will not do, each with a code that maps to an exit code of the command line and to
 * an HTTP status. A refusal is the caller's to mend; everything else that is thrown is a bug of ours.
 */

const table = {
  'usage.invalid': { status: 400, exit: 2 },
  'configuration.invalid': { status: 500, exit: 2 },
  'request.invalid': { status: 400, exit: 2 },
  'request.malformed': { status: 400, exit: 2 },
  'request.broken_off': { status: 400, exit: 1 },
  'request.too_large': { status: 413, exit: 2 },
  'request.too_slow': { status: 408, exit: 1 },
  'request.too_many': { status: 429, exit: 1 },
  'request.media_type': { status: 415, exit: 2 },
  'request.rule': { status: 422, exit: 2 },
  'route.not_found': { status: 404, exit: 2 },
  'record.not_found': { status: 404, exit: 2 },
  'idempotency.running': { status: 409, exit: 1 },
  'idempotency.reused': { status: 422, exit: 2 },
  'account.required': { status: 401, exit: 1 },
  'account.exists': { status: 409, exit: 1 },
  'account.invalid': { status: 422, exit: 2 },
  'account.refused': { status: 401, exit: 1 },
  'account.provider': { status: 502, exit: 1 },
  'account.setup_over': { status: 422, exit: 1 },
  'account.foreign_origin': { status: 403, exit: 1 },
  'permission.missing': { status: 403, exit: 1 },
  'file.not_found': { status: 404, exit: 2 },
  'file.empty': { status: 422, exit: 1 },
  'file.binary': { status: 415, exit: 1 },
  'file.workbook': { status: 415, exit: 1 },
  'file.encoding': { status: 422, exit: 1 },
  'file.unreadable': { status: 422, exit: 1 },
  'file.too_large': { status: 413, exit: 1 },
  'file.too_many_columns': { status: 413, exit: 1 },
  'file.zip': { status: 422, exit: 1 },
  'file.unwritable': { status: 500, exit: 1 },
  'file.store_unreachable': { status: 503, exit: 1 },
  'export.invalid': { status: 422, exit: 2 },
  'export.not_found': { status: 404, exit: 2 },
  'export.move': { status: 409, exit: 1 },
  'export.busy': { status: 429, exit: 1 },
  'export.lost': { status: 409, exit: 1 },
  'export.failed': { status: 422, exit: 1 },
  'export.gone': { status: 410, exit: 1 },
  'link.not_found': { status: 404, exit: 2 },
  'link.over': { status: 410, exit: 1 },
  'template.not_found': { status: 404, exit: 2 },
  'template.exists': { status: 409, exit: 1 },
  'template.invalid': { status: 422, exit: 2 },
  'template.in_use': { status: 409, exit: 1 },
  'schedule.not_found': { status: 404, exit: 2 },
  'schedule.exists': { status: 409, exit: 1 },
  'schedule.invalid': { status: 422, exit: 2 },
  'schedule.busy': { status: 409, exit: 1 },
  'schedule.lost': { status: 409, exit: 1 },
  'schedule.nobody': { status: 403, exit: 1 },
  'delivery.address': { status: 422, exit: 2 },
  'delivery.failed': { status: 502, exit: 1 },
  'filter.invalid': { status: 422, exit: 2 },
  'mail.failed': { status: 502, exit: 1 },
  'mapping.invalid': { status: 422, exit: 2 },
  'import.not_found': { status: 404, exit: 2 },
  'import.exists': { status: 422, exit: 2 },
  'import.move': { status: 409, exit: 1 },
  'import.lost': { status: 409, exit: 1 },
  'import.held': { status: 409, exit: 1 },
  'import.busy': { status: 409, exit: 1 },
  'import.failed': { status: 422, exit: 1 },
  'import.source_gone': { status: 410, exit: 1 },
  'tenant.not_found': { status: 404, exit: 2 },
  'tenant.unchosen': { status: 422, exit: 2 },
  'tenant.exists': { status: 409, exit: 1 },
  'tenant.invalid': { status: 400, exit: 2 },
  'tenant.currency_fixed': { status: 409, exit: 1 },
  'settings.invalid': { status: 400, exit: 2 },
  'custom_field.not_found': { status: 404, exit: 2 },
  'custom_field.invalid': { status: 422, exit: 2 },
  'custom_field.exists': { status: 409, exit: 1 },
  'custom_field.in_use': { status: 409, exit: 1 },
  'custom_field.changed': { status: 409, exit: 1 },
  'member.not_found': { status: 404, exit: 2 },
  'member.exists': { status: 409, exit: 1 },
  'member.invalid': { status: 422, exit: 2 },
  'member.role_above': { status: 403, exit: 1 },
  'member.last_owner': { status: 409, exit: 1 },
  'member.owns_record': { status: 409, exit: 1 },
  'invitation.not_found': { status: 404, exit: 2 },
  'invitation.expired': { status: 410, exit: 1 },
  'invitation.other_email': { status: 403, exit: 1 },
  'key.not_found': { status: 404, exit: 2 },
  'key.invalid': { status: 422, exit: 2 },
  'server.address': { status: 500, exit: 1 },
  'database.unreachable': { status: 503, exit: 1 },
  'database.outdated': { status: 503, exit: 1 },
  'audit.broken': { status: 500, exit: 1 },
  'program.failed': { status: 500, exit: 1 },
  'program.interrupted': { status: 503, exit: 130 },
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
