import type {
  CoreDisposable,
  CoreModule,
  FunctionCallback,
  FunctionMetadata,
  LogCategory,
  LogLevel,
  ProgrammingModel,
} from './contract.ts';
import { HookRegistry } from './hook-registry.ts';

/** Versions that the app is told: the worker and host whose contract this is. */
const workerVersion = '3.11.0';
const hostVersion = '4.1040.0';

export interface RegisteredFunction {
  readonly metadata: FunctionMetadata;
  readonly callback: FunctionCallback;
}

/** What the app has told the host while it loaded. */
export class AppRegistry {
  readonly hooks = new HookRegistry();
  readonly functions = new Map<string, RegisteredFunction>();
  /** Shared by all hooks of the app, from appStart to appTerminate. */
  readonly appHookData: Record<string, unknown> = {};
  programmingModel: ProgrammingModel | undefined;
  /** After the start nothing more may be registered. */
  isLocked = false;

  add(metadata: FunctionMetadata, callback: FunctionCallback): void {
    if (this.isLocked) {
      throw systemError(
        Error,
        `A function can only be registered during app startup (function "${metadata.name}").`,
      );
    }
    if (this.functions.has(metadata.name)) {
      throw systemError(Error, `A function "${metadata.name}" has already been registered.`);
    }
    this.functions.set(metadata.name, { metadata, callback });
  }
}

/** Builds the module that the library requires as `@azure/functions-core`. */
export function createCoreModule(
  registry: AppRegistry,
  log: (level: LogLevel, category: LogCategory, message: string) => void,
): CoreModule {
  return {
    version: workerVersion,
    hostVersion,
    Disposable: OnceDisposable,
    registerFunction(metadata, callback) {
      registry.add(metadata, callback);
      return new OnceDisposable(() => {
        throw systemError(Error, 'Functions cannot be unregistered.');
      });
    },
    setProgrammingModel(model) {
      registry.programmingModel = model;
    },
    getProgrammingModel: () => registry.programmingModel,
    registerHook(hookName, callback) {
      const remove = registry.hooks.add(hookName, callback);
      if (remove === undefined) throw systemError(RangeError, `Unrecognized hook "${hookName}"`);
      return new OnceDisposable(remove);
    },
    log,
  };
}

class OnceDisposable implements CoreDisposable {
  #callOnDispose: (() => void) | undefined;

  constructor(callOnDispose: () => void) {
    this.#callOnDispose = callOnDispose;
  }

  dispose(): void {
    const call = this.#callOnDispose;
    this.#callOnDispose = undefined;
    call?.();
  }
}

/** The library tells faults of the system from those of the app by this mark. */
function systemError(type: new (message: string) => Error, message: string): Error {
  return Object.assign(new type(message), { isAzureFunctionsSystemError: true });
}
