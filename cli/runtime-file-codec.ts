/** What the local runtime writes into its data folder about itself: `runtime.json`. */
export interface RuntimeFile {
  /** The process that has the folder, or had it. */
  readonly pid: number;
  /** Connection string of its storage. */
  readonly storage: string;
  /** Address of its HTTP functions, once they are served. */
  readonly http?: string;
  /** The application's settings as its host saw them. */
  readonly settings: Readonly<Record<string, string>>;
}

/** Reads `runtime.json`; undefined when the text is not (yet) a whole one. */
export function parseRuntimeFile(text: string): RuntimeFile | undefined {
  try {
    const value = JSON.parse(text) as Partial<RuntimeFile> | null;
    const { pid, storage, settings, http } = value ?? {};
    if (typeof pid !== 'number' || typeof storage !== 'string' || settings === undefined) {
      return undefined;
    }
    const texts = Object.entries(settings).filter((pair) => typeof pair[1] === 'string');
    const address = typeof http === 'string' ? { http } : {};
    return { pid, storage, ...address, settings: Object.fromEntries(texts) };
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
