/**
 * denial.test.ts: the rules of NSEC and NSEC3 one by one, over records whose signatures are taken for granted.
 */
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { DnsName } from '../../../shared/basics.ts';
import { nameOf } from '../../../electron/demo/zone.ts';
import { absenceByNsec, noCloserByNsec } from '../../../electron/trust/dnssec/denial-nsec.ts';
import type { NsecRecord } from '../../../electron/trust/dnssec/denial-nsec.ts';
import { absenceByNsec3, noCloserByNsec3 } from '../../../electron/trust/dnssec/denial-nsec3.ts';
import type { Nsec3Chain, Nsec3Record } from '../../../electron/trust/dnssec/denial-nsec3.ts';
import { newWork } from '../../../electron/trust/dnssec/work.ts';
import { encodeName } from '../../../electron/wire/dns-name.ts';
import { base32hex } from '../../../electron/wire/dns-records.ts';
import { TYPE } from '../../../electron/wire/dns-type.ts';
import type { TypeName } from '../../../electron/wire/dns-type.ts';

const ZONE = nameOf('example');

function nsec(owner: string, next: string, ...types: TypeName[]): NsecRecord {
  return { owner: nameOf(owner), next: nameOf(next), types: new Set(types.map((type) => TYPE[type])) };
}

describe('NSEC', () => {
  const absent = (name: string, type: TypeName, ...records: NsecRecord[]): string =>
    absenceByNsec(nameOf(name), TYPE[type], ZONE, records).kind;

  it('a record at the name denies what it does not list', () => {
    expect(absent('a.example', 'A', nsec('a.example', 'c.example', 'TXT'))).toBe('no-data');
    expect(absent('a.example', 'TXT', nsec('a.example', 'c.example', 'TXT'))).toBe('none');
  });
  it('an alias is no absence (RFC 6840 4.3)', () => {
    expect(absent('a.example', 'A', nsec('a.example', 'c.example', 'CNAME'))).toBe('none');
  });
  it('the parent side of a zone cut denies nothing but DS (RFC 6840 4.1)', () => {
    const cut = nsec('a.example', 'c.example', 'NS');
    expect(absent('a.example', 'A', cut)).toBe('none');
    expect(absenceByNsec(nameOf('a.example'), TYPE.DS, ZONE, [cut])).toEqual({
      kind: 'no-data',
      delegation: true,
    });
    expect(absent('b.a.example', 'A', cut, nsec('example', 'a.example', 'SOA', 'NS'))).toBe('none');
  });
  it('the child side denies no DS (RFC 4035 5.2)', () => {
    expect(absent('a.example', 'DS', nsec('a.example', 'c.example', 'NS', 'SOA'))).toBe('none');
    expect(absenceByNsec(nameOf('.'), TYPE.DS, nameOf('.'), [nsec('.', 'a', 'NS', 'SOA')]).kind).toBe(
      'no-data',
    );
  });
  it('nothing below a DNAME is denied by it', () => {
    expect(
      absent(
        'b.a.example',
        'A',
        nsec('a.example', 'c.example', 'DNAME'),
        nsec('example', 'a.example', 'SOA'),
      ),
    ).toBe('none');
  });
  it("a name needs its own gap and the wildcard's", () => {
    expect(absent('b.example', 'A', nsec('a.example', 'c.example', 'A'))).toBe('none');
    expect(
      absent('b.example', 'A', nsec('a.example', 'c.example', 'A'), nsec('example', 'a.example', 'SOA')),
    ).toBe('no-name');
    expect(
      absent('b.example', 'A', nsec('a.example', 'c.example', 'A'), nsec('*.example', 'a.example', 'A')),
    ).toBe('none');
    expect(
      absent('b.example', 'A', nsec('a.example', 'c.example', 'A'), nsec('*.example', 'a.example', 'TXT')),
    ).toBe('no-data');
  });
  it('the gap lies strictly between the owners, and the last one leads back to the apex', () => {
    const apex = nsec('example', 'a.example', 'SOA');
    expect(absent('c.example', 'A', nsec('a.example', 'c.example', 'A'), apex)).toBe('none');
    expect(absent('d.example', 'A', nsec('a.example', 'c.example', 'A'), apex)).toBe('none');
    expect(absent('d.example', 'A', nsec('c.example', 'example', 'A'), apex)).toBe('no-name');
    expect(absent('d.example', 'A', nsec('c.example', 'other', 'A'), apex)).toBe('none');
  });
  it('an empty non-terminal exists', () => {
    expect(absent('b.example', 'A', nsec('a.example', 'x.b.example', 'A'))).toBe('no-data');
    expect(
      absent('z.b.example', 'A', nsec('x.b.example', 'c.example', 'A'), nsec('example', 'a.example', 'SOA')),
    ).toBe('none');
    expect(
      absent(
        'z.b.example',
        'A',
        nsec('x.b.example', 'c.example', 'A'),
        nsec('a.example', 'x.b.example', 'A'),
      ),
    ).toBe('no-name');
  });
  it('a wildcard stands only where no closer name does', () => {
    const closer = (name: string, encloser: string, ...records: NsecRecord[]): string =>
      noCloserByNsec(nameOf(name), nameOf(encloser), ZONE, records).kind;
    expect(closer('b.example', 'example', nsec('a.example', 'c.example', 'A'))).toBe('no-closer');
    expect(closer('y.b.example', 'example', nsec('b.example', 'c.example', 'A'))).toBe('none');
    expect(closer('b.example', 'example', nsec('a.example', 'x.b.example', 'A'))).toBe('none');
    expect(closer('b.example', 'example', nsec('b.example', 'c.example', 'A'))).toBe('none');
  });
});

describe('NSEC3', () => {
  const hash = (name: DnsName): string => base32hex(createHash('sha1').update(encodeName(name)).digest());
  const at = (name: string, ...types: TypeName[]): Nsec3Record => {
    const own = hash(nameOf(name));
    // The next hash is right behind, so that nothing is covered by accident.
    return { hash: own, next: after(own), optOut: false, types: new Set(types.map((type) => TYPE[type])) };
  };
  const over = (name: string, optOut = false): Nsec3Record => {
    const own = hash(nameOf(name));
    return { hash: before(own), next: after(own), optOut, types: new Set([TYPE.A]) };
  };
  const chain = (...records: Nsec3Record[]): readonly Nsec3Chain[] => [
    { salt: new Uint8Array(), iterations: 0, records },
  ];
  const absent = (name: string, type: TypeName, ...records: Nsec3Record[]): string =>
    absenceByNsec3(nameOf(name), TYPE[type], ZONE, 'name', chain(...records), newWork()).kind;
  const noData = (name: string, type: TypeName, ...records: Nsec3Record[]): string =>
    absenceByNsec3(nameOf(name), TYPE[type], ZONE, 'data', chain(...records), newWork()).kind;

  it('a record at the name denies what it does not list, by the same rules as NSEC', () => {
    expect(absent('a.example', 'A', at('a.example', 'TXT'))).toBe('no-data');
    expect(absent('a.example', 'A', at('a.example', 'CNAME'))).toBe('none');
    expect(absent('a.example', 'A', at('a.example', 'NS'))).toBe('none');
    expect(absent('a.example', 'DS', at('a.example', 'NS', 'SOA'))).toBe('none');
  });
  it("a name needs the encloser, the gap of the next closer name and the wildcard's", () => {
    const [apex, gap, star] = [at('example', 'SOA', 'NS'), over('a.example'), over('*.example')];
    expect(absent('b.a.example', 'A', apex, gap, star)).toBe('no-name');
    expect(absent('b.a.example', 'A', gap, star)).toBe('none');
    expect(absent('b.a.example', 'A', apex, star)).toBe('none');
    expect(absent('b.a.example', 'A', apex, gap)).toBe('none');
    expect(absent('b.a.example', 'A', apex, gap, at('*.example', 'TXT'))).toBe('no-data');
    expect(absent('b.a.example', 'A', apex, gap, at('*.example', 'A'))).toBe('none');
  });
  it('a zone cut or a DNAME is no encloser', () => {
    for (const type of ['NS', 'DNAME'] as const) {
      expect(
        absent('b.a.example', 'A', at('a.example', type), over('b.a.example'), over('*.a.example')),
      ).toBe('none');
    }
  });
  it('a gap with opt-out leaves open what is there', () => {
    expect(absent('a.example', 'DS', at('example', 'SOA', 'NS'), over('a.example', true))).toBe('opt-out');
    expect(
      absent('a.example', 'A', at('example', 'SOA', 'NS'), over('a.example', true), over('*.example')),
    ).toBe('opt-out');
  });
  it('with opt-out too, a name is denied only together with the wildcard (RFC 5155 8.4), data without it (9.2)', () => {
    const [apex, gap] = [at('example', 'SOA', 'NS'), over('a.example', true)];
    expect(absent('a.example', 'A', apex, gap)).toBe('none');
    expect(absent('a.example', 'A', apex, gap, at('*.example', 'A'))).toBe('none');
    expect(absent('a.example', 'A', apex, gap, at('*.example', 'TXT'))).toBe('opt-out');
    // An empty name above nothing but unsigned zones has no record of its own in such a span.
    expect(noData('a.example', 'A', apex, gap)).toBe('opt-out');
    expect(noData('a.example', 'A', apex, over('a.example'))).toBe('none');
  });
  it('the last record covers both ends', () => {
    const last = (name: string): Nsec3Record => ({
      hash: 'v'.repeat(32),
      next: '0'.repeat(32),
      optOut: false,
      types: new Set([hash(nameOf(name)).length]),
    });
    expect(absent('a.example', 'A', at('example', 'SOA', 'NS'), last('a.example'))).toBe('none');
    const around: Nsec3Record = {
      ...over('a.example'),
      hash: after(hash(nameOf('a.example'))),
      next: before(hash(nameOf('a.example'))),
    };
    expect(absent('a.example', 'A', at('example', 'SOA', 'NS'), around, over('*.example'))).toBe('none');
  });
  it('a wildcard stands only where the next closer name does not', () => {
    const closer = (name: string, encloser: string, ...records: Nsec3Record[]): string =>
      noCloserByNsec3(nameOf(name), nameOf(encloser), ZONE, chain(...records), newWork()).kind;
    expect(closer('b.a.example', 'example', over('a.example'))).toBe('no-closer');
    expect(closer('b.a.example', 'example', over('b.a.example'))).toBe('none');
    expect(closer('b.a.example', 'example', at('a.example', 'A'))).toBe('none');
    expect(closer('b.a.example', 'example', over('a.example', true))).toBe('opt-out');
    expect(closer('b.a.example', 'other', over('a.example'))).toBe('none');
  });
  it('iterations above 150 prove nothing and are named', () => {
    const one: Nsec3Chain = { salt: new Uint8Array(), iterations: 151, records: [at('a.example', 'TXT')] };
    expect(absenceByNsec3(nameOf('a.example'), TYPE.A, ZONE, 'data', [one], newWork())).toEqual({
      kind: 'iterations',
      iterations: 151,
    });
  });
});

function after(hash: string): string {
  return `${hash.slice(0, 30)}vv`;
}

function before(hash: string): string {
  return `${hash.slice(0, 30)}00`;
}
