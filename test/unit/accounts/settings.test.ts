import { describe, expect, test } from 'vitest';
import { readConfig } from '../../../src/platform/config.ts';

const oidc = {
  CLIENTELE_OIDC_ISSUER: 'https://id.example.com/realm/',
  CLIENTELE_OIDC_CLIENT_ID: 'clientele',
  CLIENTELE_OIDC_CLIENT_SECRET: 'sesame',
};

describe('the settings of signing in', () => {
  test('leave it closed, without a provider and without a mail server', () => {
    expect(readConfig({})).toMatchObject({ signUp: 'closed', oidc: undefined, smtp: undefined });
  });

  test('take a provider whole or not at all', () => {
    expect(readConfig(oidc).oidc).toEqual({
      issuer: 'https://id.example.com/realm',
      clientId: 'clientele',
      clientSecret: 'sesame',
      name: 'OpenID Connect',
    });
    for (const missing of Object.keys(oidc)) {
      const part = { ...oidc, [missing]: undefined };
      expect(() => readConfig(part), missing).toThrow('are set together');
      expect(() => readConfig(part), missing).not.toThrow('sesame');
    }
  });

  test('take a mail server with the address that mails come from, on one line', () => {
    const url = 'smtps://user:pass@mail.example.com:465';
    expect(readConfig({ CLIENTELE_SMTP_URL: url, CLIENTELE_MAIL_FROM: 'A <a@example.com>' }).smtp).toEqual({
      url,
      from: 'A <a@example.com>',
    });
    expect(() => readConfig({ CLIENTELE_SMTP_URL: url })).toThrow('needs CLIENTELE_MAIL_FROM');
    expect(() => readConfig({ CLIENTELE_SMTP_URL: 'https://mail.example.com' })).toThrow(
      'CLIENTELE_SMTP_URL',
    );
    const from = 'a@example.com\nBcc: b@example.com';
    expect(() => readConfig({ CLIENTELE_SMTP_URL: url, CLIENTELE_MAIL_FROM: from })).toThrow(
      'CLIENTELE_MAIL_FROM',
    );
  });
});
