/**
 * memory.test.ts: pins, watches, and what was once seen: what they may and may not change of a verdict.
 *
 * In:   test/attack/world.ts with views of the store
 * Out:  one test a rule of section 10 and rows 2a, 2b and 7
 * Not:  the store itself (test/store), pin rules one by one (test/trust/pin.test.ts)
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Issued } from '../../electron/demo/certificate.ts';
import { poshDocument, srv, tlsa } from '../../electron/demo/kit.ts';
import { NO_PINS, type Pin, type PinView } from '../../shared/pin.ts';
import {
  bare,
  change,
  DAY,
  endpoints,
  LIAR,
  LIAR_2,
  LIAR_3,
  NOW,
  short,
  servfail,
  startAttack,
  TYPES,
  type AttackWorld,
} from './world.ts';

let world: AttackWorld;
let view: PinView = NO_PINS;
const certificates = new Map<string, Issued>();
const cert = (domain: string): Issued => {
  const found = certificates.get(domain);
  if (found === undefined) throw new Error(domain);
  return found;
};

beforeAll(async () => {
  world = await startAttack({
    pins: () => view,
    lies: [
      change(() => true, bare),
      servfail((n, t) => t === TYPES.AAAA && n.startsWith('xmpp.')),
      servfail((n, t) => t === TYPES.DS && n === 'own.example'),
    ],
    tell(kit) {
      const host = (
        domain: string,
        certificate: Issued,
        more: { unsigned?: boolean; tlsa?: Issued } = {},
      ): void => {
        const plan = srv(kit.zone(domain, { unsigned: more.unsigned === true }), `xmpp.${domain}`);
        kit.server(plan, 'xmpp', 5222, { certificate });
        if (more.tlsa !== undefined) tlsa(plan, 'xmpp', more.tlsa);
        certificates.set(domain, certificate);
      };
      host('self.example', kit.selfSigned({ dns: ['self.example'] }));
      host('wrong.example', kit.selfSigned({ dns: ['other.example'] }));
      host(
        'old.example',
        kit.selfSigned({ dns: ['old.example'] }, { notBefore: NOW - 9 * DAY, notAfter: NOW - DAY }),
      );
      host('good.example', kit.issue({ dns: ['good.example'] }));
      host('plain.example', kit.issue({ dns: ['plain.example'] }), { unsigned: true });
      host('dane.example', kit.selfSigned({ dns: ['dane.example'] }), { tlsa: kit.ca });
      const own = kit.zone('own.example');
      kit.server(own, '@', 5222, { certificate: kit.issue({ dns: ['own.example'] }) });
      own.add('_5222._tcp', 'TLSA', { usage: 3, selector: 1, matchingType: 1, data: '00'.repeat(32) });
      const contra = kit.selfSigned({ dns: ['contra.example'] });
      host('contra.example', contra);
      kit.site(kit.of('contra.example'), '@', {
        '/.well-known/posh/xmpp-client.json': { body: poshDocument(kit.ca) },
      });
    },
  });
});
afterAll(() => world.close());

function pin(domain: string, more: Partial<Pin> = {}): Pin {
  const { certificate } = cert(domain);
  const by = more.by ?? 'certificate';
  return {
    id: 'p1',
    domain,
    service: 'xmpp-client',
    by,
    sha256: by === 'key' ? certificate.spkiSha256 : certificate.sha256,
    created: '2026-11-01T00:00:00.000Z',
    ends: null,
    revoked: null,
    note: '',
    forgives: [
      'right-name-untrusted-issuer',
      'wrong-name-untrusted-issuer',
      'self-signed',
      'untrusted-issuer',
    ],
    names: certificate.names.map((n) => `${n.type}:${n.value}`),
    manualToo: false,
    pem: null,
    ...more,
  };
}
const other = '00'.repeat(32);
async function check(domain: string, seen: Partial<PinView>, form: object = {}): Promise<string> {
  view = { ...NO_PINS, ...seen };
  const { outcome, by, case: which } = short(await world.check({ input: domain, ...form }));
  return [outcome, by ?? which].filter((x) => x !== null).join(' ');
}

describe('a pin', () => {
  const accepted = 'auto-accept pin';
  const manual = 'manual right-name-untrusted-issuer';
  it('accepts what was on screen then', async () => {
    expect(await check('self.example', { pins: [pin('self.example')] })).toBe(accepted);
    expect(await check('self.example', { once: [pin('self.example')] })).toBe(accepted);
    expect(await check('self.example', { pins: [pin('self.example', { by: 'key' })] })).toBe(accepted);
    expect(await check('wrong.example', { pins: [pin('wrong.example')] })).toBe(accepted);
  });
  it('does not exist for the rules when it has ended, was revoked, or is of another domain or service', async () => {
    for (const more of [
      { ends: '2026-11-23T12:00:00.000Z' },
      { ends: 'soon' },
      { revoked: '2026-11-02T00:00:00.000Z' },
      { domain: 'other.example' },
      { service: 'xmpp-server' as const },
    ]) {
      expect(await check('self.example', { pins: [pin('self.example', more)] })).toBe(manual);
      expect(await check('self.example', { pins: [pin('self.example', { ...more, sha256: other })] })).toBe(
        manual,
      );
    }
  });
  it('forgives no reason that is new', async () => {
    expect(await check('old.example', { pins: [pin('old.example')] })).toBe(manual);
    expect(await check('self.example', { pins: [pin('self.example', { forgives: [] })] })).toBe(manual);
  });
  it('by key forgives no other name', async () => {
    expect(
      await check('wrong.example', {
        pins: [pin('wrong.example', { by: 'key', names: ['dns:third.example'] })],
      }),
    ).toBe('manual wrong-name-untrusted-issuer');
  });
  it('does not count for a host typed by hand unless made so', async () => {
    const form = { connect: 'xmpp.self.example:5222' };
    expect(await check('self.example', { pins: [pin('self.example')] }, form)).toBe(manual);
    expect(await check('self.example', { pins: [pin('self.example', { sha256: other })] }, form)).toBe(
      manual,
    );
    expect(await check('self.example', { pins: [pin('self.example', { manualToo: true })] }, form)).toBe(
      accepted,
    );
  });
  it('that changed refuses where nothing else is open, and only there', async () => {
    expect(await check('self.example', { pins: [pin('self.example', { sha256: other })] })).toBe('refuse');
    expect(await check('good.example', { pins: [pin('good.example', { sha256: other })] })).toBe(
      'auto-accept pkix',
    );
    const report = await world.check({ input: 'good.example' });
    expect(endpoints(report)[0]?.routes.pin.state).toBe('contradicted');
    // One of several that matches is enough.
    expect(
      await check('self.example', {
        pins: [pin('self.example', { sha256: other }), pin('self.example', { id: 'p2' })],
      }),
    ).toBe(accepted);
  });
  it('never stands over a mismatching TLSA record', async () => {
    expect(await check('dane.example', { pins: [pin('dane.example')] })).toBe('refuse');
  });
  it('does not forgive a POSH document that names another certificate, unless that was on screen', async () => {
    expect(await check('contra.example', { pins: [pin('contra.example')] })).not.toBe(accepted);
    const report = await world.check({ input: 'contra.example' });
    const forgives = report.verdict.reasons.map((r) => r.code);
    expect(await check('contra.example', { pins: [pin('contra.example', { forgives })] })).toBe(accepted);
  });
  it('in a store that cannot be read is not known: neither accepted nor "changed"', async () => {
    expect(
      await check('self.example', {
        pins: [pin('self.example', { sha256: other })],
        problem: 'The pin file is damaged.',
      }),
    ).toBe(manual);
  });
  it('is weaker than the other routes, and the domain names the weakest', async () => {
    expect(await check('good.example', { pins: [pin('good.example')] })).toBe('auto-accept pkix');
  });
});

describe('a watch', () => {
  const watch = (domain: string, keys: readonly string[]): Partial<PinView> => ({
    watch: { domain, service: 'xmpp-client', since: '2026-11-01T00:00:00.000Z', keys },
  });
  it('is never silent about a new key, even where a route is open', async () => {
    expect(await check('good.example', watch('good.example', [other]))).toBe('manual watched-key-changed');
    expect(await check('self.example', { ...watch('self.example', []), pins: [pin('self.example')] })).toBe(
      'manual watched-key-changed',
    );
    expect(
      await check('good.example', watch('good.example', [cert('good.example').certificate.spkiSha256])),
    ).toBe('auto-accept pkix');
    expect(await check('good.example', watch('other.example', [other]))).toBe('auto-accept pkix');
  });
  it('does not soften a refusal', async () => {
    expect(await check('dane.example', watch('dane.example', [other]))).toBe('refuse');
  });
  it('speaks before a missing proof', async () => {
    expect(
      await check(
        'good.example',
        { ...watch('good.example', [other]), onceSecure: '2026-11-01' },
        { resolvers: [LIAR] },
      ),
    ).toBe('manual watched-key-changed');
  });
});

describe('DNSSEC that is required, or was there before', () => {
  const required = { requireDnssec: true };
  const unknown = 'manual proof-unknown';
  it('is had where it is secure, and where it is proven insecure', async () => {
    expect(await check('good.example', {}, required)).toBe('auto-accept pkix');
    expect(await check('plain.example', {}, required)).toBe('auto-accept pkix');
  });
  it('is not had without signatures', async () => {
    expect(await check('good.example', {}, { ...required, resolvers: [LIAR] })).toBe(unknown);
    expect(await check('plain.example', {}, { ...required, resolvers: [LIAR] })).toBe(unknown);
    expect(
      await check('self.example', { pins: [pin('self.example')] }, { ...required, resolvers: [LIAR] }),
    ).toBe(unknown);
  });
  it('is not had where a question of the target stays open', async () => {
    expect(await check('good.example', {}, { ...required, resolvers: [LIAR_2] })).toBe(unknown);
  });
  it('was there before and is gone: manual, also with an open route', async () => {
    const onceSecure = '2026-11-01T00:00:00.000Z';
    expect(await check('good.example', { onceSecure }, { resolvers: [LIAR] })).toBe(unknown);
    expect(await check('good.example', { onceSecure: null }, { resolvers: [LIAR] })).toBe('auto-accept pkix');
    expect(
      await check('self.example', { onceSecure, pins: [pin('self.example')] }, { resolvers: [LIAR] }),
    ).toBe(unknown);
    expect(await check('good.example', { onceSecure })).toBe('auto-accept pkix');
  });
  it('was there before or not, and one DS answer is withheld: no better than with all signatures', async () => {
    const onceSecure = '2026-11-01T00:00:00.000Z';
    expect(await check('own.example', { onceSecure })).toBe('refuse');
    expect(await check('own.example', { onceSecure }, { resolvers: [LIAR_3] })).toBe('refuse');
    expect(await check('own.example', {}, { ...required, resolvers: [LIAR_3] })).toBe('refuse');
    expect(await check('own.example', {}, { resolvers: [LIAR_3] })).toBe('refuse');
  });
  it('is not asked of an address', async () => {
    expect(await check('127.0.10.5', {}, required)).toBe('manual trusted-issuer-wrong-name');
  });
});
