/** One supervised part per enabled protocol: the adapter, its host, and what the diagnostics show of it. */
import type { Config } from '../config.ts'
import type { AdapterContext, AdapterDefinition } from '../core/adapter.ts'
import type { Adapter, Endpoint } from '../core/ports.ts'
import { explainListenError, withOwner } from '../supervise/port-owner.ts'
import { createHost, type HostDeps } from './adapter-host.ts'

export interface AdapterPart {
  readonly name: string
  readonly adapter: Adapter
  readonly endpoints: readonly Endpoint[]
  readonly accepted: number
  readonly lastSignalAtMs: number | undefined
  /** Resolves when it listens for the first time, or has failed to. */
  readonly ready: Promise<void>
  run(abort: AbortSignal): Promise<void>
}

export interface AdapterPartsDeps {
  readonly config: Pick<Config, 'adapters'>
  readonly definitions: readonly AdapterDefinition[]
  readonly context: AdapterContext
  readonly host: Omit<HostDeps, 'name'>
}

export function createAdapterParts(deps: AdapterPartsDeps): AdapterPart[] {
  return deps.definitions.flatMap(definition => {
    const section = deps.config.adapters[definition.name]
    return section?.enabled ? [createPart(definition, section.settings, deps)] : []
  })
}

function createPart(definition: AdapterDefinition, settings: unknown, deps: AdapterPartsDeps): AdapterPart {
  const adapter = definition.create(settings, deps.context)
  const view = createHost({ ...deps.host, name: definition.name })
  const failed = Promise.withResolvers<void>()
  return {
    name: definition.name,
    adapter,
    get endpoints() {
      return view.endpoints
    },
    get accepted() {
      return view.accepted
    },
    get lastSignalAtMs() {
      return view.lastSignalAtMs
    },
    ready: Promise.race([view.ready, failed.promise]),
    async run(abort) {
      view.restarted()
      try {
        await adapter.run(view.host, abort)
      } catch (error) {
        failed.resolve()
        throw await explained(error, definition.name)
      }
    }
  }
}

/** A taken port is said with its owner and the setting to change. */
async function explained(error: unknown, name: string): Promise<unknown> {
  const { port, address, syscall } = error as { port?: number; address?: string; syscall?: string }
  if (port === undefined) return withOwner(error)
  const protocol = syscall === 'bind' ? 'udp' : 'tcp'
  return explainListenError(error, { protocol, address: address ?? '', port, setting: `adapters.${name}` })
}
