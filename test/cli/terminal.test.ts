/**
 * terminal.test.ts: a report in a terminal: nothing twice, long lines under their beginning, exact text left whole.
 *
 * In:   reports built by hand, any text
 * Out:  assertions
 * Not:  the command (command.test.ts)
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonLine } from '../../electron/output.ts';
import { describe as describeReport } from '../../electron/terminal.ts';
import { asIs, wrap } from '../../electron/wrap.ts';
import { exact } from '../../shared/exact.ts';
import { verdictPhrases } from '../../shared/phrases/verdict.ts';
import type { Report, Route } from '../../shared/report.ts';
import { ACCEPT, hostileReport, MANUAL, REFUSE, report } from '../renderer/fixtures.ts';

const plain = { verbose: false, colour: false };
const RECORD = `_5222._tcp.shire.example. IN TLSA 3 1 1 ${'ab'.repeat(32)}`;

function withDane(done: Report, dane: Route): Report {
  return {
    ...done,
    targets: done.targets.map((target) => ({
      ...target,
      endpoints: target.endpoints.map((one) => ({ ...one, routes: { ...one.routes, dane } })),
    })),
  };
}
function times(text: string, part: string): number {
  return text.split(part).length - 1;
}

describe('breaking lines', () => {
  it('keeps every word, in order, and no line longer than the terminal but for a single word', () => {
    const words = fc.array(fc.stringMatching(/^[a-z“”✓.:]{1,30}$/), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(words, fc.nat(12), fc.integer({ min: 40, max: 120 }), (list, indent, columns) => {
        const wrapped = wrap(`${' '.repeat(indent)}${list.join(' ')}`, columns);
        expect(wrapped.split(/\s+/).filter((word) => word !== '')).toEqual(list);
        for (const line of wrapped.split('\n'))
          expect(line.length <= columns || !line.trim().includes(' ')).toBe(true);
      }),
    );
  });

  it('goes on under the text, beside the mark, and counts colours for nothing', () => {
    const long = 'word '.repeat(20).trim();
    expect(wrap(`  ✓ ${long}`, 50).split('\n')[1]).toMatch(/^ {4}word/);
    const coloured = `  \u001b[32m✓\u001b[0m ${'w'.repeat(40)}`;
    expect(wrap(coloured, 44)).toBe(coloured);
  });

  it('leaves whole what is to be copied, and everything where there is no terminal', () => {
    expect(wrap(asIs(`      ${RECORD} ${RECORD}`), 40)).toBe(`      ${RECORD} ${RECORD}`);
    const long = 'word '.repeat(200);
    expect(wrap(long, null)).toBe(long);
  });
});

describe('a report in a terminal', () => {
  it('says its sentence once, and no reason that the sentence holds already', () => {
    const sentence = 'Needs you to accept it by hand, because no path leads to a trust anchor.';
    const text = describeReport(report({ ...MANUAL, sentence }), plain);
    expect(times(text.toLowerCase(), 'no path leads to a trust anchor')).toBe(1);
    expect(text).toContain('[RFC 5280 6.1]');
  });

  it('says what to do with the record on one line, whatever the width, and nothing where all is well', () => {
    const shut: Route = {
      state: 'shut',
      steps: [],
      opensBy: `Publish this record in a signed zone:${exact(RECORD)}`,
    };
    const manual = describeReport(withDane(report(MANUAL), shut), { ...plain, columns: 60 });
    expect(manual).toContain('What to do');
    expect(manual.split('\n')).toContain(`          ${RECORD}`);
    expect(describeReport(report(ACCEPT), plain)).not.toContain('What to do');
  });

  it('never proposes to accept what is refused, or what was read from a file', () => {
    expect(describeReport(report(MANUAL), plain)).toContain(
      'mellon pins add shire.example --certificate SHA-256\n',
    );
    expect(describeReport(report(REFUSE), plain)).not.toContain('pins add');
    const saved = { ...report(MANUAL), recordedAt: '2026-11-23T12:00:00.000Z' };
    expect(describeReport(saved, plain)).not.toContain('pins add');
  });

  it('lists what was contacted, in full', () => {
    const text = describeReport(report(ACCEPT), { ...plain, verbose: true });
    expect(text).toMatch(/What was contacted\n {2}DNS resolver +udp:\/\/127\.0\.0\.1:53 {2}12×, 2 failed/);
  });

  it('lets no control character of a stranger through', () => {
    const text = describeReport(hostileReport(), { verbose: true, colour: false, columns: 80 });
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e\u2066]/);
  });
  it('says the sentence of the worst address once, and that DNSSEC was missing once', () => {
    const without = verdictPhrases.withoutDnssec();
    const manual = { ...MANUAL, sentence: `Needs you, because of the name.${without}` };
    const shown = report(manual);
    const [target] = shown.targets;
    const lost = {
      ...manual,
      outcome: 'unreachable' as const,
      case: null,
      sentence: `Could not be judged, because of the net.${without}`,
    };
    const text = describeReport(
      {
        ...shown,
        verdict: { ...manual, sentence: verdictPhrases.worstOf(manual.sentence, 'x:5222', 1, 3, 1) },
        targets: [
          {
            ...required(target),
            endpoints: [...required(target).endpoints, { ...required(target?.endpoints[0]), verdict: lost }],
          },
        ],
      },
      plain,
    );
    expect(times(text, 'Needs you, because of the name.')).toBe(1);
    expect(times(text, 'Could not be judged, because of the net.')).toBe(1);
    expect(times(text, without.trim())).toBe(1);
  });

  it('as JSON is one line, the same to a program, and holds nothing that a terminal obeys', () => {
    const hostile = { name: 'a\u009b31m\u202e\u007f\u2028\u{e0041}\ud800 bücher 😀' };
    const line = jsonLine(hostile);
    expect(line).toMatch(/^[^\u0000-\u001f\u007f-\u009f\u202e\u2028\u{e0041}\ud800]+\n$/u);
    expect(line).toContain('bücher 😀');
    expect(JSON.parse(line)).toEqual(hostile);
  });
});

function required<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('the fixture lacks it');
  return value;
}
