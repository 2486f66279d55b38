/**
 * clients.test.ts: the profiles of other programs agree with what was read of them, in all 22 situations; the matrix.
 *
 * In:   the shipped profiles, evidence built for each situation, small reports
 * Out:  assertions
 * Not:  running those programs
 */
import { describe, expect, it } from 'vitest';
import { clientProfiles, parseProfiles, SITUATIONS, type Situation } from '../../shared/clients.ts';
import { compareClients, silentlyAccepting } from '../../electron/trust/clients.ts';
import { clientEvidence, type ClientEvidence } from '../../electron/trust/clients-evidence.ts';
import { judgeClient, resultOf } from '../../electron/trust/clients-judge.ts';
import { endpoint, report, verdict } from '../pins-fixture.ts';

const NO_NAMES: ClientEvidence['names'] = {
  dns: false,
  srv: false,
  xmpp: false,
  cn: false,
  wildcardOne: false,
  wildcardDeep: false,
  target: false,
  anySan: true,
  anyDnsSan: true,
};
const RIGHT = { ...NO_NAMES, dns: true };
const OK: ClientEvidence['chain'] = { anchored: true, selfSigned: false, inDate: true, sound: true };
const UNKNOWN_CA = { ...OK, anchored: false };
const SELF_SIGNED = { ...UNKNOWN_CA, selfSigned: true };
const BASE: ClientEvidence = {
  transport: 'starttls',
  reached: 'tls',
  protocol: 'TLSv1.3',
  names: RIGHT,
  delegation: 'insecure',
  srvBogus: false,
  chain: OK,
  dane: 'none',
  posh: 'none',
  remembered: 'none',
  mellon: 'auto-accept',
};
const names = (over: Partial<ClientEvidence['names']>) => ({ names: { ...NO_NAMES, ...over } });

const EVIDENCE: Readonly<Record<Situation, Partial<ClientEvidence>>> = {
  chain_ok_dns_id: {},
  chain_ok_srv_id_only: names({ srv: true, anyDnsSan: false }),
  chain_ok_xmpp_addr_only: names({ xmpp: true, anyDnsSan: false }),
  chain_ok_cn_only: names({ cn: true, anySan: false, anyDnsSan: false }),
  chain_ok_wildcard_one_label: names({ wildcardOne: true }),
  chain_ok_wildcard_two_labels: names({ wildcardDeep: true }),
  chain_ok_srv_target_name_insecure_dns: names({ target: true }),
  chain_ok_srv_target_name_dnssec: { ...names({ target: true }), delegation: 'dnssec' },
  chain_ok_wrong_name: names({}),
  self_signed_right_name: { chain: { ...OK, anchored: false, selfSigned: true } },
  unknown_ca_right_name: { chain: UNKNOWN_CA },
  expired_right_name: { chain: { ...OK, inDate: false } },
  // "Chain not trusted" in these three: the data was read for a self-signed certificate (only Spark tells the two apart).
  dane_ee_match_chain_bad: { chain: SELF_SIGNED, dane: 'match' },
  dane_mismatch_chain_ok: { dane: 'mismatch' },
  dane_mismatch_chain_bad: { chain: SELF_SIGNED, dane: 'mismatch' },
  posh_match_chain_bad_right_name: { chain: SELF_SIGNED, posh: 'match' },
  remembered_same_cert_untrusted: { chain: UNKNOWN_CA, remembered: 'same' },
  remembered_same_cert_expired: { chain: { ...UNKNOWN_CA, inDate: false }, remembered: 'same' },
  remembered_same_cert_wrong_name: { ...names({}), remembered: 'same' },
  remembered_then_other_untrusted_cert: { chain: UNKNOWN_CA, remembered: 'other' },
  remembered_then_other_valid_cert: { remembered: 'other' },
  no_starttls_offered: { reached: 'no-tls' },
};

describe('every profile in every situation', () => {
  const profiles = clientProfiles();

  it('all 28 are there', () => {
    expect(profiles.length).toBe(28);
    for (const profile of profiles) expect(profile.sources.length).toBeGreaterThan(0);
  });

  it.each(profiles.map((profile) => [profile.id, profile] as const))(
    '%s agrees with its sources',
    (_id, profile) => {
      const different: string[] = [];
      for (const situation of SITUATIONS) {
        const expected = profile.outcomes?.[situation];
        if (expected === undefined || expected.result === 'not_applicable') continue;
        // The data says of the POSH module what follows "with a POSH match": whether there is one is open there.
        const posh = profile.id === 'prosody-modules-posh' ? ({ posh: 'unknown' } as const) : {};
        const web = profile.web_only ? ({ transport: 'web' } as const) : {};
        const evidence = { ...BASE, ...posh, ...web, ...EVIDENCE[situation] };
        const { result } = judgeClient(evidence, profile);
        if (result !== resultOf(expected))
          different.push(`${situation}: ${result}, read: ${expected.result} ${expected.note ?? ''}`);
      }
      expect(different).toEqual([]);
    },
  );
});

describe('one decision', () => {
  const of = (id: string) => {
    const found = clientProfiles().find((profile) => profile.id === id);
    if (found === undefined) throw new Error(id);
    return found;
  };

  it('does not say that a program goes on over a forged SRV answer where its build decides whether it notices', () => {
    const forged: ClientEvidence = { ...BASE, srvBogus: true, mellon: 'refuse' };
    expect(judgeClient(forged, of('prosody'))).toMatchObject({ result: 'depends', partsAt: 'connect' });
    expect(judgeClient({ ...forged, chain: UNKNOWN_CA }, of('prosody')).result).toBe('refuses');
    expect(judgeClient(forged, of('ejabberd')).result).toBe('accepts');
    const [owner, answer] = ['_xmpp-server._tcp.shire.example.', 'records' as const];
    const bogus = report([endpoint()]);
    const srv = [{ owner, answer, dnssec: 'bogus' as const, why: '', records: [] }];
    const seen = { ...bogus, discovery: { ...bogus.discovery, srv } };
    const [target] = seen.targets;
    if (target === undefined) throw new Error('no target');
    expect(clientEvidence(seen, target, endpoint()).srvBogus).toBe(true);
  });

  it('names the step at which the ways part, and none where they do not', () => {
    const untrusted: ClientEvidence = { ...BASE, chain: UNKNOWN_CA, mellon: 'manual' };
    expect(judgeClient(untrusted, of('dino'))).toMatchObject({
      result: 'refuses',
      partsAt: 'path',
      asks: null,
    });
    expect(judgeClient(untrusted, of('swift'))).toMatchObject({
      result: 'asks',
      partsAt: null,
      asks: 'always',
    });
    expect(judgeClient(untrusted, of('profanity'))).toMatchObject({ result: 'asks', asks: 'once' });
    expect(judgeClient(untrusted, of('slixmpp-1.8.2'))).toMatchObject({ result: 'accepts', partsAt: 'path' });
  });

  it('cannot connect where the program does not look, or wants a newer TLS', () => {
    const direct: ClientEvidence = { ...BASE, transport: 'direct-tls' };
    expect(judgeClient(direct, of('swift')).result).toBe('cannot-connect');
    expect(judgeClient(direct, of('slixmpp-1.8.3')).result).toBe('unknown');
    expect(judgeClient({ ...BASE, protocol: 'TLSv1.1' }, of('monal')).result).toBe('cannot-connect');
    expect(judgeClient(BASE, of('converse')).result).toBe('cannot-connect');
    expect(judgeClient(direct, of('xmppjs')).result).toBe('refuses');
  });

  it('of several faults the strictest reaction counts', () => {
    const both: ClientEvidence = { ...BASE, ...names({}), chain: UNKNOWN_CA, mellon: 'manual' };
    expect(judgeClient(both, of('conversations-2.19')).result).toBe('refuses');
    const lapsed: ClientEvidence = { ...BASE, chain: { ...UNKNOWN_CA, inDate: false } };
    expect(judgeClient(lapsed, of('spark')).result).toBe('refuses');
  });

  it('a DANE match replaces a wrong name only where that was read', () => {
    const matched: ClientEvidence = { ...BASE, ...names({}), chain: UNKNOWN_CA, dane: 'match' };
    expect(judgeClient(matched, of('cheogram-2.19')).result).toBe('accepts');
    expect(judgeClient(matched, of('conversations-2.19')).result).toBe('refuses');
  });
});

describe('a file of profiles', () => {
  it('of a person is checked, and says what is wrong where', () => {
    const [first] = clientProfiles();
    const file = (profile: unknown) => ({ schema: 'mellon.clients', version: 1, profiles: [profile] });
    const own = { ...first!, outcomes: undefined };
    expect(parseProfiles(file({ ...own, id: 'mine' })).ok).toBe(true);
    const wrongRole = parseProfiles(file({ ...own, role: 'both' }));
    expect(wrongRole.ok ? '' : wrongRole.problem).toContain('profiles.0.role');
    expect(parseProfiles({ ...file(own), profiles: [own, own] }).ok).toBe(false);
    for (const wrong of [null, 1, 'x', [], {}]) expect(parseProfiles(wrong).ok).toBe(false);
  });
});

describe('the matrix', () => {
  it('has a row an endpoint and a column a program of that service', () => {
    const of = report([endpoint(), endpoint({ verdict: verdict('auto-accept') }, 3)]);
    const clients = compareClients(of);
    expect(clients.profiles.length).toBe(23);
    expect(clients.rows.map((row) => row.results.length)).toEqual([23, 23]);
    const servers = compareClients({ ...of, input: { ...of.input, service: 'xmpp-server' } });
    expect(servers.profiles.every((profile) => profile.role === 's2s')).toBe(true);
  });

  it('counts who would have accepted silently', () => {
    const of = report([endpoint()]);
    const {
      count,
      of: all,
      names: who,
    } = silentlyAccepting(of, of.targets[0]!, of.targets[0]!.endpoints[0]!);
    expect([count, all]).toEqual([1, 23]);
    expect(who).toEqual(['Slixmpp up to 1.8.2 (Python library)']);
  });

  it('reads names as plainly as programs do', () => {
    const of = (...list: readonly (readonly [string, string])[]) => {
      const chain = endpoint().chain.map((one) => ({
        ...one,
        names: list.map(([type, value]) => ({ type, value }) as (typeof one.names)[number]),
      }));
      const made = report(
        [endpoint({ chain })],
        { input: { given: '', domain: 'a.b.example', service: 'xmpp-client' } },
        { host: 'xmpp.host.example' },
      );
      return clientEvidence(made, made.targets[0]!, made.targets[0]!.endpoints[0]!).names;
    };
    expect(of(['dns', '*.b.example'])).toMatchObject({ wildcardOne: true, wildcardDeep: false, dns: false });
    expect(of(['dns', '*.example'])).toMatchObject({ wildcardOne: false, wildcardDeep: true });
    expect(of(['dns', 'XMPP.host.example'])).toMatchObject({ target: true, dns: false });
    expect(of(['srv', '_xmpp-client.a.b.example'])).toMatchObject({
      srv: true,
      anySan: true,
      anyDnsSan: false,
    });
    expect(of(['srv', '_xmpp-server.a.b.example'])).toMatchObject({ srv: false });
    expect(of(['cn', 'a.b.example'])).toMatchObject({ cn: true, anySan: false });
  });

  it('takes no path for sound that is broken, where the common name alone would fit: unreadable alternative names, say', () => {
    const soundWith = (ok: boolean): boolean => {
      const step = (id: string, holds: boolean) => ({ id, ok: holds, text: '', ref: '' });
      const steps = [step('chains-to-anchor', true), step('critical-extensions', ok)];
      const one = endpoint();
      const chain = one.chain.map((of) => ({
        ...of,
        names: [{ type: 'cn' as const, value: 'shire.example' }],
      }));
      const pkix = { ...one.routes.pkix, state: 'shut' as const, steps };
      const made = report([endpoint({ chain, routes: { ...one.routes, pkix } })]);
      const [target] = made.targets;
      const [seen] = target?.endpoints ?? [];
      if (target === undefined || seen === undefined) throw new Error('no endpoint');
      return clientEvidence(made, target, seen).chain.sound;
    };
    expect([soundWith(true), soundWith(false)]).toEqual([true, false]);
  });

  it('of 20 endpoints takes less than 20 ms', () => {
    const of = report(Array.from({ length: 20 }, (_, i) => endpoint({}, i)));
    const times = Array.from({ length: 10 }, () => {
      const start = performance.now();
      compareClients(of);
      return performance.now() - start;
    });
    expect(Math.min(...times)).toBeLessThan(500);
  });
});
