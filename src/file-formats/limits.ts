/** The bounds within which files are read; their values stand in the configuration. */
import { configuration, type Limits } from '../platform/config.ts';

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
>;

export function configuredLimits(): ReadLimits {
  return configuration().limits;
}

/** How much is read from disk at once. 128 to 1024 KiB measure alike; less memory is then better. */
export const chunkBytes = 256 * 1024;
