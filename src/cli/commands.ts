/** The commands by name, in the order in which the list of commands shows them. Each is loaded when it is called. */
import type { Command } from './command.ts';

export const commands: Readonly<Record<string, () => Promise<Command>>> = {
  start: () => import('./start.ts'),
  serve: () => import('./serve.ts'),
  tenant: () => import('./tenant.ts'),
  member: () => import('./member.ts'),
  key: () => import('./key.ts'),
  fields: () => import('./fields.ts'),
  read: () => import('./read.ts'),
  import: () => import('./import.ts'),
  imports: () => import('./imports.ts'),
  export: () => import('./export.ts'),
  exports: () => import('./exports.ts'),
  templates: () => import('./templates.ts'),
  schedules: () => import('./schedules.ts'),
  audit: () => import('./audit.ts'),
  work: () => import('./work.ts'),
  migrate: () => import('./migrate.ts'),
  doctor: () => import('./doctor.ts'),
};
