/**
 * rules.ts: the laws of the house as functions: sources in, complaints out.
 *
 * In:   sources
 * Out:  one function per law; each returns sentences, none when the law is kept
 * Not:  reading files (sources.ts); the laws of components (components.ts)
 */
import { builtinModules } from 'node:module';
import ts from 'typescript';
import { importsOf, resolveImport, syntaxOf, visit, type Source } from './sources.ts';
import { ELECTRON_FILES, ELECTRON_PACKAGES, FOLDERS, PURE_ROOMS, roomOf, ROOMS } from './table.ts';

/** Imports outside the table. */
export function forbiddenImports(sources: readonly Source[]): readonly string[] {
  return sources.flatMap((source) =>
    importsOf(source).flatMap((specifier) => {
      const complaint = complainAboutImport(source.path, specifier);
      return complaint === undefined ? [] : [`${source.path} imports ${specifier}: ${complaint}`];
    }),
  );
}

function complainAboutImport(path: string, specifier: string): string | undefined {
  const room = roomOf(path);
  const rule = room === undefined ? undefined : ROOMS[room];
  if (room === undefined || rule === undefined) return 'the file stands in no room';
  if (specifier === '(computed)') return 'an import must name what it imports';

  const target = resolveImport(path, specifier);
  if (target !== undefined) {
    if (target === 'package.json')
      return room === 'electron' ? undefined : 'only electron/*.ts may read package.json';
    const other = roomOf(target);
    if (other === undefined) return 'it leads out of the house';
    return other === room || rule.rooms.includes(other) ? undefined : `${room} may not use ${other}`;
  }

  const name = specifier.replace(/^node:/, '');
  const base = name.split('/')[0] ?? name;
  if (specifier.startsWith('node:') || builtinModules.includes(base)) {
    if (!specifier.startsWith('node:')) return 'write node: before it';
    return rule.node === 'any' || rule.node.includes(name) ? undefined : `${room} may not use it`;
  }

  const owner = specifier.startsWith('@') ? specifier.split('/').slice(0, 2).join('/') : base;
  if (ELECTRON_PACKAGES.includes(owner) && !ELECTRON_FILES.includes(path)) {
    return `only ${ELECTRON_FILES.join(', ')} know Electron`;
  }
  const allowed = rule.packages.some((one) =>
    one.endsWith('/*') ? owner.startsWith(one.slice(0, -1)) : one === owner,
  );
  return allowed ? undefined : `${room} may not use it`;
}

/** `net` may ask Node which resolvers the system has, and nothing else of node:dns. */
export function wrongUseOfDns(sources: readonly Source[]): readonly string[] {
  return sources
    .filter((source) => source.path.startsWith('electron/net/'))
    .flatMap((source) => {
      const names: string[] = [];
      visit(syntaxOf(source), (node) => {
        if (!ts.isImportDeclaration(node) || node.moduleSpecifier.getText().slice(1, -1) !== 'node:dns')
          return;
        const named = node.importClause?.namedBindings;
        if (named !== undefined && ts.isNamedImports(named) && node.importClause?.name === undefined) {
          names.push(...named.elements.map((one) => (one.propertyName ?? one.name).text));
        } else names.push('all of it');
      });
      return names
        .filter((name) => name !== 'getServers')
        .map((name) => `${source.path} takes ${name} of node:dns`);
    });
}

/** Cycles among our own files, type imports included. */
export function importCycles(sources: readonly Source[]): readonly string[] {
  const edges = new Map(
    sources.map((source) => [
      source.path,
      importsOf(source).flatMap((specifier) => resolveImport(source.path, specifier) ?? []),
    ]),
  );
  const done = new Set<string>();
  const cycles: string[] = [];

  function walk(path: string, trail: readonly string[]): void {
    const at = trail.indexOf(path);
    if (at >= 0) cycles.push([...trail.slice(at), path].join(' -> '));
    if (at >= 0 || done.has(path)) return;
    for (const next of edges.get(path) ?? []) walk(next, [...trail, path]);
    done.add(path);
  }

  for (const source of sources) walk(source.path, []);
  return cycles;
}

/** Verification of TLS is off once, in electron/net/tls.ts, and by no other way. */
export function unverifiedTls(sources: readonly Source[]): readonly string[] {
  const places: string[] = [];
  const complaints: string[] = [];
  for (const source of sources) {
    visit(syntaxOf(source), (node) => {
      if (!isNamed(node, 'rejectUnauthorized')) return;
      const parent = node.parent;
      const value = ts.isPropertyAssignment(parent) ? parent.initializer.kind : undefined;
      if (value === ts.SyntaxKind.TrueKeyword) return;
      if (value === ts.SyntaxKind.FalseKeyword) places.push(source.path);
      else complaints.push(`${source.path} uses rejectUnauthorized without writing true or false`);
    });
    if (source.text.includes('NODE_TLS_REJECT_UNAUTHORIZED')) {
      complaints.push(`${source.path} names NODE_TLS_REJECT_UNAUTHORIZED`);
    }
  }
  if (places.length !== 1 || places[0] !== 'electron/net/tls.ts') {
    complaints.push(
      `rejectUnauthorized: false must stand once, in electron/net/tls.ts, and stands in: ${places.join(', ') || 'no file'}`,
    );
  }
  return complaints;
}

/** Clocks, chance and timers in the rooms that think. */
export function clocksAndChance(sources: readonly Source[]): readonly string[] {
  return sources
    .filter((source) => PURE_ROOMS.includes(roomOf(source.path) ?? ''))
    .flatMap((source) => {
      const complaints: string[] = [];
      const syntax = syntaxOf(source);
      const own = declaredNames(syntax);
      visit(syntax, (node) => {
        const what = impurity(node);
        if (what !== undefined && !own.has(what)) complaints.push(`${source.path} uses ${what}`);
      });
      return complaints;
    });
}

/** A file's own function may be called `fetch`. An import never makes a name its own. */
function declaredNames(syntax: ts.SourceFile): ReadonlySet<string> {
  const names = new Set<string>();
  visit(syntax, (node) => {
    const declares = ts.isFunctionDeclaration(node) || ts.isVariableDeclaration(node) || ts.isParameter(node);
    if (declares && node.name !== undefined && ts.isIdentifier(node.name)) names.add(node.name.text);
  });
  return names;
}

function impurity(node: ts.Node): string | undefined {
  if (
    ts.isNewExpression(node) &&
    node.expression.getText() === 'Date' &&
    (node.arguments ?? []).length === 0
  ) {
    return 'new Date()';
  }
  if (ts.isCallExpression(node) && node.expression.getText() === 'Date') return 'Date()';
  if (ts.isPropertyAccessExpression(node) || ts.isElementAccessExpression(node)) {
    const text = node
      .getText()
      .replace(/\s|\?/g, '')
      .replace(/\[['"`](\w+)['"`]\]/g, '.$1');
    if (/(^|\.)(Date\.now|Math\.random|process\.hrtime|process\.uptime|globalThis\.performance)$/.test(text))
      return text;
  }
  if (!ts.isIdentifier(node)) return undefined;
  const member = ts.isPropertyAccessExpression(node.parent) && node.parent.name === node;
  if (member) return IMPURE_MEMBERS.includes(node.text) ? node.text : undefined;
  const declares = ts.isPropertyAssignment(node.parent) || ts.isPropertySignature(node.parent);
  return IMPURE_NAMES.includes(node.text) && !declares ? node.text : undefined;
}

/** Of node:crypto or the global crypto. */
const IMPURE_MEMBERS = ['randomBytes', 'randomUUID', 'randomInt', 'getRandomValues', 'randomFillSync'];
const IMPURE_NAMES = [
  ...IMPURE_MEMBERS,
  'performance',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'Temporal',
  'fetch',
];

/** Files without their card: the first comment says what goes in, what comes out, and what the file does not do. */
export function missingCards(sources: readonly Source[]): readonly string[] {
  return sources
    .filter((source) => source.path.endsWith('ts'))
    .flatMap((source) => {
      const name = source.path.split('/').at(-1) ?? '';
      const card = /^\/\*\*[\s\S]*?\*\//.exec(source.text)?.[0] ?? '';
      const missing = [`* ${name}: `, '* In:', '* Out:', '* Not:'].filter((part) => !card.includes(part));
      return missing.length === 0 ? [] : [`${source.path} has no ${missing.join(', ')} in its first comment`];
    });
}

/** Files that hold more than one subject. */
export function longFiles(sources: readonly Source[]): readonly string[] {
  return sources
    .map((source) => ({ path: source.path, lines: source.text.replace(/\n$/, '').split('\n').length }))
    .filter(({ lines }) => lines > MAX_LINES)
    .map(({ path, lines }) => `${path} has ${lines} lines; at ${MAX_LINES} a file is split by subject`);
}

/** The hard limit of CONTRIBUTING. */
const MAX_LINES = 350;

/** Folders that are not in the table. */
export function strangeFolders(paths: readonly string[]): readonly string[] {
  const folders = new Set(paths.map((path) => path.split('/').slice(0, -1).join('/')));
  return [...folders].filter((folder) => !FOLDERS.includes(folder)).map((folder) => `${folder} is no room`);
}

/** Runtime dependencies that no source imports: those belong to the development, or away. */
export function unusedDependencies(names: readonly string[], sources: readonly Source[]): readonly string[] {
  const used = sources.flatMap(importsOf);
  return names
    .filter((name) => !used.some((one) => one === name || one.startsWith(`${name}/`)))
    .map((name) => `${name} is a dependency that no source imports`);
}

/** npm dependencies without a line in README's table: `| \`name\` | what for | licence | how alive |`. */
export function untoldDependencies(names: readonly string[], readme: string): readonly string[] {
  return names
    .filter((name) => !readme.split('\n').some((line) => tellsOf(line, name)))
    .map((name) => `${name} has no line in README's table of dependencies`);
}

function tellsOf(line: string, name: string): boolean {
  const [first = '', ...others] = line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim());
  return first === `\`${name}\`` && others.length >= 3 && others.every((cell) => cell.length > 1);
}

function isNamed(node: ts.Node, name: string): boolean {
  return (ts.isIdentifier(node) || ts.isStringLiteralLike(node)) && node.text === name;
}
