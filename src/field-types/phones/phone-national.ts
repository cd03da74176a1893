/** The national (significant) number: what is left when the prefix that is dialled before it is taken off. */
import { type NumberingPlan, plansOfCode } from './phone-plans.ts';

/** It depends on which of several countries the number belongs to, which only the library's larger tables tell. */
export const notDecided = Symbol('not decided');

/**
 * The prefix is taken off unless the number needs it: it was a number of the plan with it and is none without, or
 * it becomes too short. Some plans put an area code in front of short numbers here.
 */
export function nationalOf(digits: string, plan: NumberingPlan): string | typeof notDecided {
  const stripped = withoutPrefix(digits, plan);
  if (stripped === digits) return digits;
  if (plan.number.test(digits) && !plan.number.test(stripped)) return digits;
  const isLongEnough = mayHaveLength(stripped.length, plan);
  if (isLongEnough === undefined) return notDecided;
  return isLongEnough ? stripped : digits;
}

function withoutPrefix(digits: string, plan: NumberingPlan): string {
  if (plan.nationalPrefix === undefined) return digits;
  const match = plan.nationalPrefix.exec(digits);
  if (match === null) return digits;
  const isTransformed = plan.transformation !== undefined && match.length > 1 && Boolean(match.at(-1));
  return isTransformed && plan.transformation !== undefined
    ? digits.replace(plan.nationalPrefix, plan.transformation)
    : digits.slice(match[0].length);
}

/** Undefined when the countries that share the calling code do not agree. */
function mayHaveLength(length: number, plan: NumberingPlan): boolean | undefined {
  const sharing = plansOfCode(plan.callingCode);
  const answer = isPossible(length, plan);
  return sharing.every((other) => isPossible(length, other) === answer) ? answer : undefined;
}

/** A number that is too long is possible here, as it is for the library: something may stand behind it. */
function isPossible(length: number, { lengths }: NumberingPlan): boolean {
  return lengths.includes(length) || length > (lengths.at(-1) ?? 0);
}
