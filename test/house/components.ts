/**
 * components.ts: the laws for components: no markup from strings, no sentences.
 *
 * In:   sources
 * Out:  rawMarkup, sentencesInComponents
 * Not:  the other laws (rules.ts)
 *
 * Sentences live in shared/phrases, where the compiler sees that none is missing and a second language can be added.
 */
import { parse } from 'svelte/compiler';
import ts from 'typescript';
import { syntaxOf, visit, type Source } from './sources.ts';

/** Components and scripts that turn text into markup. */
export function rawMarkup(sources: readonly Source[]): readonly string[] {
  return inRenderer(sources).flatMap((source) =>
    [
      /\{@html\b/,
      /\binnerHTML\b/,
      /\bouterHTML\b/,
      /\binsertAdjacentHTML\b/,
      /\bdocument\.write\b/,
      /\bsrcdoc\b/,
    ]
      .filter((pattern) => pattern.test(source.text))
      .map((pattern) => `${source.path} turns text into markup (${pattern.source})`),
  );
}

/** Text of three words and more that stands in a component. */
export function sentencesInComponents(sources: readonly Source[]): readonly string[] {
  return inRenderer(sources).flatMap((source) =>
    [...scriptTexts(source), ...markupTexts(source)]
      .filter(isSentence)
      .map((text) => `${source.path} says "${text.trim().slice(0, 60)}": sentences live in shared/phrases`),
  );
}

function inRenderer(sources: readonly Source[]): readonly Source[] {
  return sources.filter((source) => source.path.startsWith('renderer/'));
}

/** Three words with blanks between them, as people write them: no class lists, no CSS, no paths. */
function isSentence(text: string): boolean {
  return /(?:^|[\s(])[A-Za-z]['a-z]*,?\s+[a-z']{2,},?\s+[a-z']{2,}/.test(text);
}

function scriptTexts(source: Source): readonly string[] {
  const texts: string[] = [];
  visit(syntaxOf(source), (node) => {
    if (ts.isStringLiteralLike(node) && !isThrown(node)) texts.push(node.text);
    if (ts.isTemplateExpression(node) && !isThrown(node)) {
      texts.push([node.head.text, ...node.templateSpans.map((span) => span.literal.text)].join('x'));
    }
  });
  return texts;
}

/** Errors that only a bug can raise are for developers. */
function isThrown(text: ts.Expression): boolean {
  return ts.isNewExpression(text.parent) && text.parent.expression.getText() === 'Error';
}

/** Text nodes, and attributes that people read or hear. */
function markupTexts(source: Source): readonly string[] {
  if (!source.path.endsWith('.svelte')) return [];
  const texts: string[] = [];
  collect(parse(source.text, { modern: true }).fragment, texts, new Set());
  return texts;
}

/** Walks the tree once: its nodes also point back at each other. */
function collect(node: unknown, texts: string[], seen: Set<unknown>): void {
  if (typeof node !== 'object' || node === null || seen.has(node)) return;
  seen.add(node);
  const { type, name, data, value } = node as Readonly<Record<string, unknown>>;
  if (type === 'Attribute' && !SPOKEN.includes(String(name))) return;
  if (type === 'Text' && typeof data === 'string') texts.push(data);
  if (type === 'Literal' && typeof value === 'string') texts.push(value);
  for (const one of Object.values(node)) collect(one, texts, seen);
}

const SPOKEN = [
  'title',
  'alt',
  'placeholder',
  'label',
  'aria-label',
  'aria-description',
  'aria-roledescription',
];
