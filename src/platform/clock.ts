/** Points in time are made by the program, once for all that belongs together, and never by a column's default. */

/** @returns the present moment as PostgreSQL and ISO 8601 read it: `2026-01-31T09:30:00.000Z`. */
export function now(): string {
  return new Date().toISOString();
}

/** Starts measuring. @returns a function that gives the seconds since; the wall clock being set does not matter. */
export function stopwatch(): () => number {
  const start = performance.now();
  return () => (performance.now() - start) / 1000;
}
