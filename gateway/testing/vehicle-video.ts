/** A bench for in-car video: cars that answer or do not, pictures that come, and what was asked of whom. */
import { createVehicleVideo } from '../compose/vehicle-video.ts'
import { type CameraId, type EvidenceId, id, type SourceId } from '../core/brand.ts'
import type { CommandAnswer } from '../core/device-command.ts'
import type { EvidenceItem, Incident } from '../core/incident.ts'
import type { MediaCamera, StreamHealth } from '../core/media.ts'
import { createFakeClock } from './fake-clock.ts'
import { silentLog } from './fake-host.ts'

export const SOURCE = id<SourceId>('jt808:013900000007')
export const CAMERA = id<CameraId>(`${SOURCE}/1`)
export const vehicle = { sourceId: SOURCE, channel: 1 }

export function setUp(enabled = true, transport: 'tcp' | 'udp' = 'tcp', maxCameras = 64) {
  const clock = createFakeClock()
  const asked: string[] = []
  const known: (readonly MediaCamera[])[] = []
  const extended: [string, number][] = []
  let health: StreamHealth[] = []
  let hears: ((health: StreamHealth) => void) | undefined
  const sounds: string[] = []
  const lines: object[] = []
  let answer: CommandAnswer | Promise<CommandAnswer> = { result: 'done' }
  let incidents: Incident[] = []
  /** Cars without a line, and those that have one and do not answer. */
  const away = new Set<string>()
  const mute = new Set<string>()
  const video = createVehicleVideo({
    config: {
      media: { vehicleVideo: { enabled, port: 7613, address: '10.0.0.5', maxCameras, transport } }
    } as never,
    ...{ clock, log: silentLog },
    media: {
      vehiclePort: () => 7613,
      health: () => health,
      onHealth: listener => {
        hears = listener
        return () => undefined
      },
      extend: (item, toMs) => void extended.push([item, toMs])
    },
    cameras: { inVehicles: cameras => void known.push(cameras) },
    incidents: {
      all: () => incidents,
      get: incidentId => incidents.find(each => each.id === incidentId),
      step: async (_, step) => void (step.kind === 'remark' && lines.push(step.data))
    },
    evidence: () => ({
      recordSound(incident, camera) {
        sounds.push(`${incident.id} ${camera.cameraId}`)
        return id<EvidenceId>(`sound-${sounds.length}`)
      }
    }),
    parts: () => [
      {
        name: 'jt808',
        adapter: {
          name: 'jt808',
          run: async () => undefined,
          commandsOf: sourceId => (away.has(sourceId) ? [] : ['track']),
          video: async (sourceId, { on, channel, address, port, udp, sound }) => {
            asked.push(
              `${on ? 'on' : 'off'} ${sourceId}/${channel} ${address}:${port}${udp ? ' udp' : ''}${on && sound ? ' sound' : ''}`
            )
            if (away.has(sourceId)) return { result: 'offLine' }
            return mute.has(sourceId) ? { result: 'noAnswer' } : answer
          }
        }
      }
    ]
  })
  const change = (after: Incident, before?: Incident) => {
    incidents = [after]
    video.incidentChanged(after, before)
    return after
  }
  return {
    clock,
    asked,
    known,
    extended,
    video,
    change,
    sounds,
    lines,
    away,
    mute,
    shows(...cameraIds: CameraId[]) {
      health = cameraIds.map(cameraId => ({ cameraId, state: 'live' }))
    },
    sound: (each: Partial<StreamHealth>) => hears?.({ cameraId: CAMERA, state: 'live', ...each }),
    answers(result: CommandAnswer | Promise<CommandAnswer>) {
      answer = result
    },
    live(state: StreamHealth['state']) {
      health = [{ cameraId: CAMERA, state }]
    }
  }
}

export const clip = (incident: Incident, state: EvidenceItem['state']): EvidenceItem => ({
  ...{
    id: id<EvidenceId>('clip-1'),
    incidentId: incident.id,
    cameraId: CAMERA,
    cameraName: '车内',
    kind: 'clip',
    state
  },
  ...{ requestedFromMs: incident.openedAtMs, requestedToMs: incident.openedAtMs, createdAtMs: incident.openedAtMs },
  origin: { ...vehicle, receivedMs: incident.openedAtMs }
})
