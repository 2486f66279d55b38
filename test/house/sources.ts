/**
 * sources.ts: the sources of the house as values, and what each imports.
 *
 * In:   folders
 * Out:  Source, readSources, scriptOf, importsOf, syntaxOf
 * Not:  rules (rules.ts)
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join, posix, relative, sep } from 'node:path';
import ts from 'typescript';

/** `path` is relative to the project's folder, with `/`. */
export type Source = { readonly path: string; readonly text: string };

/** Every .ts, .cts, .mts and .svelte file below the given folders. */
export function readSources(root: string, folders: readonly string[]): readonly Source[] {
  return folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && /\.([cm]?ts|svelte)$/.test(entry.name))
      .map((entry) => join(entry.parentPath, entry.name))
      .map((file) => ({
        path: relative(root, file).split(sep).join('/'),
        text: readFileSync(file, 'utf8'),
      })),
  );
}

/** The TypeScript of a source: all of a .ts file, the script elements of a component. */
export function scriptOf(source: Source): string {
  if (!source.path.endsWith('.svelte')) return source.text;
  return [...source.text.matchAll(/<script\b[^>]*>([\s\S]*?)<\/script>/g)]
    .map((one) => one[1] ?? '')
    .join('\n');
}

/** What a source names in imports, exports from, dynamic imports and type imports. */
export function importsOf(source: Source): readonly string[] {
  const found: string[] = [];
  visit(syntaxOf(source), (node) => {
    if (
      (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) &&
      node.moduleSpecifier !== undefined
    ) {
      found.push(textOf(node.moduleSpecifier));
    } else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
      found.push(textOf(node.argument.literal));
    } else if (
      ts.isCallExpression(node) &&
      (node.expression.kind === ts.SyntaxKind.ImportKeyword ||
        (ts.isIdentifier(node.expression) && node.expression.text === 'require'))
    ) {
      const [first] = node.arguments;
      // What cannot be read from the source cannot be checked; the rule refuses this name.
      found.push(first !== undefined && ts.isStringLiteralLike(first) ? first.text : '(computed)');
    }
  });
  return found;
}

/** A relative import as a path from the project's folder; undefined for packages. */
export function resolveImport(from: string, specifier: string): string | undefined {
  return specifier.startsWith('.') ? posix.normalize(posix.join(posix.dirname(from), specifier)) : undefined;
}

export function syntaxOf(source: Source): ts.SourceFile {
  return ts.createSourceFile(source.path, scriptOf(source), ts.ScriptTarget.Latest, true, ts.ScriptKind.TS);
}

/** Calls `see` for the node and everything below it. */
export function visit(node: ts.Node, see: (node: ts.Node) => void): void {
  see(node);
  ts.forEachChild(node, (child) => visit(child, see));
}

function textOf(node: ts.Node): string {
  return ts.isStringLiteralLike(node) ? node.text : '(computed)';
}
