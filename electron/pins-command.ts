/**
 * pins-command.ts: `mellon pins ...`, everything about what is remembered, in a terminal or from cron.
 *
 * In:   an argument list; the store, the check and the terminal as PinsIo
 * Out:  text on standard output, an exit code
 * Not:  accepting (pins-add.ts), checking again (pins-check.ts), how pins read (pins-text.ts)
 */
import { parseArgs } from 'node:util';
import type { Outcome } from '../shared/basics.ts';
import { pinsPhrases as say } from '../shared/phrases/pins-command.ts';
import type { StoreProblem } from '../shared/phrases/store.ts';
import type { Pin } from '../shared/pin.ts';
import { visible } from '../shared/visible.ts';
import { jsonLine } from './output.ts';
import { EXPORT_FORMATS, exportPins, isLive } from './pin-export.ts';
import { parsePins } from './pin-import.ts';
import { runAdd, runWatch } from './pins-add.ts';
import { runPinsCheck } from './pins-check.ts';
import {
  confirmed,
  domainOf,
  parseEnds,
  PINS_EXIT,
  trouble,
  usage,
  type PinsIo,
  type PinsOptions,
} from './pins-io.ts';
import { describeHistory, describePin, pinTable } from './pins-text.ts';
import type { PinChange } from './store/store.ts';

/** Runs one `mellon pins` command. Every problem is told on `err` and comes back as an exit code. */
export async function runPins(args: readonly string[], io: PinsIo): Promise<number> {
  let parsed;
  try {
    parsed = parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true, strict: true });
  } catch (fault) {
    return usage(io, visible(fault instanceof Error ? fault.message : String(fault)));
  }
  const { values, positionals } = parsed;
  const [command = 'list', ...rest] = positionals;
  const service = values.service ?? 'client';
  if (service !== 'client' && service !== 'server') return usage(io, say.needs('--service client or server'));
  const options: PinsOptions = {
    service: service === 'client' ? 'xmpp-client' : 'xmpp-server',
    serviceGiven: values.service !== undefined,
    json: values.json === true,
    yes: values.yes === true,
    values,
  };
  const known = COMMANDS.get(command);
  if (known === undefined) return usage(io, say.unknown(visible(command, 64)));
  const [most, run] = known;
  const tooMuch = rest[most];
  // Left out in silence it would be taken for done: `remove p1 p2` must not revoke p1 alone.
  return tooMuch === undefined ? await run(rest, options, io) : usage(io, say.tooMuch(visible(tooMuch, 64)));
}

type Run = (rest: readonly string[], options: PinsOptions, io: PinsIo) => Promise<number> | number;

/** Each with the number of words that it takes. */
const COMMANDS: ReadonlyMap<string, readonly [number, Run]> = new Map<string, readonly [number, Run]>([
  ['list', [1, list]],
  ['show', [1, show]],
  ['add', [1, runAdd]],
  ['remove', [1, remove]],
  ['restore', [1, restore]],
  ['edit', [1, edit]],
  ['watch', [1, runWatch]],
  ['unwatch', [1, unwatch]],
  ['history', [1, history]],
  ['export', [2, exportAll]],
  ['import', [1, importFile]],
  ['check', [0, runPinsCheck]],
  ['start-over', [0, startOver]],
]);

const OPTIONS = {
  json: { type: 'boolean' },
  yes: { type: 'boolean' },
  service: { type: 'string' },
  certificate: { type: 'string' },
  key: { type: 'string' },
  note: { type: 'string' },
  ends: { type: 'string' },
  replace: { type: 'boolean' },
  'manual-too': { type: 'boolean' },
  forget: { type: 'boolean' },
  erase: { type: 'boolean' },
  domain: { type: 'string' },
  parallel: { type: 'string' },
} as const;

function list([text]: readonly string[], options: PinsOptions, io: PinsIo): number {
  const all = io.store.listAll();
  if (!all.ok) return trouble(io, all.problem);
  const found = text === undefined ? all : io.store.search(text);
  if (!found.ok) return trouble(io, found.problem);
  const wanted = text === undefined ? all.value.pins : 'pins' in found.value ? found.value.pins : found.value;
  const watches = all.value.watches.filter(
    (one) => text === undefined || one.domain.includes(text.toLowerCase()),
  );
  if (options.json) io.out(jsonLine({ pins: wanted, watches }));
  else if (wanted.length + watches.length === 0)
    io.out(`${text === undefined ? say.none : say.noneFound(visible(text))}\n`);
  else io.out(pinTable(wanted, watches, io.now()));
  return PINS_EXIT.done;
}

function show([what]: readonly string[], options: PinsOptions, io: PinsIo): number {
  if (what === undefined) return usage(io, say.needs('a domain or an id'));
  const found = pinsNamed(what, options, io);
  if (!found.ok) return trouble(io, found.problem);
  if (options.json) io.out(jsonLine(found.value));
  else if (found.value.length === 0) io.out(`${say.noneFound(visible(what))}\n`);
  else io.out(found.value.map((pin) => describePin(pin, io.now())).join('\n'));
  return found.value.length === 0 ? PINS_EXIT.look : PINS_EXIT.done;
}

async function remove([what]: readonly string[], options: PinsOptions, io: PinsIo): Promise<number> {
  const forget = options.values['forget'] === true;
  const pin = onePin(what, options, io, (one) => forget || one.revoked === null);
  if (typeof pin === 'number') return pin;
  const domain = visible(pin.domain);
  const sure = await confirmed(io, options, say.confirmRevoke(pin.id, domain), 'yes');
  if (sure !== null) return sure;
  const done = forget ? io.store.removePin(pin.id) : io.store.revokePin(pin.id);
  if (!done.ok) return trouble(io, done.problem);
  io.out(`${forget ? say.removed(pin.id, domain) : say.revoked(pin.id, domain)}\n`);
  return PINS_EXIT.done;
}

async function restore([what]: readonly string[], options: PinsOptions, io: PinsIo): Promise<number> {
  const pin = onePin(what, options, io, (one) => one.revoked !== null);
  if (typeof pin === 'number') return pin;
  io.out(describePin(pin, io.now()));
  const sure = await confirmed(io, options, say.confirmAccept(visible(pin.domain)), pin.domain);
  if (sure !== null) return sure;
  const done = io.store.restorePin(pin.id);
  if (!done.ok) return trouble(io, done.problem);
  io.out(`${say.restored(pin.id, visible(pin.domain))}\n`);
  return PINS_EXIT.done;
}

async function edit([what]: readonly string[], options: PinsOptions, io: PinsIo): Promise<number> {
  const { note, ends } = options.values;
  if (typeof note !== 'string' && typeof ends !== 'string') return usage(io, say.needs('--note or --ends'));
  const until = typeof ends === 'string' ? parseEnds(ends) : undefined;
  if (typeof ends === 'string' && until === undefined) return usage(io, say.notATime(visible(ends)));
  const pin = onePin(what, options, io, () => true);
  if (typeof pin === 'number') return pin;
  const change: PinChange = {
    ...(typeof note === 'string' ? { note } : {}),
    ...(until === undefined ? {} : { ends: until }),
  };
  // A later end for one that has ended is an acceptance again, as restoring one is.
  const now = io.now();
  if (
    until !== undefined &&
    pin.revoked === null &&
    !isLive(pin, now) &&
    isLive({ ...pin, ends: until }, now)
  ) {
    io.out(describePin(pin, now));
    const sure = await confirmed(io, options, say.confirmAccept(visible(pin.domain)), pin.domain);
    if (sure !== null) return sure;
  }
  const done = io.store.changePin(pin.id, change);
  if (!done.ok) return trouble(io, done.problem);
  io.out(`${say.changed(pin.id, visible(pin.domain))}\n`);
  return PINS_EXIT.done;
}

function unwatch([text]: readonly string[], options: PinsOptions, io: PinsIo): number {
  const domain = domainOf(text ?? '');
  if (domain === null) return usage(io, say.notADomain(visible(text ?? '')));
  const done = io.store.setWatch(domain, options.service, false);
  if (!done.ok) return trouble(io, done.problem);
  io.out(`${say.unwatched(domain)}\n`);
  return PINS_EXIT.done;
}

async function history([text]: readonly string[], options: PinsOptions, io: PinsIo): Promise<number> {
  const domain = text === undefined ? null : domainOf(text);
  if (text !== undefined && domain === null) return usage(io, say.notADomain(visible(text)));
  if (options.values['erase'] === true) {
    const what = domain ?? 'every domain';
    const sure = await confirmed(io, options, say.confirmErase(what), 'yes');
    if (sure !== null) return sure;
    const erased = io.store.eraseHistory(domain);
    if (!erased.ok) return trouble(io, erased.problem);
    io.out(`${say.erased(what)}\n`);
    return PINS_EXIT.done;
  }
  const all = domain === null ? io.store.listAll() : io.store.history(domain, options.service);
  if (!all.ok) return trouble(io, all.problem);
  const entries = 'history' in all.value ? all.value.history : all.value;
  io.out(options.json ? jsonLine(entries) : describeHistory(entries));
  return PINS_EXIT.done;
}

function exportAll([format, text]: readonly string[], _options: PinsOptions, io: PinsIo): number {
  const known = EXPORT_FORMATS.find((one) => one === format);
  if (known === undefined) return usage(io, say.needs(`one of ${EXPORT_FORMATS.join(', ')}`));
  const domain = text === undefined ? null : domainOf(text);
  if (text !== undefined && domain === null) return usage(io, say.notADomain(visible(text)));
  const all = io.store.listAll();
  if (!all.ok) return trouble(io, all.problem);
  const wanted = (one: { readonly domain: string }): boolean => domain === null || one.domain === domain;
  io.out(exportPins(known, all.value.pins.filter(wanted), all.value.watches.filter(wanted), io.now()));
  return PINS_EXIT.done;
}

function importFile([path]: readonly string[], options: PinsOptions, io: PinsIo): number {
  if (path === undefined) return usage(io, say.needs('a file'));
  const text = io.readFile(path);
  if (!text.ok) return usage(io, visible(text.problem));
  const { domain } = options.values;
  const parsed = parsePins(text.value, io.now(), typeof domain === 'string' ? domain : null);
  if (!parsed.ok) return usage(io, `${visible(path)}: ${parsed.problem.text}`);
  const { pins, watches, skipped } = parsed.value;
  const merged = io.store.merge(pins, watches);
  if (!merged.ok) return trouble(io, merged.problem);
  io.out(`${say.imported(merged.value.added, merged.value.known)}\n`);
  if (watches.length > 0)
    io.out(`${say.importedWatches(merged.value.watches, watches.length - merged.value.watches)}\n`);
  const bare = pins.filter((pin) => pin.forgives.length === 0).length;
  if (bare > 0) io.out(`${say.importedForgiveNothing(bare)}\n`);
  for (const one of skipped) io.err(`${one}\n`);
  return PINS_EXIT.done;
}

async function startOver(_rest: readonly string[], options: PinsOptions, io: PinsIo): Promise<number> {
  const sure = await confirmed(io, options, say.confirmStartOver, 'yes');
  if (sure !== null) return sure;
  const done = io.store.startOver();
  if (!done.ok) return trouble(io, done.problem);
  io.out(`${say.startedOver}\n`);
  return PINS_EXIT.done;
}

/** Pins by id, else by domain (of the service given, if one was). */
function pinsNamed(what: string, options: PinsOptions, io: PinsIo): Outcome<readonly Pin[], StoreProblem> {
  const all = io.store.listAll();
  if (!all.ok) return all;
  const { pins } = all.value;
  const byId = pins.filter((pin) => pin.id === what);
  const domain = domainOf(what);
  const ofService = (pin: Pin): boolean => !options.serviceGiven || pin.service === options.service;
  return {
    ok: true,
    value: byId.length > 0 ? byId : pins.filter((pin) => pin.domain === domain && ofService(pin)),
  };
}

function onePin(
  what: string | undefined,
  options: PinsOptions,
  io: PinsIo,
  fits: (pin: Pin) => boolean,
): Pin | number {
  if (what === undefined) return usage(io, say.needs('an id, or a domain with a single pin'));
  const found = pinsNamed(what, options, io);
  if (!found.ok) return trouble(io, found.problem);
  const fitting = found.value.filter(fits);
  const [pin] = fitting;
  if (pin === undefined) return usage(io, say.noneFound(visible(what)));
  if (fitting.length > 1)
    return usage(io, say.ambiguous(visible(what), fitting.map((one) => one.id).join(', ')));
  return pin;
}
