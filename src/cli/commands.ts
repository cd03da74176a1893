/** The commands by name, in the order in which the list of commands shows them. Each is loaded when it is called. */
import type { Command } from './command.ts';

export const commands: Readonly<Record<string, () => Promise<Command>>> = {
  start: () => import('./start.ts'),
  tenant: () => import('./tenant.ts'),
  read: () => import('./read.ts'),
  import: () => import('./import.ts'),
  imports: () => import('./imports.ts'),
  audit: () => import('./audit.ts'),
  work: () => import('./work.ts'),
  migrate: () => import('./migrate.ts'),
  doctor: () => import('./doctor.ts'),
};
