/**
 * inspector.test.ts: what the inspector says of a path and of a certificate, where a wrong word would mislead.
 *
 * In:   fixtures
 * Out:  assertions on what a person reads
 * Not:  judging a path or a document (test/trust)
 */
// @vitest-environment jsdom
import { render } from '@testing-library/svelte';
import { describe, expect, it } from 'vitest';
import Certificates from '../../renderer/Certificates.svelte';
import type { ChainCertificate, EndpointReport } from '../../shared/report.ts';
import { endpoint, MANUAL } from './fixtures.ts';

const seen = endpoint('127.0.10.1', MANUAL, {});

function read(changes: Partial<EndpointReport>): string {
  const { container } = render(Certificates, {
    props: { endpoint: { ...seen, ...changes }, judgedAt: '2026-11-23T12:00:00.000Z' },
  });
  return container.textContent;
}
function chain(change: Partial<ChainCertificate>): readonly ChainCertificate[] {
  return seen.chain.map((certificate) => ({ ...certificate, ...change }));
}

describe('the path', () => {
  it('names the trust anchor that was not sent, as the certificate below it states it', () => {
    expect(read({ chain: chain({ issuer: 'CN=Root of Erebor' }) })).toContain(
      'trust anchor, from a store of this machine: CN=Root of Erebor',
    );
  });

  it('is not called used where it ends at no trust anchor', () => {
    const checks = [{ id: 'chains-to-anchor', ok: false, text: 'The path reaches no trust anchor.' }];
    expect(read({ checks })).not.toContain('The path that was used');
    expect(read({ checks })).toContain('it ends at no trust anchor');
    expect(read({})).toContain('The path that was used');
  });
});

describe('a certificate', () => {
  it('says so where its issuer is empty, and tells the kind of a name from why it did not match', () => {
    const names = [
      { type: 'dns' as const, value: 'mordor.example', matched: null, why: 'It is not the Shire.' },
    ];
    const text = read({ chain: chain({ issuer: '', names }) }).replace(/\s+/g, ' ');
    expect(text).toContain('Issuer empty');
    expect(text).toContain('mordor.example (DNS name): It is not the Shire.');
  });
});
