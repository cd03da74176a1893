/** The bounds within which files are read; their values stand in the configuration. */
import { configuration } from '../platform/config.ts';
import type { Limits } from '../platform/limits.ts';

export type ReadLimits = Pick<
  Limits,
  | 'fileBytesMax'
  | 'bombRatioMax'
  | 'bombBytesMin'
  | 'columnsMax'
  | 'cellBytesMax'
  | 'rowBytesMax'
  | 'jsonDepthMax'
  | 'batchRowsMax'
  | 'workbookBytesMax'
  | 'archiveFilesMax'
>;

export function configuredLimits(): ReadLimits {
  return configuration().limits;
}

/**
 * How much is read from disk at once. With the room before it and what is left over of the last one, a chunk stays
 * under 128 KiB: V8 and malloc give larger strings and buffers pages of their own, which cost more than the reading
 * (eight times the page faults were measured, and a third of the speed).
 */
export const chunkBytes = 108 * 1024;
