/**
 * Which failures of the database pass by themselves, and which mean that it is gone. Codes are SQLSTATEs
 * (PostgreSQL's manual, appendix A) or those of Node's sockets.
 */

const transient = new Set(['40001', '40P01']);
const connectionLost = new Set([
  '57P01', // admin_shutdown
  '57P02', // crash_shutdown
  '57P03', // cannot_connect_now
  '57P05', // idle_session_timeout
  '25P03', // idle_in_transaction_session_timeout
  '53300', // too_many_connections
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ENOTFOUND',
  'ETIMEDOUT',
  'EHOSTUNREACH',
]);
/** What pg says without a code. */
const lostMessages =
  /Connection terminated|Client has encountered a connection error|timeout expired|not queryable/;

export function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

/** Did the database break the transaction off for the sake of another? Running it again is right. */
export function isTransient(error: unknown): boolean {
  const code = codeOf(error);
  return code !== undefined && transient.has(code);
}

/**
 * Has the connection gone, or the whole server, or has it no room for one more just now? A transaction whose COMMIT
 * was under way may have been committed or not, also later by a backend that outlives its server: read again before
 * writing again.
 */
export function isConnectionLost(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = codeOf(error);
  if (code !== undefined && (connectionLost.has(code) || /^08...$/.test(code))) return true;
  if (code === 'ENOENT') return isMissingSocket(error);
  return lostMessages.test(error.message) || isConnectionLost(error.cause);
}

/** What is missing is the socket of a server that does not run, and no file that somebody wanted to read. */
function isMissingSocket(error: Error): boolean {
  return 'syscall' in error && error.syscall === 'connect';
}
