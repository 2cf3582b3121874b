/** The diagnostics page's data, gathered when somebody looks. */
import type { Media } from '../core/media.ts'
import type { Sighting } from '../core/ports.ts'
import type { Store } from '../core/store.ts'
import type { Diagnostics } from '../core/wire.ts'
import type { Rejections } from '../supervise/rejections.ts'
import type { Supervisor } from '../supervise/supervisor.ts'
import type { AdapterPart } from './adapter-parts.ts'
import { VERSION } from './http-rooms.ts'
import { type Known, objectNames } from './object-names.ts'

export interface DiagnosticsDeps {
  readonly startedAtMs: number
  readonly store: Pick<Store, 'health'>
  readonly supervisor: Pick<Supervisor, 'states'>
  readonly parts: readonly AdapterPart[]
  readonly rejections: Pick<Rejections, 'of'>
  readonly latest: { devices(): readonly Sighting[] }
  readonly media: Pick<Media, 'health'> & { workers(): Diagnostics['workers'] }
  shed(): Readonly<Record<string, number>>
  readonly registry: Known
}

const MAX_DEVICES = 500

export function createDiagnostics(deps: DiagnosticsDeps): () => Promise<Diagnostics> {
  const nameOf = objectNames(deps.registry)
  return async () => {
    const states = new Map(deps.supervisor.states().map(state => [state.name, state]))
    return {
      sinceMs: deps.startedAtMs,
      version: VERSION,
      memoryMb: Math.round(process.memoryUsage().rss / 1_048_576),
      store: await deps.store.health(),
      adapters: deps.parts.map(part => {
        const state = states.get(part.name)
        return {
          name: part.name,
          state: state?.state ?? 'stopped',
          restarts: state?.restarts ?? 0,
          error: state?.error,
          endpoints: part.endpoints.map(({ protocol, address, port }) => ({ protocol, address, port })),
          accepted: part.accepted,
          lastSignalAtMs: part.lastSignalAtMs,
          rejected: deps.rejections.of(part.name)
        }
      }),
      devices: deps.latest
        .devices()
        .slice(0, MAX_DEVICES)
        .map(({ deviceId, protocol, state, atMs, model, arm }) => ({
          id: deviceId,
          name: nameOf(`camera:${deviceId}`) ?? nameOf(`source:${deviceId}`),
          protocol,
          state,
          atMs,
          model,
          arm
        })),
      workers: deps.media.workers(),
      cameras: deps.media.health().map(each => ({ ...each, name: nameOf(`camera:${each.cameraId}`) })),
      shed: deps.shed()
    }
  }
}
