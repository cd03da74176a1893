import { statfsSync } from 'node:fs';
import { totalmem } from 'node:os';
import type { Place } from './site.ts';
import { socketFolderForServer } from './socket-folder.ts';

const megabyte = 1024 * 1024;

/**
 * The server's settings, given on its command line at each start, so that they follow the program's version and
 * the machine, not the day the cluster was made.
 */
export function serverSettings(place: Place): Readonly<Record<string, string>> {
  return {
    ...reach(place),
    ...memory(),
    ...durability(place),
    ...silence,
    // A killed client's statement would run to its end and hold its locks: another process that takes the work
    // over would wait for it. The server looks every two seconds whether the client is still there.
    client_connection_check_interval: '2s',
    // Not in the package's build, and planning for it costs.
    jit: 'off',
    // Solid-state disks: an index is worth using sooner than the default of 1990s' disks says.
    random_page_cost: '1.1',
    autovacuum: 'on',
    TimeZone: 'UTC',
    log_timezone: 'UTC',
  };
}

/** Nothing on any network; one socket in a folder that only its account can enter. */
function reach(place: Place): Record<string, string> {
  return {
    listen_addresses: '',
    // A list: the quotes keep a comma or a blank in the path from parting it.
    unix_socket_directories: `"${socketFolderForServer(place).replaceAll('"', '""')}"`,
    unix_socket_permissions: '0700',
    password_encryption: 'scram-sha-256',
    max_connections: '100',
    // By this the supervisor knows its processes again, in ps and in /proc.
    cluster_name: place.mark,
    update_process_title: 'on',
  };
}

/**
 * shared_buffers is an eighth of the memory, at most 1 GB: the hot indexes of a million customers fit, and the
 * server is a guest on a machine that may be somebody's laptop. The system's cache does the rest.
 */
function memory(): Record<string, string> {
  const bytes = memoryBytes();
  return {
    shared_buffers: megabytes(within(bytes / 8, 64 * megabyte, 1024 * megabyte)),
    effective_cache_size: megabytes(Math.max(bytes / 2, 256 * megabyte)),
    // Set-based checks join and sort whole files.
    work_mem: megabytes(within(bytes / 128, 8 * megabyte, 64 * megabyte)),
    maintenance_work_mem: megabytes(within(bytes / 32, 64 * megabyte, 512 * megabyte)),
    dynamic_shared_memory_type: parallelMemoryType(),
  };
}

/**
 * Nothing acknowledged is ever lost: fsync, synchronous commit and full pages are on, and said here so that no
 * file left in the cluster turns them off. An import of a million rows writes some gigabytes of log; with the
 * default of 1 GB it would run into checkpoint after checkpoint, each of which makes the next pages be logged
 * in full again. So the log may grow to 4 GB, or to a tenth of what is free on the disk.
 */
function durability(place: Place): Record<string, string> {
  return {
    fsync: 'on',
    synchronous_commit: 'on',
    full_page_writes: 'on',
    checkpoint_timeout: '15min',
    checkpoint_completion_target: '0.9',
    max_wal_size: megabytes(within(freeBytes(place.cluster) / 10, 256 * megabyte, 4096 * megabyte)),
    min_wal_size: '128MB',
    // lz4 and zstd are not in the package's build; pglz made an update of 200,000 rows after a checkpoint write
    // 203 MB of log instead of 325, but take 4.8 s instead of 3.5.
    wal_compression: 'off',
  };
}

/**
 * The log must not hold customers. An error's message may quote a value, its detail and its statement do; so
 * errors are not logged at all (the program has them, with their cause), only what befalls the server itself,
 * and that without details.
 */
const silence: Readonly<Record<string, string>> = {
  logging_collector: 'off',
  log_destination: 'stderr',
  log_line_prefix: '%m [%p] ',
  lc_messages: 'C',
  log_min_messages: 'log',
  log_min_error_statement: 'panic',
  log_error_verbosity: 'terse',
  log_statement: 'none',
  log_duration: 'off',
  log_min_duration_statement: '-1',
  log_min_duration_sample: '-1',
  log_transaction_sample_rate: '0',
  log_parameter_max_length: '0',
  log_parameter_max_length_on_error: '0',
  log_lock_waits: 'off',
  log_checkpoints: 'off',
  log_autovacuum_min_duration: '-1',
  log_temp_files: '-1',
};

/** The machine's memory, or the container's share of it. */
function memoryBytes(): number {
  const share = process.constrainedMemory();
  return share > 0 ? Math.min(share, totalmem()) : totalmem();
}

/**
 * Parallel queries exchange rows through shared memory. A container often has 64 MB of it in /dev/shm, which a
 * parallel hash join exceeds with an error; System V's kind has no such limit.
 */
function parallelMemoryType(): string {
  if (process.platform !== 'linux') return 'posix';
  try {
    return freeBytes('/dev/shm') < 512 * megabyte ? 'sysv' : 'posix';
  } catch {
    return 'sysv';
  }
}

function freeBytes(path: string): number {
  const { bavail, bsize } = statfsSync(path);
  return bavail * bsize;
}

function within(value: number, min: number, max: number): number {
  return Math.min(Math.max(value, min), max);
}

function megabytes(bytes: number): string {
  return `${Math.floor(bytes / megabyte)}MB`;
}
