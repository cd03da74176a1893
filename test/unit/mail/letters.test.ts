import { describe, expect, test } from 'vitest';
import { accountExistsLetter } from '../../../src/mail/letters/account-exists.ts';
import { invitationLetter } from '../../../src/mail/letters/invitation.ts';
import { passwordResetLetter } from '../../../src/mail/letters/password-reset.ts';
import { verificationLetter } from '../../../src/mail/letters/verification.ts';

const link = 'https://crm.example.com/x?token=a&b="c"';
const hostile = '<img src=x onerror=alert(1)>\r\n\r\nPay here: https://evil.example';

const letters = [
  ['verification', verificationLetter({ name: hostile, link })],
  ['password reset', passwordResetLetter({ name: hostile, link })],
  ['account exists', accountExistsLetter({ name: hostile, link })],
  ['invitation', invitationLetter({ inviter: hostile, tenant: hostile, link })],
] as const;

describe.each(letters)('the letter of %s', (_, { subject, text, html = '' }) => {
  test('has its link, in the text as it is and in HTML escaped', () => {
    expect(text).toContain(`\n${link}\n`);
    expect(html).toContain('href="https://crm.example.com/x?token=a&amp;b=&quot;c&quot;"');
  });

  test('lets a name be no more than a name', () => {
    expect(html).not.toContain('<img');
    expect(html).toContain('&lt;img src=x onerror=alert(1)&gt;');
    expect(text).not.toContain('\r');
    expect(text).not.toContain('\nPay here');
    expect(subject).not.toMatch(/[\r\n]/);
  });
});

test('somebody without a name is greeted all the same', () => {
  expect(verificationLetter({ name: ' ', link }).text).toMatch(/^Hello,\n/);
  expect(invitationLetter({ inviter: '', tenant: 'Acme', link }).subject).toBe(
    'Somebody invites you to Acme',
  );
});

test('a name without end is cut', () => {
  expect(invitationLetter({ inviter: 'x'.repeat(9999), tenant: 'Acme', link }).subject.length).toBeLessThan(
    150,
  );
});
