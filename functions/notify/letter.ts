/** What a mail says, before it is dressed as text and HTML. Nothing in it is markup. */
export interface Letter {
  readonly subject: string;
  readonly paragraphs: readonly Paragraph[];
}

/** Some words, and the address they are about. */
export interface Paragraph {
  readonly words: string;
  readonly link?: string;
}

/** The letter as plain text. */
export function asText({ paragraphs }: Letter): string {
  const blocks = paragraphs.map(({ words, link }) => (link ? `${words}\n${link}` : words));
  return `${blocks.join('\n\n')}\n`;
}

/** The letter as HTML, everything escaped. */
export function asHtml({ subject, paragraphs }: Letter): string {
  const blocks = paragraphs.map(({ words, link }) => {
    const address = link ? `<br><a href="${escape(link)}">${escape(link)}</a>` : '';
    return `<p>${escape(words)}${address}</p>`;
  });
  return [
    `<!doctype html><html lang="en"><head><meta charset="utf-8">`,
    `<title>${escape(subject)}</title></head>`,
    `<body style="font-family:sans-serif;line-height:1.5;max-width:40em">`,
    ...blocks,
    `</body></html>\n`,
  ].join('\n');
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escape(text: string): string {
  return text.replaceAll(/[&<>"']/g, (sign) => entities[sign] ?? sign);
}
