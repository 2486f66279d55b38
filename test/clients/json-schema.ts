/**
 * json-schema.ts: the published JSON Schema of client profiles, made from the schema that the program checks with.
 *
 * In:   ProfilesFileSchema; run by itself it writes shared/clients/profiles.schema.json
 * Out:  profilesJsonSchema
 * Not:  checking a file (shared/clients.ts)
 */
import { writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { ProfilesFileSchema } from '../../shared/clients.ts';

type Json = { readonly [key: string]: unknown };
/** The parts of a valibot schema that profiles use. */
type Part = {
  readonly type: string;
  readonly wrapped?: Part;
  readonly item?: Part;
  readonly entries?: Readonly<Record<string, Part>>;
  readonly options?: readonly unknown[];
  readonly literal?: unknown;
  readonly requirement?: unknown;
  readonly pipe?: readonly Part[];
};

/** The whole schema, draft 2020-12. */
export function profilesJsonSchema(): Json {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Mellon: how other programs judge a certificate (mellon.clients, version 1)',
    description:
      'One profile a program, version and role. null and "unknown" mean: not confirmed. A profile with the id of a shipped one takes its place.',
    ...translate(ProfilesFileSchema),
  };
}

function translate(part: Part): Json {
  const [first, ...actions] = part.pipe ?? [part];
  if (first === undefined) throw new Error('an empty pipe');
  return actions.reduce<Json>((so, action) => ({ ...so, ...bound(action, first.type) }), plain(first));
}

function plain(part: Part): Json {
  switch (part.type) {
    case 'string':
    case 'boolean':
      return { type: part.type };
    case 'unknown':
      return {};
    case 'literal':
      return { const: part.literal };
    case 'picklist':
      return { enum: part.options };
    case 'nullable': {
      const inner = translate(wrapped(part));
      return 'enum' in inner
        ? { enum: [...(inner['enum'] as readonly unknown[]), null] }
        : { anyOf: [inner, { type: 'null' }] };
    }
    case 'optional':
      return translate(wrapped(part));
    case 'array':
      return { type: 'array', items: part.item === undefined ? {} : translate(part.item) };
    case 'object': {
      const entries = Object.entries(part.entries ?? {});
      return {
        type: 'object',
        required: entries.filter(([, one]) => one.type !== 'optional').map(([name]) => name),
        properties: Object.fromEntries(entries.map(([name, one]) => [name, translate(one)])),
      };
    }
    default:
      throw new Error(`no JSON Schema for ${part.type}`);
  }
}

function bound(action: Part, of: string): Json {
  const suffix = of === 'array' ? 'Items' : 'Length';
  switch (action.type) {
    case 'max_length':
      return { [`max${suffix}`]: action.requirement };
    case 'min_length':
      return { [`min${suffix}`]: action.requirement };
    case 'regex':
      return { pattern: (action.requirement as RegExp).source };
    default:
      throw new Error(`no JSON Schema for ${action.type}`);
  }
}

function wrapped(part: Part): Part {
  if (part.wrapped === undefined) throw new Error(`${part.type} wraps nothing`);
  return part.wrapped;
}

export const SCHEMA_FILE = new URL('../../shared/clients/profiles.schema.json', import.meta.url);

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href)
  writeFileSync(SCHEMA_FILE, `${JSON.stringify(profilesJsonSchema(), null, 2)}\n`);
