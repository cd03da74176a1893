/**
 * What goes on in the test's own database. Test files run at once on one server, so a question about its sessions or
 * its locks must leave out those of the others.
 */

/** Ends the connections of the login that asks, but the one it asks on. */
export const endOtherSessions = `select pg_terminate_backend(pid) from pg_stat_activity
  where datname = current_database() and usename = current_user and pid <> pg_backend_pid()`;

/** @param query what the statement that waits for a lock is like. */
export function statementsThatWait(query: string): string {
  return `select from pg_stat_activity
    where datname = current_database() and wait_event_type = 'Lock' and query like '%${query}%'`;
}

/** @param which a condition on pg_locks. A table has the same number in every clone of the template. */
export function locks(which: string): string {
  return `select from pg_locks
    where database = (select oid from pg_database where datname = current_database()) and ${which}`;
}
