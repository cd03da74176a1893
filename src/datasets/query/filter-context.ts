/** What a filter needs to know of the tenant and of who asks. */
import type { FieldDefinition } from '../define-dataset.ts';

export interface FilterContext {
  /** The tenant's, for days without a time and phone numbers without a country. */
  readonly timezone: string;
  readonly country: string | null;
  readonly currency: string;
  /** What the caller may not read he may not ask about either. */
  mayRead(field: FieldDefinition): boolean;
}
