import type { Detail, Source } from './card-types.ts';
import { isObject, list, object, readable, text } from './json.ts';
import { hostOf, webAddress } from './link.ts';

/** A source of whatever message has it; undefined where there is nothing to show. */
export function sourceOf(title: unknown, uri: unknown, excerpt: unknown): Source | undefined {
  const href = webAddress(uri);
  const address = href === undefined ? text(uri) : '';
  const name = text(title) || (href === undefined ? address : hostOf(href));
  if (name === '' && text(excerpt) === '') return undefined;
  return {
    title: name,
    ...(href === undefined ? {} : { href }),
    ...(address === '' ? {} : { address }),
    excerpt: text(excerpt),
  };
}

/** A GroundingChunk: a page of the web, or a document of a data store. */
export function chunkSource(value: unknown): Source | undefined {
  const { web, retrievedContext } = object(value);
  const page = object(web);
  const document = object(retrievedContext);
  return isObject(web)
    ? sourceOf(text(page.title) || page.domain, page.uri, '')
    : sourceOf(document.title, document.uri, document.text);
}

/** The snippets of a GenerativeSource. Several of one document count as one source, with the first excerpt. */
export function snippetSources(value: unknown): Source[] {
  const sources = list(object(value).snippets).map((item) => {
    const snippet = object(item);
    return sourceOf(snippet.title, snippet.uri, snippet.text);
  });
  return distinct(sources.filter((source) => source !== undefined));
}

export function distinct(sources: readonly Source[]): Source[] {
  const places = new Map<string, Source>();
  for (const source of sources) {
    const place = placeOf(source);
    if (!places.has(place)) places.set(place, source);
  }
  return [...places.values()];
}

/** What tells one source from another. */
export function placeOf({ href, address, title, excerpt }: Source): string {
  return href ?? address ?? `${title} ${excerpt}`;
}

/** The members of a map or a Struct, less those that say nothing. */
export function detailsOf(value: unknown): Detail[] {
  return Object.entries(object(value))
    .map(([name, member]) => ({ name, value: readable(member).trim() }))
    .filter((detail) => detail.value !== '');
}
