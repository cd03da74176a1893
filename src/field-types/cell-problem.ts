import { Problem, type ProblemCode, type ProblemDetails } from '../platform/problems.ts';

const shownCharacters = 100;

/** A problem that quotes the cell, cut where a person would stop reading. */
export function cellProblem(code: ProblemCode, text: string, details: ProblemDetails = {}): Problem {
  return new Problem(code, { value: shown(text), ...details });
}

/** At most about 100 characters of a text, never half of one. */
export function shown(text: string): string {
  if (text.length <= shownCharacters) return text;
  return `${text
    .slice(0, shownCharacters)
    .toWellFormed()
    .replace(/\uFFFD$/, '')}…`;
}
