/**
 * identity.test.ts: which names in a certificate are the one we want (TRUST-RULES 6, RFC 6120 13.7.1.2, RFC 9525).
 *
 * In:   one presented name, one reference
 * Out:  whether judgeIdentity lets it match, and what it says
 * Not:  paths
 */
import { describe, expect, it } from 'vitest';
import { otherName, type Names } from '../../electron/demo/certificate-parts.ts';
import { selfSigned } from '../../electron/demo/certificate.ts';
import { ia5, utf8 } from '../../electron/demo/der.ts';
import { judgeIdentity, type IdentityEvidence } from '../../electron/trust/identity.ts';
import { toAscii } from '../../electron/wire/idna.ts';
import type { DnsName } from '../../shared/basics.ts';
import type { Service, Source } from '../../shared/request.ts';
import { NOW } from './path-world.ts';

function domain(text: string): DnsName {
  const name = toAscii(text);
  if (name === null) throw new Error(text);
  return name;
}

function source(text: string): Source {
  return { kind: 'domain', ascii: domain(text), unicode: text };
}

function ip(address: string): Source {
  return { kind: 'ip', address, family: address.includes(':') ? 6 : 4 };
}

function judge(
  names: Names,
  from: Source,
  target: string | null = null,
  service: Service = 'xmpp-client',
): IdentityEvidence {
  const { certificate } = selfSigned({ now: NOW, names });
  return judgeIdentity(certificate, {
    source: from,
    service,
    target: target === null ? null : domain(target),
  });
}

const shire = source('shire.example');

describe('the source domain', () => {
  it.each<readonly [string, Names, Source, Service]>([
    ['DNS-ID', { dns: ['shire.example'] }, shire, 'xmpp-client'],
    ['DNS-ID in capitals', { dns: ['SHIRE.Example'] }, shire, 'xmpp-server'],
    [
      'DNS-ID with a wildcard for one label',
      { dns: ['*.shire.example'] },
      source('bag.shire.example'),
      'xmpp-client',
    ],
    [
      'DNS-ID with a wildcard for an A-label',
      { dns: ['*.shire.example'] },
      source('bücher.shire.example'),
      'xmpp-client',
    ],
    ['DNS-ID as A-label', { dns: ['xn--bcher-kva.example'] }, source('bücher.example'), 'xmpp-client'],
    ['SRV-ID of the service', { srv: ['_xmpp-client.shire.example'] }, shire, 'xmpp-client'],
    ['SRV-ID of the other service', { srv: ['_xmpp-server.shire.example'] }, shire, 'xmpp-server'],
    ['SRV-ID in capitals', { srv: ['_XMPP-Client.SHIRE.example'] }, shire, 'xmpp-client'],
    ['XmppAddr', { xmpp: ['shire.example'] }, shire, 'xmpp-client'],
    ['XmppAddr in U-labels', { xmpp: ['BÜCHER.example'] }, source('bücher.example'), 'xmpp-client'],
    ['IPv4 address', { ip: ['192.0.2.1'] }, ip('192.0.2.1'), 'xmpp-client'],
    ['IPv6 address in another spelling', { ip: ['2001:db8::1'] }, ip('2001:DB8:0:0:0:0:0:1'), 'xmpp-client'],
    ['one among many', { dns: ['a.example', 'b.example', 'shire.example'] }, shire, 'xmpp-client'],
  ])('is named by: %s', (_, names, from, service) => {
    const evidence = judge(names, from, null, service);
    expect([evidence.source, evidence.target, evidence.cnOnly]).toEqual([true, false, false]);
    expect(evidence.steps[0]).toMatchObject({ id: 'proper-identifier', ok: true });
    expect(evidence.names.some((name) => name.matched !== null)).toBe(true);
  });

  it.each<readonly [string, Names, Source]>([
    ['no name at all', {}, shire],
    ['another name', { dns: ['gondor.example'] }, shire],
    ['a name below', { dns: ['bag.shire.example'] }, shire],
    ['a name above', { dns: ['example'] }, shire],
    ['a name with a final dot', { dns: ['shire.example.'] }, shire],
    ['a name with NUL inside', { dns: ['shire.example\0.evil.example'] }, shire],
    ['a name with a foreign byte', { dns: ['shire.example\xa0'] }, shire],
    ['a wildcard for the domain itself', { dns: ['*.shire.example'] }, shire],
    ['a wildcard for two labels', { dns: ['*.shire.example'] }, source('end.bag.shire.example')],
    ['a wildcard over a top-level domain', { dns: ['*.example'] }, shire],
    ['a bare wildcard', { dns: ['*'] }, shire],
    ['a wildcard and nothing', { dns: ['*.'] }, shire],
    ['a wildcard in a part of a label', { dns: ['b*.shire.example'] }, source('bag.shire.example')],
    ['a wildcard further right', { dns: ['bag.*.example'] }, source('bag.shire.example')],
    ['two wildcards', { dns: ['*.*.example'] }, source('bag.shire.example')],
    ['a wildcard with an empty label', { dns: ['*..shire.example'] }, source('bag.shire.example')],
    ['a wildcard with one empty label after it', { dns: ['*.example.'] }, shire],
    ['an SRV-ID of another service', { srv: ['_xmpp-server.shire.example'] }, shire],
    ['an SRV-ID with a wildcard', { srv: ['_xmpp-client.*.example'] }, shire],
    [
      'an SRV-ID with a wildcard below',
      { srv: ['_xmpp-client.*.shire.example'] },
      source('bag.shire.example'),
    ],
    ['an SRV-ID without a service', { srv: ['shire.example'] }, shire],
    ['an SRV-ID with its transport', { srv: ['_xmpp-client._tcp.shire.example'] }, shire],
    [
      'an SRV-ID in UTF-8',
      { raw: [otherName('1.3.6.1.5.5.7.8.7', utf8('_xmpp-client.shire.example'))] },
      shire,
    ],
    ['an SRV-ID written as DNS-ID', { dns: ['_xmpp-client.shire.example'] }, shire],
    ['an XmppAddr of a person', { xmpp: ['frodo@shire.example'] }, shire],
    ['an XmppAddr with a resource', { xmpp: ['shire.example/bag'] }, shire],
    ['an XmppAddr with NUL', { xmpp: ['shire.example\0'] }, shire],
    ['an XmppAddr with a final dot', { xmpp: ['shire.example.'] }, shire],
    ['an XmppAddr with a wildcard', { xmpp: ['*.shire.example'] }, source('bag.shire.example')],
    ['an XmppAddr as IA5String', { raw: [otherName('1.3.6.1.5.5.7.8.5', ia5('shire.example'))] }, shire],
    ['another otherName', { raw: [otherName('1.2.3', utf8('shire.example'))] }, shire],
    ['a URI', { uri: ['xmpp:shire.example'] }, shire],
    ['an e-mail address', { email: ['shire.example'] }, shire],
    ['an address for a domain', { ip: ['192.0.2.1'] }, shire],
    ['a DNS-ID for an address', { dns: ['192.0.2.1'] }, ip('192.0.2.1')],
    ['an XmppAddr for an address', { xmpp: ['192.0.2.1'] }, ip('192.0.2.1')],
    ['another address', { ip: ['192.0.2.2'] }, ip('192.0.2.1')],
    ['a mapped address', { ip: ['::ffff:192.0.2.1'] }, ip('192.0.2.1')],
  ])('is not named by: %s', (_, names, from) => {
    const evidence = judge(names, from);
    expect([evidence.source, evidence.target, evidence.cnOnly]).toEqual([false, false, false]);
    expect(evidence.steps[0]).toMatchObject({ id: 'proper-identifier', ok: false });
    for (const name of evidence.names)
      expect([name.matched, (name.why ?? '').length > 0]).toEqual([null, true]);
  });

  it('is never named by the common name, which is said where it is the only one', () => {
    const only = judge({ cn: 'shire.example' }, shire);
    expect([only.source, only.cnOnly]).toEqual([false, true]);
    expect(only.steps.map((step) => [step.id, step.ok])).toEqual([
      ['proper-identifier', false],
      ['common-name-only', null],
    ]);
    expect(judge({ cn: 'shire.example', dns: ['shire.example'] }, shire).cnOnly).toBe(false);
    expect(judge({ cn: '192.0.2.1' }, ip('192.0.2.1'))).toMatchObject({ source: false, cnOnly: true });
  });
});

describe('the securely delegated target', () => {
  const host = 'xmpp1.hosting.example';

  it.each<readonly [string, Names, boolean, boolean]>([
    ['its DNS-ID', { dns: [host] }, false, true],
    ['its DNS-ID by a wildcard', { dns: ['*.hosting.example'] }, false, true],
    ['its SRV-ID', { srv: [`_xmpp-client.${host}`] }, false, true],
    ['not its XmppAddr', { xmpp: [host] }, false, false],
    ['both names', { dns: [host, 'shire.example'] }, true, true],
    ['the source alone', { xmpp: ['shire.example'] }, true, false],
  ])('%s', (_, names, isSource, isTarget) => {
    const evidence = judge(names, shire, host);
    expect([evidence.source, evidence.target]).toEqual([isSource, isTarget]);
    expect(evidence.steps.map((step) => [step.id, step.ok])).toEqual([
      ['proper-identifier', isSource],
      ['delegated-identifier', isTarget],
    ]);
  });

  it('is no reference where the delegation is not secure', () => {
    const evidence = judge({ dns: [host] }, shire, null);
    expect([evidence.source, evidence.target, evidence.steps.length]).toEqual([false, false, 1]);
  });
});

describe('what is shown', () => {
  it('every name in order with its reason, hidden characters visible', () => {
    const { names } = judge({ dns: ['shire.example', 'a\u0007b'], cn: 'x\u202ey' }, shire);
    expect(names).toEqual([
      { type: 'dns', value: 'shire.example', matched: 'shire.example', why: 'It is shire.example.' },
      { type: 'dns', value: 'a\\u{7}b', matched: null, why: 'It is not shire.example.' },
      { type: 'cn', value: 'x\\u{202e}y', matched: null, why: 'Common names do not count (RFC 9525).' },
    ]);
  });

  it('ten thousand names in a short sentence and in a short time', () => {
    const xmpp = Array.from({ length: 3_000 }, (_, i) => `ü${i}.a`);
    const { certificate } = selfSigned({ now: NOW, names: { xmpp } });
    const start = process.cpuUsage();
    const evidence = judgeIdentity(certificate, { source: shire, service: 'xmpp-client', target: null });
    expect(process.cpuUsage(start).user / 1e3).toBeLessThan(2_000);
    expect(evidence.names).toHaveLength(3_000);
    expect(evidence.steps[0]?.text).toContain('and 2995 more');
  });
});
