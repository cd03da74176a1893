/** The pages that people open before there is anything to see: they come whole, and run nothing but our own script. */
import { describe, expect, test } from 'vitest';
import { useServer } from '../../support/http.ts';

const api = useServer();
const addresses = ['/', '/setup', '/invitation', '/sign-in', '/forgot-password', '/reset-password'];

describe('the pages', () => {
  test.each(addresses)('%s is a page whose script and style the policy lets in', async (address) => {
    const { status, headers, text } = await api.call('GET', address);
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(headers.get('content-security-policy')).toContain("script-src 'self'");
    const parts = [...text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path = '']) => path);
    expect(parts).toEqual(['/account.css', '/account.js']);
    for (const path of parts) expect((await api.call('GET', path)).status).toBe(200);
    expect(text).not.toMatch(/<script[^>]*>\s*[^<\s]|<style/);
  });

  test('say without JavaScript what is missing, and hold no heading that never comes', async () => {
    expect((await api.call('GET', '/sign-in')).text).toContain('<noscript>This page needs JavaScript.');
    expect((await api.call('GET', '/account.css')).text).toMatch(
      /scripting: none\) \{\s*h1\.waiting \{\s*display: none/,
    );
  });

  test('call only what the API has', async () => {
    const { text: script } = await api.call('GET', '/account.js');
    const { json: document } = await api.call('GET', '/api/openapi.json');
    const called = [...script.matchAll(/'(GET|POST)', '(\/api\/[^']+)'/g)];
    expect(called.length).toBeGreaterThan(6);
    for (const [, method = '', path = ''] of called)
      expect(document.paths[path]?.[method.toLowerCase()], `${method} ${path}`).toBeDefined();
  });

  test('the reference of the API is dark for whoever wants it so', async () => {
    const { text } = await api.call('GET', '/api/docs/');
    const [, path = ''] = /<script src="\.?([^"]*dark\.js)"/.exec(text) ?? [];
    const { text: script } = await api.call('GET', `/api/docs${path}`);
    expect(script).toContain('prefers-color-scheme: dark');
  });
});
