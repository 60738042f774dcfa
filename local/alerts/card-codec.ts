/** What a card says of an alert. */
export interface ShownAlert {
  readonly heading: string;
  readonly facts: Readonly<Record<string, string>>;
}

interface Part {
  readonly text?: string;
  readonly facts?: readonly { readonly title: string; readonly value: string }[];
}

interface Card {
  readonly attachments: readonly { readonly content: { readonly body: readonly Part[] } }[];
}

/** Reads the message of a Teams webhook; undefined for a text that is none. */
export function parseCard(text: string): ShownAlert | undefined {
  try {
    const { attachments } = JSON.parse(text) as Card;
    const body = attachments.flatMap(({ content }) => content.body);
    const facts = body.flatMap((part) => part.facts ?? []);
    const heading = body[0]?.text;
    if (heading === undefined) return undefined;
    return { heading, facts: Object.fromEntries(facts.map(({ title, value }) => [title, value])) };
  } catch {
    return undefined;
  }
}
