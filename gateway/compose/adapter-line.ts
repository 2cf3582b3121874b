/** The adapters behind their supervisor: what they decode goes to the alarm line, what they refuse is counted, a failing one becomes a notice. */
import type { Config } from '../config.ts'
import { GatewayError } from '../core/errors.ts'
import type { Clock, Log } from '../core/ports.ts'
import type { Commit } from '../core/store.ts'
import type { Incidents } from '../incident/incidents.ts'
import { hostOf } from '../intake/intake.ts'
import type { Pipeline } from '../pipeline.ts'
import type { Latest } from '../registry/latest.ts'
import type { Registrations } from '../registry/registrations.ts'
import type { Registry } from '../registry/registry.ts'
import type { Metrics } from '../supervise/metrics.ts'
import { createRejections, type Rejections } from '../supervise/rejections.ts'
import { createSupervisor, type Supervisor } from '../supervise/supervisor.ts'
import { type AdapterPart, createAdapterParts } from './adapter-parts.ts'
import type { Cameras } from './cameras.ts'
import type { Credentials } from './credentials.ts'
import type { EvidenceRoom } from './evidence.ts'
import type { GatewayOptions } from './gateway-options.ts'
import type { Locators } from './locators.ts'
import { createNoticed, type Noticed } from './noticed.ts'
import type { Notices } from './notices.ts'
import type { SelfWatch } from './self-watch.ts'
import type { SourceDesk } from './sources.ts'
import type { StoreWatch } from './store-watch.ts'
import { hushedBy } from './tell-caller.ts'

/** What adapters say when an address sends more alarms of strangers than it may. */
const FLOODS: ReadonlySet<string> = new Set(['unknownFlood', 'unverifiedFlood'])

export interface AdapterLineDeps {
  readonly config: Config
  readonly options: Pick<GatewayOptions, 'adapters' | 'assetsDir' | 'tls'>
  readonly clock: Clock
  readonly log: Log
  readonly metrics: Metrics
  readonly commit: Commit
  readonly notices: Notices
  readonly registry: Registry
  readonly registrations: Registrations
  readonly remembered: Map<string, string>
  readonly credential: Credentials
  readonly sources: SourceDesk
  readonly locators: Locators
  readonly pipeline: Pipeline
  readonly watch: StoreWatch
  readonly incidents: Incidents
  readonly latest: Latest
  readonly cameras: Cameras
  readonly selfWatch: SelfWatch
  readonly evidenceRoom: EvidenceRoom
  readonly motion: Parameters<typeof createNoticed>[0]['motion']
}

export interface AdapterLine {
  readonly parts: AdapterPart[]
  readonly supervisor: Supervisor
  readonly rejections: Rejections
  readonly claims: Noticed['claims']
}

export function createAdapterLine(deps: AdapterLineDeps): AdapterLine {
  const { config, options, clock, log, metrics, notices } = deps
  const rejections = createRejections({ clock, log, metrics })
  const noticed = createNoticed({ cameraAt: deps.latest.cameraAt, motion: deps.motion })
  const parts = createAdapterParts({
    config,
    definitions: options.adapters,
    context: { site: config.site.code, assetsDir: options.assetsDir, tls: options.tls },
    host: hostOfLine(deps, rejections, noticed)
  })
  const supervisor = createSupervisor({
    ...{ log, clock, metrics },
    onState: part =>
      part.state === 'restarting'
        ? notices.set(`adapter:${part.name}`, {
            level: 'critical',
            code: 'adapterDown',
            data: { adapter: part.name, error: part.error ?? '' }
          })
        : notices.clear(`adapter:${part.name}`)
  })
  return { parts, supervisor, rejections, claims: noticed.claims }
}

function hostOfLine(
  deps: AdapterLineDeps,
  rejections: Rejections,
  noticed: Noticed
): Parameters<typeof createAdapterParts>[0]['host'] {
  const { clock, log, metrics, commit, notices, registry, registrations, remembered, credential } = deps
  const { sources, locators, pipeline, watch, incidents, latest, cameras, selfWatch, evidenceRoom } = deps
  return {
    clock,
    log,
    accept: sources.noting((signal, remember) =>
      pipeline.accept(locators.minded(signal), remember).catch(error => watch.failed(error))
    ),
    remember: async entry => {
      const result = await commit({ remember: [entry] })
      if (!result.ok) throw new GatewayError('STORE_FAILED', { conflict: result.conflict })
    },
    remembered,
    ...{ kindOf: registry.kindOf, hushed: hushedBy(registry, incidents) },
    ...{ known: registry.known, knowsCamera: registry.knowsCamera },
    ...{ applied: registrations.applied, admits: registrations.admits },
    ...{ credential, saveCredential: credential.save, sighted: sources.sighted, trace: sources.trace },
    position: locators.position,
    camera: sighting => {
      if (!latest.camera(sighting)) return
      cameras.refresh().catch((error: unknown) => log.warn({ err: error }, 'the cameras could not be read again'))
    },
    cameraEvent: noticed.take,
    evidence: evidenceRoom.ofDevices(pipeline.idleOf),
    reject(adapter, reason, origin, ...more) {
      rejections.reject(adapter, reason, origin, ...more)
      if (FLOODS.has(reason)) selfWatch.strangers(hostOf(origin))
    },
    counted: metrics.signal,
    ...{ voice: evidenceRoom.voice, notices }
  }
}
