/** What the storage process prints first. */
export interface StorageAnswer {
  readonly storage?: string;
  readonly inUse?: { readonly owner?: string; readonly pid?: number };
}

export function parseStorageAnswer(line: string): StorageAnswer {
  return JSON.parse(line) as StorageAnswer;
}

/** Connection strings that the broker process prints first. */
export interface BrokerAnswer {
  readonly eventHubs?: string;
  readonly serviceBus?: string;
}

export function parseBrokerAnswer(line: string): BrokerAnswer {
  return JSON.parse(line) as BrokerAnswer;
}

/** What the host process prints first. */
export interface HostAnswer {
  readonly http: string;
  readonly functions: readonly { readonly name: string; readonly type: string }[];
}

export function parseHostAnswer(line: string): HostAnswer {
  return JSON.parse(line) as HostAnswer;
}

/** A settings file in the format of Core Tools. */
export function parseSettingsFile(text: string): Readonly<Record<string, string>> {
  const { Values = {} } = JSON.parse(text) as { readonly Values?: Record<string, string> };
  return Values;
}

/** Creation time of each hub by its name, as the last start saw them. */
export function parseIncarnations(text: string): Readonly<Record<string, string>> {
  return JSON.parse(text) as Record<string, string>;
}
