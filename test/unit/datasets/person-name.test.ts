import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { splitPersonName } from '../../../src/datasets/person-name.ts';

describe('a full name', () => {
  it.each([
    ['Maria Anders', 'Maria', 'Anders'],
    ['Ana María van der Berg', 'Ana María', 'van der Berg'],
    ['Ludwig van Beethoven', 'Ludwig', 'van Beethoven'],
    ['Charles de la Fosse', 'Charles', 'de la Fosse'],
    ['Maria De Luca', 'Maria', 'De Luca'],
    ['Van Morrison', 'Van', 'Morrison'],
    ['Al Pacino', 'Al', 'Pacino'],
    ['John Ronald Reuel Tolkien', 'John Ronald Reuel', 'Tolkien'],
    ['John Smith Jr.', 'John', 'Smith Jr.'],
    ['Sammy Davis, Jr.', 'Sammy', 'Davis, Jr.'],
    ['Smith, John', 'John', 'Smith'],
    ['van der Berg,  Ana María ', 'Ana María', 'van der Berg'],
    ['山田 太郎', '太郎', '山田'],
    ['김 민준', '민준', '김'],
    ['Борис Годунов', 'Борис', 'Годунов'],
    ['محمد عبد الله', 'محمد عبد', 'الله'],
    ['Jean-Luc   Picard', 'Jean-Luc', 'Picard'],
  ])('%s is first %s, last %s', (full, first, last) => {
    expect(splitPersonName(full)).toEqual({ first, last });
  });

  it.each(['Cher', '王小明', ' Madonna ', 'van'])('of one word, %s, is a first name', (full) => {
    expect(splitPersonName(full)).toEqual({ first: full.trim(), last: '' });
  });

  it('loses no word and always has a first name', () => {
    const words = fc.array(fc.stringMatching(/^[A-Za-zÀ-ž.'-]{1,8}$/), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(words, (parts) => {
        const { first, last } = splitPersonName(parts.join(' '));
        expect(first).not.toBe('');
        expect([...first.split(' '), ...last.split(' ')].filter((word) => word !== '').toSorted()).toEqual(
          parts.toSorted(),
        );
      }),
    );
  });
});
