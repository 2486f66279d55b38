/**
 * desk.ts: where a person's decisions become pins and watches, and nothing else does.
 *
 * In:   a store, the reports of finished checks, what the window asks for (untrusted)
 * Out:  Desk: every call of the bridge that concerns the store
 * Not:  files (store), whether something may be accepted (accept.ts), asking in a terminal (serve-socket.ts)
 */
import * as v from 'valibot';
import type { Instant, Outcome } from '../shared/basics.ts';
import type { AcceptForm, Bridge, Said } from '../shared/bridge.ts';
import { enginePhrases } from '../shared/phrases/engine.ts';
import { storeSentence, type StoreProblem } from '../shared/phrases/store.ts';
import type { Finding, Pin, PinView, Watch } from '../shared/pin.ts';
import type { Report } from '../shared/report.ts';
import type { CheckRequest, Service } from '../shared/request.ts';
import { historyEntryOf, judgeWithView, mayAccept } from './accept.ts';
import { findingOf } from './finding.ts';
import { parseTime } from './options.ts';
import { EXPORT_FORMATS, exportPins } from './pin-export.ts';
import { parsePins } from './pin-import.ts';
import type { Store } from './store/store.ts';
import type { TrustStore } from './trust/stores.ts';

type Done<T> = Outcome<T, Said>;
type Imported = Extract<Awaited<ReturnType<Bridge['importPins']>>, { ok: true }>['value'];
type Listed = Extract<Awaited<ReturnType<Bridge['listPins']>>, { ok: true }>['value'];

export type Desk = {
  view(domain: string, service: Service): PinView;
  list(): Done<Listed>;
  /** `report` is the finished check's own, never one from a file. */
  accept(report: Report, form: unknown): Done<Pin>;
  changePin(id: unknown, change: unknown): Done<Pin>;
  revokePin(id: unknown): Done<Pin>;
  restorePin(id: unknown): Done<Pin>;
  setWatch(domain: unknown, service: unknown, on: unknown): Done<Watch | null>;
  eraseHistory(domain: unknown): Done<null>;
  importPins(text: unknown): Done<Imported>;
  exportPins(format: unknown): Done<string>;
  /** Writes down what a check saw, and tells what changed since the last look. A failure is no problem of the check. */
  record(report: Report): Finding;
};

const Text = v.pipe(v.string(), v.maxLength(512));
const Id = v.pipe(v.string(), v.maxLength(64));
/** A day that exists (30 February would be read as 2 March), in UTC. */
const Ends = v.nullable(v.pipe(v.string(), v.isoTimestamp(), v.transform(parseTime), v.string()));
const AcceptSchema = v.strictObject({
  check: Id,
  certificate: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
  how: v.picklist(['once', 'forever']),
  by: v.picklist(['certificate', 'key']),
  note: v.optional(Text),
  ends: v.optional(Ends),
  manualToo: v.optional(v.boolean()),
  // 100: more live pins than anybody has for one domain.
  replaces: v.optional(v.pipe(v.array(Id), v.maxLength(100))),
});
const ChangeSchema = v.strictObject({ note: v.optional(Text), ends: v.optional(Ends) });
const ServiceSchema = v.picklist(['xmpp-client', 'xmpp-server']);
const DomainSchema = v.pipe(v.string(), v.minLength(1), v.maxLength(253));

/** Reads what the window wants to accept. */
export function parseAccept(form: unknown): Done<AcceptForm> {
  const parsed = v.safeParse(AcceptSchema, form);
  if (!parsed.success) return no('bad-call');
  const { note, ends, manualToo, replaces, ...rest } = parsed.output;
  return {
    ok: true,
    value: {
      ...rest,
      ...(note === undefined ? {} : { note }),
      ...(ends === undefined ? {} : { ends }),
      ...(manualToo === undefined ? {} : { manualToo }),
      ...(replaces === undefined ? {} : { replaces }),
    },
  };
}

/** The desk over one store. `stores` are those that the request's own check judged with. */
export function openDesk(
  store: Store,
  now: () => Instant,
  stores: (request: CheckRequest) => readonly TrustStore[],
): Desk {
  return {
    view: (domain, service) => store.view(domain, service),
    list: () => {
      const all = store.listAll();
      if (!all.ok) return told(all.problem);
      const { pins, once, watches, history } = all.value;
      return { ok: true, value: { pins: [...pins, ...once], watches, history } };
    },
    accept: (report, form) => {
      const parsed = parseAccept(form);
      if (!parsed.ok) return parsed;
      const asked = parsed.value;
      const may = mayAccept(report, asked, {
        view: store.view(report.input.domain, report.input.service),
        judgeWith: (view) => judgeWithView(report, view, stores(report.request)),
        now: now(),
      });
      if (!may.ok) return may;
      const { pin, replaces } = may.value;
      return say(asked.how === 'once' ? store.addOnce(pin) : store.addPin(pin, replaces));
    },
    changePin: (id, change) => {
      const parsed = v.safeParse(v.tuple([Id, ChangeSchema]), [id, change]);
      if (!parsed.success) return no('bad-call');
      const { note, ends } = parsed.output[1];
      const given = { ...(note === undefined ? {} : { note }), ...(ends === undefined ? {} : { ends }) };
      return say(store.changePin(parsed.output[0], given));
    },
    revokePin: (id) => (v.is(Id, id) ? say(store.revokePin(id)) : no('bad-call')),
    restorePin: (id) => (v.is(Id, id) ? say(store.restorePin(id)) : no('bad-call')),
    setWatch: (domain, service, on) =>
      v.is(DomainSchema, domain) && v.is(ServiceSchema, service) && typeof on === 'boolean'
        ? say(store.setWatch(domain, service, on))
        : no('bad-call'),
    eraseHistory: (domain) =>
      domain === null || v.is(DomainSchema, domain) ? say(store.eraseHistory(domain)) : no('bad-call'),
    importPins: (text) => {
      if (typeof text !== 'string') return no('bad-call');
      const parsed = parsePins(text, now());
      if (!parsed.ok) return { ok: false, problem: { code: parsed.problem.code, text: parsed.problem.text } };
      const { pins, watches, skipped } = parsed.value;
      const merged = store.merge(pins, watches);
      if (!merged.ok) return told(merged.problem);
      const known = merged.value.known === 0 ? [] : [enginePhrases['known-pins'](merged.value.known)];
      const { added, watches: watched } = merged.value;
      return { ok: true, value: { added, watches: watched, skipped: [...known, ...skipped] } };
    },
    exportPins: (format) => {
      const known = EXPORT_FORMATS.find((one) => one === format);
      if (known === undefined) return no('other-format');
      const all = store.listAll();
      if (!all.ok) return told(all.problem);
      return { ok: true, value: exportPins(known, all.value.pins, all.value.watches, now()) };
    },
    record: (report) => {
      const entry = historyEntryOf(report);
      const finding = findingOf(report, store);
      if (entry !== null) store.recordHistory(entry);
      return finding;
    },
  };
}

function say<T>(done: Outcome<T, StoreProblem>): Done<T> {
  return done.ok ? done : told(done.problem);
}

function told(problem: StoreProblem): { readonly ok: false; readonly problem: Said } {
  return { ok: false, problem: { code: problem.code, text: storeSentence(problem) } };
}

type PlainCode = Exclude<keyof typeof enginePhrases, 'too-many-checks' | 'read-in-browser' | 'known-pins'>;
export function no(code: PlainCode): { readonly ok: false; readonly problem: Said } {
  return { ok: false, problem: { code, text: enginePhrases[code]() } };
}
