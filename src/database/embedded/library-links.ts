import { existsSync, readFileSync, symlinkSync } from 'node:fs';
import { basename, dirname, join, normalize, relative, sep } from 'node:path';

/**
 * npm packages cannot hold symbolic links, so the package lists the links between its libraries in a file and
 * makes them in an install script. Where install scripts are off (`npm ci --ignore-scripts`) the server would
 * not find its libraries, so we make the links ourselves.
 */
interface Link {
  readonly source: string;
  readonly target: string;
}

/** The links that are missing, as paths of the links and what each is to point at, beside it. */
export function missingLinks(native: string): { link: string; pointsAt: string }[] {
  const file = join(native, 'pg-symlinks.json');
  if (!existsSync(file)) return [];
  return (JSON.parse(readFileSync(file, 'utf8')) as Link[])
    .map(({ source, target }) => ({
      link: withinNative(native, target),
      pointsAt: withinNative(native, source),
    }))
    .filter(({ link }) => !existsSync(link))
    .map(({ link, pointsAt }) => ({
      link,
      pointsAt: join(relative(dirname(link), dirname(pointsAt)), basename(pointsAt)),
    }));
}

/** Makes the missing links where the folder can be written to; whether that was enough shows when they are run. */
export function completeLinks(native: string): void {
  for (const { link, pointsAt } of missingLinks(native)) {
    try {
      symlinkSync(pointsAt, link);
    } catch {
      // Made by somebody else this instant, or a folder we may not write to: then the copy gets the link.
    }
  }
}

/** The list names paths from the package's folder ("native/lib/…"); none may lead out of it. */
function withinNative(native: string, path: string): string {
  const inside = relative('native', normalize(path));
  if (inside === '..' || inside.startsWith(`..${sep}`))
    throw new Error(`${native}: a link leads out of the package: ${path}`);
  return join(native, inside);
}
