/**
 * Bytes that stream by are held outside the heap, where the collector hardly notices them: a gigabyte that passes in
 * pieces of 64 KiB leaves a hundred megabytes of garbage behind before it is called. So it is called for them, for the
 * young ones only, which takes a millisecond or two (measured: a peak of 100 MB less, and no time). Each 8 MiB are too
 * late: V8 then marks the whole heap every 30 MB for what lies outside it, and an export of a million rows took 2.5 s of
 * CPU in the process instead of 1.1.
 *
 * Needs the flag `--expose-gc`, which the program is started with; without it nothing happens.
 */
const collectEveryBytes = 4 * 1024 * 1024;

let sinceCollected = 0;

/** Call it for each piece that passes. */
export function bytesPassed(bytes: number): void {
  sinceCollected += bytes;
  if (sinceCollected < collectEveryBytes) return;
  sinceCollected = 0;
  globalThis.gc?.({ type: 'minor' });
}

/** Call it when a process that stays has started: what its modules left behind is a fifth of its memory. */
export function collectStartup(): void {
  globalThis.gc?.();
}
