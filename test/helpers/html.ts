/** Reads pages as far as tests need it, without a browser: our own pages quote every attribute. */

const ENTITIES: Readonly<Record<string, string>> = { '&amp;': '&', '&lt;': '<', '&gt;': '>', '&quot;': '"' };

function unescaped(text: string): string {
  return text.replace(/&(?:amp|lt|gt|quot);/g, (entity) => ENTITIES[entity]!);
}

/** What a reader sees: the page's text without its markup, blanks run together. */
export function visibleText(html: string): string {
  const body = html.slice(Math.max(html.indexOf('<body'), 0));
  return unescaped(body.replace(/<\/?(mark|wbr)\/?>/g, '').replace(/<(?:[^>"]|"[^"]*")*>/g, ' '))
    .replace(/\s+/g, ' ')
    .trim();
}

/** All start tags of a kind with their attributes, in order. */
export function elementsOf(html: string, tag: string): Readonly<Record<string, string>>[] {
  return Array.from(html.matchAll(new RegExp(`<${tag}(?=[\\s>/])((?:[^>"]|"[^"]*")*)>`, 'g')), ([, attributes]) =>
    Object.fromEntries(
      Array.from(attributes!.matchAll(/([\w-]+)(?:="([^"]*)")?/g), ([, name, value]) => [
        name!,
        unescaped(value ?? ''),
      ]),
    ),
  );
}

/** Addresses of all links whose text has the words in it, or of all links. */
export function linksTo(html: string, words = ''): string[] {
  return Array.from(html.matchAll(/<a(?=\s)((?:[^>"]|"[^"]*")*)>(.*?)<\/a>/gs))
    .filter(([, attributes, content]) => visibleText(`${content} ${attributes}`).includes(words))
    .flatMap(([, attributes]) => /href="([^"]*)"/.exec(attributes!)?.[1] ?? [])
    .map(unescaped);
}
