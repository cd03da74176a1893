/** What a round is: who is struck, when, and who goes on with the work. All of it follows from the seed. */
import { type Random, randomOf } from './random.ts';
import { endsProgram, type Victim } from './strike.ts';
import type { Action } from './undisturbed.ts';
import type { Phase } from './watching.ts';

export interface Aim {
  /** `anywhere`: at a time since the program's start. */
  readonly phase: Phase | 'anywhere';
  /** How far into it, of the time that it takes undisturbed. */
  readonly fraction: number;
}

export interface RoundPlan {
  readonly number: number;
  readonly action: Action;
  readonly victim: Victim;
  readonly aim: Aim;
  /** Whether a worker runs from the beginning, or is started after the strike. */
  readonly worker: 'standing' | 'called';
  /** How long a lease lasts: what the product has by default, or less, so that rounds are short. */
  readonly lease: 'usual' | 'short';
  /** For whatever else is left to chance. */
  readonly random: Random;
}

const aims: Readonly<Record<Action, Partial<Record<Aim['phase'], number>>>> = {
  import: { anywhere: 5, inspecting: 1, staging: 2, planning: 2, committing: 5, references: 2, done: 1 },
  undo: { anywhere: 3, done: 1, undoing: 5, undone: 1 },
};

interface Card {
  readonly victim: Victim;
  readonly action?: Action;
  readonly lease?: RoundPlan['lease'];
}

/** What ten rounds have, in an order of their own each time. */
const deck: readonly Card[] = [
  { victim: 'program', action: 'import' },
  { victim: 'program', action: 'import', lease: 'usual' },
  { victim: 'program', action: 'undo' },
  { victim: 'program twice' },
  { victim: 'sleeper' },
  { victim: 'postmaster' },
  { victim: 'server', action: 'import' },
  { victim: 'server', action: 'undo' },
  { victim: 'backend' },
  { victim: 'program and server' },
];

/** @param number from 1 on. A round is the same whatever rounds were played before it. */
export function planRound(seed: number, number: number): RoundPlan {
  const hand = Math.floor((number - 1) / deck.length);
  const card = shuffled(deck, randomOf(mixed(seed, -1 - hand)))[(number - 1) % deck.length] as Card;
  const random = randomOf(mixed(seed, number));
  const action = card.action ?? random.weighted({ import: 2, undo: 1 });
  const phase = random.weighted(aims[action] as Record<Aim['phase'], number>);
  return {
    number,
    action,
    victim: card.victim,
    aim: { phase, fraction: random.fraction() },
    worker: endsProgram(card.victim) && random.fraction() < 0.5 ? 'standing' : 'called',
    lease: card.lease ?? 'short',
    random,
  };
}

function mixed(seed: number, number: number): number {
  return Math.imul(seed + 1, 0x9e3779b1) ^ Math.imul(number, 0x85ebca6b);
}

function shuffled<T>(all: readonly T[], random: Random): T[] {
  const left = [...all];
  return all.flatMap(() => left.splice(random.below(left.length), 1));
}

const shortLease = {
  CLIENTELE_LEASE_SECONDS: '2',
  CLIENTELE_LEASE_RENEW_SECONDS: '1',
  CLIENTELE_IDLE_IN_TRANSACTION_SECONDS_MAX: '4',
};

/** The limits of a round's processes, by their variables. */
export function limitsOf({ lease }: RoundPlan, chunkRows: number): Record<string, string> {
  return { CLIENTELE_CHUNK_ROWS: String(chunkRows), ...(lease === 'short' ? shortLease : {}) };
}
