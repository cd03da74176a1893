import { describe, expect, it } from 'vitest';
import { generalNotes, weeklySchedule } from '../../../src/datasets/customer-shapes.ts';

const visit = (start: string, end: string, destination = 'Day centre') => ({ start, end, destination });

describe('a weekly schedule', () => {
  it.each([
    [{}],
    [{ monday: [] }],
    [{ monday: [visit('08:00', '09:30'), visit('09:30', '10:00')], sunday: [visit('00:00', '23:59')] }],
    [{ friday: [visit('14:00', '15:00'), visit('08:00', '09:00')] }],
    [{ tuesday: [{ start: '08:00', end: '09:00' }] }],
    [{ tuesday: [visit('08:00', '09:00', 'x'.repeat(255))] }],
  ])('is stored as it is: %j', (schedule) => {
    expect(weeklySchedule(schedule)).toEqual({ value: schedule });
  });

  it.each([
    ['text', 'A schedule is an object of weekdays'],
    [[], 'A schedule is an object of weekdays'],
    [{ someday: [] }, '"someday" is no weekday; write monday to sunday'],
    [{ monday: visit('08:00', '09:00') }, 'The schedule of monday is not a list'],
    [{ monday: ['08:00'] }, 'Entry 1 of monday is not an object'],
    [
      { monday: [visit('08:00', '09:00'), visit('8:00', '09:00')] },
      'Entry 2 of monday has no start of the form HH:MM',
    ],
    [{ monday: [visit('08:00', '24:00')] }, 'Entry 1 of monday has no end of the form HH:MM'],
    [
      { monday: [visit('09:00', '09:00')] },
      'Entry 1 of monday starts at 09:00, which is not before its end at 09:00',
    ],
    [
      { monday: [{ ...visit('08:00', '09:00'), note: '' }] },
      'Entry 1 of monday has "note", which is not start, end or destination',
    ],
    [
      { monday: [visit('08:00', '09:00', 'x'.repeat(256))] },
      'Entry 1 of monday has a destination of more than 255 characters',
    ],
    [
      { monday: [visit('10:00', '12:00'), visit('08:00', '10:01')] },
      'On monday, 08:00–10:01 and 10:00–12:00 overlap',
    ],
  ])('%j is refused: %s', (schedule, reason) => {
    expect(weeklySchedule(schedule)).toEqual({ reason });
  });
});

describe('general notes', () => {
  it('take a plain text as the general one', () => {
    expect(generalNotes('Prefers mornings')).toEqual({ value: { general: 'Prefers mornings' } });
  });

  it('take an object of the known notes as it is', () => {
    const notes = { general: 'x', preferences: ['tea'], importantInfo: null, customFields: { shoe: 43 } };
    expect(generalNotes(notes)).toEqual({ value: notes });
  });

  it.each([[{ genral: 'x' }], [[1]], [12], [null]])('refuse %j', (notes) => {
    expect(generalNotes(notes)).toHaveProperty('reason');
  });
});
