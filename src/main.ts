/** The program. What it does is said by its first argument; see src/cli/commands.ts. */
import { dispatch, sayUnwritten } from './cli/dispatch.ts';
import { log } from './platform/log.ts';

const interruption = new AbortController();
let outputFailed = false;

/** A command ends in its own way at the first signal; whoever insists, and not just a moment later, is obeyed. */
function listenForSignals(): void {
  const insistingAfterMs = 1000;
  let first: number | undefined;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (first === undefined) {
        first = performance.now();
        interruption.abort();
      } else if (performance.now() - first > insistingAfterMs) {
        process.exit(130);
      }
    });
  }
}

/**
 * `clientele … | head` closes our output early, and so does a terminal that is closed. That is no failure: the command
 * ends as if interrupted. A full disk is one, and said once. Whether anybody hears what goes to standard error changes
 * nothing.
 */
function outliveClosedOutput(): void {
  const endingMsMax = 2000;
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    interruption.abort(error);
    if (error.code !== 'EPIPE' && error.code !== 'EIO') {
      if (outputFailed) return;
      outputFailed = true;
      process.exitCode = 1;
      sayUnwritten(error);
    } else setTimeout(() => process.exit(0), endingMsMax).unref();
  });
  process.stderr.on('error', () => undefined);
}

/** What nobody caught is a bug. Node would print it with whatever values it quotes; the log leaves those out. */
function logBugs(): void {
  process.on('uncaughtException', (error) => {
    log().fatal({ err: error }, 'a bug of the program');
    process.exit(1);
  });
}

listenForSignals();
outliveClosedOutput();
logBugs();
const code = await dispatch(process.argv.slice(2), { interrupted: interruption.signal });
process.exitCode = outputFailed ? 1 : code;
