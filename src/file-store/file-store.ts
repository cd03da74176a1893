/**
 * Where files are kept that outlive a request: the sources of imports, and exports. A key names a file, such as
 * `TENANT/imports/ID/source`; a file that is there is whole. They lie in the data folder, or in an S3 bucket when one
 * is configured.
 */
import { configuration } from '../platform/config.ts';
import { LocalStore } from './local.ts';
import { S3Store } from './s3.ts';
import type { FileStore } from './store.ts';

export type { ByteRange, FileStore, StoredFile } from './store.ts';

let current: FileStore | undefined;

/** The file store of this process, by its configuration. */
export function fileStore(): FileStore {
  current ??= openFileStore();
  return current;
}

function openFileStore(): FileStore {
  const { s3, dataFolder } = configuration();
  return s3 === undefined ? new LocalStore(dataFolder) : new S3Store(s3, dataFolder);
}
