/** The program. What it does is said by its first argument; see src/cli/commands.ts. */
import { dispatch } from './cli/dispatch.ts';
import { log } from './platform/log.ts';

const interruption = new AbortController();

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

/** `clientele … | head` closes our output early. That is no failure: the command ends as if interrupted. */
function outliveClosedOutput(): void {
  const endingMsMax = 2000;
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    interruption.abort();
    setTimeout(() => process.exit(0), endingMsMax).unref();
  });
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
process.exitCode = await dispatch(process.argv.slice(2), { interrupted: interruption.signal });
