/** What the local runtime writes into its data folder about itself: `runtime.json`. */
export interface RuntimeFile {
  /** The application's settings, connections included, as its host saw them. */
  readonly settings: Readonly<Record<string, string>>;
  /** Whether storage is the runtime's own Azurite, which ends with it, or somebody else's. */
  readonly storage: 'embedded' | 'external';
}

/** Reads `runtime.json`; undefined when the text is not one. */
export function parseRuntimeFile(text: string): RuntimeFile | undefined {
  try {
    const value = JSON.parse(text) as Partial<RuntimeFile> | null;
    const { settings, storage } = value ?? {};
    if (typeof settings !== 'object' || !isStorage(storage)) return undefined;
    const texts = Object.entries(settings).filter((pair) => typeof pair[1] === 'string');
    return { settings: Object.fromEntries(texts), storage };
  } catch {
    return undefined;
  }
}

/** The first line of the storage process. */
export interface StorageAnswer {
  readonly storage?: string;
  readonly inUse?: { readonly owner?: string; readonly pid?: number };
}

export function parseStorageAnswer(line: string): StorageAnswer {
  return JSON.parse(line) as StorageAnswer;
}

function isStorage(value: unknown): value is RuntimeFile['storage'] {
  return value === 'embedded' || value === 'external';
}
