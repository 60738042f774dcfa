/** The durable functions of the app, by kind. */
export interface FunctionNames {
  hasActivity(name: string): boolean;
  hasOrchestrator(name: string): boolean;
  /** @param name in lower case */
  hasEntity(name: string): boolean;
}
