import { describe, expect, test } from 'vitest';
import { cronIn } from '../../../src/export/schedules/cron.ts';

const dayMs = 86_400_000;

/** The next so many times after one, each counted from the one before. */
function times(cron: string, zone: string, after: string, amount: number): string[] {
  const due = cronIn(cron, zone);
  const found: number[] = [];
  for (let from = Date.parse(after); found.length < amount; from = found.at(-1) ?? from)
    found.push(due.next(from));
  return found.map(text);
}

function text(milliseconds: number | undefined): string {
  return milliseconds === undefined ? 'never' : new Date(milliseconds).toISOString().slice(0, 16);
}

describe('the clock of the zone', () => {
  test('says when it is due, in summer and in winter', () => {
    expect(times('30 9 * * mon-fri', 'Europe/Berlin', '2026-03-27T00:00Z', 3)).toEqual([
      '2026-03-27T08:30',
      '2026-03-30T07:30',
      '2026-03-31T07:30',
    ]);
  });

  test('takes either kind of day when both are restricted', () => {
    expect(times('0 9 1 * 1', 'UTC', '2026-09-28T12:00Z', 3)).toEqual([
      '2026-10-01T09:00',
      '2026-10-05T09:00',
      '2026-10-12T09:00',
    ]);
  });

  test('leaves out months without the day', () => {
    expect(times('0 9 31 * *', 'UTC', '2026-01-01T00:00Z', 3)).toEqual([
      '2026-01-31T09:00',
      '2026-03-31T09:00',
      '2026-05-31T09:00',
    ]);
  });
});

describe('an hour that does not exist', () => {
  test('is due at the moment of the change, once', () => {
    expect(times('30 2 * * *', 'Europe/Berlin', '2026-03-27T12:00Z', 3)).toEqual([
      '2026-03-28T01:30',
      '2026-03-29T01:00',
      '2026-03-30T00:30',
    ]);
  });

  test('is due too where the clock is set by half an hour', () => {
    expect(times('15 2 * * *', 'Australia/Lord_Howe', '2026-10-02T12:00Z', 3)).toEqual([
      '2026-10-02T15:45',
      '2026-10-03T15:30',
      '2026-10-04T15:15',
    ]);
  });

  test('is due where midnight itself is skipped', () => {
    expect(times('15 0 * * *', 'Africa/Cairo', '2026-04-22T00:00Z', 3)).toEqual([
      '2026-04-22T22:15',
      '2026-04-23T22:00',
      '2026-04-24T21:15',
    ]);
  });
});

describe('several times within hours that are named, on the days of a change', () => {
  test('those that are skipped are due together, at the moment of the change', () => {
    expect(times('*/20 2 * * *', 'Europe/Berlin', '2026-03-28T12:00Z', 3)).toEqual([
      '2026-03-29T01:00',
      '2026-03-30T00:00',
      '2026-03-30T00:20',
    ]);
  });

  test('those that come twice are due the first time only', () => {
    expect(times('0,30 1-3 * * *', 'Europe/Berlin', '2026-10-24T23:10Z', 5)).toEqual([
      '2026-10-24T23:30',
      '2026-10-25T00:00',
      '2026-10-25T00:30',
      '2026-10-25T02:00',
      '2026-10-25T02:30',
    ]);
  });

  test('are the same wherever one begins to count', () => {
    for (const [zone, change] of [
      ['Europe/Berlin', '2026-03-29T01:00Z'],
      ['Europe/Berlin', '2026-10-25T01:00Z'],
      ['Australia/Lord_Howe', '2026-04-04T15:00Z'],
      ['America/Havana', '2026-11-01T05:00Z'],
    ] as const) {
      const cron = cronIn('*/20 0-3 * * *', zone);
      const changed = Date.parse(change);
      const due: number[] = [];
      for (let at = cron.next(changed - 2 * dayMs); at < changed + 2 * dayMs; at = cron.next(at))
        due.push(at);
      for (let at = changed - dayMs / 4; at < changed + dayMs / 4; at += 600_000) {
        expect(cron.next(at), text(at)).toBe(due.find((one) => one > at));
        expect(cron.latest(at), text(at)).toBe(due.findLast((one) => one <= at));
      }
    }
  });
});

describe('an hour that comes twice', () => {
  test('is due the first time only', () => {
    expect(times('30 2 * * *', 'Europe/Berlin', '2026-10-23T12:00Z', 3)).toEqual([
      '2026-10-24T00:30',
      '2026-10-25T00:30',
      '2026-10-26T01:30',
    ]);
  });

  test.each(['2026-10-25T00:30Z', '2026-10-25T00:45Z', '2026-10-25T01:10Z', '2026-10-25T01:29Z'])(
    'is not due again for whoever asks at %s, within it',
    (within) => {
      expect(times('30 2 * * *', 'Europe/Berlin', within, 1)).toEqual(['2026-10-26T01:30']);
    },
  );

  test('keeps the pace of a schedule of every half hour', () => {
    expect(times('*/30 * * * *', 'Europe/Berlin', '2026-10-24T23:40Z', 5)).toEqual([
      '2026-10-25T00:00',
      '2026-10-25T00:30',
      '2026-10-25T01:00',
      '2026-10-25T01:30',
      '2026-10-25T02:00',
    ]);
  });
});

describe('the last time that was due', () => {
  const daily = cronIn('30 2 * * *', 'Europe/Berlin');

  test.each([
    ['2026-10-26T12:00Z', '2026-10-26T01:30'],
    ['2026-10-25T01:45Z', '2026-10-25T00:30'],
    ['2026-03-29T12:00Z', '2026-03-29T01:00'],
    ['2026-03-29T00:59Z', '2026-03-28T01:30'],
  ])('until %s was %s', (until, due) => {
    expect(text(daily.latest(Date.parse(until)))).toBe(due);
  });

  test('is the time itself when that is due', () => {
    const due = Date.parse('2026-06-01T00:30Z');
    expect(daily.latest(due)).toBe(due);
    expect(text(daily.latest(due - 1))).toBe('2026-05-31T00:30');
  });
});

describe('what cannot be', () => {
  test.each([
    ['* * * *', 'minute, hour'],
    ['* * * * * *', 'minute, hour'],
    ['60 * * * *', 'minute'],
    ['a * * * *', 'minute'],
    ['*/0 * * * *', 'illegal stepping'],
    ['0 0 * * 8', 'dayOfWeek'],
    ['0 9 30 2 *', 'on no day'],
    [`0 9 ${'1,'.repeat(200)}1 * *`, 'at most 200 characters'],
  ])('%s is refused, with its reason', (cron, reason) => {
    expect(() => cronIn(cron, 'UTC')).toThrow(
      expect.objectContaining({ code: 'schedule.invalid', message: expect.stringContaining(reason) }),
    );
  });

  test('is a zone that there is not', () => {
    expect(() => cronIn('0 9 * * *', 'Europe/Atlantis')).toThrow(
      expect.objectContaining({
        code: 'schedule.invalid',
        message: expect.stringContaining('Europe/Atlantis'),
      }),
    );
  });
});
