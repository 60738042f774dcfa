import type { Violation } from './events.ts';
import type { PersonalField } from './privacy.ts';

/** ISL-04 classification of an event type's content. */
export type Classification = 'public' | 'internal' | 'confidential' | 'restricted';

export type VersionStatus = 'active' | 'deprecated';

/** An encoding of `data` that a version has a schema for. */
export type DataFormat = 'json' | 'avro';

export interface SchemaVersion {
  /** The extension attribute `schemaversion`: 1, 2, ... */
  readonly version: number;
  readonly status: VersionStatus;
  readonly formats: readonly DataFormat[];
}

/** What the catalogue knows of one event type, whatever organisation sends it. */
export interface EventType {
  /** `{system}.{entity}.{action}`, the last three parts of the full type. */
  readonly name: string;
  readonly system: string;
  readonly entity: string;
  readonly action: string;
  /** `brz_event_{system}_{entity}_{action}`: unique, and of `[a-z0-9_]` only. */
  readonly table: string;
  readonly description: string;
  readonly owner: string;
  /** The messaging service that carries it by default. */
  readonly service: 'event-hubs' | 'service-bus';
  /** `inbound`: an upstream system publishes it. `outbound`: we do. */
  readonly direction: 'inbound' | 'outbound';
  readonly classification: Classification;
  /** Other full names that mean this type. */
  readonly aliases: readonly string[];
  readonly personal: readonly PersonalField[];
  /** Ascending, from 1 without a gap. */
  readonly versions: readonly SchemaVersion[];
}

/** `data` as one of the encodings: a parsed JSON value, or Avro bytes. */
export type DataToCheck =
  | { readonly format: 'json'; readonly value: unknown }
  | { readonly format: 'avro'; readonly bytes: Uint8Array };

/** The event types that we accept, with their schemas. */
export interface Catalogue {
  /**
   * The type that a CloudEvents `type` names: five parts `com.{organization}.{name}` of any
   * organisation, or an alias.
   */
  find(type: string): EventType | undefined;
  /** Every type, ascending by name. */
  types(): readonly EventType[];
  /**
   * All violations of the version's schema, none when `data` conforms. Codes:
   * `schema.data.{keyword}:{where}` and `schema.data.avro_malformed`; never a value of `data`.
   * The version must be one of the type's that has a schema for the format.
   */
  check(type: EventType, version: number, data: DataToCheck): readonly Violation[];
}
