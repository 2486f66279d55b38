/**
 * noticed.test.ts: would it have been noticed? Four answers, from facts alone.
 *
 * In:   reports with routes, CAA records, watches, bindings
 * Out:  noticed.ts and caa.ts tested
 * Not:  asking for CAA records (test/account/sign-in.test.ts)
 */
import { describe, expect, it } from 'vitest';
import { caaNames, judgeCaa } from '../../electron/trust/caa.ts';
import type { DnssecResult } from '../../electron/trust/dnssec/result.ts';
import { judgeNoticed, type BindingFacts } from '../../electron/trust/noticed.ts';
import type { DnsName } from '../../shared/basics.ts';
import { NO_PINS, type PinView } from '../../shared/pin.ts';
import type { Report, RouteState } from '../../shared/report.ts';
import type { Noticed } from '../../shared/sign-in.ts';

const name = 'im.shire.example' as DnsName;
const record = (value: string, tag = 'issue'): Uint8Array =>
  Buffer.concat([Buffer.from([0, tag.length]), Buffer.from(tag), Buffer.from(value)]);

type Answer = readonly Uint8Array[] | 'bogus' | 'unanswered';
/** Answers by name; a name that is not there has none. */
function caaOf(
  answers: Readonly<Record<string, Answer>>,
  status: 'secure' | 'insecure' = 'secure',
): ReturnType<typeof judgeCaa> {
  return judgeCaa(name, (question): DnssecResult => {
    const given = answers[question.name] ?? [];
    const common = {
      question,
      code: 'x',
      why: 'Because.',
      repair: null,
      chain: [],
      anchor: null,
      aliases: [],
    };
    if (given === 'bogus') return { ...common, status: 'bogus' };
    if (given === 'unanswered')
      return { ...common, status: 'unanswered', missing: question, zone: 'unknown' };
    const records = given.map(
      (rdata) => ({ name: question.name, type: 257, class: 1, ttl: 60, rdata }) as never,
    );
    return {
      ...common,
      status,
      answer: records.length > 0 ? 'records' : 'none',
      records,
      missing: null,
      ttl: 60,
    };
  });
}

type Target = { readonly dane: RouteState; readonly tlsa: readonly string[] };
function reportOf(...targets: readonly Target[]): Report {
  return {
    targets: targets.map(({ dane, tlsa }) => ({
      tlsa: { records: tlsa.map((text) => ({ text, usable: true, matches: true, why: '' })) },
      endpoints: [{ chain: [{}], routes: { dane: { state: dane } } }],
    })),
  } as unknown as Report;
}
function answer(
  id: Noticed['id'],
  facts: {
    readonly report?: Report;
    readonly caa?: ReturnType<typeof judgeCaa>;
    readonly pins?: PinView;
    readonly binding?: BindingFacts;
  },
): Noticed['answer'] | undefined {
  const all = judgeNoticed(
    facts.report ?? reportOf(),
    facts.caa ?? { kind: 'none', secure: true },
    facts.pins ?? NO_PINS,
    facts.binding ?? { kind: 'not-tried' },
  );
  expect(all.map((one) => one.id)).toEqual(['dane', 'watched-key', 'channel-binding', 'caa']);
  expect(all.every((one) => one.text.length > 20 && one.ref !== '')).toBe(true);
  return all.find((one) => one.id === id)?.answer;
}

describe('DANE', () => {
  const leaf: Target = { dane: 'open', tlsa: ['3 1 1 00'] };
  const none: Target = { dane: 'absent', tlsa: [] };
  it.each<[string, readonly Target[], Noticed['answer']]>([
    ['that names the key notices', [leaf], 'yes'],
    ['that names the certificate beside CA rules notices', [{ dane: 'open', tlsa: ['1 0 1 00'] }], 'yes'],
    ['that names an authority may not', [{ dane: 'open', tlsa: ['2 0 1 00'] }], 'unknown'],
    ['that names both may not', [{ dane: 'open', tlsa: ['3 1 1 00', '0 0 1 00'] }], 'unknown'],
    ['that is not there does not', [none], 'no'],
    ['on one server of two does not', [leaf, none], 'no'],
    ['that could not be found out is not known', [{ dane: 'unknown', tlsa: [] }], 'unknown'],
  ])('%s', (_, targets, expected) => {
    expect(answer('dane', { report: reportOf(...targets) })).toBe(expected);
  });
});

describe('a watch', () => {
  it('notices; no watch does not; an unreadable store leaves it open', () => {
    const watch = { domain: 'x', service: 'xmpp-client', since: '', keys: [] } as const;
    expect(answer('watched-key', { pins: { ...NO_PINS, watch } })).toBe('yes');
    expect(answer('watched-key', {})).toBe('no');
    expect(answer('watched-key', { pins: { ...NO_PINS, watch, problem: 'damaged' } })).toBe('unknown');
  });
});

describe('channel binding', () => {
  it.each<[BindingFacts, Noticed['answer']]>([
    [{ kind: 'bound', type: 'tls-exporter' }, 'yes'],
    [{ kind: 'caught' }, 'yes'],
    [{ kind: 'not-bound' }, 'no'],
    [{ kind: 'not-tried' }, 'unknown'],
  ])('%j', (binding, expected) => {
    expect(answer('channel-binding', { binding })).toBe(expected);
  });
});

describe('CAA', () => {
  const bound = record('ca.example; validationmethods=dns-01; accounturi=https://ca.example/1');
  it.each<[string, Readonly<Record<string, Answer>>, Noticed['answer']]>([
    ['an account', { [name]: [bound] }, 'yes'],
    ['an account at the parent', { 'shire.example': [bound] }, 'yes'],
    ['an account and nobody', { [name]: [bound, record(';')] }, 'yes'],
    ['nobody', { [name]: [record(';')] }, 'yes'],
    ['an authority', { [name]: [record('ca.example')] }, 'no'],
    ['an account and an authority', { [name]: [bound, record('other.example')] }, 'no'],
    ['a parameter that only looks alike', { [name]: [record('ca.example; accounturix=y')] }, 'no'],
    ['no issue property', { [name]: [record('mailto:a@b.example', 'iodef')] }, 'no'],
    [
      'the nearest name counts, not its parent',
      { [name]: [record('ca.example')], 'shire.example': [bound] },
      'no',
    ],
    ['nothing', {}, 'no'],
    ['a bogus answer', { [name]: 'bogus' }, 'unknown'],
    ['a gap on the way up', { 'shire.example': 'unanswered', example: [bound] }, 'unknown'],
    ['a gap above what was found', { [name]: [bound], 'shire.example': 'unanswered' }, 'yes'],
  ])('%s', (_, answers, expected) => {
    expect(answer('caa', { caa: caaOf(answers) })).toBe(expected);
  });

  it('unsigned with an account is open, unsigned with an authority is not', () => {
    expect(answer('caa', { caa: caaOf({ [name]: [bound] }, 'insecure') })).toBe('unknown');
    expect(answer('caa', { caa: caaOf({ [name]: [record('ca.example')] }, 'insecure') })).toBe('no');
  });

  it('is asked for the name and its parents, not the root', () => {
    expect(caaNames(name)).toEqual(['im.shire.example', 'shire.example', 'example']);
  });
});
